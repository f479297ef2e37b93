/// Builds HTML and SVG as text that is also well-formed XML. Everything written is escaped here.
struct Markup {
    typealias Attributes = KeyValuePairs<String, String>

    private(set) var text = ""

    /// Elements that stand within a line, so that no line break may follow them.
    private static let inline: Set<String> = [
        "a", "abbr", "b", "code", "em", "small", "span", "strong", "text", "title", "desc", "time",
        "sup", "dt", "dd", "th", "td", "h1", "h2", "h3", "p", "li", "summary", "tspan",
    ]

    /// An element with text in it; without a body, one that closes itself.
    mutating func element(_ name: String, _ attributes: Attributes = [:], _ body: String? = nil) {
        open(name, attributes)
        if let body {
            text += ">" + escaped(body) + "</\(name)>"
        } else {
            text += "/>"
        }
        if body == nil || !Self.inline.contains(name) { text += "\n" }
    }

    /// An element with other elements in it.
    mutating func group(
        _ name: String, _ attributes: Attributes = [:], _ content: (inout Markup) -> Void
    ) {
        open(name, attributes)
        text += ">"
        if !Self.inline.contains(name) { text += "\n" }
        content(&self)
        text += "</\(name)>"
        if !Self.inline.contains(name) || Self.block.contains(name) { text += "\n" }
    }

    private static let block: Set<String> = ["dd", "td", "h1", "h2", "h3", "p", "li", "summary"]

    /// Text between elements.
    mutating func words(_ words: String) { text += escaped(words) }

    /// A style sheet, the only text that is not escaped: it is ours, and has no `<` or `&`.
    mutating func style(_ sheet: StaticString) {
        text += "<style>\n\(sheet)</style>\n"
    }

    private mutating func open(_ name: String, _ attributes: Attributes) {
        text += "<" + name
        for (key, value) in attributes { text += " \(key)=\"\(escaped(value))\"" }
    }
}

extension Markup {
    // MARK: - Drawings

    /// A drawing that scales with its container, with a title and a description for those who
    /// cannot see it. `name` must be unique on the page.
    mutating func drawing(
        _ name: String, size: Size, title: String, description: String, css: String = "chart",
        _ content: (inout Markup) -> Void
    ) {
        group(
            "svg",
            [
                "class": css, "viewBox": "0 0 \(number(size.width)) \(number(size.height))",
                "role": "img", "aria-labelledby": "\(name)-title \(name)-desc",
            ]
        ) { svg in
            svg.element("title", ["id": "\(name)-title"], title)
            svg.element("desc", ["id": "\(name)-desc"], description)
            content(&svg)
        }
    }

    mutating func line(_ css: String, from start: Position, to end: Position) {
        element(
            "line",
            [
                "class": css, "x1": number(start.x), "y1": number(start.y), "x2": number(end.x),
                "y2": number(end.y),
            ])
    }

    mutating func path(_ css: String, through positions: [Position], closed: Bool = false) {
        guard !positions.isEmpty else { return }
        let steps = positions.map { "\(number($0.x)) \(number($0.y))" }
        let data = "M" + steps.joined(separator: "L") + (closed ? "Z" : "")
        element("path", ["class": css, "d": data])
    }

    mutating func label(_ css: String, at place: Position, _ body: String) {
        element("text", ["class": css, "x": number(place.x), "y": number(place.y)], body)
        text += "\n"
    }
}

/// A place in a drawing, in its own units, downwards from the top left.
struct Position: Hashable {
    var x: Double
    var y: Double
}

/// The extent of a drawing in its own units.
struct Size: Hashable {
    var width: Double
    var height: Double
}

/// A coordinate with at most two decimals and no trailing zeros.
func number(_ value: Double) -> String {
    var text = fixed(value, 2)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text == "-0" ? "0" : text
}
