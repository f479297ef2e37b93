/// Text in columns of equal width.
enum Columns {
    enum Alignment { case left, right, point }

    /// Pads on the right.
    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Pads on the left.
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// Pads the cells of one column to one width; `point` sets decimal points below each other.
    static func aligned(_ cells: [String], _ alignment: Alignment) -> [String] {
        var cells = cells
        if alignment == .point {
            let tail = cells.map { $0.drop { $0 != "." }.count }
            let widest = tail.max() ?? 0
            for index in cells.indices where !cells[index].isEmpty {
                cells[index] += String(repeating: " ", count: widest - tail[index])
            }
        }
        let width = cells.map(\.count).max() ?? 0
        return cells.map { alignment == .left ? left($0, width) : right($0, width) }
    }

    /// Breaks text at spaces so that no line is longer than `width`; longer words stand alone.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// A label and text beside it, wrapped under its own beginning.
    static func hanging(_ label: String, _ text: String, indent: Int, width: Int) -> [String] {
        let lines = wrapped(text, max(20, width - indent))
        return lines.enumerated().map { index, line in
            left(index == 0 ? label : "", indent) + line
        }
    }
}
