import Model

/// How the positions along one dimension of an output address an input.
enum AxisMap: Sendable, Hashable {
    /// Each step forward adds so many elements.
    case strided(Int)
    /// The elements that each position adds; below zero: the fill value stands there.
    case table([Int])

    /// The elements that a position adds; nil where the fill value stands.
    @inline(__always)
    func offset(_ position: Int) -> Int? {
        switch self {
        case .strided(let step): return position * step
        case .table(let offsets): return offsets[position] < 0 ? nil : offsets[position]
        }
    }
}

/// Where each element of an output comes from, when every one is a copy or a fill value.
struct IndexMap: Sendable {
    /// The output's extents, possibly split into more dimensions than its shape has.
    var extents: [Int]
    var axes: [AxisMap]
    /// The input's element that the first position addresses.
    var base = 0

    /// The input from its first element on, in order.
    static func identity(count: Int) -> IndexMap {
        IndexMap(extents: [count], axes: [.strided(1)])
    }

    /// A run of output positions whose elements lie evenly in the input.
    struct Run {
        /// The first position of the output, and the number of positions.
        var place: Int
        var count: Int
        /// The first element of the input and the distance to the next; nil: the fill value.
        var start: Int?
        var step: Int
    }

    /// Calls a function for the runs that make up a range of flat output positions.
    func forEachRun(in range: Range<Int>, _ visit: (Run) -> Void) {
        guard let length = extents.last, let last = axes.last else {
            if !range.isEmpty { visit(Run(place: 0, count: 1, start: base, step: 1)) }
            return
        }
        var position = range.lowerBound
        while position < range.upperBound {
            let column = position % length
            let count = min(length - column, range.upperBound - position)
            let outer = outerOffset(of: position / length)
            if let outer, case .strided(let step) = last {
                visit(Run(place: position, count: count, start: outer + column * step, step: step))
            } else if let outer {
                for index in 0..<count {
                    let start = last.offset(column + index).map { outer + $0 }
                    visit(Run(place: position + index, count: 1, start: start, step: 1))
                }
            } else {
                visit(Run(place: position, count: count, start: nil, step: 0))
            }
            position += count
        }
    }

    /// The sum of all dimensions but the last; nil where the fill value stands.
    private func outerOffset(of row: Int) -> Int? {
        var rest = row
        var sum = base
        for dimension in stride(from: extents.count - 2, through: 0, by: -1) {
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: extents[dimension])
            guard let offset = axes[dimension].offset(index) else { return nil }
            sum += offset
            rest = quotient
        }
        return sum
    }

    /// Reads a range of flat output positions: of integers into those, of numbers into values.
    func read(
        _ range: Range<Int>, of view: TensorView, fill: TensorView?, into expected: inout Expected
    ) {
        let isInteger = !view.spec.dtype.isFloat
        let integer = isInteger ? fill?.integer(0) ?? 0 : 0
        let number = isInteger ? 0 : fill?.element(0) ?? 0
        forEachRun(in: range) { run in
            let place = run.place - range.lowerBound
            guard let start = run.start else {
                for index in place..<place + run.count {
                    if isInteger { expected.integers[index] = integer }
                    if !isInteger { expected.values[index] = number }
                }
                return
            }
            if !isInteger, run.step >= 0 {
                view.read(
                    from: start, step: run.step, count: run.count, into: &expected.values,
                    at: place)
                return
            }
            for index in 0..<run.count {
                let source = start + index * run.step
                if isInteger { expected.integers[place + index] = view.integer(source) }
                if !isInteger { expected.values[place + index] = view.element(source) }
            }
        }
    }
}

/// The oracle of operators that only move data: outputs must be equal to what they copy.
///
/// `fill` names the input whose only element stands where none is copied; nil or absent: zero.
func movementOracle(
    fill: String? = nil, reacts: Bool = true, _ map: @escaping @Sendable (Operation) -> IndexMap
) -> Oracle {
    Oracle(
        rule: movementRule,
        operationCount: { UInt64($0.outputs[0].count) },
        words: { operation, error in movementRule(operation, error) == .rounded ? "0" : "exact" },
        reacts: { _ in reacts },
        evaluate: { call, range, expected in
            let plan = call.prepared { map(call.operation) }
            plan.read(
                range, of: call.inputs[0], fill: fill.flatMap { call.input($0) }, into: &expected)
        })
}

/// Equal, unless the output's type holds fewer digits than the input's.
@Sendable func movementRule(_ operation: Operation, _ error: ErrorModel) -> Oracle.Rule {
    if !operation.outputs[error.outputIndex].dtype.isFloat { return .integers }
    return error.output > operation.inputs[0].dtype.unitRoundoff ? .rounded : .exact
}

extension OracleCall {
    /// What an oracle works out once for all ranges of the call.
    func prepared<Plan>(_ make: () -> Plan) -> Plan {
        scratch.value("plan", make)
    }
}

extension Work {
    /// The work of moving data: no operations, and of the first input only what is looked at.
    static func ofMovement(_ operation: Operation, elementsRead: Int? = nil) -> Work {
        var work = Work.ofTensors(operation, flops: 0)
        let input = operation.inputs[0]
        let others = operation.inputs.dropFirst().filter { $0.values == nil }
        let elements = min(elementsRead ?? input.count, input.count)
        let own = UInt64((elements * input.dtype.bits + 7) / 8)
        work.bytesRead = Bytes(others.reduce(own) { $0 + UInt64($1.byteCount) })
        return work
    }
}

extension Operation {
    /// Gives an attribute the value that inference found for it.
    mutating func set(_ name: String, _ value: AttributeValue) {
        attributes.removeAll { $0.name == name }
        attributes.append(Attribute(name, value))
        attributes.sort { $0.name < $1.name }
    }

    /// The integers of an index input; nil when it is absent.
    func indices(_ name: String) -> [Int]? { input(name)?.values?.map { Int($0) } }

    /// The axis attribute or input value counted from the front; throws when it is named twice.
    func normalized(axes: [Int64], rank: Int) throws(OperatorError) -> [Int] {
        var result: [Int] = []
        for axis in axes {
            let position = try normalized(axis: axis, rank: rank)
            guard !result.contains(position) else {
                throw error(.shape, "axis \(position) is named twice")
            }
            result.append(position)
        }
        return result
    }
}

extension Operation {
    /// The product of two extents; throws where no tensor is so large.
    func product(_ extent: Int, _ factor: Int) throws(OperatorError) -> Int {
        let (product, overflow) = extent.multipliedReportingOverflow(by: factor)
        guard !overflow, product <= 1 << 56 else {
            throw error(.tooLarge, "an extent of \(extent) times \(factor) is too large")
        }
        return product
    }
}

/// The product of extents, held at the largest value instead of overflowing.
func saturatingProduct(_ factors: [Int]) -> UInt64 {
    factors.contains(0)
        ? 0
        : factors.reduce(UInt64(1)) { product, factor in
            let (next, overflow) = product.multipliedReportingOverflow(by: UInt64(factor))
            return overflow ? .max : next
        }
}
