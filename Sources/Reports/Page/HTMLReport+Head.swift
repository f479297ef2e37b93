import Model

extension HTMLReport {
    // MARK: - Head

    func addHead(to html: inout Markup) {
        let machine = record.machine
        html.group("header") { html in
            html.group("div", ["class": "mast"]) { html in
                html.element("span", ["class": "mark-name"], "assay")
                html.element("span", ["class": "kind"], "Measurement report")
            }
            html.element("h1", [:], machine.processor)
            html.element(
                "p", ["class": "lead"],
                "\(machine.machineID) · \(Words.count(machine.cores, "core")), "
                    + "\(Words.count(machine.threads, "thread")) · \(shown(machine.memory)) memory"
                    + " · measured \(date) (UTC)")
            addCitation(to: &html)
            addNavigation(to: &html)
        }
    }

    private var date: String { String(record.run.started.prefix(10)) }

    private var divisions: String {
        Set(record.points.map(\.division)).sorted().joined(separator: ", ")
    }

    private var profiles: String { record.run.profiles.map(\.rawValue).joined(separator: ", ") }

    private func addCitation(to html: inout Markup) {
        let run = record.run
        html.group("section", ["class": "cite", "aria-label": "How to cite this report"]) { html in
            list(
                "facts wide",
                [
                    ("Run", run.id), ("Plan (SHA-256)", run.planSha256),
                    ("Method", "assay methodology \(run.methodology)"),
                    ("Profile", profiles), ("Division", divisions),
                    ("Measured", "\(run.started) to \(run.ended), \(run.status)"),
                    (
                        "Harness",
                        "\(run.harness.name) \(run.harness.version), commit \(run.harness.commit), "
                            + "\(run.harness.buildMode) build"
                    ),
                    ("Requested", run.request.joined(separator: " ")),
                    ("Seed", run.seed.description),
                    ("Seal (SHA-256)", seal ?? "not sealed when this page was made"),
                ], in: &html)
            html.group("p", ["class": "cite-as"]) { html in
                html.element("b", [:], "Cite as ")
                html.words(
                    "assay run \(run.id), plan \(run.planSha256.prefix(12)), methodology "
                        + "\(run.methodology), profile \(profiles), \(divisions) division, "
                        + "measured \(date). Add the date on which you retrieved it.")
            }
            html.element("p", ["class": "scope"], Words.scope)
        }
    }

    private func addNavigation(to html: inout Markup) {
        html.group("nav", ["aria-label": "On this page"]) { html in
            var links = [("summary", "Summary"), ("machine", "Machine")]
            if hasMemoryCharts { links.append(("memory", "Memory")) }
            links.append(("roofline", "Roofline"))
            links += groups.map { (anchor($0), $0.id) }
            links += [("flags", "Flags"), ("method", "Method"), ("unavailable", "Not available")]
            for (target, title) in links { html.element("a", ["href": "#\(target)"], title) }
        }
    }

    // MARK: - Summary

    func addSummary(to html: inout Markup) {
        section("summary", "Summary", in: &html) { html in
            let standings = record.points.map(Standing.init)
            html.element(
                "p", [:],
                "\(Words.count(standings.count, "result")) planned: every point on every backend. "
                    + Words.order)
            html.group("ul", ["class": "tiles"]) { html in
                for standing in Standing.allCases {
                    let count = standings.count { $0 == standing }
                    guard count > 0 else { continue }
                    html.group("li") { html in
                        html.element("span", ["class": "number"], "\(count)")
                        badge(standing, in: &html)
                        html.element("small", [:], standing.meaning)
                    }
                }
            }
            addCounts(to: &html)
            addRunFlags(to: &html)
        }
    }

    /// One row for each case and backend, one column for each standing that occurs.
    private func addCounts(to html: inout Markup) {
        let present = Standing.allCases.filter { standing in
            record.points.contains { Standing($0) == standing }
        }
        let head = ["case", "backend", "points"] + present.map(\.name)
        table("counts", caption: "Results by case and backend", head: head, in: &html) { html in
            for group in groups {
                let all = record.points.filter { $0.point.caseID == group.id }
                let names = Set(all.map { Words.name($0.subject) }).sorted()
                for (index, name) in names.enumerated() {
                    let own = all.filter { Words.name($0.subject) == name }.map(Standing.init)
                    html.group("tr", ["class": index == 0 ? "first" : "more"]) { html in
                        if index == 0 {
                            html.group("th", ["scope": "rowgroup", "rowspan": "\(names.count)"]) {
                                $0.element("a", ["href": "#\(anchor(group))"], group.id)
                            }
                        }
                        html.element("td", [:], name)
                        html.element("td", ["class": "num"], "\(own.count)")
                        for standing in present {
                            let count = own.count { $0 == standing }
                            html.element(
                                "td", ["class": count == 0 ? "num zero" : "num"],
                                count == 0 ? "·" : "\(count)")
                        }
                    }
                }
            }
        }
    }

    private func addRunFlags(to html: inout Markup) {
        guard !record.flags.isEmpty else { return }
        html.element("h3", [:], "About the whole run")
        html.group("ul", ["class": "notes"]) { html in
            for flag in record.flags {
                html.group("li") { html in
                    html.element("a", ["href": "#flag-\(flag.id)", "class": "flag"], flag.id)
                    html.words(" (\(flag.severity.rawValue)) \(flag.message)")
                }
            }
        }
    }
}
