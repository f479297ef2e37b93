import Model

/// A workload as read from a file: makes the operation of each combination of axis values.
protocol Workload: Sendable {
    /// What the case's tables show first.
    func headline(at combination: Combination) -> Headline
    /// The operation, not yet completed; nil where the combination has no meaning of its own.
    func operation(at combination: Combination) throws(Fault) -> Operation?
    /// Where errors about the whole operation are reported.
    var place: Place { get }
}

/// What reading the parts of a workload needs.
struct WorkloadContext {
    var axes: AxisTable
    var findings: Findings
    let catalogue: OperatorCatalogue

    /// Reads a formula; nil when it is wrong, which the findings then say.
    mutating func formula(_ node: Node?) -> Formula? {
        guard let node, let scalar = node.scalar else { return nil }
        do {
            return try Formula(scalar, at: node.place, axes: &axes)
        } catch {
            findings.add(error)
            return nil
        }
    }

    /// Reads a word or a reference to one of these words; nil when it is wrong.
    mutating func term(_ node: Node?, _ words: [String]) -> Term? {
        guard let node else { return nil }
        do {
            return try Term(node, as: .word(words), axes: &axes)
        } catch {
            findings.add(error)
            return nil
        }
    }

    /// Reads the workload of a checked case; nil when something is wrong with it.
    mutating func workload(_ node: Node) -> (any Workload)? {
        let faultCount = findings.errors.count
        let workload: any Workload
        if node["operator"] != nil {
            workload = OperatorWorkload(node, &self)
        } else if node["peak"] != nil {
            workload = PeakWorkload(node, &self)
        } else if let traffic = node["memory"] {
            workload = MemoryWorkload(traffic, &self)
        } else if let movement = node["transfer"] {
            workload = TransferWorkload(movement, &self)
        } else if let file = node["storage"] {
            workload = StorageWorkload(file, &self)
        } else {
            workload = LaunchWorkload(place: node["launch"]?.place ?? node.place)
        }
        return findings.errors.count == faultCount ? workload : nil
    }
}

// MARK: -

/// An operation that does nothing: what starting work costs.
struct LaunchWorkload: Workload {
    let place: Place

    func headline(at combination: Combination) -> Headline { .time }

    func operation(at combination: Combination) -> Operation? {
        Operation(domain: "assay", name: "Empty", opset: 0, inputs: [], outputs: [])
    }
}

extension Formula {
    /// The value at a point, within limits.
    func value(
        at combination: Combination, in range: ClosedRange<Int64>, _ key: String
    ) throws(Fault) -> Int64 {
        let value = try value(at: combination)
        guard range.contains(value) else {
            throw Fault(
                place,
                "'\(key)' is \(value)\(combination.suffix); it must be from \(range.lowerBound) "
                    + "to \(range.upperBound)")
        }
        return value
    }
}

extension Combination {
    /// The combination in parentheses; nothing for a case without axes.
    var suffix: String { axes.isEmpty ? "" : " (\(label))" }
}
