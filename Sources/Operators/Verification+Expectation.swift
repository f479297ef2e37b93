package import Model

// MARK: - Keeping what is expected

extension Verification {
    /// Whether computing what is expected costs much more than reading it back.
    package static func isWorthKeeping(_ operation: Operation) -> Bool {
        let found = OperatorRegistry.definition(domain: operation.domain, name: operation.name)
        guard let problem = found?.oracle?.matrix?(operation) else { return false }
        // Two numbers are kept for each output; fewer products than this are as quickly repeated.
        return problem.k >= 128
    }

    /// The memory that ``expect(_:inputs:sampleSeed:into:)`` fills; 0: there is nothing to keep.
    package static func expectedByteCount(_ operation: Operation) throws(OperatorError) -> Int {
        guard let oracle = try OperatorRegistry.definition(of: operation).oracle else { return 0 }
        // The seed decides which outputs are compared, not how many.
        return expectedByteCount(operation, oracle, Coverage(operation, oracle, seed: 0))
    }

    static func expectedByteCount(
        _ operation: Operation, _ oracle: Oracle, _ coverage: Coverage
    ) -> Int {
        var numbers = 2 * coverage.count
        if coverage.usesFreivalds, let problem = oracle.matrix?(operation) {
            numbers += (FreivaldsCheck.rounds + 1) * problem.batchCount * problem.m
        }
        return ExpectationMemory.headerBytes + 8 * numbers
    }

    /// Computes what is expected into memory that can be kept for other launches of the point.
    package static func expect(
        _ operation: Operation, inputs: [TensorView], sampleSeed: UInt64,
        into memory: ExpectationMemory
    ) throws(OperatorError) {
        guard let oracle = try OperatorRegistry.definition(of: operation).oracle else { return }
        let coverage = Coverage(operation, oracle, seed: sampleSeed)
        expect(operation, oracle, coverage, inputs, sampleSeed, into: memory)
    }

    static func expect(
        _ operation: Operation, _ oracle: Oracle, _ coverage: Coverage, _ inputs: [TensorView],
        _ sampleSeed: UInt64, into memory: ExpectationMemory
    ) {
        let call = OracleCall(operation, inputs: inputs)
        memory.invalidate()
        var expected = Expected()
        var place = 0
        for range in coverage.ranges {
            expected.reset(count: range.count)
            oracle.evaluate(call, range, &expected)
            memory.write(expected.values, at: place)
            memory.write(expected.bounds, at: place + range.count)
            place += 2 * range.count
        }
        if coverage.usesFreivalds, let problem = oracle.matrix?(operation) {
            let check = FreivaldsCheck(call, problem, seed: sampleSeed)
            memory.write(check.values, at: place)
            memory.write(check.bounds, at: place + check.values.count)
        }
        memory.validate(seed: sampleSeed)
    }

    /// Checks outputs against what was kept; nil when the memory does not hold it for this seed.
    package static func verify(
        _ operation: Operation, outputs: [TensorView], sampleSeed: UInt64,
        expectation memory: ExpectationMemory
    ) throws(OperatorError) -> Correctness? {
        guard let oracle = try OperatorRegistry.definition(of: operation).oracle else {
            return nothingToCompare
        }
        guard memory.isValid(seed: sampleSeed) else { return nil }
        let coverage = Coverage(operation, oracle, seed: sampleSeed)
        return verify(operation, oracle, coverage, outputs, sampleSeed, expectation: memory)
    }

    static func verify(
        _ operation: Operation, _ oracle: Oracle, _ coverage: Coverage, _ outputs: [TensorView],
        _ sampleSeed: UInt64, expectation memory: ExpectationMemory
    ) -> Correctness {
        var comparison = Comparison(operation, oracle)
        var expected = Expected()
        var actual: [Double] = []
        var place = 0
        for range in coverage.ranges {
            expected.values = memory.read(range.count, at: place)
            expected.bounds = memory.read(range.count, at: place + range.count)
            place += 2 * range.count
            compare(outputs[0], range, &actual, expected, &comparison)
        }
        if coverage.usesFreivalds, let problem = oracle.matrix?(operation) {
            let rows = problem.batchCount * problem.m
            let values = memory.read(FreivaldsCheck.rounds * rows, at: place)
            let bounds = memory.read(rows, at: place + values.count)
            comparison.compareRows((values, bounds), problem, outputs[0], seed: sampleSeed)
        }
        return finish(&comparison, operation, oracle, coverage, outputs[0])
    }
}
