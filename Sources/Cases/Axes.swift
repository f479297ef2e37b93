/// A scalar of an axis value: what a reference stands for at a point.
struct AxisCell: Sendable {
    var text: String
    var place: Place
    /// The value where it is a whole number or arithmetic without references.
    var integer: Int64?

    init(_ scalar: Scalar, at place: Place) {
        self.text = scalar.text
        self.place = place
        self.integer =
            scalar.integer
            ?? (Formula.mayBegin(scalar.text) && scalar.type == .text
                ? Formula.constant(scalar, at: place) : nil)
    }
}

/// One value of an axis: a scalar, or a name with fields.
struct AxisValue: Sendable {
    var name: String
    var place: Place
    /// The scalar itself; nil for a value with fields.
    var scalar: AxisCell?
    var fields: [String: AxisCell] = [:]

    func cell(_ field: String?) -> AxisCell? {
        if let field { fields[field] } else { scalar }
    }
}

/// A parameter with its values.
struct Axis: Sendable {
    var name: String
    var place: Place
    var values: [AxisValue]
    var isUsed = false
}

/// What a reference points to: an axis, and a field of its values where they have fields.
struct Reference: Sendable, Hashable {
    var axis: Int
    var field: String?
}

/// One combination: the index of the value of each axis.
struct Combination {
    let axes: [Axis]
    var indices: [Int]

    /// Every value was checked to have the field when the reference was made.
    func cell(_ reference: Reference) -> AxisCell {
        axes[reference.axis].values[indices[reference.axis]].cell(reference.field)!
    }

    /// The cell if this value has it.
    func cellIfAny(_ reference: Reference) -> AxisCell? {
        axes[reference.axis].values[indices[reference.axis]].cell(reference.field)
    }

    /// The combination for people, such as `size=small types=f32`.
    var label: String {
        zip(axes, indices).map { "\($0.name)=\($0.values[$1].name)" }.joined(separator: " ")
    }
}

/// The axes of a case in declared order, and the references made to them.
struct AxisTable {
    /// What every value that a reference stands for must be.
    struct Requirement: Sendable {
        var expectation: String
        var accepts: @Sendable (AxisCell) -> Bool

        static let integer = Requirement(expectation: "a whole number") { $0.integer != nil }
        static let any = Requirement(expectation: "a value") { _ in true }

        static func word(_ words: [String]) -> Requirement {
            Requirement(expectation: "one of " + words.joined(separator: ", ")) {
                words.contains($0.text)
            }
        }

        static func format(_ format: TextFormat) -> Requirement {
            Requirement(expectation: format.expectation) { format.accepts($0.text) }
        }
    }

    /// Roles that a bare element type of the axis `types` stands for.
    static let storageRoles = ["activation", "weight", "cache", "output"]

    private(set) var axes: [Axis] = []

    /// Reads the checked map under `axes`.
    mutating func read(_ node: Node, _ findings: inout Findings) {
        for entry in node.map ?? [] {
            guard entry.key != "case" else {
                findings.add(
                    entry.keyPlace, "an axis cannot be called 'case'; suites use that key")
                continue
            }
            add(entry.key, at: entry.keyPlace, values: entry.value.list ?? [], &findings)
        }
    }

    /// Adds an axis; one whose name is taken is a fault.
    mutating func add(
        _ name: String, at place: Place, values nodes: [Node], _ findings: inout Findings
    ) {
        guard !axes.contains(where: { $0.name == name }) else {
            findings.add(place, "'\(name)' is an axis already")
            return
        }
        var values: [AxisValue] = []
        for node in nodes {
            guard let value = Self.value(node, axis: name, &findings) else { continue }
            if values.contains(where: { $0.name == value.name }) {
                findings.add(
                    value.place, "the axis '\(name)' has the value \(quoted(value.name)) twice")
            }
            values.append(value)
        }
        axes.append(Axis(name: name, place: place, values: values))
    }

