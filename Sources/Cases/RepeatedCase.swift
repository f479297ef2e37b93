import Model
import Operators

/// A case whose points are those of another case, made again and again.
struct RepeatedCase: Sendable {
    /// What for; the raw value is the key in files.
    enum Kind: String, CaseIterable {
        /// So many times, with every output compared.
        case integrity
        /// For so long, to see whether it keeps its speed.
        case stress
    }

    static let durationDefault = 60.0
    /// From less than a second nothing is warm; nobody waits for more than a week.
    static let durations = 0.5...604_800.0
    static let repetitionsDefault: Int64 = 1000
    static let repetitionsMax: Int64 = 100_000_000
    /// What the points bring with them, so that it must not be said a second time.
    private static let foreignKeys = ["axes", "data", "measure", "verify", "closedDivision"]

    private let id: String
    private let title: String
    private let owner: String?
    private let file: String
    private let kind: Kind
    private let repetitions: Int
    private let duration: Nanoseconds
    private let of: Node

    /// Reads the checked map under the kind's key; nil when something is wrong, which the findings
    /// then say.
    init?(
        _ kind: Kind, _ root: Node, _ node: Node, id: String?, isGood: Bool,
        _ findings: inout Findings
    ) {
        for key in Self.foreignKeys {
            guard let entry = root.entry(key) else { continue }
            findings.add(entry.keyPlace, "'\(key)' comes from the case that is repeated")
        }
        var count = Self.repetitionsDefault
        if let given = node["repetitions"], let scalar = given.scalar {
            count = Formula.constant(scalar, at: given.place) ?? 0
            if !(2...Self.repetitionsMax).contains(count) {
                findings.add(
                    given.place,
                    "'repetitions' is \(quoted(scalar.text)); it must be a whole number from 2 to "
                        + "\(Self.repetitionsMax)")
            }
        }
        var seconds = Self.durationDefault
        if let given = node["duration"], let text = given.text {
            seconds = TextFormat.seconds(of: text) ?? seconds
            if !Self.durations.contains(seconds) {
                findings.add(given.place, "'duration' must be from half a second to a week")
            }
        }
        guard isGood, findings.isEmpty, let id, let title = root["title"]?.text,
            let of = node["of"]
        else { return nil }
        self.id = id
        self.title = title
        owner = root["owner"]?.text
        file = findings.file
        self.kind = kind
        repetitions = Int(count)
        duration = .seconds(seconds)
        self.of = of
    }

    /// Adds the cases that repeat others to those others, or what is wrong with them to the errors.
    ///
    /// - Parameter brokenIDs: ids of cases that are wrong; nil: a file whose id cannot be read.
    static func resolve(
        _ repeated: [RepeatedCase], _ cases: inout [Case], _ brokenIDs: inout [String?],
        _ errors: inout [CaseError]
    ) {
        guard !repeated.isEmpty else { return }
        let index = CaseIndex(cases)
        let known = cases
        for one in repeated {
            var findings = Findings(file: one.file)
            let points = one.points(of: known, index, brokenIDs: brokenIDs, &findings)
            errors += findings.errors
            if points.isEmpty {
                brokenIDs.append(one.id)
            } else {
                cases.append(
                    Case(
                        id: one.id, title: one.title, owner: one.owner, file: one.file,
                        points: points))
            }
        }
    }

    private func points(
        of cases: [Case], _ index: CaseIndex, brokenIDs: [String?], _ findings: inout Findings
    ) -> [Point] {
        let nameNode = of.map == nil ? of : of["case"]
        guard let nameNode, let name = nameNode.text else { return [] }
        guard let base = cases.first(where: { $0.id == name }) else {
            // What is wrong with that case is said there.
            if !brokenIDs.contains(where: { $0 == nil || $0 == name }) {
                findings.add(
                    nameNode.place,
                    "there is no case '\(name)' to repeat" + suggestion(for: name, among: index.ids)
                )
            }
            return []
        }
        var selection = Selection(pattern: name)
        for entry in of.map ?? [] where entry.key != "case" {
            if let message = index.fault(axis: entry.key, pattern: name) {
                findings.add(entry.keyPlace, message)
                continue
            }
            for value in entry.value.oneOrMany {
                guard let text = value.text else { continue }
                selection.axes[entry.key, default: []].append(text)
                if let message = index.fault(value: text, axis: entry.key, pattern: name) {
                    findings.add(value.place, message)
                }
            }
        }
        guard findings.isEmpty else { return [] }
        return repeated(base.points.filter(selection.includes), &findings)
    }

    private func repeated(_ points: [Point], _ findings: inout Findings) -> [Point] {
        guard let first = points.first else {
            findings.add(of.place, "no point has all of these values")
            return []
        }
        let operation = first.operation
        let definition = OperatorRegistry.definition(
            domain: operation.domain, name: operation.name)
        // Opset 0: a listing, which completes no operation.
        let hasOutputs = operation.opset == 0 || !operation.outputs.isEmpty
        let isComparable = hasOutputs && definition?.tally == nil
        guard kind != .integrity || isComparable else {
            findings.add(
                of.place, "\(operation.name) has no outputs that are the same at every call")
            return []
        }
        return points.map { point in
            var point = point
            point.caseID = id
            switch kind {
            case .integrity:
                point.repetitions = repetitions
                // Each call's outputs are looked at, so each call is a sample.
                point.timing = .single
                point.headline = .corruption
            case .stress:
                point.duration = duration
                // Samples are as long as a share of the duration, so they are of many calls.
                point.timing = .batch
            }
            return point
        }
    }
}
