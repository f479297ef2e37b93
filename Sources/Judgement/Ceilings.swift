import Glibc
import Model

/// The ceilings measured in the same run on the same device, which percentages refer to.
///
/// The device, not the backend: a library that computes products only is held against the peak
/// that another backend showed on the same processor.
struct Ceilings {
    private let compute: [Ceiling]
    private let bandwidth: [Ceiling]
    private let cpus: Int
    private let rules: RuleTable
    /// How far sizes may be apart, as a logarithm, to count as the same level: a factor of four.
    private static let levelDistance = log(4.0)

    private struct Ceiling {
        var device: String
        var threads: Int
        /// The element type of a compute peak.
        var dtype: DType?
        /// The working set of a bandwidth, in bytes.
        var bytes: Double
        var estimate: Estimate
        var pointHash: String
        var citation: String
        /// Whether nothing takes away from the ceiling itself.
        var isValid: Bool
    }

    init(_ points: [PointRecord], cpus: Int, rules: RuleTable) {
        self.cpus = cpus
        self.rules = rules
        compute = points.compactMap { point in
            guard point.point.operation.name == "Peak",
                let estimate = Self.believable("throughput.flop", of: point)
            else { return nil }
            return Ceiling(
                device: Self.device(point), threads: Self.threads(point, cpus),
                dtype: point.point.operation.string("dtype").flatMap(DType.init(name:)), bytes: 0,
                estimate: estimate, pointHash: point.pointHash, citation: Self.citation(point),
                isValid: Self.isValid(point))
        }
        bandwidth = points.compactMap { point in
            guard point.point.operation.name.hasPrefix("Memory"),
                let bytes = point.point.operation.int("bytes"),
                let estimate = Self.believable("bandwidth.stream", of: point)
            else { return nil }
            return Ceiling(
                device: Self.device(point), threads: Self.threads(point, cpus), dtype: nil,
                bytes: Double(bytes), estimate: estimate, pointHash: point.pointHash,
                citation: Self.citation(point), isValid: Self.isValid(point))
        }
    }

    /// The estimate of a metric that nothing makes invalid.
    private static func believable(_ name: String, of point: PointRecord) -> Estimate? {
        guard let metric = point.metric(name) else { return nil }
        let isInvalid = (metric.flags + point.flags).contains { $0.severity == .error }
        return isInvalid ? nil : metric.estimate
    }

    private static func device(_ point: PointRecord) -> String {
        guard let device = point.backend?.device else { return "\(point.subject)" }
        return "\(device.type) \(device.name) \(device.index)"
    }

    private static func isValid(_ point: PointRecord) -> Bool {
        let flags = point.flags + point.metrics.flatMap(\.flags)
        return !flags.contains { $0.severity == .error || $0.severity == .qualifier }
    }

    private static func citation(_ point: PointRecord) -> String {
        "\(point.point.label) on \(point.subject.backend)"
    }

    private static func threads(_ point: PointRecord, _ cpus: Int) -> Int {
        point.point.threads?.resolved(cores: cpus) ?? cpus
    }

    /// Adds references and utilisation to every point that is not a ceiling itself.
    func apply(to points: inout [PointRecord]) {
        for index in points.indices where points[index].outcome == .ok {
            let name = points[index].point.operation.name
            guard name != "Peak", !name.hasPrefix("Memory"),
                points[index].point.operation.domain == ""
            else { continue }
            addCompute(to: &points[index])
            addBandwidth(to: &points[index])
        }
    }

    private func addCompute(to point: inout PointRecord) {
        guard let type = point.point.operation.math ?? point.point.operation.inputs.first?.dtype
        else { return }
        let own = compute.filter {
            $0.device == Self.device(point) && $0.dtype == type
                && $0.threads == Self.threads(point, cpus)
        }
        // The fastest way to compute is the ceiling, whichever instructions it takes.
        guard let ceiling = own.max(by: { $0.estimate.value < $1.estimate.value }) else { return }
        add(ceiling, to: &point, rate: "throughput.flop", utilization: "utilization.compute")
    }

    private func addBandwidth(to point: inout PointRecord) {
        let bytes = Double(point.work.bytes.value)
        guard bytes > 0 else { return }
        let own = bandwidth.filter {
            $0.device == Self.device(point) && $0.threads == Self.threads(point, cpus)
        }
        // Of the sizes measured, the one nearest to the operation's own working set.
        func distance(_ ceiling: Ceiling) -> Double { abs(log(ceiling.bytes / bytes)) }
        // A ceiling of another cache level would say nothing.
        guard let nearest = own.map(distance).min(), nearest <= Self.levelDistance else { return }
        let level = own.filter { distance($0) <= nearest + 1e-9 }
        guard let ceiling = level.max(by: { $0.estimate.value < $1.estimate.value }) else { return }
        add(ceiling, to: &point, rate: "bandwidth.stream", utilization: "utilization.bandwidth")
    }

    private func add(
        _ ceiling: Ceiling, to point: inout PointRecord, rate: String, utilization: String
    ) {
        guard let index = point.metrics.firstIndex(where: { $0.name == rate }),
            let estimate = point.metrics[index].estimate
        else { return }
        let reference = Reference(
            kind: .measuredCeiling, value: ceiling.estimate.value,
            interval: ceiling.estimate.interval, citation: ceiling.citation)
        point.metrics[index].references.append(reference)
        let share = estimate.value / ceiling.estimate.value
        var metric = Metric(
            name: utilization, quantity: "share", unit: "1", direction: .larger, kind: .derived,
            source: point.metrics[index].source,
            estimate: Estimate(
                statistic: "ratio to the measured ceiling", value: share, n: estimate.n,
                launches: estimate.launches, interval: ratio(estimate, to: ceiling.estimate)),
            flags: point.metrics[index].flags.map { $0.about(utilization) },
            derivation: Derivation(
                formula: "\(rate) / \(rate) of '\(ceiling.citation)'", inputs: [rate]),
            references: [reference])
        // Shares of different ceilings are different things.
        metric.comparabilityKey = Comparability.key(
            pointHash: point.pointHash + ceiling.pointHash, metric: metric, devices: 1,
            threads: Self.threads(point, cpus), execution: point.backend?.execution,
            division: point.division)
        var facts = Facts()
        if utilization == "utilization.compute" {
            // Only what the intervals cannot explain: a disturbed ceiling proves nothing.
            facts.set(
                "ceiling.computeAtLeast",
                ceiling.isValid ? metric.estimate?.interval?.low ?? 0 : 0)
        }
        let impossible = rules.findings(.point, in: [facts])
        point.flags += impossible
        if impossible.isEmpty {
            facts.set("ceiling.share", share, text: ceiling.citation)
            metric.flags += rules.findings(.metric, in: [facts], metric: utilization)
        }
        point.metrics.append(metric)
    }

    /// The interval of a ratio from the intervals of both sides, conservatively: extremes.
    private func ratio(_ value: Estimate, to ceiling: Estimate) -> Interval? {
        guard let own = value.interval, let reference = ceiling.interval else { return nil }
        return Interval(
            low: own.low / reference.high, high: own.high / reference.low, level: own.level,
            method: "extremes of both intervals", basis: own.basis)
    }
}
