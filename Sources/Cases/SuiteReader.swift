import Model

/// What became of one suite file.
struct SuiteOutcome {
    var name: String?
    var namePlace: Place
    /// Nil when something is wrong.
    var value: Suite?
    var errors: [CaseError]
}

/// Reads one suite file against the cases that it selects from.
struct SuiteReader {
    private var findings: Findings
    private let root: Node
    private let index: CaseIndex
    /// Whether a pattern may mean cases whose files are wrong: then it is not itself a fault.
    private let mayMeanBrokenCase: (String) -> Bool

    /// Reads a file's bytes; what is wrong with them stands in the outcome.
    static func read(
        _ bytes: [UInt8], file: String, index: CaseIndex,
        mayMeanBrokenCase: @escaping (String) -> Bool
    ) -> SuiteOutcome {
        var findings = Findings(file: file)
        guard let root = YAMLReader.read(bytes, &findings) else {
            return SuiteOutcome(name: nil, namePlace: .start, value: nil, errors: findings.errors)
        }
        var checker = Checker(findings: findings)
        checker.check(root, .map(SuiteTable.root), key: "suite")
        var reader = SuiteReader(
            findings: checker.findings, root: root, index: index,
            mayMeanBrokenCase: mayMeanBrokenCase)
        let value = reader.suite(file: file)
        return SuiteOutcome(
            name: root["suite"]?.text, namePlace: root["suite"]?.place ?? .start,
            value: reader.findings.isEmpty ? value : nil, errors: reader.findings.errors)
    }

    private init(
        findings: Findings, root: Node, index: CaseIndex,
        mayMeanBrokenCase: @escaping (String) -> Bool
    ) {
        self.findings = findings
        self.root = root
        self.index = index
        self.mayMeanBrokenCase = mayMeanBrokenCase
    }

    private mutating func suite(file: String) -> Suite? {
        let always = selections("always")
        let rotate = selections("rotate")
        let budget = duration("budget")
        let pointBudget = duration("pointBudget")
        let profile = root["profile"]
        guard let name = root["suite"]?.text, let title = root["title"]?.text,
            let alwaysProfile = profile?["always"]?.text.flatMap(ProfileID.init(rawValue:))
        else { return nil }
        let rotateProfile = profile?["rotate"]?.text.flatMap(ProfileID.init(rawValue:))
        return Suite(
            name: name, title: title, file: file, alwaysProfile: alwaysProfile,
            rotateProfile: rotateProfile ?? alwaysProfile, budget: budget,
            pointBudget: pointBudget, always: always, rotate: rotate)
    }

    private mutating func duration(_ key: String) -> Nanoseconds? {
        guard let node = root[key], let seconds = node.text.flatMap(TextFormat.seconds) else {
            return nil
        }
        let secondsMax = 1e8
        guard seconds > 0, seconds <= secondsMax else {
            findings.add(node.place, "'\(key)' must be more than nothing and at most three years")
            return nil
        }
        return .seconds(seconds)
    }

    private mutating func selections(_ key: String) -> [Selection] {
        (root[key]?.list ?? []).compactMap { selection($0) }
    }

    private mutating func selection(_ node: Node) -> Selection? {
        let patternNode = node.map == nil ? node : node["case"]
        guard let patternNode, let pattern = patternNode.text,
            TextFormat.casePattern.accepts(pattern)
        else { return nil }
        var selection = Selection(pattern: pattern)
        for entry in node.map ?? [] where entry.key != "case" {
            selection.axes[entry.key] = entry.value.oneOrMany.compactMap(\.text)
        }
        if mayMeanBrokenCase(pattern) { return selection }
        guard index.hasMatch(pattern) else {
            findings.add(
                patternNode.place,
                "no case matches '\(pattern)'" + suggestion(for: pattern, among: index.ids))
            return nil
        }
        let faultCount = findings.errors.count
        for entry in node.map ?? [] where entry.key != "case" { checkAxis(entry, pattern) }
        if findings.errors.count == faultCount, !index.hasPoint(selection) {
            findings.add(node.place, "no point has all of these values")
        }
        return selection
    }

    private mutating func checkAxis(_ entry: Node.Entry, _ pattern: String) {
        if let message = index.fault(axis: entry.key, pattern: pattern) {
            findings.add(entry.keyPlace, message)
            return
        }
        for node in entry.value.oneOrMany {
            guard let value = node.text,
                let message = index.fault(value: value, axis: entry.key, pattern: pattern)
            else { continue }
            findings.add(node.place, message)
        }
    }
}
