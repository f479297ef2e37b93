import Glibc
import Model
import Synchronization
import Testing

@testable import Power

@Suite struct PowerRecorderTests {
    /// Time that moves only when somebody waits, until a limit; from then on waiting is real.
    private final class ScriptedClock: PowerClock {
        private let time = Mutex<UInt64>(1_000)
        private let limit: UInt64
        /// Whether the limit was reached.
        let isOver = Mutex(false)

        init(limit: UInt64) { self.limit = limit }

        func now() -> UInt64 { time.withLock { $0 } }

        func advance(_ nanoseconds: UInt64) { time.withLock { $0 += nanoseconds } }

        func wait(until next: UInt64, orReadable descriptor: Int32) {
            if next <= limit {
                time.withLock { $0 = max($0, next) }
            } else {
                isOver.withLock { $0 = true }
                var set = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&set, 1, 20_000)
            }
        }

        func waitForEnd() {
            for _ in 0..<2000 where !isOver.withLock({ $0 }) { usleep(10_000) }
        }
    }

    /// Counts up; every fourth reading fails; each takes a time of its own.
    private struct ScriptedAdapter: PowerAdapter {
        let sources: [PowerSource]
        var readPeriodMin = Nanoseconds(100)
        var clock: ScriptedClock?
        var count: Int64 = 0
        let closings: Counter

        init(_ name: String, clock: ScriptedClock?, closings: Counter) {
            sources = [
                PowerSource(
                    name: name, adapter: "scripted", domain: .board, kind: .counter, scale: 1,
                    origin: name)
            ]
            self.clock = clock
            self.closings = closings
        }

        mutating func read() -> [PowerReading] {
            count += 1
            clock?.advance(20)
            if count == 3 { return [.nothingNew] }
            return [count % 4 == 0 ? .failed("the fourth") : .value(count)]
        }

        mutating func close() { closings.add() }
    }

    private final class Counter: Sendable {
        let value = Mutex(0)
        func add() { value.withLock { $0 += 1 } }
    }

    @Test func `Readings come at the period with the middle of their time`() throws {
        let clock = ScriptedClock(limit: 1_950)
        let closings = Counter()
        let recorder = try #require(
            PowerRecorder(
                adapters: [ScriptedAdapter("a", clock: clock, closings: closings)],
                period: Nanoseconds(100), clock: clock))
        clock.waitForEnd()
        let series = try #require(recorder.stop().first)
        // Readings begin at 1000, 1100, … 1900, and the last when it was told to stop.
        #expect(series.times == [1010, 1110, 1410, 1510, 1610, 1810, 1910, 1930])
        #expect(series.values == [1, 2, 5, 6, 7, 9, 10, 11])
        #expect(series.failureCount == 2)
        #expect(
            series.failures == [
                .init(since: 1310, until: 1310, count: 1, reason: "the fourth"),
                .init(since: 1710, until: 1710, count: 1, reason: "the fourth"),
            ])
        #expect(abs(series.readSecondsMax - 20e-9) < 1e-15)
        #expect(abs(series.readPeriodSeconds - 100e-9) < 1e-18)
        #expect(series.interleaved.prefix(4) == [1010, 1, 1110, 2])
        #expect(closings.value.withLock { $0 } == 1)
        #expect(recorder.stop().map(\.times) == [[]])
    }

    @Test func `An adapter that wants to be read less often is`() throws {
        let clock = ScriptedClock(limit: 3_050)
        var adapter = ScriptedAdapter("slow", clock: nil, closings: Counter())
        adapter.readPeriodMin = Nanoseconds(1_000)
        let recorder = try #require(
            PowerRecorder(adapters: [adapter], period: Nanoseconds(100), clock: clock))
        clock.waitForEnd()
        let series = try #require(recorder.stop().first)
        #expect(abs(series.readPeriodSeconds - 1e-6) < 1e-18)
        // The third brings nothing new, and the last, on stopping, fails.
        #expect(series.times == [1_000, 2_000])
        #expect(series.failureCount == 1)
    }

    @Test func `A counter is read four times in the time in which it can wrap`() throws {
        var source = PowerSource(
            name: "a", adapter: "scripted", domain: .package, kind: .counter, scale: 1e-6,
            origin: "a")
        #expect(source.readPeriodMaxSeconds == nil)
        // 65 532.6 J at 5 000 W: 13.1 s.
        source.wrap = 65_532_610_987
        #expect(abs((source.readPeriodMaxSeconds ?? 0) - 3.27663) < 1e-5)
        struct One: PowerAdapter {
            let sources: [PowerSource]
            var readPeriodMin: Nanoseconds { .zero }
            mutating func read() -> [PowerReading] { [.value(1)] }
            mutating func close() {}
        }
        let recorder = try #require(
            PowerRecorder(
                adapters: [One(sources: [source])], period: .milliseconds(60_000),
                clock: SystemPowerClock()))
        let series = try #require(recorder.stop().first)
        #expect(abs(series.readPeriodSeconds - 3.27663) < 1e-5)
        #expect(series.values.count >= 1)
    }

    @Test func `A slow reading is not made up for`() throws {
        let clock = ScriptedClock(limit: 2_000)
        struct Slow: PowerAdapter {
            let sources: [PowerSource]
            let clock: ScriptedClock
            var readPeriodMin: Nanoseconds { .zero }
            mutating func read() -> [PowerReading] {
                clock.advance(350)
                return [.value(1)]
            }
            mutating func close() {}
        }
        let source = PowerSource(
            name: "s", adapter: "scripted", domain: .board, kind: .counter, scale: 1, origin: "s")
        let recorder = try #require(
            PowerRecorder(
                adapters: [Slow(sources: [source], clock: clock)], period: Nanoseconds(100),
                clock: clock))
        clock.waitForEnd()
        let series = try #require(recorder.stop().first)
        // 1000 to 1350, then 100 after its end.
        #expect(series.times.prefix(2) == [1_175, 1_625])
        #expect(abs(series.readUncertaintySeconds - 350e-9 / 6.0.squareRoot()) < 1e-15)
    }

    @Test func `What was taken is forgotten and can be put together again`() throws {
        let clock = ScriptedClock(limit: 1_450)
        let recorder = try #require(
            PowerRecorder(
                adapters: [
                    ScriptedAdapter("a", clock: clock, closings: Counter()),
                    ScriptedAdapter("b", clock: nil, closings: Counter()),
                ], period: Nanoseconds(100), clock: clock))
        clock.waitForEnd()
        var whole = recorder.take()
        #expect(whole.map(\.source.name) == ["a", "b"])
        recorder.mark()
        let rest = recorder.stop()
        for index in whole.indices { whole[index].append(rest[index]) }
        for series in whole {
            #expect(series.values.first == 1)
            #expect(zip(series.values, series.values.dropFirst()).allSatisfy { $0 < $1 })
            #expect(zip(series.times, series.times.dropFirst()).allSatisfy { $0 <= $1 })
            #expect((rest.first { $0.source.name == series.source.name }?.values.count ?? 0) >= 1)
        }
    }

    @Test func `A mark brings a reading at once`() throws {
        let clock = ScriptedClock(limit: 1_050)
        let recorder = try #require(
            PowerRecorder(
                adapters: [ScriptedAdapter("a", clock: clock, closings: Counter())],
                period: Nanoseconds(100), clock: clock))
        clock.waitForEnd()
        #expect(recorder.take().first?.values == [1])
        recorder.mark()
        var found: [Int64] = []
        for _ in 0..<2000 where found.isEmpty {
            usleep(5_000)
            found = recorder.take().first?.values ?? []
        }
        #expect(found == [2])
    }

    @Test func `Failures of one kind in a row are one entry and their number stays bounded`() {
        let source = PowerSource(
            name: "a", adapter: "scripted", domain: .board, kind: .counter, scale: 1, origin: "a")
        var series = PowerSeries(source: source, readPeriodSeconds: 1)
        for time in UInt64(0)..<10 { series.add(.failed("silent"), from: time, to: time) }
        #expect(series.failures == [.init(since: 0, until: 9, count: 10, reason: "silent")])
        for time in UInt64(10)..<1000 { series.add(.failed("\(time)"), from: time, to: time) }
        #expect(series.failures.count == PowerSeries.failuresMax)
        #expect(series.failureCount == 1000)
        series.add(.value(5), from: 1000, to: 1002)
        #expect(series.times == [1001])
    }

    @Test func `The system's clock waits until its time`() {
        let clock = SystemPowerClock()
        let start = clock.now()
        clock.wait(until: start + 2_000_000, orReadable: -1)
        #expect(clock.now() >= start + 2_000_000)
        clock.wait(until: start, orReadable: -1)
    }
}
