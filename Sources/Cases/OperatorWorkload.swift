import Model

/// One call of an operator, with its tensors and attributes.
struct OperatorWorkload: Workload {
    /// Operators whose cost is multiplications and additions rather than traffic.
    static let products: Set<String> = [
        "MatMul", "Gemm", "Conv", "ConvTranspose", "MatMulInteger", "QLinearMatMul", "Attention",
    ]
    /// Operators of ours that do a thing many times, for what it costs once.
    static let costs: Set<String> = [
        "Capacity", "CoreToCore", "LoadedLatency", "PageFault", "ParallelRegion", "PointerChase",
        "RandomAccess", "ThreadSpawn",
    ]
    /// Beyond this many elements a tensor fits no machine, and sizes would overflow.
    static let elementCountMax = 1 << 42
    static let rankMax = 8

    struct Input: Sendable {
        var name: String
        var place: Place
        var dtype: Term
        var shape: [Formula]
        var isConstant: Bool
        var values: [Formula]?
    }

    struct Output: Sendable {
        var name: String
        var dtype: Term
    }

    enum Value: Sendable {
        case fixed(AttributeValue)
        case word(Term)
        case int(Formula)
        case ints([Formula])
    }

    let place: Place
    let name: String
    let domain: String
    private(set) var inputs: [Input] = []
    private(set) var outputs: [Output] = []
    private(set) var attributes: [(name: String, value: Value)] = []
    /// Roles of the axis `types` that say how to compute; nil where the case has no such axis.
    private let math: Reference?
    private let accumulate: Reference?

    init(_ node: Node, _ context: inout WorkloadContext) {
        place = node["operator"]?.place ?? node.place
        name = node["operator"]?.text ?? ""
        domain = node["domain"]?.text ?? ""
        let types = context.axes.axes.firstIndex { $0.name == "types" }
        math = types.map { Reference(axis: $0, field: "math") }
        accumulate = types.map { Reference(axis: $0, field: "accumulate") }

        let known = context.catalogue.names(domain)
        if !known.contains(name) {
            context.findings.add(
                place, "unknown operator \(quoted(name))" + suggestion(for: name, among: known))
        }
        for entry in node["inputs"]?.map ?? [] { readInput(entry, &context) }
        for entry in node["outputs"]?.map ?? [] {
            guard let dtype = context.term(entry.value["dtype"], CaseTable.dtypes) else { continue }
            outputs.append(Output(name: entry.key, dtype: dtype))
        }
        for entry in node["attributes"]?.map ?? [] {
            guard let value = Self.attribute(entry.value, &context) else { continue }
            attributes.append((entry.key, value))
        }
    }

    private mutating func readInput(_ entry: Node.Entry, _ context: inout WorkloadContext) {
        let node = entry.value
        let hasValues = node["values"] != nil
        for key in ["dtype", "shape"] where node[key] == nil && !hasValues {
            context.findings.add(entry.keyPlace, "the input '\(entry.key)' has no '\(key)'")
        }
        if let shape = node["shape"], (shape.list?.count ?? 0) > Self.rankMax {
            context.findings.add(shape.place, "more than \(Self.rankMax) dimensions")
        }
        let values = node["values"]?.list.map { $0.compactMap { context.formula($0) } }
        var shape = (node["shape"]?.list ?? []).compactMap { context.formula($0) }
        if let values, node["shape"] == nil { shape = [Formula(Int64(values.count))] }
        inputs.append(
            Input(
                name: entry.key, place: entry.keyPlace,
                dtype: context.term(node["dtype"], CaseTable.dtypes) ?? .literal("i64"),
                shape: shape, isConstant: node["role"]?.text == "weight", values: values))
    }

    /// Numbers without a reference keep the type they are written in.
    private static func attribute(_ node: Node, _ context: inout WorkloadContext) -> Value? {
        if let items = node.list {
            let scalars = items.compactMap(\.scalar)
            if scalars.allSatisfy({ $0.type == .text && !isFormula($0) }) {
                return .fixed(.strings(scalars.map(\.text)))
            }
            if scalars.contains(where: { $0.type == .number }) {
                let numbers = scalars.compactMap(\.number)
                guard numbers.count == scalars.count else {
                    context.findings.add(node.place, "a list of numbers cannot hold other values")
                    return nil
                }
                return .fixed(.floats(numbers))
            }
            let formulas = items.compactMap { context.formula($0) }
            return formulas.count == items.count ? .ints(formulas) : nil
        }
        guard let scalar = node.scalar else { return nil }
        switch scalar.type {
        case .number: return scalar.number.map { .fixed(.float($0)) }
        case .boolean: return .fixed(.int(scalar.text.lowercased() == "true" ? 1 : 0))
        case .text where !isFormula(scalar): return .fixed(.string(scalar.text))
        case .text where isBareReference(scalar.text):
            return reference(node, &context)
        default: return context.formula(node).map { .int($0) }
        }
    }

