import Measurement
import Testing

@Suite struct PairedEventsTests {
    @Test func `A few pairs are enough where both take the same`() {
        var pairs = PairedEvents()
        #expect(pairs.wantsMore && pairs.ratio == nil)
        while pairs.wantsMore { pairs.add(known: 1000, new: 1010) }
        #expect(pairs.known.count == 7)
        #expect(pairs.ratio == 1.01)
    }

    @Test func `Long events are compared once`() {
        var pairs = PairedEvents()
        pairs.add(known: 50_000_000, new: 51_000_000)
        #expect(!pairs.wantsMore)
    }

    @Test func `What differs is looked at more often before anything is said`() {
        var pairs = PairedEvents()
        while pairs.wantsMore { pairs.add(known: 1_000_000, new: 40_000_000) }
        #expect(pairs.known.count == 15)
        #expect(pairs.ratio == 40)
    }

    @Test func `Looking ends after some seconds`() {
        var pairs = PairedEvents()
        while pairs.wantsMore { pairs.add(known: 100_000_000, new: 1_500_000_000) }
        #expect(pairs.known.count == 3)
    }
}

@Suite struct ClockMarksTests {
    /// Marks every 25 ms of a clock that says `device` of host nanoseconds.
    private func marks(_ count: Int, _ device: (Double) -> Double) -> ClockMarks {
        var marks = ClockMarks()
        for number in 1...count {
            let host = 25e6 * Double(number)
            marks.add(host: host, device: device(host))
        }
        return marks
    }

    @Test(arguments: [0, 0.03, -0.5, 0.0005])
    func `A steady rate is found`(deviation: Double) throws {
        let found = try #require(marks(20) { $0 * (1 + deviation) }.rates)
        #expect(abs(found.deviation - deviation) < 1e-9)
        #expect(abs(found.drift) < 1e-9)
    }

    @Test func `A rate that changes is a drift`() throws {
        // The rate at t is 1 + 2·10⁻¹⁰·t: 1.03 halfway through the first half of 0.6 s, 1.09 in
        // the second.
        let found = try #require(marks(24) { $0 + 1e-10 * $0 * $0 }.rates)
        #expect(abs(found.drift - (1.09 / 1.03 - 1)) < 1e-6)
    }

    @Test func `One reading that was interrupted changes nothing`() throws {
        let found = try #require(marks(20) { $0 == 250e6 ? $0 - 8e6 : $0 }.rates)
        #expect(abs(found.deviation) < 1e-9)
        #expect(abs(found.drift) < 1e-9)
    }

    @Test func `Without marks nothing is known`() { #expect(ClockMarks().rates == nil) }
}

@Suite struct WarmupTailTests {
    @Test func `The median of the last twenty samples counts, per event`() {
        var tail = WarmupTail()
        for _ in 0..<30 { tail.add(elapsed: 9_000_000, events: 10) }
        for number in 1...20 { tail.add(elapsed: UInt64(number) * 1000, events: 10) }
        #expect(tail.eventNanoseconds == 1050)
    }

    @Test func `Nine samples say nothing, and neither do those of another batch`() {
        var tail = WarmupTail()
        for _ in 0..<20 { tail.add(elapsed: 100, events: 1) }
        for _ in 0..<9 { tail.add(elapsed: 1000, events: 10) }
        #expect(tail.eventNanoseconds == nil)
        tail.add(elapsed: 1000, events: 10)
        #expect(tail.eventNanoseconds == 100)
    }
}
