package import Model

// MARK: - Looking at some outputs

extension Verification {
    /// How many outputs a spot check compares at most.
    static let spotsMax = 48
    /// Outputs of a tensor that are compared however much they cost, beside those that changed.
    static let spotsMin = 2
    /// The operations that comparing all outputs may cost, where none of them changed.
    static let fullOperationsMax: UInt64 = 1_000_000_000
    /// The operations that a spot check may cost.
    static let spotOperationsMax: UInt64 = 20_000_000

    /// Compares some outputs, among them such as differ from what the same memory held before.
    ///
    /// Cheap enough for every launch: inputs that were altered a little need no full check, because
    /// an answer that was not computed is wrong wherever it changed.
    /// - Parameter mustChange: enough was altered that some output differs.
    package static func spotCheck(
        _ operation: Operation, inputs: [TensorView], outputs: [TensorView],
        before: [TensorView], mustChange: Bool, seed: UInt64
    ) throws(OperatorError) -> Correctness {
        guard let oracle = try OperatorRegistry.definition(of: operation).oracle,
            outputs.contains(where: { $0.spec.count > 0 })
        else { return nothingToCompare }
        let call = OracleCall(operation, inputs: inputs)
        let mustReact = mustChange && oracle.reacts(operation) && before.count == outputs.count
        if mustReact, zip(outputs, before).allSatisfy({ isUnchanged($0, $1) }) {
            return unchanged(call, oracle, outputs)
        }
        if let judged = oracle.judge?(call, outputs) { return judged }
        var parts: [Correctness] = []
        for (index, output) in outputs.enumerated() {
            let earlier = before.indices.contains(index) ? before[index] : nil
            let own = call.about(output: index)
            parts.append(
                spotCheck(own, oracle, output, before: earlier, seed: seed &+ UInt64(index)))
        }
        return combined(parts, operation)
    }

    /// Outputs that are all what they were: wrong, unless every one is right for the new inputs.
    ///
    /// A short type may round to what it was. All are compared, where that costs no more than
    /// full verification may.
    private static func unchanged(
        _ call: OracleCall, _ oracle: Oracle, _ outputs: [TensorView]
    ) -> Correctness {
        let accusation = Correctness(
            checked: true, passed: false, method: "spots", coverage: 1, value: 1e300,
            tolerance: "some output changes", detail: "no output changed when the inputs did")
        guard oracle.judge == nil,
            oracle.operationCount(call.operation) <= fullOperationsMax
        else { return accusation }
        var parts: [Correctness] = []
        for (index, output) in outputs.enumerated() {
            let own = call.about(output: index)
            parts.append(
                spotCheck(
                    own, oracle, output, before: nil, seed: UInt64(index), all: true))
        }
        let whole = combined(parts, call.operation)
        return whole.passed ? whole : accusation
    }

    private static func spotCheck(
        _ call: OracleCall, _ oracle: Oracle, _ output: TensorView, before: TensorView?,
        seed: UInt64, all: Bool = false
    ) -> Correctness {
        var comparison = Comparison(call.operation, oracle, output: call.outputIndex)
        var expected = Expected()
        var actual = Actual()
        let count = output.spec.count
        let average = oracle.operationCount(call.operation) / UInt64(max(count, 1))
        let cost = max(average, oracle.sampleCost(call.operation), 1)
        let affordable = Int(min(spotOperationsMax / cost, UInt64(spotsMax)))
        let chosen =
            count == 0
            ? []
            : spots(
                in: output, before: before, seed: seed,
                countMax: all ? 2 * count : max(2 * spotsMin, affordable))
        for position in chosen {
            let range = position..<position + 1
            expected.reset(count: 1, integers: comparison.rule == .integers)
            oracle.evaluate(call, range, &expected)
            compare(output, range, &actual, expected, &comparison)
        }
        return comparison.correctness(
            method: "spots", coverage: Double(chosen.count) / Double(max(count, 1)),
            words: oracle.words(call.operation, call.error))
    }

    /// Whether every element is what it was, bit for bit.
    private static func isUnchanged(_ output: TensorView, _ before: TensorView) -> Bool {
        (0..<output.spec.count).allSatisfy { output.bits($0) == before.bits($0) }
    }

    /// Half of them where the outputs changed, as far as they did; the others anywhere.
    private static func spots(
        in output: TensorView, before: TensorView?, seed: UInt64, countMax: Int
    ) -> [Int] {
        let count = output.spec.count
        var generator = Xoshiro256(seed: seed)
        var chosen: Set<Int> = []
        if let before {
            var changed: [Int] = []
            // From a random place on, so that no part is looked at more often than another.
            let start = Int(generator.next(below: UInt64(count)))
            for step in 0..<count where changed.count < countMax / 2 {
                let position = (start + step) % count
                if output.bits(position) != before.bits(position) { changed.append(position) }
            }
            chosen.formUnion(changed)
        }
        let wanted = min(count, chosen.count + countMax / 2)
        while chosen.count < wanted { chosen.insert(Int(generator.next(below: UInt64(count)))) }
        return chosen.sorted()
    }
}
