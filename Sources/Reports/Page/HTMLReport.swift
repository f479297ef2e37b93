package import Model

/// A run as one self-contained HTML page: no script, no network, light, dark and print.
package struct HTMLReport {
    let record: Record
    /// SHA-256 of the bundle's manifest; nil before the bundle is sealed.
    let seal: String?
    let groups: [CaseGroup]
    /// Backends in alphabetical order; the position decides colour and marker.
    let backends: [String]

    /// The whole page, the same bytes for the same record.
    ///
    /// - Parameter seal: SHA-256 of the bundle's manifest; nil before the bundle is sealed.
    package static func render(_ record: Record, seal: String? = nil) -> String {
        HTMLReport(record, seal: seal).page()
    }

    private init(_ record: Record, seal: String?) {
        self.record = record
        self.seal = seal
        groups = CaseGroup.all(of: record)
        backends = Set(record.points.map { Words.name($0.subject) }).sorted()
    }

    /// The colour and marker of a record's backend.
    func series(_ record: PointRecord) -> Int {
        backends.firstIndex(of: Words.name(record.subject)) ?? 0
    }

    private func page() -> String {
        var html = Markup()
        html.group("html", ["lang": "en"]) { html in
            html.group("head") { html in
                html.element("meta", ["charset": "utf-8"])
                html.element(
                    "meta",
                    ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                html.element("meta", ["name": "color-scheme", "content": "light dark"])
                html.element("title", [:], "Assay report: \(record.machine.processor)")
                html.style(Stylesheet.text)
            }
            html.group("body") { html in
                addHead(to: &html)
                html.group("main") { html in
                    addSummary(to: &html)
                    addMachine(to: &html)
                    addMemory(to: &html)
                    addRoofline(to: &html)
                    for group in groups { add(group, to: &html) }
                    addFlags(to: &html)
                    addMethod(to: &html)
                    addUnavailable(to: &html)
                }
                addFoot(to: &html)
            }
        }
        return "<!DOCTYPE html>\n" + html.text
    }

    private func addFoot(to html: inout Markup) {
        html.group("footer") { html in
            html.element("p", [:], Words.scope)
            html.element(
                "p", [:],
                "Made by \(record.run.harness.name) \(record.run.harness.version) from the "
                    + "record of run \(record.run.id). This page needs no network and no script.")
        }
    }

    // MARK: - Shared pieces

    /// A section with a heading that can be linked to.
    func section(
        _ id: String, _ title: String, in html: inout Markup, _ content: (inout Markup) -> Void
    ) {
        html.group("section", ["id": id, "aria-labelledby": "\(id)-heading"]) { html in
            html.element("h2", ["id": "\(id)-heading"], title)
            content(&html)
        }
    }

    /// A table in a container of its own that scrolls when the page is too narrow for it.
    func table(
        _ css: String, caption: String, head: [String], in html: inout Markup,
        _ content: (inout Markup) -> Void
    ) {
        html.group(
            "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption]
        ) { html in
            html.group("table", ["class": css]) { html in
                html.group("thead") { html in
                    html.group("tr") { html in
                        for title in head { html.element("th", ["scope": "col"], title) }
                    }
                }
                html.group("tbody", [:], content)
            }
        }
    }

    /// A list of names and what they stand for.
    func list(_ css: String, _ items: [(String, String)], in html: inout Markup) {
        html.group("dl", ["class": css]) { html in
            for (name, value) in items {
                html.group("div") { html in
                    html.element("dt", [:], name)
                    html.element("dd", [:], value)
                }
            }
        }
    }

    /// A status or outcome; its word says it, its colour only repeats it.
    func badge(_ standing: Standing, in html: inout Markup) {
        html.element(
            "span", ["class": "badge \(standing.css)", "title": standing.meaning],
            standing.name.uppercased())
    }

    /// An anchor name for a case.
    func anchor(_ group: CaseGroup) -> String {
        let index = groups.firstIndex { $0.id == group.id } ?? 0
        return "case-\(index + 1)"
    }
}

extension Standing {
    /// The class of its badge.
    var css: String {
        switch self {
        case .valid: "ok"
        case .invalid, .wrongResult, .error: "bad"
        default: "caution"
        }
    }
}
