package import Model

// MARK: - Looking at some outputs

extension Verification {
    /// How many outputs a spot check compares at most.
    static let spotsMax = 48
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
            let output = outputs.first, output.spec.count > 0
        else { return nothingToCompare }
        let call = OracleCall(operation, inputs: inputs)
        if mustChange, let before = before.first, isUnchanged(output, before) {
            return Correctness(
                checked: true, passed: false, method: "spots", coverage: 1, value: 1e300,
                tolerance: "some output changes",
                detail: "no output changed when the inputs did")
        }
        var comparison = Comparison(operation, oracle)
        var expected = Expected()
        var actual: [Double] = []
        let average = oracle.operationCount(operation) / UInt64(output.spec.count)
        let cost = max(average, oracle.sampleCost(operation), 1)
        let affordable = Int(min(spotOperationsMax / cost, UInt64(spotsMax)))
        let chosen = spots(
            in: output, before: before.first, seed: seed, countMax: max(4, affordable))
        for position in chosen {
            let range = position..<position + 1
            expected.reset(count: 1)
            oracle.evaluate(call, range, &expected)
            compare(output, range, &actual, expected, &comparison)
        }
        return comparison.correctness(
            method: "spots", coverage: Double(chosen.count) / Double(output.spec.count),
            words: oracle.words(operation, ErrorModel(operation)))
    }

    /// Whether every element is what it was, bit for bit.
    private static func isUnchanged(_ output: TensorView, _ before: TensorView) -> Bool {
        (0..<output.spec.count).allSatisfy {
            output.element($0).bitPattern == before.element($0).bitPattern
        }
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
                let (new, old) = (output.element(position), before.element(position))
                if new.bitPattern != old.bitPattern { changed.append(position) }
            }
            chosen.formUnion(changed)
        }
        let wanted = min(count, chosen.count + countMax / 2)
        while chosen.count < wanted { chosen.insert(Int(generator.next(below: UInt64(count)))) }
        return chosen.sorted()
    }
}
