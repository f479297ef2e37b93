import Bundle
import Model

/// What was not the same on both sides, for a reader to weigh.
struct ComparisonDifferences {
    private(set) var facts: [ComparedFact] = []

    /// Readings that move by themselves or are said elsewhere.
    private static let moving: Set<String> = [
        "loadAverage", "bootId", "cgroupPath", "uptime", "memoryAvailableBytes", "memoryTotalBytes",
    ]

    init(_ judge: ComparisonJudge, _ pairs: [ComparisonPair]) {
        if !judge.isSameRun {
            runs(judge.baseline, judge.candidate)
            machines(judge.baseline.record.machine, judge.candidate.record.machine)
        }
        for pair in pairs { backends(pair) }
    }

    private mutating func add(_ name: String, _ baseline: String, _ candidate: String) {
        guard baseline != candidate else { return }
        let fact = ComparedFact(
            name: name, baseline: baseline.isEmpty ? "not stated" : baseline,
            candidate: candidate.isEmpty ? "not stated" : candidate)
        if !facts.contains(fact) { facts.append(fact) }
    }

    private mutating func runs(_ first: ComparedRun, _ second: ComparedRun) {
        let (old, new) = (first.record.run, second.record.run)
        add(
            "harness", "\(old.harness.version) (\(old.harness.commit))",
            "\(new.harness.version) (\(new.harness.commit))")
        add("build", old.harness.buildMode, new.harness.buildMode)
        add("methodology", old.methodology, new.methodology)
        add("rules", old.rules ?? "1.0", new.rules ?? "1.0")
        add("clock", first.record.calibration.clock, second.record.calibration.clock)
        add("seed", "\(old.seed)", "\(new.seed)")
        add("status", old.status, new.status)
        add("processors", Self.list(first.contents.plan.cpus), Self.list(second.contents.plan.cpus))
    }

    private mutating func machines(_ old: MachineFacts, _ new: MachineFacts) {
        add("machine", old.machineID, new.machineID)
        add("processor", old.processor, new.processor)
        add("packages", "\(old.packages)", "\(new.packages)")
        add("cores", "\(old.cores)", "\(new.cores)")
        add("threads", "\(old.threads)", "\(new.threads)")
        add("memory", "\(old.memory.value) bytes", "\(new.memory.value) bytes")
        add("huge pages", old.hugePages, new.hugePages)
        add("instruction sets", old.isa.joined(separator: " "), new.isa.joined(separator: " "))
        for fact in old.facts where !Self.moving.contains(fact.name) {
            add(fact.name, fact.value ?? "unknown", new.fact(fact.name) ?? "unknown")
        }
        for fact in new.facts
        where !Self.moving.contains(fact.name)
            && !old.facts.contains(where: { $0.name == fact.name })
        {
            add(fact.name, "unknown", fact.value ?? "unknown")
        }
    }

    private mutating func backends(_ pair: ComparisonPair) {
        let (old, new) = (pair.baseline.backend, pair.candidate.backend)
        add(
            "backend", ComparisonPairing.name(pair.baseline.subject),
            ComparisonPairing.name(pair.candidate.subject))
        let id = pair.candidate.subject.backend
        add("\(id): version", old?.version ?? "", new?.version ?? "")
        add("\(id): file", Self.digest(old), Self.digest(new))
        add("\(id): device", old?.device?.name ?? "", new?.device?.name ?? "")
        add("\(id): driver", old?.device?.driver ?? "", new?.device?.driver ?? "")
        add("\(id): runtime", old?.device?.runtime ?? "", new?.device?.runtime ?? "")
        add("profile", pair.baseline.profile.rawValue, pair.candidate.profile.rawValue)
    }

    private static func digest(_ backend: BackendFacts?) -> String {
        backend.map { "sha256 \($0.sha256.prefix(12))" } ?? ""
    }

    private static func list(_ cpus: [Int]) -> String {
        cpus.map(String.init).joined(separator: ",")
    }

    /// Which part of two comparability keys differs, in words.
    static func keyDifference(_ pair: ComparisonPair, _ old: Metric, _ new: Metric) -> String {
        func differ(_ what: String, _ first: String, _ second: String) -> String? {
            first == second
                ? nil
                : "\(what): \(first.isEmpty ? "not stated" : first) and "
                    + "\(second.isEmpty ? "not stated" : second)"
        }
        let (first, second) = (pair.baseline, pair.candidate)
        let found: [String?] = [
            differ("definitions", "\(old.definitionVersion)", "\(new.definitionVersion)"),
            differ("scopes", old.scope.rawValue, new.scope.rawValue),
            differ("divisions", first.division, second.division),
            differ(
                "arithmetic", first.backend?.execution?.math?.name ?? "",
                second.backend?.execution?.math?.name ?? ""),
            differ(
                "accumulation", first.backend?.execution?.accumulate?.name ?? "",
                second.backend?.execution?.accumulate?.name ?? ""),
        ]
        let reasons = found.compactMap { $0 }
        return reasons.isEmpty
            ? "different conditions (threads, devices, ceiling or methodology)"
            : "different " + reasons.joined(separator: "; ")
    }
}
