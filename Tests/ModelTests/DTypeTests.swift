import Model
import TestSupport
import Testing

@Suite struct DTypeTests {
    /// `#define ASSAY_F32 2u` becomes `f32: 2`; only the block of element types is read.
    private func macros() throws -> [String: UInt32] {
        let header = try PackageFiles.text(
            PackageFiles.root + "/Sources/AssayABI/include/assay_plugin.h")
        let lines = header.split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("/* dtype: element types") })
        let block = lines[(start + 1)...].prefix { $0.hasPrefix("#define") }
        var numbers: [String: UInt32] = [:]
        for line in block {
            let words = line.split(separator: " ")
            let name = try #require(words[1].wholeMatch(of: /ASSAY_([A-Z0-9]+)/)).1
            numbers[name.lowercased()] = UInt32(words[2].prefix { $0.isNumber })
        }
        return numbers
    }

    @Test func `Element types have the numbers of the plug-in header`() throws {
        let own = Dictionary(uniqueKeysWithValues: DType.allCases.map { ($0.name, $0.rawValue) })
        #expect(try macros() == own)
    }

    @Test func `Names read back and unknown ones do not`() {
        for type in DType.allCases { #expect(DType(name: type.name) == type) }
        for name in ["", "F32", "f33", "float"] { #expect(DType(name: name) == nil) }
    }

    /// Bits and stored mantissa bits as IEEE 754, OCP and the vendors' papers define them.
    @Test(arguments: [
        (DType.f64, 64, 52), (.f32, 32, 23), (.f16, 16, 10), (.bf16, 16, 7), (.tf32, 32, 10),
        (.f8e4m3, 8, 3), (.f8e5m2, 8, 2), (.f6e2m3, 6, 3), (.f6e3m2, 6, 2), (.f4e2m1, 4, 1),
        (.e8m0, 8, 0),
    ])
    func `Floating-point types have the sizes and roundoffs of their standards`(
        type: DType, bits: Int, mantissa: Int
    ) {
        #expect(type.bits == bits)
        #expect(type.isFloat)
        // Half an ulp of 1.
        var roundoff = 0.5
        for _ in 0..<mantissa { roundoff /= 2 }
        #expect(type.unitRoundoff == roundoff)
    }

    @Test func `Integers have no roundoff and sub-byte tensors are packed`() {
        for type in DType.allCases where !type.isFloat { #expect(type.unitRoundoff == 0) }
        #expect(TensorSpec("x", .i4, [3]).byteCount == 2)
        #expect(TensorSpec("x", .f6e3m2, [3]).byteCount == 3)
        #expect(TensorSpec("x", .f64, []).byteCount == 8)
        #expect(TensorSpec("x", .f32, [4, 0]).byteCount == 0)
    }
}
