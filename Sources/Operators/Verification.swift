package import Model

/// Checks outputs against the f64 oracle.
package enum Verification {
    /// Checks the outputs of a completed operation.
    ///
    /// `sampleSeed` chooses the compared outputs and random vectors where not every output is
    /// compared. Outputs must have been filled with NaN before the operation ran, so that those
    /// never written are seen.
    package static func verify(
        _ operation: Operation, inputs: [TensorView], outputs: [TensorView], sampleSeed: UInt64
    ) throws(OperatorError) -> Correctness {
        guard let oracle = try OperatorRegistry.definition(of: operation).oracle else {
            return nothingToCompare
        }
        let coverage = Coverage(operation, oracle, seed: sampleSeed)
        return verify(operation, oracle, coverage, inputs, outputs, sampleSeed)
    }

    /// Checks the outputs in a given coverage.
    static func verify(
        _ operation: Operation, _ oracle: Oracle, _ coverage: Coverage, _ inputs: [TensorView],
        _ outputs: [TensorView], _ sampleSeed: UInt64
    ) -> Correctness {
        let call = OracleCall(operation, inputs: inputs)
        var comparison = Comparison(operation, oracle)
        var expected = Expected()
        var actual: [Double] = []
        for range in coverage.ranges {
            expected.reset(count: range.count)
            oracle.evaluate(call, range, &expected)
            compare(outputs[0], range, &actual, expected, &comparison)
        }
        if coverage.usesFreivalds, let problem = oracle.matrix?(operation) {
            let check = FreivaldsCheck(call, problem, seed: sampleSeed)
            comparison.compareRows(
                (check.values, check.bounds), problem, outputs[0], seed: sampleSeed)
        }
        return finish(&comparison, operation, oracle, coverage, outputs[0])
    }

    static let nothingToCompare = Correctness(
        checked: true, passed: true, method: "structural", coverage: 1, value: 0,
        tolerance: "no outputs")

    static func compare(
        _ output: TensorView, _ range: Range<Int>, _ actual: inout [Double], _ expected: Expected,
        _ comparison: inout Comparison
    ) {
        if actual.count < range.count { actual = [Double](repeating: 0, count: range.count) }
        output.read(from: range.lowerBound, count: range.count, into: &actual)
        comparison.compare(range, actual, expected)
    }

    static func finish(
        _ comparison: inout Comparison, _ operation: Operation, _ oracle: Oracle,
        _ coverage: Coverage, _ output: TensorView
    ) -> Correctness {
        if coverage.method == "sampled" { comparison.countNotNumbers(output) }
        return comparison.correctness(
            method: coverage.method, coverage: coverage.share,
            words: oracle.words(operation, ErrorModel(operation)))
    }
}
