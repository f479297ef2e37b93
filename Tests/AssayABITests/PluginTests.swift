import AssayABI
import AssayABI.Simple
import Foundation
import Testing

@Suite(.serialized) struct PluginTests {
    @Test func `The template is under 150 lines, builds clean and computes right`() throws {
        let source = Toolbox.vendors + "/template/example.c"
        let text = try String(contentsOfFile: source, encoding: .utf8)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 150)
        try Toolbox.inFolder { folder in
            let host = try Toolbox.buildHost(in: folder)
            let (status, output) = try Toolbox.run([
                "make", "-s", "-f", Toolbox.vendors + "/template/Makefile",
                "VPATH=" + Toolbox.vendors + "/template", "-C", folder, "CC=clang",
                "CFLAGS=-O2 -std=c11 -pedantic -Wall -Wextra -Werror",
                "INCLUDE=" + Toolbox.include,
            ])
            #expect(status == 0 && output.isEmpty, "\(output)")
            let result = try Toolbox.run([host, folder + "/libassay_example.so"])
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("ok   MatMul f32 2D x 2D 1x1 127x129x65"))
            #expect(result.output.contains("ok   Add f32 7x129"))
        }
    }

    @Test(arguments: [("null", "assay_null_entry_v1"), ("blas", "assay_blas_entry_v1")])
    func `A linked-in backend keeps to the ABI`(folder vendor: String, symbol: String) throws {
        let sources = try FileManager.default.contentsOfDirectory(
            atPath: Toolbox.vendors + "/" + vendor
        ).filter { $0.hasSuffix(".c") }.map { Toolbox.vendors + "/\(vendor)/\($0)" }
        try Toolbox.inFolder { folder in
            let host = try Toolbox.buildHost(in: folder)
            let library = folder + "/\(vendor).so"
            try Toolbox.succeed(
                [
                    "clang", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-fPIC",
                    "-shared", "-I", Toolbox.include, "-I", Toolbox.vendors + "/\(vendor)/include",
                    "-o", library, Toolbox.root.path + "/Sources/AssayABI/simple.c",
                ] + sources)
            let result = try Toolbox.run([host, library, symbol])
            let missing = vendor == "blas" && result.output.contains("no BLAS library")
            #expect(result.status == 0 || missing, "\(result.output)")
            #expect(result.output.contains("ok   wrong use and memory") || missing)
        }
    }

    @Test func `Every fixture builds, with a manifest that names it`() throws {
        try Toolbox.inFolder { folder in
            try Toolbox.succeed([Toolbox.fixtures + "/build.sh", folder])
            let sources = try FileManager.default.contentsOfDirectory(atPath: Toolbox.fixtures)
                .filter { $0.hasSuffix(".c") && $0 != "host_check.c" }
                .map { String($0.dropLast(2)) }
            #expect(sources.count >= 25)
            for name in sources {
                #expect(FileManager.default.fileExists(atPath: folder + "/\(name).so"))
                let data = try Data(contentsOf: URL(filePath: folder + "/\(name).json"))
                let manifest = try JSONSerialization.jsonObject(with: data) as? [String: Any]
                #expect(manifest?["id"] as? String == name)
                #expect(manifest?["file"] as? String == name + ".so")
            }
            let host = try Toolbox.buildHost(in: folder)
            for name in ["good", "old-header", "new-header", "null-slots"] {
                let result = try Toolbox.run([host, folder + "/\(name).so"])
                #expect(result.status == 0, "\(name): \(result.output)")
            }
            for name in ["wrong-answer", "lowprec", "partial-output"] {
                let result = try Toolbox.run([host, folder + "/\(name).so"])
                #expect(result.status == 1, "\(name): \(result.output)")
            }
        }
    }

    @Test(arguments: ["null", "blas", "template"])
    func `A backend's manifest has every key that the host reads`(vendor: String) throws {
        let data = try Data(
            contentsOf: URL(filePath: Toolbox.vendors + "/\(vendor)/manifest.json"))
        let manifest = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let required: Set = [
            "id", "name", "abi", "version", "licence", "extensions", "environment", "needs",
            "network", "isCPU", "onlyWhenNamed", "homepage",
        ]
        #expect(required.subtracting(manifest.keys).isEmpty)
    }

    @Test func `The adapter serves a backend written in Swift`() throws {
        var backend = assay_simple_backend()
        backend.id = UnsafePointer(strdup("swift"))
        backend.supports = { _, desc, info, error in
            guard assay_simple_is(desc, "assay", "Empty") == 1 else {
                return assay_simple_fail(error, ASSAY_E_UNSUPPORTED, 3, "test", "supports", "no")
            }
            assay_simple_copy(&info!.pointee.kernel.0, 128, "nothing")
            return ASSAY_OK
        }
        backend.run = { _, _, _, _, _ in ASSAY_OK }
        var error = assay_error()
        error.h.size = UInt32(MemoryLayout<assay_error>.size)
        let plugin = try #require(assay_simple_make(&backend, nil, &error)).pointee
        #expect(plugin.startup(plugin.impl, nil, 0, &error) == ASSAY_OK)
        var device: assay_device?
        #expect(plugin.device_open(plugin.impl, 0, nil, 0, &device, &error) == ASSAY_OK)
        #expect(plugin.device_open(plugin.impl, 0, nil, 0, &device, &error) == ASSAY_E_BUSY)
        let op = try #require(plugin.extension(plugin.impl, "assay.op/1"))
            .assumingMemoryBound(to: assay_op_v1.self).pointee
        var desc = assay_op_desc()
        desc.h.size = UInt32(MemoryLayout<assay_op_desc>.size)
        #expect(op.query(device, &desc, nil, &error) == ASSAY_E_UNSUPPORTED)
        #expect(error.status == ASSAY_E_UNSUPPORTED && error.vendor_code == 3)
        plugin.device_close(device)
        plugin.shutdown(plugin.impl)
    }
}
