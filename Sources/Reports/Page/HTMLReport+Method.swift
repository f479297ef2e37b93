import Model

extension HTMLReport {
    // MARK: - Flags

    func addFlags(to html: inout Markup) {
        section("flags", "Flags", in: &html) { html in
            let uses = FlagUse.all(of: record)
            guard !uses.isEmpty else {
                html.element("p", [:], "No flag was raised in this run.")
                return
            }
            html.element(
                "p", ["class": "explain"],
                "An error makes a metric INVALID, a qualifier makes it QUALIFIED; warnings and "
                    + "notes do not change its status. Nothing was dropped because of a flag.")
            html.group("dl", ["class": "flags"]) { html in
                for use in uses { add(use, to: &html) }
            }
        }
    }

    private func add(_ use: FlagUse, to html: inout Markup) {
        html.group("div", ["id": "flag-\(use.id)"]) { html in
            html.group("dt") { html in
                html.element("b", [:], use.id)
                html.words(" ")
                html.element(
                    "span", ["class": "severity \(use.severity.rawValue)"], use.severity.rawValue)
            }
            html.group("dd") { html in
                html.element("p", [:], Self.sentence(use.example.message))
                html.element("p", [:], "Hint: \(Self.ended(use.example.hint))")
                let shown = use.places.prefix(3).joined(separator: "; ")
                let more = use.places.count - 3
                html.element(
                    "small", [:],
                    "On \(shown)" + (more > 0 ? " and \(more) more." : "."))
            }
        }
    }

    private static func sentence(_ text: String) -> String {
        ended(text.prefix(1).uppercased() + text.dropFirst())
    }

    private static func ended(_ text: String) -> String {
        text.hasSuffix(".") ? text : text + "."
    }

    // MARK: - Method

    func addMethod(to html: inout Markup) {
        section("method", "How it was measured", in: &html) { html in
            html.element(
                "p", ["class": "explain"],
                "Every launch is a fresh process and the unit of the statistics: intervals come "
                    + "from the spread between launches where there are three or more. No sample "
                    + "is dropped. Outputs are checked against an f64 oracle. A suite may cap the "
                    + "time of a point below its profile's; the launches show what was done.")
            addProfiles(to: &html)
            list("facts", facts, in: &html)
        }
    }

    private func addProfiles(to html: inout Markup) {
        let head = [
            "profile", "launches", "warm-up, at least / at most", "samples a launch",
            "measuring a launch", "half-width asked for",
        ]
        table("plain", caption: "Profiles", head: head, in: &html) { html in
            for profile in record.run.profiles.map(Profile.named) {
                let target = profile.targetHalfWidth.map { fixed($0 * 100, 1) + " %" } ?? "none"
                let cells = [
                    "\(profile.launches)",
                    Self.seconds(profile.warmupTimeMin) + " / "
                        + Self.seconds(profile.warmupTimeMax),
                    "\(profile.samplesMin) to \(profile.samplesMax)",
                    "\(Self.seconds(profile.measureTimeMin)) to "
                        + Self.seconds(profile.measureTimeMax),
                    target,
                ]
                html.group("tr") { html in
                    html.element("th", ["scope": "row"], profile.id.rawValue)
                    for cell in cells { html.element("td", [:], cell) }
                }
            }
        }
    }

    private static func seconds(_ time: Nanoseconds) -> String {
        Frame.plain(time.seconds) + " s"
    }

    private var facts: [(String, String)] {
        let estimates = record.points.flatMap(\.metrics).compactMap(\.estimate)
        let statistics = Set(estimates.map(\.statistic)).sorted()
        let methods = Set(estimates.compactMap(\.interval?.method)).sorted()
        let calibration = record.calibration
        return [
            ("Statistics", statistics.joined(separator: "; ")),
            ("Intervals", methods.joined(separator: "; ")),
            ("Clock", calibration.clock),
            ("Two readings of the clock", text(calibration.clockPairNanoseconds)),
            ("Harness overhead of a call, not subtracted", text(calibration.harnessOverhead)),
            ("Start of a worker process", text(calibration.workerStart)),
            ("Harness binary (SHA-256)", record.run.harness.binarySha256),
        ] + implementations
    }

    private var implementations: [(String, String)] {
        var seen: Set<String> = []
        return record.points.compactMap { record -> (String, String)? in
            guard let backend = record.backend, seen.insert(backend.id).inserted else { return nil }
            return (
                "Backend \(backend.id) \(backend.version)",
                "\(backend.implementation); SHA-256 \(backend.sha256)"
            )
        }.sorted { $0.0 < $1.0 }
    }

    private func text(_ metric: Metric?) -> String {
        guard let metric else { return "not measured" }
        guard let estimate = metric.estimate else {
            return "unavailable: \(metric.unavailable ?? "no reason was recorded")"
        }
        let reading = Reading(estimate, style: .of(metric))
        return "\(reading.valueAndUnit) \(reading.interval), n \(estimate.n)"
    }

    // MARK: - What is not available

    func addUnavailable(to html: inout Markup) {
        var order: [String] = []
        var counts: [String: Int] = [:]
        for metric in record.points.flatMap(\.metrics) {
            guard let reason = metric.unavailable else { continue }
            let line = "\(metric.name): \(reason)"
            if counts[line] == nil { order.append(line) }
            counts[line, default: 0] += 1
        }
        section("unavailable", "Not available", in: &html) { html in
            guard !order.isEmpty else {
                html.element("p", [:], "Every metric of every point that ran was obtained.")
                return
            }
            html.element(
                "p", ["class": "explain"],
                "Metrics that could not be obtained, and why. None of them is counted as zero.")
            html.group("ul", ["class": "notes"]) { html in
                for line in order {
                    html.element("li", [:], "\(line) (\(Words.count(counts[line] ?? 0, "result")))")
                }
            }
        }
    }
}
