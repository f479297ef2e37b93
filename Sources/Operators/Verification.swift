package import Model

/// Checks outputs against the f64 oracle.
package enum Verification {
    /// Checks the outputs of a completed operation.
    ///
    /// `sampleSeed` chooses the compared elements and random vectors where not every element is
    /// compared. Outputs must have been filled with NaN before the operation ran, so that those
    /// never written are seen.
    package static func verify(
        _ operation: Operation, inputs: [TensorView], outputs: [TensorView], sampleSeed: UInt64
    ) throws(OperatorError) -> Correctness {
        guard let oracle = try OperatorRegistry.definition(of: operation).oracle else {
            return nothingToCompare
        }
        let coverages = Coverage.all(operation, oracle, seed: sampleSeed)
        return verify(operation, oracle, coverages, inputs, outputs, sampleSeed)
    }

    /// Checks the outputs in a given coverage of each.
    static func verify(
        _ operation: Operation, _ oracle: Oracle, _ coverages: [Coverage], _ inputs: [TensorView],
        _ outputs: [TensorView], _ sampleSeed: UInt64
    ) -> Correctness {
        precondition(outputs.count == operation.outputs.count)
        let call = OracleCall(operation, inputs: inputs)
        if let judged = oracle.judge?(call, outputs) { return judged }
        let parts = outputs.indices.map { index in
            verify(
                call.about(output: index), oracle, coverages[index], outputs[index], sampleSeed)
        }
        return combined(parts, operation)
    }

    private static func verify(
        _ call: OracleCall, _ oracle: Oracle, _ coverage: Coverage, _ output: TensorView,
        _ sampleSeed: UInt64
    ) -> Correctness {
        var comparison = Comparison(call.operation, oracle, output: call.outputIndex)
        var expected = Expected()
        var actual = Actual()
        for range in coverage.ranges {
            expected.reset(count: range.count, integers: comparison.rule == .integers)
            oracle.evaluate(call, range, &expected)
            compare(output, range, &actual, expected, &comparison)
        }
        if coverage.usesFreivalds, let problem = oracle.matrix?(call.operation) {
            let check = FreivaldsCheck(call, problem, seed: sampleSeed)
            comparison.compareRows((check.values, check.bounds), problem, output, seed: sampleSeed)
        }
        return finish(&comparison, call.operation, oracle, coverage, output, call.error)
    }

    static let nothingToCompare = Correctness(
        checked: true, passed: true, method: "structural", coverage: 1, value: 0,
        tolerance: "no outputs")

    /// Room for the elements of an output, kept from range to range.
    struct Actual {
        var values: [Double] = []
        var integers: [Int64] = []
    }

    static func compare(
        _ output: TensorView, _ range: Range<Int>, _ actual: inout Actual, _ expected: Expected,
        _ comparison: inout Comparison
    ) {
        let count = range.count
        if comparison.rule == .integers {
            if actual.integers.count < count {
                actual.integers = [Int64](repeating: 0, count: count)
            }
            output.read(from: range.lowerBound, count: count, into: &actual.integers)
            comparison.compare(range, actual.integers, expected)
        } else {
            if actual.values.count < count { actual.values = [Double](repeating: 0, count: count) }
            output.read(from: range.lowerBound, count: count, into: &actual.values)
            comparison.compare(range, actual.values, expected)
        }
    }

    static func finish(
        _ comparison: inout Comparison, _ operation: Operation, _ oracle: Oracle,
        _ coverage: Coverage, _ output: TensorView, _ error: ErrorModel
    ) -> Correctness {
        if coverage.method == "sampled" { comparison.countNotNumbers(output) }
        return comparison.correctness(
            method: coverage.method, coverage: coverage.share,
            words: oracle.words(operation, error))
    }

    /// One judgement of all outputs: the worst value, the least coverage, the first that is wrong.
    static func combined(_ parts: [Correctness], _ operation: Operation) -> Correctness {
        guard var result = parts.first else { return nothingToCompare }
        if parts.count == 1 { return result }
        let wrong = parts.first { !$0.passed }
        let least = parts.min { $0.coverage < $1.coverage } ?? result
        let names = operation.outputs.map(\.name)
        result.passed = wrong == nil
        result.method = least.method
        result.coverage = least.coverage
        result.value = parts.map(\.value).max() ?? 0
        let prefix = "standard: "
        let words = zip(names, parts).map { "\($0): \($1.tolerance.dropFirst(prefix.count))" }
        result.tolerance = prefix + words.joined(separator: "; ")
        result.detail = wrong?.detail ?? ""
        return result
    }
}
