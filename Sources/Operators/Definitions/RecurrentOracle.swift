import Model

func evaluateRecurrent(
    _ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected
) {
    let lines = call.prepared { RecurrentLines(call) }
    let plan = lines.plan
    let name = call.output.name
    for position in range {
        let unit = position % plan.hidden
        var rest = position / plan.hidden
        var (step, direction, item) = (0, 0, 0)
        func next(_ extent: Int) -> Int {
            defer { rest /= extent }
            return rest % extent
        }
        if plan.isByBatch {
            direction = next(plan.directions)
            if name == "Y" { step = next(plan.steps) }
            item = rest
        } else {
            item = next(plan.batch)
            direction = next(plan.directions)
            step = rest
        }
        let line = lines.line(direction: direction, item: item)
        let found =
            switch name {
            case "Y": line.results[step * plan.hidden + unit]
            case "Y_h": line.hidden[unit]
            default: line.cell[unit]
            }
        let place = position - range.lowerBound
        (expected.values[place], expected.bounds[place]) = (found.value, found.bound)
    }
}

/// What one item of a batch goes through in one direction.
struct RecurrentLine {
    /// The hidden state of each step in the order of X; zero behind the end of the sequence.
    var results: [Bounded]
    /// The states after the last step.
    var hidden: [Bounded]
    var cell: [Bounded]
}

/// Lines that were computed, and the weights they share.
private final class RecurrentLines {
    let plan: RecurrentPlan
    private let call: OracleCall
    private let error: ErrorModel
    private let weights: [RecurrentWeights]
    private var known: [Int: RecurrentLine] = [:]

    init(_ call: OracleCall) {
        let plan = RecurrentPlan(call.operation)
        self.plan = plan
        self.call = call
        error = call.error
        weights = (0..<plan.directions).map { RecurrentWeights(call, plan, $0) }
    }

    func line(direction: Int, item: Int) -> RecurrentLine {
        let key = item * plan.directions + direction
        if let found = known[key] { return found }
        // 2^26 numbers with their bounds are 1 GiB.
        if known.count * plan.steps * plan.hidden >= 1 << 26 { known.removeAll() }
        let made = compute(direction, item)
        known[key] = made
        return made
    }

    private func state(_ name: String, _ direction: Int, _ item: Int) -> [Bounded] {
        guard let tensor = call.input(name) else {
            return [Bounded](repeating: Bounded(0, 0), count: plan.hidden)
        }
        let place =
            plan.isByBatch
            ? item * plan.directions + direction : direction * plan.batch + item
        return (0..<plan.hidden).map {
            Bounded(tensor.element(place * plan.hidden + $0), 0)
        }
    }

    private func compute(_ direction: Int, _ item: Int) -> RecurrentLine {
        let length = call.input("sequence_lens").map { Int($0.integer(item)) } ?? plan.steps
        var line = RecurrentLine(
            results: [Bounded](
                repeating: Bounded(0, 0), count: plan.steps * plan.hidden),
            hidden: state("initial_h", direction, item), cell: state("initial_c", direction, item))
        let step = RecurrentStep(
            plan: plan, weights: weights[direction], functions: plan.activations[direction],
            error: error)
        var input = [Double](repeating: 0, count: plan.width)
        for index in 0..<max(0, min(length, plan.steps)) {
            let place = plan.isReversed[direction] ? length - 1 - index : index
            let row = plan.isByBatch ? item * plan.steps + place : place * plan.batch + item
            call.inputs[0].read(from: row * plan.width, count: plan.width, into: &input)
            if plan.isLong {
                step.long(input, &line.hidden, &line.cell)
            } else {
                step.gated(input, &line.hidden)
            }
            for unit in 0..<plan.hidden {
                line.results[place * plan.hidden + unit] = line.hidden[unit]
            }
        }
        return line
    }
}

/// The weights of one direction.
private struct RecurrentWeights {
    let input: [Double]
    let hidden: [Double]
    /// Squares, by which errors that have nothing to do with each other add up.
    let hiddenSquares: [Double]
    /// Those of the input and of the hidden state, zero where there are none.
    let inputBias: [Double]
    let hiddenBias: [Double]
    let peepholes: [Double]

    init(_ call: OracleCall, _ plan: RecurrentPlan, _ direction: Int) {
        let rows = plan.gates * plan.hidden
        func numbers(_ tensor: TensorView?, _ start: Int, _ count: Int) -> [Double] {
            var values = [Double](repeating: 0, count: count)
            tensor?.read(from: start, count: count, into: &values)
            return values
        }
        input = numbers(call.inputs[1], direction * rows * plan.width, rows * plan.width)
        hidden = numbers(call.inputs[2], direction * rows * plan.hidden, rows * plan.hidden)
        hiddenSquares = hidden.map { $0 * $0 }
        let bias = call.input("B")
        inputBias = numbers(bias, 2 * direction * rows, rows)
        hiddenBias = numbers(bias, (2 * direction + 1) * rows, rows)
        peepholes = numbers(
            call.input("P"), 3 * direction * plan.hidden, 3 * plan.hidden)
    }
}

/// One step of one line.
private struct RecurrentStep {
    let plan: RecurrentPlan
    let weights: RecurrentWeights
    let functions: [RecurrentActivation]
    let error: ErrorModel

    private var count: Int { plan.hidden }

