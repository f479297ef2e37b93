import Model

/// The table of one case.
struct CaseSection {
    let group: CaseGroup
    let report: HTMLReport
    private let rows: [[ResultRow]]
    private let strip: Strip?
    private let hasCeilings: Bool
    private let hasDeclared: Bool
    private let hasBackends: Bool
    private let citations: Citations

    init(group: CaseGroup, report: HTMLReport) {
        self.group = group
        self.report = report
        rows = ResultRow.all(of: group)
        let all = rows.flatMap { $0 }
        hasCeilings = all.contains { $0.ceiling != nil }
        hasDeclared = all.contains { $0.declared != nil }
        hasBackends = group.onlyBackend == nil || group.onlyKernel == nil
        citations = Citations(group, kinds: [.measuredCeiling, .declaredPeak])
        let unit = group.headline?.unit
        let shown = all.filter { $0.reading != nil && $0.record.headline?.unit == unit }
        strip =
            shown.count < 2
            ? nil
            : Strip(
                covering: shown.flatMap { row -> [Double] in
                    guard let estimate = row.record.headline?.estimate else { return [] }
                    let interval = estimate.interval.map { [$0.low, $0.high] } ?? []
                    return [estimate.value] + interval + [Self.limit(of: row) ?? estimate.value]
                })
    }

    /// The ceiling in the headline's own unit; nil when it is stated for another metric.
    private static func limit(of row: ResultRow) -> Double? {
        guard let share = row.ceiling, share.metric == row.record.headline?.name else { return nil }
        return share.reference.value
    }

    func draw(in html: inout Markup) {
        html.group(
            "div",
            [
                "class": "scroll cards", "tabindex": "0", "role": "region",
                "aria-label": "Results of \(group.id)",
            ]
        ) { html in
            html.group("table", ["class": "results", "role": "table"]) { html in
                drawHead(in: &html)
                for (point, members) in zip(group.points, rows) {
                    html.group("tbody", ["role": "rowgroup"]) { html in
                        for (index, row) in members.enumerated() {
                            draw(
                                row, point.point, isFirst: index == 0, of: members.count, in: &html)
                        }
                    }
                }
            }
        }
        drawCitations(in: &html)
    }

    private func drawCitations(in html: inout Markup) {
        guard !citations.listed.isEmpty else { return }
        html.group("ul", ["class": "citations"]) { html in
            for (letter, citation) in citations.listed {
                html.group("li") { html in
                    html.element("b", [:], letter)
                    html.words(" \(citation)")
                }
            }
        }
    }

    private var unit: ShownUnit {
        let values = rows.flatMap { $0 }.compactMap { $0.record.headline?.estimate?.value }
        let style = group.headline.map { UnitStyle.of($0) } ?? .of(unit: "1")
        return style.unit(forAll: values) ?? style.unit(for: values.min() ?? 1)
    }

    private func drawHead(in html: inout Markup) {
        html.group("thead", ["role": "rowgroup"]) { html in
            html.group("tr", ["role": "row"]) { html in
                func cell(_ title: String, _ css: String = "") {
                    html.element(
                        "th", ["scope": "col", "role": "columnheader", "class": css], title)
                }
                for axis in group.axes { cell(axis) }
                if hasBackends { cell(group.onlyBackend == nil ? "backend" : "kernel") }
                cell("value", "num")
                cell("95 % interval")
                if let strip {
                    html.group(
                        "th", ["scope": "col", "role": "columnheader", "class": "axis-cell"]
                    ) { html in
                        html.element("span", ["class": "unit"], unit.text)
                        strip.drawAxis(in: &html, unit: unit)
                    }
                }
                cell("n / launches", "num")
                if hasCeilings { cell("of measured ceiling", "num") }
                if hasDeclared { cell("of declared peak", "num") }
                cell("check")
                cell("status and flags")
            }
        }
    }

