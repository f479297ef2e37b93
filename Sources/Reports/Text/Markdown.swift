/// Pieces of Markdown that are safe whatever plug-ins and case files say.
enum Markdown {
    /// A line of a table.
    static func row(_ cells: [String]) -> String {
        "| " + cells.map(cell).joined(separator: " | ") + " |"
    }

    /// Text that cannot end a cell, start a tag or change its emphasis.
    static func cell(_ text: String) -> String {
        var result = ""
        for character in oneLine(text) {
            switch character {
            case "|", "*", "_", "`", "[", "]", "\\": result += "\\\(character)"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            default: result.append(character)
            }
        }
        return result
    }
}
