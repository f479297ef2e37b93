import Model

/// What bounds operators on this machine, and where they stand: data, without a drawing.
struct Roofline {
    /// A bound on operations or on bytes per second.
    struct Ceiling {
        /// Its name in the drawing; unique within a roofline.
        var letter = ""
        var label: String
        var value: Double
        /// Equal to the value where there is no interval.
        var low: Double
        var high: Double
        var isDeclared: Bool
    }

    /// An operator as one backend ran it.
    struct Mark {
        /// The same for every backend at this point; the key explains it.
        var number: Int
        var record: PointRecord
        var intensity: Double
        var estimate: Estimate
        var isQualified: Bool
    }

    private(set) var roofs: [Ceiling] = []
    private(set) var slopes: [Ceiling] = []
    private(set) var marks: [Mark] = []
    /// Points by number, from 1, with their intensity.
    private(set) var key: [(number: Int, point: Point, intensity: Double)] = []
    /// Operator points left out because their metric is not to be believed.
    private(set) var omitted = 0

    /// Nil when the run has no measured peak, no memory ceiling or no operator to show.
    init?(_ record: Record) {
        addMarks(record)
        let threads = Set(marks.map { Words.threads($0.record.point.threads) })
        addRoofs(record, threads: threads)
        addSlopes(record, threads: threads)
        guard !roofs.isEmpty, !slopes.isEmpty, !marks.isEmpty else { return nil }
        for index in roofs.indices { roofs[index].letter = Self.letter(index) }
        for index in slopes.indices { slopes[index].letter = Self.letter(roofs.count + index) }
    }

    private static func letter(_ index: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        return index < letters.count ? String(letters[index]) : "\(index + 1)"
    }

    /// Every ceiling by letter: what it is, its value and interval.
    var legend: [(letter: String, text: String)] {
        func line(_ ceiling: Ceiling, _ unit: String) -> (String, String) {
            let interval = Interval(
                low: ceiling.low, high: ceiling.high, level: 0.95, method: "", basis: .launches)
            let reading = Reading(
                Estimate(
                    statistic: "", value: ceiling.value, n: 0, launches: 0,
                    interval: ceiling.high > ceiling.low ? interval : nil),
                style: .of(unit: unit))
            let suffix = ceiling.isDeclared ? " (declared)" : " \(reading.interval)"
            return (ceiling.letter, "\(ceiling.label): \(reading.valueAndUnit)\(suffix)")
        }
        return roofs.map { line($0, "{FLOP}/s") } + slopes.map { line($0, "By/s") }
    }

    // MARK: - Operators

    private mutating func addMarks(_ record: Record) {
        var numbers: [String: Int] = [:]
        for group in CaseGroup.all(of: record) {
            for record in group.records where record.point.operation.domain != "assay" {
                guard record.outcome == .ok, let intensity = record.work.arithmeticIntensity,
                    let metric = record.metric("throughput.flop"), let estimate = metric.estimate
                else { continue }
                guard metric.status != .invalid, estimate.value > 0, estimate.value.isFinite else {
                    omitted += 1
                    continue
                }
                let number = numbers[record.pointHash] ?? numbers.count + 1
                if numbers[record.pointHash] == nil {
                    numbers[record.pointHash] = number
                    key.append((number, record.point, intensity))
                }
                marks.append(
                    Mark(
                        number: number, record: record, intensity: intensity, estimate: estimate,
                        isQualified: metric.status == .qualified))
            }
        }
    }

    // MARK: - Ceilings

    /// A metric of a point that may stand for a ceiling.
    private struct Candidate {
        var point: Point
        var metric: Metric
        var estimate: Estimate
    }

    private static func candidates(
        _ record: Record, _ names: Set<String>, metric name: String, threads: Set<String>
    ) -> [Candidate] {
        let all = record.points.compactMap { record -> Candidate? in
            guard record.outcome == .ok, record.point.operation.domain == "assay",
                names.contains(record.point.operation.name), let metric = record.metric(name),
                let estimate = metric.estimate, metric.status != .invalid,
                estimate.value > 0, estimate.value.isFinite
            else { return nil }
            return Candidate(point: record.point, metric: metric, estimate: estimate)
        }
        // Ceilings of another number of threads would bound something else.
        let fitting = all.filter { threads.contains(Words.threads($0.point.threads)) }
        return fitting.isEmpty ? all : fitting
    }