    private func draw(
        _ row: ResultRow, _ point: Point, isFirst: Bool, of count: Int, in html: inout Markup
    ) {
        html.group("tr", ["role": "row"]) { html in
            if isFirst {
                for (axis, value) in zip(group.axes, group.values(of: point)) {
                    html.element(
                        "th",
                        [
                            "scope": "rowgroup", "role": "rowheader", "rowspan": "\(count)",
                            "data-label": axis,
                        ], value)
                }
            }
            if hasBackends { drawBackend(row, in: &html) }
            if row.reading == nil {
                drawReason(row, in: &html)
            } else {
                drawNumbers(row, in: &html)
            }
        }
    }

    private func drawBackend(_ row: ResultRow, in html: inout Markup) {
        html.group("td", ["role": "cell", "class": "backend", "data-label": "backend"]) { html in
            if group.onlyBackend == nil { html.element("b", [:], row.backend) }
            var parts = group.onlyLibrary == nil ? [row.record.library] : []
            if group.onlyKernel == nil { parts.append(row.record.kernel) }
            let work = parts.filter { !$0.isEmpty }.joined(separator: ", ")
            if !work.isEmpty { html.element("small", [:], work) }
        }
    }

    private func drawReason(_ row: ResultRow, in html: inout Markup) {
        let columns = 3 + [strip != nil, hasCeilings, hasDeclared].count { $0 }
        html.group(
            "td", ["role": "cell", "class": "reason", "colspan": "\(columns)", "data-label": ""]
        ) { $0.words(row.record.reason) }
        drawCheck(row.record, in: &html)
        drawStatus(row, in: &html)
    }

    private func drawNumbers(_ row: ResultRow, in html: inout Markup) {
        guard let reading = row.reading, let estimate = row.record.headline?.estimate else {
            return
        }
        func cell(_ label: String, _ css: String, _ text: String) {
            html.element(
                "td", ["role": "cell", "class": css, "data-label": label], text)
        }
        html.group("td", ["role": "cell", "class": "num value", "data-label": "value"]) { html in
            html.words(reading.value)
            if !row.padding.isEmpty { html.element("span", ["class": "pad"], row.padding) }
            html.words(" " + reading.unit)
        }
        cell("95 % interval", "interval", reading.interval)
        if let strip {
            html.group("td", ["role": "cell", "class": "strip-cell", "data-label": ""]) { html in
                guard row.record.headline?.unit == group.headline?.unit else { return }
                strip.draw(
                    in: &html, value: estimate.value, low: estimate.interval?.low,
                    high: estimate.interval?.high, ceiling: Self.limit(of: row),
                    color: report.series(row.record), isHollow: row.standing != .valid,
                    title: "\(reading.valueAndUnit) \(reading.interval)")
            }
        }
        cell("n / launches", "num", "\(estimate.n) / \(estimate.launches)")
        if hasCeilings { draw(row.ceiling, "of measured ceiling", in: &html) }
        if hasDeclared { draw(row.declared, "of declared peak", in: &html) }
        drawCheck(row.record, in: &html)
        drawStatus(row, in: &html)
    }

    private func draw(_ share: Share?, _ label: String, in html: inout Markup) {
        html.group("td", ["role": "cell", "class": "num share", "data-label": label]) { html in
            guard let share else {
                html.words("–")
                return
            }
            html.words(share.percent + " ")
            html.element("sup", ["title": share.reference.citation], citations.letter(of: share))
        }
    }

    private func drawCheck(_ record: PointRecord, in html: inout Markup) {
        html.group("td", ["role": "cell", "class": "check", "data-label": "check"]) { html in
            guard let check = record.correctness else {
                html.words("–")
                return
            }
            html.words(check.verdict)
            if group.onlyCheck == nil { html.element("small", [:], check.manner) }
        }
    }

    private func drawStatus(_ row: ResultRow, in html: inout Markup) {
        html.group("td", ["role": "cell", "class": "status", "data-label": "status"]) { html in
            report.badge(row.standing, in: &html)
            for flag in row.record.headlineFlags {
                html.words(" ")
                html.element(
                    "a", ["class": "flag", "href": "#flag-\(flag.id)", "title": flag.message],
                    flag.id)
            }
        }
    }
}
