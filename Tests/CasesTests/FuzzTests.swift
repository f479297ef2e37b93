import Cases
import Foundation
import Model
import Testing

/// SplitMix64: the same mutations in every run.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct FuzzTests {
    private static let interesting = [
        "$", "$m", "$types.", "*", "&", "!", "!!", "?", ":", "- ", "[", "]", "{", "}", "{{", "\"",
        "'", "|", ">", "%", "@", "#", "\n", "\r", "\t", "\0", " ", "  ", "---\n", "...\n", "<<: ",
        "9223372036854775807", "-9223372036854775808", "*9223372036854775807", "/0", "(", ")",
        "1e999", "0x10", "~", "\u{FEFF}", "\u{2028}", "é", "\\uD800", "\"\\uD800\"", "\"\\x00\"",
    ]

    @Test(.timeLimit(.minutes(30)), arguments: 0..<8)
    func `No bytes make the reader crash, and what it refuses has a place`(seed: UInt64) throws {
        let files = try CaseFile.all(in: Fixtures.cases.path)
        var generator = Generator(state: seed)
        // `ASSAY_FUZZ_SECONDS=600 swift test --filter FuzzTests` looks for longer.
        let asked = ProcessInfo.processInfo.environment["ASSAY_FUZZ_SECONDS"].flatMap(Int.init)
        let end = asked.map { ContinuousClock.now + .seconds($0) }
        // So many every time: how fast a machine is decides nothing here.
        let triedMax = asked == nil ? 48 : .max
        var tried = 0
        while tried < triedMax, end.map({ ContinuousClock.now < $0 }) ?? true {
            var changed = files
            let index = Int.random(in: 0..<changed.count, using: &generator)
            guard case .bytes(var bytes) = changed[index].content else { continue }
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                Self.mutate(&bytes, &generator)
            }
            // The file alone is quick to read; with all others its id and suites matter too.
            let target = CaseFile(
                path: changed[index].path, isSuite: changed[index].isSuite, content: .bytes(bytes))
            changed =
                tried.isMultiple(of: 16)
                ? changed.indices.map { $0 == index ? target : changed[$0] } : [target]
            do throws(CaseErrors) {
                let library = try CaseLibrary(changed)
                #expect(library.cases.allSatisfy { !$0.points.isEmpty })
            } catch {
                for error in error.errors {
                    #expect(error.line >= 1 && error.column >= 1, "\(error)")
                    #expect(!error.message.isEmpty)
                    #expect(
                        error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "\(error)")
                }
            }
            tried += 1
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ generator: inout Generator) {
        let position = Int.random(in: 0...bytes.count, using: &generator)
        let end = min(bytes.count, position + Int.random(in: 0...20, using: &generator))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: position)
        case 1: bytes.removeSubrange(position..<end)
        case 2:
            bytes.insert(
                contentsOf: interesting.randomElement(using: &generator)!.utf8, at: position)
        case 3:
            bytes.replaceSubrange(
                position..<end, with: interesting.randomElement(using: &generator)!.utf8)
        case 4:
            bytes.insert(
                contentsOf: bytes[position..<end],
                at: Int.random(in: 0...bytes.count, using: &generator))
        default:
            guard position < bytes.count else { return }
            bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        }
    }
}
