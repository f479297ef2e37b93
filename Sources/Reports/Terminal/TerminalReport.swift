package import Model

/// Where one of a run's files is, for people to find it.
package struct FileLocation: Sendable, Hashable {
    /// What it is, such as `bundle` or `report`.
    package var label: String
    package var path: String

    package init(label: String, path: String) {
        self.label = label
        self.path = path
    }
}

/// A run as text for a terminal.
package struct TerminalReport {
    let record: Record
    let width: Int
    let paint: Paint
    var lines: [String] = []

    /// The whole report; it ends with a line break.
    ///
    /// - Parameters:
    ///   - width: columns of the terminal; fewer than 60 are treated as 60.
    ///   - color: whether ANSI colours may be used.
    ///   - files: where the bundle and its reports are.
    package static func render(
        _ record: Record, width: Int, color: Bool, files: [FileLocation] = []
    ) -> String {
        var report = TerminalReport(
            record: record, width: max(60, width), paint: Paint(isOn: color))
        report.head()
        for group in CaseGroup.all(of: record) { report.add(group) }
        report.foot(files)
        return report.lines.map(Self.trimmed).joined(separator: "\n") + "\n"
    }

    // MARK: - Head

    private mutating func head() {
        let run = record.run
        lines.append(paint("Assay", .strong) + "  run " + oneLine(run.id))
        item("Run", "\(run.status), \(run.started) to \(run.ended)")
        item("Machine", machineLine)
        let profiles = run.profiles.map { id in
            let launches = Profile.named(id).launches
            return "\(id.rawValue) (\(launches) \(launches == 1 ? "launch" : "launches") a point)"
        }
        item("Method", "\(run.methodology), profile \(profiles.joined(separator: ", "))")
        item("Harness", harnessLine)
        item("Clock", clockLine)
        item("Points", Self.counts(record.points.map(Standing.init)))
        for flag in record.flags {
            item("Flag", "\(flag.id) (\(flag.severity.rawValue)): \(flag.message)")
        }
    }

    private mutating func item(_ label: String, _ text: String) {
        let wrapped = Columns.hanging(label, oneLine(text), indent: 10, width: width)
        for (index, line) in wrapped.enumerated() {
            lines.append(index == 0 ? paint(label, .faint) + line.dropFirst(label.count) : line)
        }
    }

    private var machineLine: String {
        let machine = record.machine
        let cores =
            "\(Words.count(machine.packages, "package")), \(Words.count(machine.cores, "core")), "
            + Words.count(machine.threads, "thread")
        return [machine.machineID, machine.processor, cores, shown(machine.memory) + " memory"]
            .joined(separator: " · ")
    }

    private var harnessLine: String {
        let harness = record.run.harness
        return "\(harness.name) \(harness.version) (\(harness.commit), \(harness.buildMode)), "
            + "plan \(record.run.planSha256.prefix(12)), seed \(record.run.seed)"
    }

    private var clockLine: String {
        let calibration = record.calibration
        let parts = [
            ("reading pair", calibration.clockPairNanoseconds),
            ("harness overhead", calibration.harnessOverhead),
            ("worker start", calibration.workerStart),
        ]
        return calibration.clock
            + parts.map { label, metric in
                "; \(label) " + Self.value(of: metric)
            }.joined()
    }

    private static func value(of metric: Metric?) -> String {
        guard let metric else { return "not measured" }
        guard let estimate = metric.estimate else {
            return "unavailable (\(metric.unavailable ?? "no reason"))"
        }
        let reading = Reading(estimate, style: .of(metric))
        return reading.low == nil
            ? reading.valueAndUnit : "\(reading.valueAndUnit) \(reading.interval)"
    }

    /// Such as `41 valid, 5 qualified, 2 error`.
    static func counts(_ standings: [Standing]) -> String {
        let parts = Standing.allCases.compactMap { standing -> String? in
            let count = standings.count { $0 == standing }
            return count == 0 ? nil : "\(count) \(standing.name)"
        }
        return "\(standings.count) planned: \(parts.joined(separator: ", "))"
    }

    // MARK: - Foot

    private static let columns =
        "n: samples over all launches / launches, each a fresh process. Intervals are at 95 %."

    private mutating func foot(_ files: [FileLocation]) {
        let uses = FlagUse.all(of: record)
        if !uses.isEmpty {
            lines += ["", paint("Flags", .strong)]
            for use in uses { explain(use) }
        }
        lines.append("")
        lines += Columns.wrapped(Self.columns, width)
        lines += Columns.wrapped(Words.order, width)
        lines += Columns.wrapped(Words.scope, width)
        for file in files { item(file.label, file.path) }
    }

    private mutating func explain(_ use: FlagUse) {
        let places = use.places == ["the run"] ? "the run" : Words.count(use.count, "point")
        lines.append("  \(paint(oneLine(use.id), .strong))  \(use.severity.rawValue), \(places)")
        let text = "\(use.example.message) – \(use.example.hint)"
        lines += Columns.hanging("", oneLine(text), indent: 4, width: width)
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
