import FoundationEssentials
import Model
import TestSupport
import Testing

@testable import Bundle

@Suite struct HashingTests {
    /// FIPS 180-4's examples and NIST's long message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func `Digests are those of the standard`(text: String, digest: String) {
        #expect(Hashing.sha256(text) == digest)
        #expect(Hashing.sha256(Data(text.utf8)) == digest)
    }

    @Test func `A file has the digest of its bytes and a missing one has none`() throws {
        let scratch = try ScratchDirectory()
        try PackageFiles.write("abc", to: scratch("x"))
        #expect(Hashing.sha256(ofFile: scratch("x")) == Hashing.sha256("abc"))
        #expect(Hashing.sha256(ofFile: scratch("y")) == nil)
        #expect(Hashing.sha256(ofFile: scratch.path) == nil)
    }

    @Test func `Seeds of tensors are those of an independent program`() throws {
        for row in try Table.rows("bundle/seeds.tsv") {
            let plan = Seed(try #require(UInt64(row[0], radix: 16)))
            let seed = PointIdentity.tensorSeed(plan: plan, pointHash: row[1], tensor: row[2])
            #expect("\(Seed(seed))" == row[3])
        }
    }

    @Test func `A run's name is the example of RFC 9562, appendix A point 6`() {
        let id = RunID.make(
            milliseconds: 0x017F_22E2_79B0, random: (0xCC3, 0x18C4_DC0C_0C07_398F))
        #expect(id == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test func `Whatever the random bits, version, variant and time stand in their places`() {
        var generator = SeededGenerator(seed: 7)
        var last = ""
        for step in 0..<1000 {
            let time = 0x0199_0000_0000 + UInt64(step)
            let id = RunID.make(
                milliseconds: time, random: (generator.next(), generator.next()))
            #expect(id.count == 36)
            let parts = id.split(separator: "-")
            #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
            #expect(UInt64(parts[0] + parts[1], radix: 16) == time)
            #expect(parts[2].first == "7")
            #expect("89ab".contains(parts[3].first ?? "x"))
            // Names sort by time.
            #expect(last < id)
            last = id
        }
    }
}
