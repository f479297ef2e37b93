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
        return expectedByteCount(operation, oracle, Coverage.all(operation, oracle, seed: 0))
    }

    static func expectedByteCount(
        _ operation: Operation, _ oracle: Oracle, _ coverages: [Coverage]
    ) -> Int {
        var numbers = 0
        for coverage in coverages {
            numbers += 2 * coverage.count
            if coverage.usesFreivalds, let problem = oracle.matrix?(operation) {
                numbers += (FreivaldsCheck.rounds + 1) * problem.batchCount * problem.m
            }
        }
        return ExpectationMemory.headerBytes + 8 * numbers
    }

    /// Computes what is expected into memory that can be kept for other launches of the point.
    package static func expect(
        _ operation: Operation, inputs: [TensorView], sampleSeed: UInt64,
        into memory: ExpectationMemory
    ) throws(OperatorError) {
        guard let oracle = try OperatorRegistry.definition(of: operation).oracle else { return }
        let coverages = Coverage.all(operation, oracle, seed: sampleSeed)
        expect(operation, oracle, coverages, inputs, sampleSeed, into: memory)
    }

    static func expect(
        _ operation: Operation, _ oracle: Oracle, _ coverages: [Coverage], _ inputs: [TensorView],
        _ sampleSeed: UInt64, into memory: ExpectationMemory
    ) {
        let call = OracleCall(operation, inputs: inputs)
        memory.invalidate()
        var place = 0
        for (index, coverage) in coverages.enumerated() {
            expect(call.about(output: index), oracle, coverage, sampleSeed, &place, memory)
        }
        memory.validate(seed: sampleSeed)
    }

    private static func expect(
        _ call: OracleCall, _ oracle: Oracle, _ coverage: Coverage, _ sampleSeed: UInt64,
        _ place: inout Int, _ memory: ExpectationMemory
    ) {
        let isInteger = oracle.rule(call.operation, call.error) == .integers
        var expected = Expected()
        for range in coverage.ranges {
            expected.reset(count: range.count, integers: isInteger)
            oracle.evaluate(call, range, &expected)
            if isInteger {
                // The same bits in the same room; the bounds' stays unused.
                let bits = expected.integers.map { Double(bitPattern: UInt64(bitPattern: $0)) }
                memory.write(bits, at: place)
            } else {
                memory.write(expected.values, at: place)
                memory.write(expected.bounds, at: place + range.count)
            }
            place += 2 * range.count
        }
        if coverage.usesFreivalds, let problem = oracle.matrix?(call.operation) {
            let check = FreivaldsCheck(call, problem, seed: sampleSeed)
            memory.write(check.values, at: place)
            memory.write(check.bounds, at: place + check.values.count)
            place += check.values.count + check.bounds.count
        }
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
        let coverages = Coverage.all(operation, oracle, seed: sampleSeed)
        return verify(operation, oracle, coverages, outputs, sampleSeed, expectation: memory)
    }

    static func verify(
        _ operation: Operation, _ oracle: Oracle, _ coverages: [Coverage], _ outputs: [TensorView],
        _ sampleSeed: UInt64, expectation memory: ExpectationMemory
    ) -> Correctness {
        var place = 0
        let parts = outputs.indices.map { index in
            verify(
                operation, oracle, coverages[index], outputs[index], index, sampleSeed, &place,
                memory)
        }
        return combined(parts, operation)
    }

    private static func verify(
        _ operation: Operation, _ oracle: Oracle, _ coverage: Coverage, _ output: TensorView,
        _ index: Int, _ sampleSeed: UInt64, _ place: inout Int, _ memory: ExpectationMemory
    ) -> Correctness {
        var comparison = Comparison(operation, oracle, output: index)
        var expected = Expected()
        var actual = Actual()
        for range in coverage.ranges {
            let kept = memory.read(range.count, at: place)
            if comparison.rule == .integers {
                expected.integers = kept.map { Int64(bitPattern: $0.bitPattern) }
            } else {
                expected.values = kept
                expected.bounds = memory.read(range.count, at: place + range.count)
            }
            place += 2 * range.count
            compare(output, range, &actual, expected, &comparison)
        }
        if coverage.usesFreivalds, let problem = oracle.matrix?(operation) {
            let rows = problem.batchCount * problem.m
            let values = memory.read(FreivaldsCheck.rounds * rows, at: place)
            let bounds = memory.read(rows, at: place + values.count)
            place += values.count + bounds.count
            comparison.compareRows((values, bounds), problem, output, seed: sampleSeed)
        }
        return finish(
            &comparison, operation, oracle, coverage, output, ErrorModel(operation, output: index))
    }
}
