import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where the numbers of one key or value begin.
struct VectorSource {
    var view: TensorView
    var start: Int
}

/// Evaluates the rows of a range: all numbers of a row share their scores.
func evaluateAttention(_ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected) {
    let plan = call.prepared { AttentionPlan(call.operation) }
    if call.output.name != "Y" {
        extendCache(call, plan, range, &expected)
        return
    }
    let mask = call.input("attn_mask").map { BroadcastReader($0, to: maskShape($0, plan)) }
    let isBool = call.input("attn_mask")?.spec.dtype == .bool
    let maskWidth = call.input("attn_mask").map { maskShape($0, plan)[3] } ?? 0
    var row = AttentionRow(
        call, keys: plan.keys, headSize: plan.headSize, valueSize: plan.valueSize)
    var maskLine = [Double](repeating: 0, count: maskWidth)
    var position = range.lowerBound
    while position < range.upperBound {
        let column = position % plan.valueSize
        let count = min(plan.valueSize - column, range.upperBound - position)
        let (batch, head, query) = plan.row(position / plan.valueSize)
        if let mask {
            let first = ((batch * plan.heads + head) * plan.queries + query) * maskWidth
            mask.read(first..<first + maskWidth, into: &maskLine)
            row.mask = (0..<plan.keys).map { key in
                // What a mask does not reach is not looked at.
                if key >= maskWidth { return -.infinity }
                return isBool ? (maskLine[key] != 0 ? 0 : -.infinity) : maskLine[key]
            }
        }
        let shared = head / (plan.heads / plan.sharedHeads)
        row.evaluate(
            query: VectorSource(
                view: call.inputs[0],
                start: plan.start(
                    batch: batch, head: head, position: query, heads: plan.heads,
                    positions: plan.queries, size: plan.headSize)),
            visible: plan.visibleKeys(query),
            key: { vector(call, plan, ("K", "past_key"), batch, shared, $0, plan.headSize) },
            value: { vector(call, plan, ("V", "past_value"), batch, shared, $0, plan.valueSize) })
        row.store(column..<column + count, in: &expected, at: position - range.lowerBound)
        position += count
    }
}

/// The shape a mask is broadcast to: its last dimension may be shorter than the keys.
private func maskShape(_ mask: TensorView, _ plan: AttentionPlan) -> [Int] {
    let last = mask.spec.shape.last ?? 1
    return plan.scoreShape.dropLast() + [last == 1 ? plan.keys : last]
}

private func vector(
    _ call: OracleCall, _ plan: AttentionPlan, _ names: (new: String, past: String), _ batch: Int,
    _ head: Int, _ position: Int, _ size: Int
) -> VectorSource {
    let source = plan.source(names, batch: batch, head: head, position: position, size: size)
    let index = names.new == "K" ? 1 : 2
    return VectorSource(
        view: call.input(source.name) ?? call.inputs[index], start: source.start)
}

/// The cache with the keys or values of the call behind it.
private func extendCache(
    _ call: OracleCall, _ plan: AttentionPlan, _ range: Range<Int>, _ expected: inout Expected
) {
    let isKey = call.output.name == "present_key"
    let size = isKey ? plan.headSize : plan.valueSize
    let names = isKey ? ("K", "past_key") : ("V", "past_value")
    for position in range {
        let row = position / size
        let (batch, rest) = row.quotientAndRemainder(dividingBy: plan.sharedHeads * plan.keys)
        let source = vector(
            call, plan, names, batch, rest / plan.keys, rest % plan.keys, size)
        expected.values[position - range.lowerBound] = source.view.element(
            source.start + position % size)
    }
}

/// The scores and the result of one query of one head.
struct AttentionRow {
    /// What is added to the scores; nil: nothing.
    var mask: [Double]?
    private let error: ErrorModel
    private let scale: Double
    private let softcap: Double
    private var query: [Double]
    private var key: [Double]
    private var value: [Double]
    private var scores: [Double]
    private var scoreErrors: [Double]
    private var results: [Double]
    private var bounds: [Double]

    init(_ call: OracleCall, keys: Int, headSize: Int, valueSize: Int) {
        error = call.error
        scale = call.operation.double("scale") ?? 1
        softcap = call.operation.double("softcap") ?? 0
        query = [Double](repeating: 0, count: headSize)
        key = query
        value = [Double](repeating: 0, count: valueSize)
        scores = [Double](repeating: 0, count: keys)
        scoreErrors = scores
        results = value
        bounds = value
    }

    func store(_ columns: Range<Int>, in expected: inout Expected, at place: Int) {
        for column in columns {
            expected.values[place + column - columns.lowerBound] = results[column]
            expected.bounds[place + column - columns.lowerBound] = bounds[column]
        }
    }

    /// Computes the row of a query that looks at the first `visible` keys.
    mutating func evaluate(
        query source: VectorSource, visible: Int, key keySource: (Int) -> VectorSource,
        value valueSource: (Int) -> VectorSource
    ) {
        source.view.read(from: source.start, count: query.count, into: &query)
        // Four roundings: the scale itself, its two roots, and the product with it.
        let factor = error.reduction(query.count) + error.roundedFactors + 4 * error.math
        for index in 0..<visible {
            let source = keySource(index)
            source.view.read(from: source.start, count: key.count, into: &key)
            let sums = dotProduct(query, at: 0, key, at: 0, count: key.count)
            var score = scale * sums.value
            var bound = abs(scale) * factor * sums.magnitude
            if softcap > 0 {
                score = softcap * tanh(score / softcap)
                // The slope is at most 1; tanh by OpenCL's limit of 5 ulp, two roundings more.
                bound += 12 * error.math * abs(score)
            }
            if let mask {
                score += mask[index]
                bound += (error.roundsInputs ? 3 : 1) * error.math * abs(score)
            }
            scores[index] = score
            scoreErrors[index] = score == -.infinity ? 0 : bound
        }
        weigh(visible, valueSource)
    }

    /// Turns scores into shares and sums the values by them.
    private mutating func weigh(_ visible: Int, _ valueSource: (Int) -> VectorSource) {
        let sum = error.reduction(visible)
        var largest = -Double.infinity
        for score in scores[0..<visible] { largest = score.isNaN ? score : max(largest, score) }
        for column in results.indices {
            results[column] = 0
            bounds[column] = error.smallestNormal
        }
        // Every key is masked: nothing is attended to.
        if largest == -.infinity { return }
        var (total, disturbance, scoreError) = (0.0, 0.0, 0.0)
        for index in 0..<visible {
            let power = exp(scores[index] - largest)
            total += power
            if power > 0 {
                disturbance += power * (largest - scores[index])
                scoreError += power * scoreErrors[index]
            }
        }
        let common =
            error.math * (18 + 2 * disturbance / total) + scoreError / total + 2 * sum
            + shortShares
        for index in 0..<visible {
            let share = exp(scores[index] - largest) / total
            if share == 0 { continue }
            let distance = largest - scores[index]
            let source = valueSource(index)
            source.view.read(from: source.start, count: value.count, into: &value)
            add(share, common + scoreErrors[index] + 2 * error.math * distance)
        }
    }

    private mutating func add(_ share: Double, _ relative: Double) {
        for column in value.indices {
            let part = share * value[column]
            results[column] += part
            bounds[column] += relative * abs(part)
        }
    }

    /// Shares are rounded to the arithmetic's type before the second product, where it is short.
    private var shortShares: Double {
        error.roundedFactors + (error.mathType == error.accumulateType ? 0 : 2 * error.math)
    }
}