    /// A bare reference may stand for words as well as for whole numbers.
    private static func reference(_ node: Node, _ context: inout WorkloadContext) -> Value? {
        do throws(Fault) {
            let term = try Term(node, as: .any, axes: &context.axes)
            guard case .reference(let reference) = term else { return nil }
            let cells = context.axes.axes[reference.axis].values
                .compactMap { $0.cell(reference.field) }
            if cells.allSatisfy({ $0.integer == nil }) { return .word(term) }
            return context.formula(node).map { .int($0) }
        } catch {
            context.findings.add(error)
            return nil
        }
    }

    private static func isFormula(_ scalar: Scalar) -> Bool { scalar.text.contains("$") }

    private static func isBareReference(_ text: String) -> Bool {
        text.hasPrefix("$") && TextFormat.name.accepts(text.dropFirst().filter { $0 != "." })
    }

    // MARK: - At a point

    func headline(at combination: Combination) -> Headline {
        if domain == "assay", Self.costs.contains(name) { return .latencyAccess }
        return Self.products.contains(name) ? .throughputFlop : .time
    }

    func operation(at combination: Combination) throws(Fault) -> Operation? {
        var tensors: [TensorSpec] = []
        for input in inputs { tensors.append(try tensor(input, at: combination)) }
        var values: [Attribute] = []
        for attribute in attributes {
            values.append(
                Attribute(attribute.name, try Self.value(attribute.value, at: combination)))
        }
        // Saying that f32 is computed in f32 says nothing: one spelling, one identity.
        let natural = tensors.first { $0.values == nil }?.dtype
        return Operation(
            domain: domain, name: name, opset: 0, inputs: tensors,
            outputs: outputs.map {
                TensorSpec($0.name, dtype($0.dtype, at: combination), [])
            }, attributes: values,
            math: role(math, at: combination, unless: natural),
            accumulate: role(accumulate, at: combination, unless: natural))
    }

    private func dtype(_ term: Term, at combination: Combination) -> DType {
        DType(name: term.text(at: combination))!
    }

    private func role(
        _ reference: Reference?, at combination: Combination, unless natural: DType?
    ) -> DType? {
        guard let reference, let cell = combination.cellIfAny(reference),
            let dtype = DType(name: cell.text), dtype != natural
        else { return nil }
        return dtype
    }

    private func tensor(_ input: Input, at combination: Combination) throws(Fault) -> TensorSpec {
        var shape: [Int] = []
        var count = 1
        for extent in input.shape {
            let value = try extent.value(at: combination, in: 0...(1 << 31), "shape")
            shape.append(Int(value))
            guard value == 0 || count <= Self.elementCountMax / Int(value) else {
                throw Fault(
                    extent.place,
                    "the input '\(input.name)' has more than \(Self.elementCountMax) elements"
                        + combination.suffix)
            }
            count *= Int(value)
        }
        var values: [Int64]?
        if let formulas = input.values {
            var numbers: [Int64] = []
            for formula in formulas { numbers.append(try formula.value(at: combination)) }
            guard numbers.count == count else {
                throw Fault(
                    input.place,
                    "the input '\(input.name)' has \(numbers.count) values for \(count) elements")
            }
            values = numbers
        }
        return TensorSpec(
            input.name, dtype(input.dtype, at: combination), shape, isConstant: input.isConstant,
            values: values)
    }

    private static func value(
        _ value: Value, at combination: Combination
    ) throws(Fault) -> AttributeValue {
        switch value {
        case .fixed(let value): return value
        case .word(let term): return .string(term.text(at: combination))
        case .int(let formula): return .int(try formula.value(at: combination))
        case .ints(let formulas):
            var numbers: [Int64] = []
            for formula in formulas { numbers.append(try formula.value(at: combination)) }
            return .ints(numbers)
        }
    }
}
