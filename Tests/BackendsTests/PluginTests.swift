import AssayABI
import AssayABI.Simple
import Testing

@testable import Backends
@testable import Model

extension GrowthTests {
    /// What crosses the table, and what odd answers become. One suite with the tests of growth,
    /// because there is one fake plug-in.
    @Suite(.serialized) struct PluginTests {
        @Test func `Startup options reach the plug-in`() throws {
            FakePlugin.reset()
            _ = try FakePlugin.launch()
            #expect(
                FakePlugin.options == [
                    "role": "compute", "threads": "2", "cpus": "[0, 3]", "clock": "monotonic_raw",
                    "network": "none",
                ])
        }

        @Test func `Attributes of every type reach the plug-in`() throws {
            FakePlugin.reset()
            var operation = FakePlugin.twice
            operation.attributes = [
                Attribute("int", .int(-7)), Attribute("float", .float(0.1)),
                Attribute("string", .string("naïve")), Attribute("ints", .ints([1, -2, 3])),
                Attribute("floats", .floats([0.5, 2])), Attribute("none", .ints([])),
                Attribute("strings", .strings(["a", ""])),
            ]
            #expect(try FakePlugin.launch(operation) == FakePlugin.expected)
            #expect(
                FakePlugin.attributes == [
                    "int": "-7", "float": "0.1", "string": "naïve", "ints": "[1, -2, 3]",
                    "floats": "[0.5, 2.0]", "none": "[]", "strings": "[\"a\", \"\"]",
                ])
        }

        @Test func `A refusal is the backend's own sentence`() {
            FakePlugin.reset()
            var operation = FakePlugin.twice
            operation.name = "Thrice"
            let error = #expect(throws: BackendError.self) { try FakePlugin.launch(operation) }
            #expect(error?.isUnsupported == true)
            #expect(error?.sentence == "anything but Twice")
            #expect(error?.vendorCode == 3 && error?.domain == "fake")
            #expect(error?.description == "query: anything but Twice")
        }

        /// Weights that stay hot would make a cold measurement warm.
        @Test func `A set with constants of its own is called with an operation of its own`() throws
        {
            FakePlugin.reset()
            (FakePlugin.prepared, FakePlugin.calls) = ([:], [])
            FakePlugin.operation.prepare = { device, description, flags, operation, info, error in
                let status = FakePlugin.original.prepare(
                    device, description, flags, operation, info, error)
                FakePlugin.prepared[operation!.pointee!] =
                    description!.pointee.inputs[0]!.pointee.buffer
                return status
            }
            FakePlugin.operation.enqueue = { operation, queue, inputs, outputs, workspace, error in
                FakePlugin.calls.append(
                    (FakePlugin.prepared[operation!]!, inputs![0]!.pointee.buffer))
                return FakePlugin.original.enqueue(
                    operation, queue, inputs, outputs, workspace, error)
            }
            FakePlugin.operationTable = FakePlugin.pinned(FakePlugin.operation)
            var operation = FakePlugin.twice
            operation.inputs[0].isConstant = true
            try FakePlugin.rotate(operation, sets: 3, events: 7)
            #expect(FakePlugin.calls.count == 7)
            #expect(Set(FakePlugin.calls.map(\.called)).count == 3)
            #expect(FakePlugin.calls.allSatisfy { $0.prepared == $0.called })
        }

        @Test func `An optional tensor that is left out leaves its entry null`() {
            FakePlugin.reset()
            FakePlugin.operation.prepare = { _, description, _, _, _, error in
                let given = description!.pointee
                let filled = (0..<Int(given.input_count)).map { given.inputs[$0] != nil }
                let outputs = (0..<Int(given.output_count)).map { given.outputs[$0] != nil }
                error!.pointee.h.size = UInt32(MemoryLayout<assay_error>.size)
                let isRight = filled == [false, false, true] && outputs == [false, true]
                return isRight && given.inputs[2]!.pointee.dims.0 == 5
                    ? ASSAY_E_NOT_FOUND : ASSAY_E_INVALID
            }
            FakePlugin.operation.query = { _, _, info, _ in
                info!.pointee.supported = 1
                return ASSAY_OK
            }
            FakePlugin.operationTable = FakePlugin.pinned(FakePlugin.operation)
            let places = TensorPlaces(inputs: [2], outputs: [1])
            let error = #expect(throws: BackendError.self) {
                try FakePlugin.launch(at: places)
            }
            #expect(error?.status == ASSAY_E_NOT_FOUND)
        }

        @Test func `An error without words names the slot and the status`() {
            let error = BackendError(status: -11, place: "sync", message: "")
            #expect(error.description == "sync failed with status -11")
            #expect(error.sentence == error.description)
            #expect(!error.isUnsupported && !error.isOutOfMemory)
        }

        @Test(arguments: [
            (Int32(ASSAY_E_UNSUPPORTED), true), (ASSAY_E_FALLBACK, true), (ASSAY_E_INVALID, false),
            (ASSAY_E_NO_MEMORY, false), (ASSAY_E_DEVICE_LOST, false), (ASSAY_E_VERSION, false),
        ])
        func `Only a refusal is unsupported`(status: Int32, isUnsupported: Bool) {
            let error = BackendError(status: status, place: "x", message: "")
            #expect(error.isUnsupported == isUnsupported)
            #expect(error.isOutOfMemory == (status == ASSAY_E_NO_MEMORY))
        }

        @Test func `A queue without room is asked again after its work is done`() throws {
            FakePlugin.reset()
            FakePlugin.busyCount = 4
            FakePlugin.operation.enqueue = { operation, queue, inputs, outputs, workspace, error in
                if FakePlugin.busyCount > 0 {
                    FakePlugin.busyCount -= 1
                    return ASSAY_E_BUSY
                }
                let made = FakePlugin.original.enqueue!
                return made(operation, queue, inputs, outputs, workspace, error)
            }
            FakePlugin.operationTable = FakePlugin.pinned(FakePlugin.operation)
            #expect(try FakePlugin.launch() == FakePlugin.expected)
            #expect(FakePlugin.busyCount == 0)
        }

        @Test func `A device's text may fill its field, and numbers may be unknown`() throws {
            FakePlugin.reset()
            FakePlugin.describe = { props in
                withUnsafeMutableBytes(of: &props.pointee.name) { bytes in
                    for index in bytes.indices { bytes[index] = UInt8(ascii: "n") }
                }
                withUnsafeMutableBytes(of: &props.pointee.vendor) { bytes in
                    bytes[0] = 0xff
                    bytes[1] = 0
                }
                props.pointee.type = 77
                props.pointee.compute_units = .max
            }
            let plugin = try FakePlugin.load()
            try plugin.start(
                StartupOptions(role: "compute", threads: 1, cpus: [], clock: "monotonic"))
            let facts = try plugin.facts(ofDevice: 0)
            #expect(facts.name.count >= 127 && facts.name.allSatisfy { $0 == "n" })
            #expect(facts.vendor == "\u{fffd}")
            #expect(facts.type == "unknown" && facts.timingSource == "host")
            #expect(facts.computeUnits == 4_294_967_295)
        }

        @Test func `A plug-in of another major version is refused`() {
            FakePlugin.reset()
            FakePlugin.plugin.major = 2
            FakePlugin.pluginTable = FakePlugin.pinned(FakePlugin.plugin)
            let error = #expect(throws: BackendError.self) { try FakePlugin.load() }
            #expect(error?.status == ASSAY_E_VERSION)
            #expect(error?.message.contains("major version 2") == true)
        }

        @Test func `An entry that gives nothing and says nothing is an error`() {
            FakePlugin.reset()
            FakePlugin.pluginTable = nil
            let error = #expect(throws: BackendError.self) { try FakePlugin.load() }
            #expect(error?.status == ASSAY_E_INTERNAL && error?.isUnsupported == false)
        }

        @Test func `Success without a handle is an error and no crash`() {
            FakePlugin.reset()
            FakePlugin.plugin.device_open = { _, _, _, _, _, _ in ASSAY_OK }
            FakePlugin.pluginTable = FakePlugin.pinned(FakePlugin.plugin)
            let open = #expect(throws: BackendError.self) { try FakePlugin.launch() }
            #expect(open?.message == "it gave no device")
            FakePlugin.reset()
            FakePlugin.memory.allocate = { _, _, _, _, _, _ in ASSAY_OK }
            FakePlugin.memoryTable = FakePlugin.pinned(FakePlugin.memory)
            let allocate = #expect(throws: BackendError.self) { try FakePlugin.launch() }
            #expect(allocate?.message == "it gave no buffer")
            FakePlugin.reset()
            FakePlugin.queue.create = { _, _, _, _ in ASSAY_OK }
            FakePlugin.queueTable = FakePlugin.pinned(FakePlugin.queue)
            let create = #expect(throws: BackendError.self) { try FakePlugin.launch() }
            #expect(create?.message == "it gave no queue")
            FakePlugin.reset()
            FakePlugin.operation.prepare = { _, _, _, _, _, _ in ASSAY_OK }
            FakePlugin.operationTable = FakePlugin.pinned(FakePlugin.operation)
            let prepare = #expect(throws: BackendError.self) { try FakePlugin.launch() }
            #expect(prepare?.message == "it gave no operation")
        }

        @Test func `Memory that cannot be mapped is reached by copying`() throws {
            FakePlugin.reset()
            FakePlugin.memory.map = { _, _, _ in ASSAY_OK }
            FakePlugin.memoryTable = FakePlugin.pinned(FakePlugin.memory)
            #expect(try FakePlugin.launch() == FakePlugin.expected)
        }
    }
}