    private mutating func addRoofs(_ record: Record, threads: Set<String>) {
        let all = Self.candidates(record, ["Peak"], metric: "throughput.flop", threads: threads)
        var dtypes: [String] = []
        for dtype in all.compactMap({ $0.point.operation.string("dtype") })
        where !dtypes.contains(dtype) { dtypes.append(dtype) }
        for dtype in dtypes {
            let ofType = all.filter { $0.point.operation.string("dtype") == dtype }
            guard let top = ofType.max(by: { $0.estimate.value < $1.estimate.value }) else {
                continue
            }
            let named = top.point.operation.string("path").flatMap { $0 == "best" ? nil : $0 }
            let path = named.map { " " + $0 } ?? ""
            let label = "\(dtype) peak\(path), \(Words.threads(top.point.threads))"
            roofs.append(Self.ceiling(label, top))
            roofs += Self.declared(top, label: "\(dtype) declared peak")
        }
    }

    private mutating func addSlopes(_ record: Record, threads: Set<String>) {
        let all = Self.candidates(
            record, ["MemoryRead", "MemoryTriad"], metric: "bandwidth.stream", threads: threads)
        let sized = all.compactMap { candidate in
            candidate.point.operation.int("bytes").map { (Double($0), candidate) }
        }
        guard let largest = sized.map(\.0).max() else { return }
        var below = 0.0
        for cache in Self.levels(record.machine) where cache.bytes < largest {
            // Three quarters: what does not fit with room to spare measures the next level too.
            // Non-temporal stores pass the caches by.
            let fitting = sized.filter {
                $0.0 > below && $0.0 <= cache.bytes * 0.75
                    && $0.1.point.operation.string("stores") != "nonTemporal"
            }
            if let top = fitting.map(\.1).max(by: { $0.estimate.value < $1.estimate.value }) {
                slopes.append(Self.ceiling("\(cache.name) \(Self.kernel(top.point))", top))
            }
            below = cache.bytes
        }
        let outside = sized.filter { $0.0 == largest && largest > below }
        if let top = outside.map(\.1).max(by: { $0.estimate.value < $1.estimate.value }) {
            let last = Self.levels(record.machine).last
            let fits = last.map { $0.bytes >= largest } ?? false
            let name = fits ? "\(last?.name ?? "cache") or memory" : "memory"
            slopes.append(Self.ceiling("\(name) \(Self.kernel(top.point))", top))
            slopes += Self.declared(top, label: "declared memory bandwidth")
        }
    }

    /// Data caches in order of level, as the operating system reports them.
    static func levels(_ machine: MachineFacts) -> [(name: String, bytes: Double)] {
        machine.caches.filter { $0.type != "instruction" && $0.bytes.value > 0 }
            .sorted { $0.level < $1.level }
            .map { ($0.type == "data" ? "L\($0.level)d" : "L\($0.level)", Double($0.bytes.value)) }
    }

    private static func kernel(_ point: Point) -> String {
        let name = point.operation.name == "MemoryRead" ? "read" : "triad"
        return "\(name), \(shown(Bytes(UInt64(max(0, point.operation.int("bytes") ?? 0)))))"
    }

    private static func ceiling(_ label: String, _ top: Candidate) -> Ceiling {
        let value = top.estimate.value
        let interval = top.estimate.interval.flatMap { $0.low > 0 && $0.high.isFinite ? $0 : nil }
        return Ceiling(
            label: label, value: value, low: interval?.low ?? value,
            high: interval?.high ?? value, isDeclared: false)
    }

    private static func declared(_ top: Candidate, label: String) -> [Ceiling] {
        top.metric.references.filter { $0.kind == .declaredPeak && $0.value > 0 }.map {
            Ceiling(
                label: label, value: $0.value, low: $0.value, high: $0.value, isDeclared: true)
        }
    }
}
