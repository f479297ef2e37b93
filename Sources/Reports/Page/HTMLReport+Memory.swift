import Model

extension HTMLReport {
    // MARK: - Memory

    /// A point of the memory domain whose headline can be drawn over its size.
    private struct Sized {
        var record: PointRecord
        var metric: Metric
        var estimate: Estimate
        var bytes: Double
    }

    private func sized(_ isWanted: (String) -> Bool, metric name: String) -> [Sized] {
        record.points.compactMap { record in
            let operation = record.point.operation
            guard operation.domain == "assay", isWanted(operation.name), record.outcome == .ok,
                let bytes = operation.int("bytes"), bytes > 0, let metric = record.metric(name),
                let estimate = metric.estimate, metric.status != .invalid, estimate.value > 0,
                estimate.value.isFinite
            else { return nil }
            return Sized(
                record: record, metric: metric, estimate: estimate, bytes: Double(bytes))
        }
    }

    private var bandwidths: [Sized] {
        sized({ $0.hasPrefix("Memory") }, metric: "bandwidth.stream")
    }

    private var latencies: [Sized] { sized({ $0 == "PointerChase" }, metric: "latency.access") }

    var hasMemoryCharts: Bool { !bandwidths.isEmpty || !latencies.isEmpty }

    func addMemory(to html: inout Markup) {
        guard hasMemoryCharts else { return }
        section("memory", "Memory by size", in: &html) { html in
            addBandwidth(to: &html)
            addLatency(to: &html)
        }
    }

    // MARK: - Bandwidth

    private func addBandwidth(to html: inout Markup) {
        let all = bandwidths
        guard !all.isEmpty else { return }
        let kernels = Self.unique(all.map(\.record.point.operation.name))
        let combinations = Self.unique(all.map(combination))
        let charts = kernels.enumerated().map { index, kernel in
            LineChart(
                id: "bandwidth-\(index + 1)", title: "\(kernel): bandwidth by size",
                description: "Bandwidth of \(kernel) over the size of all arrays together.",
                xTitle: "all arrays together", yName: "bandwidth", yStyle: .of(unit: "By/s"),
                series: bandwidthSeries(
                    all.filter { $0.record.point.operation.name == kernel }, combinations),
                guides: guides, size: Size(width: 400, height: 280))
        }
        let domain = LineChart.domain(of: charts.flatMap(\.series))
        let longest = charts.flatMap(\.series).map(\.label.count).max()
        html.element("h3", [:], "Bandwidth")
        html.group("p", ["class": "explain"]) { html in
            html.words(
                "Bytes counted as STREAM does, without the reads that plain stores cause. Both "
                    + "axes are logarithmic; all drawings share the upright one. Labels name the "
                    + "threads; solid lines are plain stores, dashed lines non-temporal stores "
                    + "(NT). Upright strokes are 95 % intervals, hollow marks qualified values. ")
            html.words(guideNote)
        }
        html.group("div", ["class": "panels"]) { html in
            for (kernel, chart) in zip(kernels, charts) {
                html.group("figure") { html in
                    html.element("figcaption", [:], String(kernel.dropFirst("Memory".count)))
                    var chart = chart
                    chart.yDomain = domain
                    chart.labelLength = longest
                    chart.draw(in: &html)
                }
            }
        }
    }

    /// What decides the colour: backend, where there are several, and threads.
    private func combination(_ sized: Sized) -> String {
        Words.name(sized.record.subject) + " " + Words.threads(sized.record.point.threads)
    }

    private func bandwidthSeries(_ all: [Sized], _ combinations: [String]) -> [LineChart.Series] {
        let severalBackends = Set(bandwidths.map(\.record.subject)).count > 1
        return combinations.enumerated().flatMap { color, name in
            ["plain", "nonTemporal"].compactMap { stores -> LineChart.Series? in
                let own = all.filter {
                    combination($0) == name
                        && ($0.record.point.operation.string("stores") ?? "plain") == stores
                }
                guard let first = own.first else { return nil }
                let isAll = Words.threads(first.record.point.threads) == Words.threads(.all)
                let threads = isAll ? "all" : Words.threads(first.record.point.threads)
                let backend = severalBackends ? Words.name(first.record.subject) + ", " : ""
                return LineChart.Series(
                    label: backend + threads + (stores == "plain" ? "" : ", NT"), color: color,
                    marker: .of(series: 2 * color + (stores == "plain" ? 0 : 1)),
                    isDashed: stores != "plain",
                    samples: samples(own))
            }
        }
    }

