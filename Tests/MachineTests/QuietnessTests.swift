import Machine
import Testing

@Suite struct QuietnessTests {
    private func reading(_ stat: String, own: UInt64) -> QuietnessReading {
        QuietnessReading(
            stat: stat, pressure: "some avg10=7.50 avg60=1.00 avg300=0.00 total=5\nfull avg10=9.00",
            load: "1.25 0.5 0.1 1/9 7", ownTicks: own)
    }

    @Test func `Shares follow from two readings`() {
        // user nice system idle iowait irq softirq steal guest guest_nice
        let quietness = Quietness(
            from: reading("cpu  100 0 50 1000 10 0 5 20 40 0\ncpu0 1 2 3", own: 30),
            to: reading("cpu  300 10 80 1700 30 5 10 50 90 0\ncpu0 1 2 3", own: 180))
        // busy 200+10+30+5+5 = 250, idle 700+20 = 720, stolen 30: 1000 ticks.
        #expect(quietness.ticks == 1000)
        #expect(quietness.stealShare == 0.03)
        #expect(quietness.foreignShare == 0.1)
        #expect(quietness.pressureShare == 0.075)
        #expect(quietness.loadAverage == 1.25)
    }

    @Test func `More own time than the counters saw is no negative foreign share`() {
        let quietness = Quietness(
            from: reading("cpu 100 0 0 100 0 0 0 0", own: 0),
            to: reading("cpu 110 0 0 190 0 0 0 0", own: 12))
        #expect(quietness.foreignShare == 0)
    }

    @Test func `Missing sources and a standing clock are unknown, not zero`() {
        let nothing = QuietnessReading(stat: nil, pressure: nil, load: nil, ownTicks: 0)
        let quietness = Quietness(from: nothing, to: nothing)
        #expect(quietness.stealShare == nil)
        #expect(quietness.foreignShare == nil)
        #expect(quietness.pressureShare == nil)
        #expect(quietness.loadAverage == nil)
        let same = reading("cpu 100 0 0 100 0 0 0 0", own: 0)
        #expect(Quietness(from: same, to: same).stealShare == nil)
    }

    @Test func `A counter of idle time that went back counts as still`() {
        let before = ProcessorTime(busyTicks: 10, idleTicks: 100, stolenTicks: 0)
        let after = ProcessorTime(busyTicks: 15, idleTicks: 99, stolenTicks: 0)
        #expect(after.since(before) == ProcessorTime(busyTicks: 5, idleTicks: 0, stolenTicks: 0))
    }

    @Test func `A recorded machine's texts are understood`() {
        let reading = QuietnessReading(files: Recorded.server, ownTicks: 0)
        #expect(reading.stat.flatMap { ProcessorTime(stat: $0) }?.busyTicks == 2416)
        #expect(reading.pressure.flatMap { Quietness.someShare(pressure: $0) } == 0.0125)
    }
}