    /// A sum over what a gate is given, with the magnitudes of its terms.
    private struct Sum {
        var value: Double
        var magnitude: Double
    }

    private func fromInput(_ row: Int, _ input: [Double]) -> Sum {
        let product = dotProduct(
            weights.input, at: row * plan.width, input, at: 0, count: plan.width)
        return Sum(value: product.value, magnitude: product.magnitude)
    }

    private func fromHidden(_ row: Int, _ state: State) -> (sum: Sum, bound: Double) {
        let product = dotProduct(
            weights.hidden, at: row * count, state.values, at: 0, count: count)
        let squares = dotProduct(
            weights.hiddenSquares, at: row * count, state.squares, at: 0, count: count)
        return (
            Sum(value: product.value, magnitude: product.magnitude), squares.value.squareRoot()
        )
    }

    /// Values apart from the squares of their bounds, as the sums need them.
    private struct State {
        var values: [Double]
        var squares: [Double]

        init(_ numbers: [Bounded]) {
            values = numbers.map(\.value)
            squares = numbers.map { $0.bound * $0.bound }
        }
    }

    /// A sum of products and biases: rounded as one of all its terms, and stored once.
    private func total(_ sums: [Sum], terms: Int, bound: Double) -> Bounded {
        let value = sums.reduce(0) { $0 + $1.value }
        let magnitude = sums.reduce(0) { $0 + $1.magnitude }
        let relative = error.reduction(terms) + error.roundedFactors
        return Bounded(value, bound + relative * magnitude + error.math * abs(value))
    }

    private func single(_ value: Double) -> Sum { Sum(value: value, magnitude: abs(value)) }

    /// The argument of a gate's function.
    private func gate(
        _ gate: Int, _ unit: Int, _ input: [Double], _ state: State
    ) -> Bounded {
        let row = gate * count + unit
        let (hidden, bound) = fromHidden(row, state)
        return total(
            [
                fromInput(row, input), hidden, single(weights.inputBias[row]),
                single(weights.hiddenBias[row]),
            ], terms: plan.width + count + 2, bound: bound)
    }

    /// ONNX's LSTM; its gates are those of input, output, forgetting and cell.
    func long(_ input: [Double], _ hidden: inout [Bounded], _ cell: inout [Bounded]) {
        let math = error.math
        let state = State(hidden)
        for unit in 0..<count {
            func peephole(_ gate: Int, _ cell: Bounded) -> Bounded {
                let weight = weights.peepholes[gate * count + unit]
                let product = Bounded(weight, 0) * cell
                return product.rounded(math, 2 * abs(product.value))
            }
            let before = cell[unit]
            let i = functions[0](gate(0, unit, input, state) + peephole(0, before), math)
            var f = functions[0](gate(2, unit, input, state) + peephole(2, before), math)
            if plan.couplesForget {
                f = Bounded(1 - i.value, i.bound + math * abs(1 - i.value))
            }
            let candidate = functions[1](gate(3, unit, input, state), math)
            let (kept, added) = (f * before, i * candidate)
            let next = (kept + added).rounded(
                math, abs(kept.value) + abs(added.value) + abs(kept.value + added.value))
            let o = functions[0](gate(1, unit, input, state) + peephole(1, next), math)
            cell[unit] = next
            let result = o * functions[2](next, math)
            // The product, and the state as it is stored.
            hidden[unit] = result.rounded(math, 2 * abs(result.value))
        }
    }

    /// ONNX's GRU; its gates are those of update, reset and hidden state.
    func gated(_ input: [Double], _ hidden: inout [Bounded]) {
        let math = error.math
        let state = State(hidden)
        let resets = (0..<count).map { functions[0](gate(1, $0, input, state), math) }
        var reset = state
        if !plan.resetsLast {
            reset = State(
                (0..<count).map {
                    let product = resets[$0] * hidden[$0]
                    return product.rounded(math, abs(product.value))
                })
        }
        var next = hidden
        for unit in 0..<count {
            let row = 2 * count + unit
            let (sum, bound) = fromHidden(row, reset)
            let (own, biases) = (
                fromInput(row, input),
                [single(weights.inputBias[row]), single(weights.hiddenBias[row])]
            )
            var argument: Bounded
            if plan.resetsLast {
                let inner = total([sum, biases[1]], terms: count + 1, bound: bound)
                let product = resets[unit] * inner
                let outer = total([own, biases[0]], terms: plan.width + 1, bound: 0)
                argument = (product + outer).rounded(
                    math, abs(product.value) + abs(product.value + outer.value))
            } else {
                argument = total(
                    [own, sum] + biases, terms: plan.width + count + 2, bound: bound)
            }
            let candidate = functions[1](argument, math)
            let z = functions[0](gate(0, unit, input, state), math)
            let before = hidden[unit]
            let (taken, kept) = ((1 - z.value) * candidate.value, z.value * before.value)
            // What z is off by moves the result between both.
            let spread =
                abs(1 - z.value) * candidate.bound + abs(z.value) * before.bound
                + (abs(candidate.value - before.value) + candidate.bound + before.bound) * z.bound
            // One less z, both products, their sum, and the state as it is stored.
            let rounding = 2 * abs(taken) + abs(kept) + 2 * abs(taken + kept)
            next[unit] = Bounded(taken + kept, spread + math * rounding)
        }
        hidden = next
    }
}