    private func samples(_ all: [Sized]) -> [LineChart.Sample] {
        all.sorted { $0.bytes < $1.bytes }.map { sized in
            let value = sized.estimate.value
            let reading = Reading(sized.estimate, style: .of(sized.metric))
            return LineChart.Sample(
                x: sized.bytes, value: value, low: sized.estimate.interval?.low ?? value,
                high: sized.estimate.interval?.high ?? value,
                isQualified: sized.metric.status == .qualified,
                title: "\(sized.record.point.label) on \(Words.name(sized.record.subject)): "
                    + "\(reading.valueAndUnit) \(reading.interval)")
        }
    }

    // MARK: - Latency

    private func addLatency(to html: inout Markup) {
        let all = latencies
        guard !all.isEmpty else { return }
        let varying = varyingAxes(all)
        let names = all.map { seriesName($0.record, varying) }
        let series = Self.unique(names).enumerated().map { index, name in
            LineChart.Series(
                label: name, color: index, marker: .of(series: index), isDashed: false,
                samples: samples(zip(all, names).filter { $0.1 == name }.map(\.0)))
        }
        html.element("h3", [:], "Latency of dependent accesses")
        html.element(
            "p", ["class": "explain"],
            "Time from one access to the next that needs its result, in a random cycle through the "
                + "table. Both axes are logarithmic. " + guideNote)
        html.group("figure") { html in
            for (suffix, size) in Self.sizes(wide: Size(width: 1190, height: 380)) {
                html.group("div", ["class": suffix]) { html in
                    LineChart(
                        id: "latency-\(suffix)", title: "Latency by size",
                        description: "Time per dependent access over the size of the table.",
                        xTitle: "size of the table", yName: "time per access",
                        yStyle: .of(unit: "s"), series: series, guides: guides, size: size
                    ).draw(in: &html)
                }
            }
        }
    }

    /// Axes on which the points differ, apart from those that only name the size.
    private func varyingAxes(_ all: [Sized]) -> [String] {
        var sizes: [String: [String: Set<Double>]] = [:]
        for sized in all {
            for parameter in sized.record.point.parameters {
                sizes[parameter.axis, default: [:]][parameter.value, default: []]
                    .insert(sized.bytes)
            }
        }
        let axes = Self.unique(all.flatMap { $0.record.point.parameters.map(\.axis) })
        return axes.filter { axis in
            let values = sizes[axis, default: [:]]
            return values.count > 1 && values.values.contains { $0.count > 1 }
        }
    }

    private func seriesName(_ record: PointRecord, _ axes: [String]) -> String {
        let values = record.point.parameters.filter { axes.contains($0.axis) }
            .map { "\($0.value) \($0.axis)" }
        let backend = backends.count > 1 && Set(latencies.map(\.record.subject)).count > 1
        let names = (backend ? [Words.name(record.subject)] : []) + values
        return names.isEmpty ? "latency" : names.joined(separator: ", ")
    }

    // MARK: - Shared

    /// Drawings for wide and for narrow pages: text in a drawing scales with it.
    static func sizes(wide: Size) -> [(String, Size)] {
        [("wide", wide), ("narrow", Size(width: 400, height: 320))]
    }

    static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    private var guides: [LineChart.Guide] {
        Roofline.levels(record.machine).map {
            LineChart.Guide(
                x: $0.bytes, label: $0.name,
                title: "\($0.name): \(shown(Bytes(UInt64($0.bytes)))) each, as reported")
        }
    }

    private var guideNote: String {
        let levels = Roofline.levels(record.machine)
        guard !levels.isEmpty else { return "" }
        let sizes = levels.map { "\($0.name) \(shown(Bytes(UInt64($0.bytes))))" }
        return "Dotted lines mark one instance of each cache as the system reports it: "
            + sizes.joined(separator: ", ") + "."
    }
}
