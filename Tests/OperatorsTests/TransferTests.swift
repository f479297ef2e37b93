import Model
import Testing

@testable import Operators

@Suite struct TransferTests {
    private func transfer(
        _ from: String, _ to: String, _ direction: String = "oneWay", bytes: Int64 = 4096
    ) throws -> Operation {
        try ours(
            "Transfer",
            [
                "from": .string(from), "to": .string(to), "direction": .string(direction),
                "bytes": .int(bytes),
            ])
    }

    private func message(_ make: () throws -> Operation) -> String {
        do { _ = try make() } catch { return "\(error)" }
        return ""
    }

    @Test(arguments: [("oneWay", 1), ("duplex", 2)])
    func `Every byte counts once, where it arrives, and must be the one that was sent`(
        direction: String, ways: Int
    ) throws {
        let operation = try transfer("host.pinned", "device", direction)
        #expect(operation.inputs.count == ways && operation.outputs.count == ways)
        let work = try OperatorRegistry.work(of: operation)
        #expect(work == Work(bytesWritten: Bytes(UInt64(ways * 4096))))
        let tensors = Tensors()
        let inputs = generatedInputs(operation, tensors)
        let outputs = operation.outputs.map(tensors.make)
        for (output, input) in zip(outputs, inputs) {
            for position in 0..<512 { output.store(input.integer(position), at: position) }
        }
        func passed() throws -> Bool {
            try Verification.verify(
                operation, inputs: inputs, outputs: outputs.map(\.view), sampleSeed: 1
            ).passed
        }
        #expect(try passed())
        // A bit of the last word of the last output.
        outputs[ways - 1].store(inputs[ways - 1].integer(511) ^ 1, at: 511)
        #expect(try !passed())
    }

    @Test func `What is no transfer of the device is refused`() {
        #expect(
            message { try transfer("host.pageable", "host.pinned") }
                == "Transfer: from 'host.pageable' to 'host.pinned' does not touch the device that "
                + "is measured")
        #expect(
            message { try transfer("device", "device", "duplex") }
                == "Transfer: a copy within the device has no other direction to go")
        #expect(message { try transfer("device", "peer", bytes: 12) }.contains("a multiple of 8"))
        #expect(
            message { try transfer("host", "device") }.hasSuffix(
                "it must be one of host.pageable, host.pinned, device, peer"))
    }
}
