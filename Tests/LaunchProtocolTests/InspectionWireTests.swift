import Model
import Testing

@testable import LaunchProtocol

@Suite struct InspectionWireTests {
    private var facts: InspectionFacts {
        var facts = InspectionFacts()
        facts.unwrittenAtFirst = 1
        facts.poisonedSamples = 2
        facts.unwrittenSamples = 3
        facts.known = [4, .max]
        facts.new = [5, 0]
        facts.plainEventNanoseconds = 6.5
        facts.witnessedEventNanoseconds = 7.5
        facts.alteredEvents = 8
        facts.unchangedEvents = 9
        facts.alteredBytes = Bytes(10)
        facts.lateBytes = 11
        facts.idleProcessorNanoseconds = 12
        facts.idleNanoseconds = 13
        facts.warmupEventNanoseconds = 14.5
        facts.sampleDigest = .max
        facts.deviceClock = DeviceClockFacts(
            spanNanoseconds: 15, deviation: -0.5, drift: 0.25, device: [1.5], host: [2.5, 3.5])
        facts.contention = 16.5
        facts.durationNanoseconds = 17
        facts.talliedBytes = Bytes(18)
        facts.repetition = RepetitionFacts(
            calls: 19, elements: 20, differingCalls: 21, differingElements: 22, first: "Y[0]")
        return facts
    }

    @Test func `What was seen beside samples arrives as it was sent`() throws {
        var writer = ByteWriter()
        facts.write(to: &writer)
        var reader = ByteReader(writer.bytes)
        #expect(try InspectionFacts(from: &reader) == facts)
        #expect(reader.isAtEnd)
        for count in 0..<writer.bytes.count {
            var cut = ByteReader(Array(writer.bytes.prefix(count)))
            #expect(throws: WireError.self) { try InspectionFacts(from: &cut) }
        }
    }

    @Test func `A verifier's answers arrive as they were sent`() throws {
        let correctness = Correctness(
            checked: true, passed: false, method: "spots", coverage: 0.5, value: 2, tolerance: "t",
            detail: "d")
        for frame in [Frame.spotChecked(correctness), .agrees(.bf16)] {
            #expect(try Frame(decoding: frame.encoded(nonce: 7), nonce: 7) == frame)
        }
    }

    @Test func `Altered outputs lie behind the timed ones, on a cache line`() {
        let layout = OutputLayout(outputBytes: 100, hasAltered: true)
        #expect(layout.alteredOffset == 128 && layout.byteCount == 228)
        #expect(OutputLayout(outputBytes: 100, hasAltered: false).byteCount == 100)
    }

    @Test func `A digest of samples depends on their order`() {
        func digest(_ numbers: [UInt64]) -> UInt64 {
            var digest = SampleDigest()
            for number in numbers { digest.add(number) }
            return digest.value
        }
        #expect(digest([1, 2]) != digest([2, 1]))
        #expect(digest([1, 2]) == digest([1, 2]))
        #expect(digest([1]) != digest([1, 0]))
    }
}
