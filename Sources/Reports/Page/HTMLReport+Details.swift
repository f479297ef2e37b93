import Model

extension HTMLReport {
    // MARK: - Details of a case

    /// Every metric and every launch of the case, folded away.
    func addDetails(_ group: CaseGroup, to html: inout Markup) {
        // A failed check is never printed as a result: only its launches are shown.
        let measured = group.records.filter { $0.outcome == .ok && !$0.metrics.isEmpty }
        let launched = group.records.filter { !$0.launches.isEmpty }
        guard !measured.isEmpty || !launched.isEmpty else { return }
        let launches = launched.map(\.launches.count).reduce(0, +)
        let metrics = measured.map(\.metrics.count).reduce(0, +)
        html.group("details") { html in
            html.element(
                "summary", [:],
                "Every metric (\(metrics)) and every launch (\(launches)) of \(group.id)")
            addMetrics(measured, group, to: &html)
            addLaunches(launched, group, to: &html)
        }
    }

    private func name(_ record: PointRecord, _ group: CaseGroup) -> String {
        let values = group.values(of: record.point).joined(separator: " ")
        let backend = Words.name(record.subject)
        return values.isEmpty ? backend : "\(values) on \(backend)"
    }

    private func addMetrics(
        _ records: [PointRecord], _ group: CaseGroup, to html: inout Markup
    ) {
        let head = [
            "point", "metric", "value", "interval", "basis", "n / launches", "status", "kind",
            "source",
        ]
        table("plain dense", caption: "Metrics of \(group.id)", head: head, in: &html) { html in
            for record in records {
                for (index, metric) in record.metrics.enumerated() {
                    html.group("tr", ["class": index == 0 ? "first" : "more"]) { html in
                        if index == 0 {
                            html.element(
                                "th", ["scope": "rowgroup", "rowspan": "\(record.metrics.count)"],
                                name(record, group))
                        }
                        addMetric(metric, to: &html)
                    }
                }
            }
        }
    }

    private func addMetric(_ metric: Metric, to html: inout Markup) {
        html.element("td", [:], metric.name)
        if let estimate = metric.estimate {
            let reading = Reading(estimate, style: .of(metric))
            html.element("td", ["class": "num"], reading.valueAndUnit)
            html.element("td", [:], reading.interval)
            html.element("td", [:], estimate.interval?.basis.rawValue ?? "–")
            html.element("td", ["class": "num"], "\(estimate.n) / \(estimate.launches)")
            html.group("td") { badge(.of(metric.status), in: &$0) }
        } else {
            html.element(
                "td", ["colspan": "5", "class": "reason"],
                "unavailable: \(metric.unavailable ?? "no reason was recorded")")
        }
        html.element("td", [:], metric.kind.rawValue)
        html.element("td", [:], metric.source)
    }

    private func addLaunches(
        _ records: [PointRecord], _ group: CaseGroup, to html: inout Markup
    ) {
        let head = [
            "point", "launch", "outcome", "stopped by", "n", "batch", "median per call",
            "interval", "measured for", "run-queue wait", "switches", "faults", "peak memory",
        ]
        table("plain dense", caption: "Launches of \(group.id)", head: head, in: &html) { html in
            for record in records {
                for (index, launch) in record.launches.enumerated() {
                    html.group("tr", ["class": index == 0 ? "first" : "more"]) { html in
                        if index == 0 {
                            html.element(
                                "th", ["scope": "rowgroup", "rowspan": "\(record.launches.count)"],
                                name(record, group))
                        }
                        addLaunch(launch, to: &html)
                    }
                }
            }
        }
    }

    private func addLaunch(_ launch: LaunchSummary, to html: inout Markup) {
        let reading = launch.value.map {
            Reading(
                Estimate(
                    statistic: "median", value: $0, n: launch.n, launches: 1,
                    interval: launch.interval), style: .of(unit: "s"))
        }
        let counters = launch.counters
        let cells: [(String, String)] = [
            ("num", "\(launch.index)"), ("", Words.name(launch.outcome)),
            ("", launch.stopReason?.rawValue ?? "–"), ("num", "\(launch.n)"),
            ("num", "\(launch.batch)"), ("num", reading?.valueAndUnit ?? "–"),
            ("", reading?.interval ?? "–"),
            ("num", shown(Double(counters.measuringNanoseconds), unit: "ns")),
            ("num", shown(Double(counters.runQueueWaitNanoseconds), unit: "ns")),
            ("num", "\(counters.involuntarySwitches)"), ("num", "\(counters.majorFaults)"),
            ("num", shown(Bytes(counters.peakResidentBytes))),
        ]
        for (css, text) in cells { html.element("td", ["class": css], text) }
    }
}
