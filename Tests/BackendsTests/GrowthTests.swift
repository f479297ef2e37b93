import AssayABI
import Testing

@testable import Backends
@testable import Model

/// Structs of other versions of the header: shorter, longer, and with slots left out.
@Suite(.serialized) struct GrowthTests {
    /// A table's slots and how the plug-in is given another.
    struct Table: Sendable, CustomTestStringConvertible {
        var name: String
        var size: Int
        /// Where pointers and pairs of 32-bit fields begin, after the head.
        var boundaries: [Int]
        /// Offsets of functions.
        var slots: [Int]
        var bytes: @Sendable () -> [UInt8]
        var install: @Sendable (UnsafeRawPointer) -> Void
        var testDescription: String { name }

        init<Value>(
            _ name: String, _ type: Value.Type, firstSlot: Int,
            _ value: @escaping @Sendable () -> Value,
            _ install: @escaping @Sendable (UnsafeRawPointer) -> Void
        ) {
            self.name = name
            size = MemoryLayout<Value>.size
            boundaries = Array(stride(from: MemoryLayout<assay_head>.size, through: size, by: 8))
            slots = Array(stride(from: firstSlot, to: size, by: 8))
            bytes = {
                var copy = value()
                return withUnsafeBytes(of: &copy) { Array($0) }
            }
            self.install = install
        }

        /// Gives the plug-in these bytes, ending at a page's end, with their size in the head.
        func install(_ bytes: [UInt8], stating size: Int) {
            var stated = bytes
            withUnsafeBytes(of: UInt32(size)) { stated.replaceSubrange(0..<4, with: $0) }
            install(stated.withUnsafeBytes(atPageEnd))
        }
    }

    static let tables = [
        Table(
            "plugin", assay_plugin.self,
            firstSlot: MemoryLayout<assay_plugin>.offset(of: \.startup)!,
            { FakePlugin.plugin }, { FakePlugin.pluginTable = $0 }),
        Table(
            "memory", assay_memory_v1.self, firstSlot: 16, { FakePlugin.memory },
            { FakePlugin.memoryTable = $0 }),
        Table(
            "queue", assay_queue_v1.self, firstSlot: 16, { FakePlugin.queue },
            { FakePlugin.queueTable = $0 }),
        Table(
            "op", assay_op_v1.self, firstSlot: 16, { FakePlugin.operation },
            { FakePlugin.operationTable = $0 }),
    ]

    /// Runs a launch, which works or says that something is not there.
    private func expectWorkOrUnsupported(_ what: String) {
        do {
            #expect(try FakePlugin.launch() == FakePlugin.expected, "\(what)")
        } catch let error as BackendError {
            // The plug-in itself says that it was not started, when its startup was taken away.
            #expect(error.isUnsupported || error.message == "not started", "\(what): \(error)")
            #expect(!error.sentence.isEmpty)
        } catch {
            Issue.record("\(what): \(error)")
        }
    }

    @Test func `The whole plug-in works`() throws {
        FakePlugin.reset()
        #expect(try FakePlugin.launch() == FakePlugin.expected)
    }

    @Test(arguments: tables) func `A table cut at any boundary is read as far as it goes`(
        table: Table
    ) {
        for size in table.boundaries {
            FakePlugin.reset()
            table.install(Array(table.bytes().prefix(size)), stating: size)
            // The version lies in the plug-in's own table: without it there is none to speak.
            if table.name == "plugin", size < MemoryLayout<assay_plugin>.offset(of: \.id)! {
                let error = #expect(throws: BackendError.self) { try FakePlugin.launch() }
                #expect(error?.status == ASSAY_E_VERSION)
            } else {
                expectWorkOrUnsupported("\(table.name) of \(size) bytes")
            }
        }
    }

    @Test(arguments: tables) func `A table that grew works, whatever its tail holds`(
        table: Table
    ) throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<8 {
            FakePlugin.reset()
            let tail = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
            let bytes = table.bytes() + tail
            table.install(bytes, stating: bytes.count)
            #expect(try FakePlugin.launch() == FakePlugin.expected)
        }
    }

    @Test(arguments: tables) func `A slot left out is not a crash`(table: Table) {
        for slot in table.slots {
            FakePlugin.reset()
            var bytes = table.bytes()
            bytes.replaceSubrange(slot..<slot + 8, with: [UInt8](repeating: 0, count: 8))
            table.install(bytes, stating: bytes.count)
            expectWorkOrUnsupported("\(table.name) without the slot at \(slot)")
        }
    }

    @Test(arguments: tables.dropFirst()) func `A table that is not there is not a crash`(
        table: Table
    ) {
        FakePlugin.reset()
        switch table.name {
        case "memory": FakePlugin.memoryTable = nil
        case "queue": FakePlugin.queueTable = nil
        default: FakePlugin.operationTable = nil
        }
        let error = #expect(throws: BackendError.self) { try FakePlugin.launch() }
        #expect(error?.isUnsupported == true)
    }

    @Test func `What a launch cannot do without is named`() {
        for (table, slot, name) in [
            (Self.tables[0], MemoryLayout<assay_plugin>.offset(of: \.device_open)!, "device_open"),
            (Self.tables[1], MemoryLayout<assay_memory_v1>.offset(of: \.allocate)!, "allocate"),
            (Self.tables[2], MemoryLayout<assay_queue_v1>.offset(of: \.sync)!, "sync"),
            (Self.tables[3], MemoryLayout<assay_op_v1>.offset(of: \.enqueue)!, "enqueue"),
        ] {
            FakePlugin.reset()
            var bytes = table.bytes()
            bytes.replaceSubrange(slot..<slot + 8, with: [UInt8](repeating: 0, count: 8))
            table.install(bytes, stating: bytes.count)
            let error = #expect(throws: BackendError.self) { try FakePlugin.launch() }
            #expect(error?.isUnsupported == true && error?.sentence.contains(name) == true)
        }
    }

    /// Reads a struct of every size, with known bytes, that ends at a page's end.
    private func checkReading<Value>(_ type: Value.Type) {
        let size = MemoryLayout<Value>.size
        for stated in stride(from: 0, through: size + 64, by: 4) {
            var bytes = (0..<max(stated, 4)).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
            withUnsafeBytes(of: UInt32(stated)) { bytes.replaceSubrange(0..<4, with: $0) }
            let start = bytes.withUnsafeBytes(atPageEnd)
            var value = readHeaded(start, as: type)
            let read = withUnsafeBytes(of: &value) { Array($0) }
            let known = min(stated, size)
            #expect(read.prefix(known).elementsEqual(bytes.prefix(known)))
            #expect(read.dropFirst(known).allSatisfy { $0 == 0 })
        }
    }

    @Test func `A struct is read to the smaller of both sizes and is zero behind`() {
        checkReading(assay_plugin.self)
        checkReading(assay_memory_v1.self)
        checkReading(assay_queue_v1.self)
        checkReading(assay_op_v1.self)
        checkReading(assay_device_props.self)
        checkReading(assay_op_info.self)
    }

    @Test func `A zeroed struct is zero in every byte`() {
        func check<Value>(_ type: Value.Type) {
            var value = zeroed(type)
            let bytes = withUnsafeBytes(of: &value) { Array($0) }
            #expect(bytes == [UInt8](repeating: 0, count: MemoryLayout<Value>.size))
        }
        check(assay_error.self)
        check(assay_device_props.self)
        check(assay_tensor.self)
        check(assay_op_desc.self)
        check(assay_kv.self)
        #expect(head(of: assay_error.self).size == UInt32(MemoryLayout<assay_error>.size))
    }
}