    private static func value(
        _ node: Node, axis: String, _ findings: inout Findings
    ) -> AxisValue? {
        guard let nameNode = node.map == nil ? node : node["name"], let name = nameNode.scalar
        else { return nil }
        guard isValueName(name.text) else {
            findings.add(
                nameNode.place,
                "\(quoted(name.text)) cannot name a value; write { name: …, \(axis): … } with a "
                    + "name of letters, digits and ._+-()")
            return nil
        }
        var value = AxisValue(name: name.text, place: node.place)
        if let entries = node.map {
            for entry in entries where !["name", "source"].contains(entry.key) {
                guard let scalar = entry.value.scalar else { continue }
                value.fields[entry.key] = AxisCell(scalar, at: entry.value.place)
            }
        } else {
            let cell = AxisCell(name, at: node.place)
            value.scalar = cell
            if axis == "types" {
                for role in storageRoles { value.fields[role] = cell }
            }
        }
        return value
    }

    /// Names of values stand in `--set axis=value,value` and in labels.
    private static func isValueName(_ text: String) -> Bool {
        let lengthMax = 64
        return !text.isEmpty && text.utf8.count <= lengthMax
            && text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                        || "._+-()".unicodeScalars.contains($0))
            }
    }

    // MARK: - References

    /// The axis of that name, which counts as used from now on; nil when there is none.
    mutating func use(_ name: String) -> Int? {
        guard let index = axes.firstIndex(where: { $0.name == name }) else { return nil }
        axes[index].isUsed = true
        return index
    }

    /// What `name` or `name.field`, the text after `$`, points to.
    mutating func resolve(
        _ path: String, at place: Place, as requirement: Requirement
    ) throws(Fault) -> Reference {
        let reference = try find(path, at: place)
        axes[reference.axis].isUsed = true
        let axis = axes[reference.axis]
        for value in axis.values {
            guard let cell = value.cell(reference.field) else {
                throw Fault(
                    value.place,
                    "the value \(quoted(value.name)) of the axis '\(axis.name)' has no "
                        + "'\(reference.field ?? "")', which '$\(path)' needs")
            }
            guard requirement.accepts(cell) else {
                throw Fault(
                    cell.place,
                    "\(quoted(cell.text)) is not \(requirement.expectation), which '$\(path)' "
                        + "stands for")
            }
        }
        return reference
    }

    private func find(_ path: String, at place: Place) throws(Fault) -> Reference {
        let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
        let name = parts.first ?? ""
        if let index = axes.firstIndex(where: { $0.name == name }) {
            if parts.count == 2 { return try field(parts[1], ofAxis: index, at: place) }
            if let value = axes[index].values.first(where: { $0.scalar == nil }) {
                let fields = value.fields.keys.sorted().map { "$\(name).\($0)" }
                throw Fault(
                    place,
                    "the values of the axis '\(name)' have fields; write "
                        + fields.joined(separator: ", "))
            }
            return Reference(axis: index, field: nil)
        }
        guard parts.count == 1 else {
            throw Fault(
                place,
                "'$\(path)' refers to an axis that does not exist"
                    + suggestion(for: name, among: axes.map(\.name)))
        }
        return try bareField(name, at: place)
    }

    private func field(
        _ field: String, ofAxis index: Int, at place: Place
    ) throws(Fault) -> Reference {
        let known = Set(axes[index].values.flatMap(\.fields.keys))
        guard known.contains(field) else {
            throw Fault(
                place,
                "the values of the axis '\(axes[index].name)' have no field \(quoted(field))"
                    + suggestion(for: field, among: known.sorted()))
        }
        return Reference(axis: index, field: field)
    }

    /// `$m` as short for `$size.m`, where only one axis has such a field.
    private func bareField(_ name: String, at place: Place) throws(Fault) -> Reference {
        let owners = axes.indices.filter { index in
            axes[index].values.contains { $0.fields[name] != nil }
        }
        if owners.count > 1 {
            let ways = owners.map { "$\(axes[$0].name).\(name)" }
            throw Fault(
                place,
                "'$\(name)' is a field of several axes; write "
                    + ways.joined(separator: " or "))
        }
        guard let owner = owners.first else {
            let known = Set(axes.flatMap { $0.values.flatMap(\.fields.keys) } + axes.map(\.name))
            throw Fault(
                place,
                "'$\(name)' refers to an axis that does not exist"
                    + suggestion(for: name, among: known.sorted()))
        }
        return Reference(axis: owner, field: name)
    }
}
