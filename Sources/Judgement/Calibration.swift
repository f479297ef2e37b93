package import Model
import Statistics

/// What one machine's sessions differ by when nothing was changed: A/A calibration.
///
/// A value without files and clocks: whoever runs the sessions keeps its text.
package struct Calibration: Sendable, Hashable, Codable {
    /// A session's value of one metric of one point on one subject.
    package struct Value: Sendable, Hashable, Codable {
        /// Point, metric, subject and conditions: equal in every session.
        package var series: String
        /// For people: the point's label and the metric.
        package var label: String
        package var noiseClass: String
        /// In the metric's base unit.
        package var value: Double
    }

    /// One complete run of the calibration's plan.
    package struct Session: Sendable, Hashable, Codable {
        package var run: String
        /// UTC, ISO 8601.
        package var started: String
        /// The boot that it ran in; empty where the system does not say.
        package var boot: String
        package var values: [Value]
    }

    /// The noise of a class of metrics, for people; derived from the sessions.
    package struct ClassNoise: Sendable, Hashable, Codable {
        package var noiseClass: String
        package var occasions: Int
        package var pairs: Int
        /// Of the logarithm of a session's value.
        package var sessionDeviation: Double
        /// The 95 % quantile of |log ratio| of two sessions.
        package var floor: Double
        /// Whether the floor is low enough for verdicts on this machine.
        package var isFit: Bool
    }

    /// `assay.calibration/1`.
    package private(set) var schema: String
    package private(set) var methodology: String
    package private(set) var machineID: String
    package private(set) var fingerprint: String
    package private(set) var processor: String
    package private(set) var planSha256: String
    /// When the last session began; UTC, ISO 8601.
    package private(set) var updated: String
    package private(set) var sessions: [Session]
    package private(set) var classes: [ClassNoise]

    /// A calibration of one session so far.
    package init(_ record: Record) throws(CalibrationError) {
        schema = "assay.calibration/1"
        methodology = record.run.methodology
        machineID = record.machine.machineID
        fingerprint = record.machine.fingerprint
        processor = record.machine.processor
        planSha256 = record.run.planSha256
        updated = ""
        sessions = []
        classes = []
        try add(record)
    }

    /// The same with one more session of the same plan on the same machine.
    package func adding(_ record: Record) throws(CalibrationError) -> Calibration {
        var result = self
        try result.add(record)
        return result
    }

    private mutating func add(_ record: Record) throws(CalibrationError) {
        if let reason = refusal(record) { throw CalibrationError(reason) }
        let values = Self.values(record)
        guard !values.isEmpty else {
            throw CalibrationError(
                "run \(record.run.id) has no undisturbed metric with at least three launches")
        }
        sessions.append(
            Session(
                run: record.run.id, started: record.run.started,
                boot: record.machine.fact("bootId") ?? "", values: values))
        sessions.sort { ($0.started, $0.run) < ($1.started, $1.run) }
        updated = sessions.last?.started ?? ""
        classes = noiseClasses
    }

    /// Why the run is no session of this calibration; nil: it is one.
    private func refusal(_ record: Record) -> String? {
        let run = "run \(record.run.id)"
        func major(_ text: String) -> Substring { text.prefix { $0 != "." } }
        if record.run.status != "complete" { return "\(run) is not complete" }
        if record.run.harness.buildMode != "release" { return "\(run) is of a debug build" }
        if record.machine.fingerprint != fingerprint || record.machine.machineID != machineID {
            return "\(run) is of another machine"
        }
        if major(record.run.methodology) != major(methodology) {
            return "\(run) follows methodology \(record.run.methodology), not \(methodology)"
        }
        if record.run.planSha256 != planSha256 { return "\(run) is of another plan" }
        if sessions.contains(where: { $0.run == record.run.id }) {
            return "\(run) is in it already"
        }
        return nil
    }

    private static func values(_ record: Record) -> [Value] {
        record.points.flatMap { point -> [Value] in
            guard point.outcome == .ok, point.subject.side == 0 else { return [] }
            return point.metrics.compactMap { metric in
                guard let estimate = metric.estimate, estimate.value > 0,
                    metric.direction != .none, !metric.name.hasPrefix("utilization"),
                    estimate.launches >= Comparison.countMin,
                    ComparisonRules.objections(point, metric).isEmpty
                else { return nil }
                return Value(
                    series: series(metric, point.subject),
                    label: "\(point.point.label) \(metric.name)",
                    noiseClass: ComparisonRules.noiseClass(
                        metric: metric.name, point: point.point), value: estimate.value)
            }
        }
    }

    /// The name of a series: what is comparable, on one subject.
    static func series(_ metric: Metric, _ subject: Subject) -> String {
        "\(subject.backend):\(subject.device)/\(metric.comparabilityKey)"
    }
}

/// Why a run cannot be a session of a calibration, in one sentence.
package struct CalibrationError: Error, Equatable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}

// MARK: - Reading

extension Calibration {
    /// Reads a calibration; derived figures are derived again, so that nobody can edit them.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        schema = try container.decode(String.self, forKey: .schema)
        guard schema == "assay.calibration/1" else {
            throw DecodingError.dataCorruptedError(
                forKey: .schema, in: container, debugDescription: "unknown schema '\(schema)'")
        }
        methodology = try container.decode(String.self, forKey: .methodology)
        machineID = try container.decode(String.self, forKey: .machineID)
        fingerprint = try container.decode(String.self, forKey: .fingerprint)
        processor = try container.decode(String.self, forKey: .processor)
        planSha256 = try container.decode(String.self, forKey: .planSha256)
        updated = try container.decode(String.self, forKey: .updated)
        sessions = try container.decode([Session].self, forKey: .sessions)
        classes = []
        classes = noiseClasses
    }
}
