import Model
import Testing

@testable import Operators

@Suite struct LoadedLatencyTests {
    private static let blockWords = 8192

    private func operation(load: String = "read", blocks: Int = 3) throws -> Operation {
        try ours(
            "LoadedLatency",
            [
                "bytes": .int(65536), "steps": .int(1000), "load": .string(load),
                "streamBytes": .int(Int64(blocks * 65536)),
            ])
    }

    /// The judgement of a call that ended where it should and says that it read that much.
    private func judged(bytes: Int64, sum: Int64, endOff: Int64 = 0) throws -> Correctness {
        let operation = try operation()
        let tensors = Tensors()
        let table = tensors.make(operation.inputs[0])
        InputData.fill(table, inputIndex: 0, of: operation, pattern: .normal, seed: 3)
        let stream = tensors.make(operation.inputs[1])
        // Their own indices, and a bit that overflows in the sum of a block and is gone.
        for index in 0..<3 * Self.blockWords { stream.store(Int64(1 << 62 + index), at: index) }
        let cells = table.elements(of: Int64.self)
        let end = (0..<1000).reduce(0) { element, _ in Int(cells[element]) }
        let outputs = operation.outputs.map(tensors.make)
        outputs[0].store(Int64(end) + endOff, at: 0)
        outputs[1].store(bytes, at: 0)
        outputs[1].store(sum, at: 1)
        return try Verification.verify(
            operation, inputs: [table.view, stream.view], outputs: outputs.map(\.view),
            sampleSeed: 1)
    }

    /// Sums of the numbers below n: n·(n-1)/2.
    @Test(
        arguments: [
            (1, 33_550_336), (2, 134_209_536), (3, 301_977_600),
            (4, 301_977_600 + 33_550_336), (302, 100 * 301_977_600 + 134_209_536),
        ] as [(Int64, Int64)])
    func `What was read is told by the number of blocks and the sum of their words`(
        blocks: Int64, sum: Int64
    ) throws {
        let right = try judged(bytes: blocks * 65536, sum: sum)
        #expect(right.passed, "\(right.detail)")
        let wrong = try judged(bytes: blocks * 65536, sum: sum + 1)
        #expect(!wrong.passed && wrong.detail.contains("\(sum) is expected"))
        #expect(try !judged(bytes: (blocks + 1) * 65536, sum: sum).passed)
        #expect(try !judged(bytes: blocks * 65536 - 8, sum: sum).passed)
        #expect(try !judged(bytes: blocks * 65536, sum: sum, endOff: 1).passed)
    }

    @Test func `A load that read nothing is none`() throws {
        let nothing = try judged(bytes: 0, sum: 0)
        #expect(!nothing.passed && nothing.detail.contains("no whole blocks"))
    }

    @Test func `Without a load there is no stream, and nothing is read`() throws {
        let operation = try operation(load: "none")
        #expect(operation.inputs.map(\.name) == ["table"])
        #expect(OperatorRegistry.memoryNeeded(operation).value == 2 * 65536 + 24)
        let tensors = Tensors()
        let inputs = generatedInputs(operation, tensors)
        let end = (0..<1000).reduce(0) { element, _ in Int(inputs[0].integer(element)) }
        let outputs = operation.outputs.map(tensors.make)
        outputs[0].store(Int64(end), at: 0)
        for (bytes, isRight) in [(Int64(0), true), (65536, false)] {
            outputs[1].store(bytes, at: 0)
            outputs[1].store(Int64(0), at: 1)
            let found = try Verification.verify(
                operation, inputs: inputs, outputs: outputs.map(\.view), sampleSeed: 1)
            #expect(found.passed == isRight)
        }
    }

    @Test func `Its steps are its work, and its output tells what it moved`() throws {
        let operation = try operation()
        #expect(try OperatorRegistry.work(of: operation) == Work(steps: 1000))
        #expect(
            OperatorRegistry.definition(domain: "assay", name: "LoadedLatency")?.tally
                == "streamed")
        #expect(operation.inputs[0].isConstant && !operation.inputs[1].isConstant)
        #expect(
            InputAlteration.all(of: operation, pattern: .normal, seed: 1).map(\.inputIndex) == [1])
    }

    @Test func `A wrong stride and a pause without end are refused`() {
        func message(_ attributes: [String: AttributeValue]) -> String {
            let all = attributes.merging(["bytes": .int(65536), "steps": .int(9)]) { $1 }
            do { _ = try ours("LoadedLatency", all) } catch { return "\(error)" }
            return ""
        }
        #expect(
            message(["stride": .int(12)])
                == "LoadedLatency: attribute 'stride' is 12; it must be a multiple of 8")
        #expect(message(["delay": .int(1_000_001)]).hasSuffix("at most 1000000 nanoseconds"))
        #expect(message(["load": .string("write")]).hasSuffix("it must be one of none, read"))
    }
}
