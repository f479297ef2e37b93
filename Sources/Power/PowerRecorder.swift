import CAssaySystem
import Glibc
package import Model
import Synchronization

/// Host time by one of the system's clocks.
package struct SystemPowerClock: PowerClock {
    private let clock: Int32

    /// `clock` is the system's number of it, such as that of the run.
    package init(clock: Int32 = ASSAY_CLOCK_MONOTONIC) { self.clock = clock }

    /// Its time now.
    package func now() -> UInt64 { assay_clock_ns(clock) }

    /// Waits by `poll`, which rounds up to whole milliseconds.
    package func wait(until time: UInt64, orReadable descriptor: Int32) {
        var set = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let start = now()
        guard time > start else { return }
        _ = unsafe poll(&set, 1, Int32(clamping: (time - start + 999_999) / 1_000_000))
    }
}

/// Polls adapters, each on a thread of its own so that a slow one delays no other.
package final class PowerRecorder: Sendable {
    /// What one thread works with.
    fileprivate final class Lane: Sendable {
        let period: UInt64
        let clock: any PowerClock
        let series: Mutex<[PowerSeries]>
        let adapter: Mutex<any PowerAdapter>
        let isStopping = Mutex(false)
        /// What is written to the second wakes the thread, which waits for the first.
        let bell: [Int32]

        init?(_ adapter: any PowerAdapter, _ period: Nanoseconds, _ clock: any PowerClock) {
            var period = max(period, adapter.readPeriodMin)
            for source in adapter.sources {
                if let most = source.readPeriodMaxSeconds { period = min(period, .seconds(most)) }
            }
            self.period = period.value
            self.clock = clock
            let seconds = period.seconds
            series = Mutex(
                adapter.sources.map { PowerSeries(source: $0, readPeriodSeconds: seconds) })
            self.adapter = Mutex(adapter)
            var bell: [Int32] = [-1, -1]
            guard unsafe assay_pipe(&bell) == 0 else { return nil }
            bell.forEach { _ = fcntl($0, F_SETFL, O_NONBLOCK) }
            self.bell = bell
        }

        deinit { bell.forEach { close($0) } }
    }

    private let lanes: [Lane]
    private let threads: Mutex<[pthread_t]>

    /// Starts polling; nil when the system gives no thread or no pipe.
    ///
    /// - Parameter period: how often to read; an adapter that wants to be read less often is, and
    ///   counters that wrap are read often enough for it.
    package init?(adapters: [any PowerAdapter], period: Nanoseconds, clock: any PowerClock) {
        precondition(period > .zero, "polling needs a period")
        var lanes: [Lane] = []
        for adapter in adapters {
            guard let lane = Lane(adapter, period, clock) else { return nil }
            lanes.append(lane)
        }
        self.lanes = lanes
        var started: [pthread_t] = []
        for lane in lanes {
            guard let thread = lane.start() else { break }
            started.append(thread)
        }
        threads = Mutex(started)
        guard started.count == lanes.count else {
            _ = stop()
            return nil
        }
    }

    deinit { _ = stop() }

    /// Reads everything now, beside the regular readings; does not wait for it.
    ///
    /// At a window's ends it brings the closest reading to the edge.
    package func mark() { lanes.forEach { $0.ring() } }

    /// What was gathered since the last call, which is forgotten here.
    ///
    /// A run of hours that takes it now and then needs no more memory than a short one.
    package func take() -> [PowerSeries] { lanes.flatMap { $0.take() } }

    /// Reads once more, ends the threads and the adapters, and returns what was not yet taken.
    package func stop() -> [PowerSeries] {
        let running = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for lane in lanes {
            lane.isStopping.withLock { $0 = true }
            lane.ring()
        }
        for thread in running { pthread_join(thread, nil) }
        return take()
    }
}

extension PowerRecorder.Lane {
    /// Starts the thread; nil when the system gives none.
    fileprivate func start() -> pthread_t? {
        var thread = pthread_t()
        let box = unsafe Unmanaged.passRetained(self)
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<PowerRecorder.Lane>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        if code != 0 { unsafe box.release() }
        return code == 0 ? thread : nil
    }

    fileprivate func ring() {
        // A pipe that is full has rung already.
        _ = unsafe write(bell[1], [1], 1)
    }

    fileprivate func take() -> [PowerSeries] {
        series.withLock { series in
            let taken = series
            series = taken.map {
                PowerSeries(source: $0.source, readPeriodSeconds: $0.readPeriodSeconds)
            }
            return taken
        }
    }

    private func run() {
        var next = clock.now()
        while true {
            let isLast = isStopping.withLock { $0 }
            sweep()
            if isLast { break }
            next += period
            // After a slow reading the missed ones are not made up for.
            let now = clock.now()
            if next <= now { next = now + period }
            waitAndSweep(until: next)
        }
        adapter.withLock { $0.close() }
    }

    /// Waits for the next regular reading; reads in between whenever the bell rings.
    private func waitAndSweep(until next: UInt64) {
        while clock.now() < next {
            clock.wait(until: next, orReadable: bell[0])
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = unsafe read(bell[0], &bytes, bytes.count)
            if isStopping.withLock({ $0 }) { return }
            if count > 0 { sweep() }
        }
    }

    private func sweep() {
        let begin = clock.now()
        let readings = adapter.withLock { $0.read() }
        let end = clock.now()
        series.withLock { series in
            for index in series.indices where index < readings.count {
                series[index].add(readings[index], from: begin, to: end)
            }
        }
    }
}
