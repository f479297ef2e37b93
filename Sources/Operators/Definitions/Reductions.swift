import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What differs between reductions that add up a function of each element.
private struct SumReduction: Sendable {
    let name: String
    var since = 18
    var type = TypeParameter.real
    var generated = FormalTensor.Domain.anyNumber
    /// What is added up.
    let term: @Sendable (Double) -> Double
    /// Elementary operations for each element, the addition left out.
    var operations = 0
    /// The rounding errors of each term, relative to it.
    var termError = 0.0
    /// Result and bound from the sum, its bound and the number of terms; nil: the sum itself.
    var finish: (@Sendable (Double, Double, Double, ErrorModel) -> (Double, Double))?
    /// How the bound is spoken of; `S` is the sum of the terms' magnitudes.
    var words = "S"
    /// The same term of integers.
    var integer: (@Sendable (Int64) -> Int64)?
}

/// The types of sums and products: ONNX leaves out integers of 8 and 16 bits.
private let wideNumber = TypeParameter("T", DType.reals + [.i64, .i32, .u64, .u32])

private let sumReductions: [SumReduction] = [
    SumReduction(
        name: "ReduceSum", since: 13, type: wideNumber, term: { $0 }, words: "Σ|x|",
        integer: { $0 }),
    // The division rounds as any other.
    SumReduction(
        name: "ReduceMean", term: { $0 },
        finish: { sum, bound, count, error in
            (sum / count, bound / count + 5 * error.math * abs(sum / count))
        }, words: "Σ|x|/n"),
    SumReduction(name: "ReduceL1", term: { abs($0) }, operations: 1, words: "Σ|x|"),
    SumReduction(
        name: "ReduceSumSquare", type: wideNumber, term: { $0 * $0 }, operations: 1, termError: 1,
        words: "Σx²", integer: { $0 &* $0 }),
    // A square root halves relative errors and adds its own.
    SumReduction(
        name: "ReduceL2", term: { $0 * $0 }, operations: 1, termError: 1,
        finish: { sum, bound, _, error in
            let root = sum.squareRoot()
            return (root, root == 0 ? 0 : bound / (2 * root) + 6 * error.math * root)
        }, words: "√Σx²/2"),
    SumReduction(
        name: "ReduceLogSum", generated: .nonNegative, term: { $0 },
        finish: { sum, bound, _, error in
            let result = log(sum)
            return (result, bound / sum + 6 * error.math * abs(result))
        }, words: "1 (+ 6u·|y|)"),
]

let sumReductionOperators: [OperatorDefinition] = sumReductions.map { reduction in
    OperatorDefinition(
        reduction.name, since: reduction.since,
        inputs: [
            FormalTensor("data", reduction.type, domain: reduction.generated),
            FormalTensor(index: "axes", isOptional: true),
        ],
        outputs: [FormalTensor("reduced", reduction.type)], attributes: reductionAttributes,
        inference: { operation throws(OperatorError) in try inferReduction(&operation) },
        work: { reductionWork($0, perElement: reduction.operations) },
        oracle: Oracle(
            rule: { operation, error in
                if !operation.outputs[0].dtype.isFloat { return .integers }
                return error.roundsInputs ? .rounded : .summed
            },
            operationCount: { UInt64($0.inputs[0].count) },
            sampleCost: { UInt64(ReductionPlan($0).length) },
            words: { operation, error in
                "8·√\(ReductionPlan(operation).length)·\(error.accumulateType.roundoffText)·"
                    + reduction.words
            },
            evaluate: { call, range, expected in
                if let integer = reduction.integer, !call.output.dtype.isFloat {
                    reduceIntegers(call, range, &expected, from: 0) { $0 &+ integer($1) }
                } else {
                    evaluate(call, range, &expected, reduction)
                }
            }))
}

let reductionAttributes = [
    FormalAttribute("keepdims", .int(1), least: 0),
    FormalAttribute("noop_with_empty_axes", .int(0), least: 0),
]

func inferReduction(_ operation: inout Operation) throws(OperatorError) {
    let data = operation.inputs[0]
    let shape = operation.reducedShape(data.shape, try operation.reducedAxes())
    operation.outputs = [TensorSpec("reduced", data.dtype, shape)]
}

/// n − 1 steps for each output, and what each element takes before; axes are not counted as read.
func reductionWork(_ operation: Operation, perElement: Int) -> Work {
    let length = ReductionPlan(operation).length
    let steps = length < 2 ? 0 : saturatingProduct(length - 1, operation.outputs[0].count)
    var work = Work.ofTensors(
        operation, flops: steps + saturatingProduct(perElement, operation.inputs[0].count))
    work.bytesRead = Bytes(UInt64(operation.inputs[0].byteCount))
    return work
}

private func evaluate(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected, _ reduction: SumReduction
) {
    let plan = ReductionPlan(call.operation)
    let isPlain = reduction.operations == 0
    var mapped: [Double] = []
    plan.forEachBlock(of: range, in: call.inputs[0]) { line, count, place, isRow in
        if !isPlain { mapped = line.prefix(count).map(reduction.term) }
        if isRow {
            let sums = sum(isPlain ? line : mapped, count: count)
            expected.values[place] += sums.value
            expected.bounds[place] += sums.magnitude
        } else {
            for index in 0..<count {
                let term = isPlain ? line[index] : mapped[index]
                expected.values[place + index] += term
                expected.bounds[place + index] += abs(term)
            }
        }
    }
    let error = call.error
    let factor =
        error.reduction(plan.length) + error.roundedFactors + reduction.termError * error.math
    let underflow = Double(plan.length) * error.smallestNormal
    for index in expected.bounds.indices {
        expected.bounds[index] = factor * expected.bounds[index] + underflow
        guard let finish = reduction.finish else { continue }
        (expected.values[index], expected.bounds[index]) = finish(
            expected.values[index], expected.bounds[index], Double(plan.length), error)
    }
}

/// Reduces integers, reduced to the width of their type.
func reduceIntegers(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected, from start: Int64,
    _ step: (Int64, Int64) -> Int64
) {
    let plan = ReductionPlan(call.operation)
    let (data, type) = (call.inputs[0], call.output.dtype)
    for (place, position) in range.enumerated() {
        let base = Shape.offset(of: position, in: plan.kept, strides: plan.keptStrides)
        var result = start
        for term in 0..<plan.length {
            let offset = Shape.offset(
                of: term, in: plan.reduced, strides: plan.reducedStrides)
            result = step(result, data.integer(base + offset))
        }
        expected.integers[place] = type.wrapped(result)
    }
}

/// The sum of numbers and of their magnitudes, in blocks so that rounding errors stay small.
func sum(_ line: [Double], count: Int) -> (value: Double, magnitude: Double) {
    var total = 0.0
    var magnitude = 0.0
    var start = 0
    while start < count {
        let end = min(start + 1024, count)
        var partial = (0.0, 0.0, 0.0, 0.0)
        var index = start
        while index + 2 <= end {
            partial.0 += line[index]
            partial.1 += line[index + 1]
            partial.2 += abs(line[index])
            partial.3 += abs(line[index + 1])
            index += 2
        }
        if index < end {
            partial.0 += line[index]
            partial.2 += abs(line[index])
        }
        total += partial.0 + partial.1
        magnitude += partial.2 + partial.3
        start = end
    }
    return (total, magnitude)
}
