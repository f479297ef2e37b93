import AssayABI
import Foundation
import Testing

@Suite struct HeaderTests {
    @Test(arguments: Layout.all)
    func `Every struct lies as version 1.0 froze it`(layout: Layout) {
        #expect(layout.size == layout.frozenSize)
        #expect(layout.offsets == layout.frozenOffsets)
    }

    @Test func `Every struct of the header is pinned`() throws {
        let header = try String(
            contentsOfFile: Toolbox.include + "/assay_plugin.h", encoding: .utf8)
        let declared = header.split(separator: "\n").filter {
            $0.hasPrefix("typedef struct") && $0.hasSuffix("{")
        }
        #expect(declared.count == Layout.all.count)
    }

    @Test(arguments: ["assay_plugin.h", "assay_simple.h"])
    func `The headers compile as C11 and as C++17 without a warning`(header: String) throws {
        let source = "#define ASSAY_SIMPLE_IMPLEMENTATION\n#include \"\(header)\"\n"
        try Toolbox.inFolder { folder in
            for (language, name) in [("-std=c11", "a.c"), ("-std=c++17", "a.cc")] {
                let file = folder + "/" + name
                try source.write(toFile: file, atomically: true, encoding: .utf8)
                try Toolbox.succeed([
                    "clang", language, "-pedantic", "-Wall", "-Wextra", "-Werror",
                    "-Wstrict-prototypes", "-fsyntax-only", "-I", Toolbox.include, file,
                ])
            }
        }
    }

    @Test func `A struct is filled up to the smaller of both sizes and zero behind`() {
        var filled = assay_device_props()
        filled.index = 7
        filled.clock_hz = 3e9
        filled.uuid.0 = 9
        let size = UInt32(MemoryLayout<assay_device_props>.size)
        let short = UInt32(MemoryLayout<assay_device_props>.offset(of: \.clock_hz)!)

        var out = assay_device_props()
        out.h.size = size
        out.h.kind = UInt32(ASSAY_KIND_DEVICE_PROPS)
        out.uuid.0 = 5
        assay_put(&out, &filled, short)
        #expect(out.index == 7)
        #expect(out.clock_hz == 0 && out.uuid.0 == 0)
        #expect(out.h.size == size && out.h.kind == UInt32(ASSAY_KIND_DEVICE_PROPS))

        out.h.size = short
        out.index = 0
        out.clock_hz = 1
        out.uuid.0 = 5
        assay_put(&out, &filled, size)
        #expect(out.index == 7)
        #expect(out.clock_hz == 1 && out.uuid.0 == 5, "behind the capacity nothing is touched")
    }

    @Test func `Reading a short struct gives zero for its missing tail`() {
        var given = assay_device_props()
        given.index = 7
        given.clock_hz = 3e9
        given.h.size = UInt32(MemoryLayout<assay_device_props>.offset(of: \.clock_hz)!)
        var read = assay_device_props()
        read.clock_hz = 1
        assay_get(&read, &given, UInt32(MemoryLayout<assay_device_props>.size))
        #expect(read.index == 7 && read.clock_hz == 0)
        #expect(read.h.size == 608)
    }

    @Test func `A slot is there only inside the table's size and when it is set`() {
        var table = assay_op_v1()
        let query = UInt64(MemoryLayout<assay_op_v1>.offset(of: \.query)!)
        let destroy = UInt64(MemoryLayout<assay_op_v1>.offset(of: \.destroy)!)
        table.destroy = { _ in }
        table.h.size = UInt32(MemoryLayout<assay_op_v1>.size)
        #expect(assay_has(&table, destroy) == 1)
        #expect(assay_has(&table, query) == 0, "not set")
        table.h.size = UInt32(destroy)
        #expect(assay_has(&table, destroy) == 0, "outside")
        #expect(assay_has(nil, destroy) == 0)
    }
}
