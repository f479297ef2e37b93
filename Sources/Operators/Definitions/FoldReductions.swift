import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a reduction remembers of the terms it has seen.
struct FoldState {
    var value: Double
    /// The sum beside the largest argument, for LogSumExp.
    var sum = 0.0
    /// Σ power·distance, the average by which rounded differences disturb that sum.
    var disturbance = 0.0
}

/// What differs between reductions that go from term to term.
private struct FoldReduction: Sendable {
    let name: String
    let since: Int
    let type: TypeParameter
    var generated = FormalTensor.Domain.anyNumber
    let start: Double
    let step: @Sendable (inout FoldState, Double) -> Void
    /// Result and bound; nil: the value, and exact.
    var finish: (@Sendable (FoldState, Int, ErrorModel) -> (Double, Double))?
    var words = "0"
    /// Elementary operations for each element, the step left out.
    var operations = 0
    /// The same of integers of a type: where it starts, and the step.
    var integerStart: (@Sendable (DType) -> Int64)?
    var integer: (@Sendable (Int64, Int64, DType) -> Int64)?
}

private let comparable = TypeParameter("T", DType.reals + DType.integers + [.bool])

private let foldReductions: [FoldReduction] = [
    FoldReduction(
        name: "ReduceMax", since: 18, type: comparable, start: -.infinity,
        step: { state, x in state.value = x.isNaN || x > state.value ? x : state.value },
        integerStart: { $0 == .u64 ? 0 : $0.integerRange.lowerBound },
        integer: { known, x, type in isLess(known, x, type) ? x : known }),
    FoldReduction(
        name: "ReduceMin", since: 18, type: comparable, start: .infinity,
        step: { state, x in state.value = x.isNaN || x < state.value ? x : state.value },
        integerStart: { $0 == .u64 ? -1 : $0.integerRange.upperBound },
        integer: { known, x, type in isLess(x, known, type) ? x : known }),
    // Factors near 1, so that products of any length neither vanish nor overflow.
    FoldReduction(
        name: "ReduceProd", since: 18,
        type: TypeParameter("T", DType.reals + [.i64, .i32, .u64, .u32]), generated: .of(factors),
        start: 1, step: { state, x in state.value *= x },
        finish: { state, count, error in
            let relative = error.reduction(count) + (error.roundsInputs ? 2 * error.math : 0)
            return (state.value, relative * abs(state.value))
        }, words: "8·√n·u·|y|", integerStart: { _ in 1 }, integer: { $2.wrapped($0 &* $1) }),
    FoldReduction(
        name: "ReduceLogSumExp", since: 18, type: .real, start: -.infinity,
        step: stepLogSumExp, finish: finishLogSumExp,
        words: "8·√n·u + u·(2·Σp(m − x) + 6·(1 + |y − m|) + |m| + |y|)", operations: 2),
]

private func isLess(_ a: Int64, _ b: Int64, _ type: DType) -> Bool {
    let flip = type == .u64 ? Int64.min : 0
    return a ^ flip < b ^ flip
}

private let factors: @Sendable (Operation) -> FormalTensor.Domain = { operation in
    if !operation.inputs[0].dtype.isFloat { return .anyNumber }
    let count = Double(max(ReductionPlan(operation).length, 1))
    return .scaled(by: 1 / count.squareRoot(), plus: 1)
}

/// Keeps the largest argument so far and the sum of powers relative to it.
private let stepLogSumExp: @Sendable (inout FoldState, Double) -> Void = { state, x in
    if x.isNaN || state.value.isNaN {
        state.value = .nan
    } else if x == -.infinity || state.value == .infinity {
        return
    } else if x == .infinity || state.value == -.infinity {
        state = FoldState(value: x, sum: 1)
    } else if x <= state.value {
        let power = exp(x - state.value)
        state.sum += power
        state.disturbance += power * (state.value - x)
    } else {
        let (shrink, distance) = (exp(state.value - x), x - state.value)
        state.disturbance = shrink * (state.disturbance + state.sum * distance)
        state.sum = state.sum * shrink + 1
        state.value = x
    }
}

private let finishLogSumExp: @Sendable (FoldState, Int, ErrorModel) -> (Double, Double) = {
    state, count, error in
    guard state.value.isFinite else { return (state.value, 0) }
    let logarithm = log(state.sum)
    let result = state.value + logarithm
    let average = state.disturbance / state.sum
    let rounded = error.roundsInputs ? 2 * error.math * (abs(state.value) + average) : 0
    let bound =
        error.reduction(count)
        + error.math * (2 * average + 6 + 6 * abs(logarithm) + abs(state.value) + abs(result))
    return (result, bound + rounded)
}

let foldReductionOperators: [OperatorDefinition] = foldReductions.map { reduction in
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
                return reduction.finish == nil && error.passesThrough(operation)
                    ? .exact : .rounded
            },
            operationCount: { UInt64($0.inputs[0].count) },
            sampleCost: { UInt64(ReductionPlan($0).length) },
            words: { _, _ in reduction.words },
            // The largest of many need not be among those altered.
            reacts: { _ in reduction.finish != nil },
            evaluate: { call, range, expected in
                if let start = reduction.integerStart, let step = reduction.integer,
                    !call.output.dtype.isFloat
                {
                    let type = call.output.dtype
                    reduceIntegers(call, range, &expected, from: start(type)) { step($0, $1, type) }
                } else {
                    evaluate(call, range, &expected, reduction)
                }
            }))
}

private func evaluate(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected, _ reduction: FoldReduction
) {
    let plan = ReductionPlan(call.operation)
    var states = [FoldState](
        repeating: FoldState(value: reduction.start), count: range.count)
    plan.forEachBlock(of: range, in: call.inputs[0]) { line, count, place, isRow in
        for index in 0..<count {
            let target = isRow ? place : place + index
            // What is not a number stays so.
            if states[target].value.isNaN { continue }
            reduction.step(&states[target], line[index])
        }
    }
    let error = call.error
    for (place, state) in states.enumerated() {
        let result =
            reduction.finish?(state, plan.length, error)
            ?? (state.value, error.roundsInputs ? 2 * error.math * abs(state.value) : 0)
        (expected.values[place], expected.bounds[place]) = result
    }
}
