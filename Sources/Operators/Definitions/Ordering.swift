import Model

/// Operators that put elements along an axis in order.
let orderingOperators = [topK, sortElements]

private let topK = OperatorDefinition(
    "TopK", since: 11,
    inputs: [FormalTensor("X", .number), FormalTensor(index: "K")],
    outputs: [FormalTensor("Values", .number), FormalTensor("Indices", .index)],
    attributes: [
        FormalAttribute("axis", .int(-1)), FormalAttribute("largest", .int(1), least: 0),
        FormalAttribute("sorted", .int(1), least: 0),
    ],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        let axis = try operation.normalized(
            axis: operation.int("axis") ?? -1, rank: input.shape.count)
        guard let wanted = operation.indices("K"), wanted.count == 1,
            (0...input.shape[axis]).contains(wanted[0])
        else {
            throw operation.error(
                .shape,
                "input K must be one number from 0 to \(input.shape[axis]), the extent of axis "
                    + "\(axis)")
        }
        guard operation.int("sorted") == 1 else {
            throw operation.error(
                .attribute, "attribute 'sorted' must be 1: results in no order are not supported")
        }
        var shape = input.shape
        shape[axis] = wanted[0]
        operation.outputs = [
            TensorSpec("Values", input.dtype, shape), TensorSpec("Indices", .i64, shape),
        ]
    },
    work: orderingWork, oracle: orderingOracle)

private let sortElements = OperatorDefinition(
    domain: "assay", "Sort", since: 1, inputs: [FormalTensor("X", .number)],
    outputs: [FormalTensor("Y", .number), FormalTensor("Indices", .index, isOptional: true)],
    attributes: [
        FormalAttribute("axis", .int(-1)), FormalAttribute("descending", .int(0), least: 0),
    ],
    inference: { operation throws(OperatorError) in
        let input = operation.inputs[0]
        _ = try operation.normalized(axis: operation.int("axis") ?? -1, rank: input.shape.count)
        operation.outputs = [
            TensorSpec("Y", input.dtype, input.shape), TensorSpec("Indices", .i64, input.shape),
        ]
    },
    work: orderingWork, oracle: orderingOracle)

/// One comparison for each element: what any algorithm needs at least.
@Sendable private func orderingWork(_ operation: Operation) -> Work {
    Work.ofTensors(operation, flops: UInt64(operation.inputs[0].count)).withoutIndices(operation)
}

private let orderingOracle = Oracle(
    chunk: { operation in
        // Whole slices, so that none is sorted twice.
        let slice = Shape.count(operation.outputs[0].shape.suffix(1))
        return max(slice, (1 << 16) / max(slice, 1) * slice)
    },
    rule: { operation, error in
        let output = operation.outputs[error.outputIndex]
        return output.dtype.isFloat ? movementRule(operation, error) : .integers
    },
    // Twenty comparisons, as a sort of a million takes, for both outputs.
    operationCount: { saturatingProduct(40, $0.inputs[0].count) },
    sampleCost: { saturatingProduct(20, $0.inputs[0].shape[$0.orderedAxis]) },
    words: { _, _ in "exact; of equal elements the first stands first" },
    reacts: { $0.name == "Sort" },
    evaluate: { call, range, expected in
        let slices = call.prepared { OrderedSlices() }
        let isInteger = !call.output.dtype.isFloat
        for position in range {
            let place = position - range.lowerBound
            let found = slices.element(call, position)
            if call.output.name == "Indices" {
                expected.integers[place] = Int64(found.index)
            } else if isInteger {
                expected.integers[place] = call.inputs[0].integer(found.source)
            } else {
                expected.values[place] = call.inputs[0].element(found.source)
            }
        }
    })

extension Operation {
    fileprivate var orderedAxis: Int { axis(rank: inputs[0].shape.count) }
}

/// The order of the elements of slices, kept for the outputs to come.
private final class OrderedSlices {
    private var orders: [Int: [Int]] = [:]
    private var keptCount = 0
    private static let keptMax = 1 << 24

    /// The place along the axis, and the element of the input, that an output's element comes from.
    func element(_ call: OracleCall, _ position: Int) -> (index: Int, source: Int) {
        let shape = call.inputs[0].spec.shape
        let axis = call.operation.orderedAxis
        let inner = Shape.count(shape[(axis + 1)...])
        let count = call.output.shape[axis]
        let slice = position / (inner * count) * inner + position % inner
        let start = slice / inner * shape[axis] * inner + slice % inner
        let order = orders[slice] ?? sorted(call, slice, start, inner, shape[axis], count)
        let index = order[position / inner % count]
        return (index, start + index * inner)
    }

    private func sorted(
        _ call: OracleCall, _ slice: Int, _ start: Int, _ step: Int, _ length: Int, _ count: Int
    ) -> [Int] {
        let input = call.inputs[0]
        let isDescending =
            call.operation.name == "Sort"
            ? call.operation.int("descending") != 0 : call.operation.int("largest") != 0
        let order: [Int]
        if input.spec.dtype.isFloat {
            var line = [Double](repeating: 0, count: length)
            input.read(from: start, step: step, count: length, into: &line)
            order = Self.order(line, isDescending)
        } else {
            var line = [Int64](repeating: 0, count: length)
            input.read(from: start, step: step, count: length, into: &line)
            order = Self.order(line, isDescending)
        }
        let kept = Array(order.prefix(count))
        if keptCount + kept.count > Self.keptMax {
            orders = [:]
            keptCount = 0
        }
        orders[slice] = kept
        keptCount += kept.count
        return kept
    }

    /// A stable order: of equal elements the first stands first.
    private static func order<Element: Comparable>(
        _ line: [Element], _ isDescending: Bool
    ) -> [Int] {
        line.indices.sorted { left, right in
            if line[left] == line[right] { return left < right }
            return isDescending ? line[left] > line[right] : line[left] < line[right]
        }
    }
}
