import Backends
import CAssaySystem
import Glibc
import LaunchProtocol
import Measurement
import Model
import Operators

/// One compute launch, step by step.
struct Launch {
    let request: LaunchRequest
    let channel: Channel
    let phase: PhaseKeeper

    private var clock: HostClock { HostClock(id: request.clock) }

    func run() throws {
        let before = Hygiene.current()
        guard let page = SharedMemory(descriptor: WorkerDescriptor.page, writable: true),
            let room = SharedMemory(descriptor: WorkerDescriptor.samples, writable: true)
        else { throw LaunchError(description: "the shared memory is missing") }
        let loadStart = clock.now()
        let plugin = try start(page: page)
        phase.enter(.open)
        let facts = try plugin.facts(ofDevice: request.device)
        let device = try plugin.open(device: request.device)
        channel.send(.device(facts, version: plugin.version))
        if request.idle > .zero { return rest(page: page) }
        let transfer = try Transfer(
            request.operation, plugin: plugin, device: device, index: request.device)
        if transfer == nil {
            try device.query(
                request.operation, at: OperatorRegistry.places(of: request.operation),
                deterministic: request.comparesRepetitions)
        }
        let load = clock.now() - loadStart

        phase.enter(.inputs)
        let queue = try device.makeQueue()
        let sets = try WorkingSets(
            request: request, device: device, transfer: transfer, queue: queue)
        phase.enter(.prepare)
        let prepareStart = clock.now()
        let operation =
            try transfer?.prepare(request.operation, set: sets.sets[0])
            ?? device.prepare(
                request.operation, set: sets.sets[0], deterministic: request.comparesRepetitions)
        let prepare = clock.now() - prepareStart
        try operation.rotate(through: Array(sets.sets.dropFirst()))
        try sets.poison(queue: queue)
        phase.enter(.firstCall)
        let firstStart = clock.now()
        try queue.enqueue(operation, count: 1, firstSet: 0)
        try queue.synchronize()
        let firstCall = clock.now() - firstStart
        let inspector = Inspector(
            request: request, device: device, facts: facts, sets: sets, queue: queue)
        try inspector.lookAtFirstCall()
        let executor = QueueExecutor(
            operation: operation, queue: queue, sets: sets, inspector: inspector)
        let measured = try measure(executor: executor, page: page, room: room)
        let outputBytes = try finish(operation, measured: measured, inspector: inspector)
        // The host takes part in copies of its own memory.
        if facts.type != "cpu", transfer == nil, measured.hostShare > Inspector.hostShareMin {
            try inspector.contend(operation, eventNanoseconds: measured.eventNanoseconds)
        }
        let info = operation.info
        var violations = Hygiene.current().changes(since: before)
        if Hygiene.escapes(request.cpus) {
            violations.append("let a thread run on cores that were not given")
        }
        if Hygiene.hasChildren { violations.append("started a process") }
        phase.enter(.close)
        channel.send(
            .result(
                LaunchResult(
                    stopReason: measured.series.stopReason,
                    warmupConverged: measured.series.warmupConverged,
                    samples: measured.series.samples, batch: measured.series.batch,
                    rotation: sets.sets.count, calibrationStart: measured.calibrationStart,
                    calibrationEnd: measured.calibrationEnd, load: Nanoseconds(load),
                    prepare: Nanoseconds(prepare), firstCall: Nanoseconds(firstCall),
                    execution: info, counters: measured.counters, violations: violations,
                    outputBytes: Bytes(UInt64(outputBytes)), inspection: inspector.facts)))
    }

    /// Does nothing with the device open, so that idle power can be told.
    private func rest(page: SharedMemory) {
        let start = clock.now()
        phase.enter(.measure)
        page.store(request.idle.value, at: WorkerPage.estimate)
        while clock.now() - start < request.idle.value {
            // A sign of life now and then.
            page.store(page.load(at: WorkerPage.heartbeat) &+ 1, at: WorkerPage.heartbeat)
            let left = request.idle.value - min(request.idle.value, clock.now() - start)
            usleep(UInt32(min(100_000, left / 1000)))
        }
        var counters = LaunchCounters(measuringNanoseconds: clock.now() - start)
        counters.measuringStartNanoseconds = start
        phase.enter(.close)
        channel.send(.result(LaunchResult(idle: counters)))
    }

    /// Keeps the outputs of the last timed sample, looks at the backend, and seals what was kept.
    private func finish(
        _ operation: PreparedOperation, measured: Measured, inspector: Inspector
    ) throws -> Int {
        phase.enter(.seal)
        let total = request.operation.outputs.reduce(0) { $0 + $1.byteCount }
        do {
            let room = SharedMemory(descriptor: WorkerDescriptor.outputs, writable: true)
            if total > 0 {
                guard let room, unsafe room.bytes.count >= total else {
                    throw LaunchError(description: "the memory for outputs is missing")
                }
                try inspector.sets.copyOutputs(
                    set: measured.lastSet, into: room, at: 0, queue: inspector.queue)
            }
            try inspector.settle()
            // As while sampling: the thread that submits keeps to a core.
            bind(to: request.cpus.prefix(1))
            defer { bind(to: request.cpus[...]) }
            try inspector.inspect(
                operation, eventNanoseconds: measured.eventNanoseconds,
                batch: measured.series.batch, room: room)
        }
        // The mapping is gone here, as the seal demands.
        if total > 0 { try WorkingSets.seal() }
        return total
    }

    /// Binds the thread that submits to processors; to none there are, nothing is done.
    private func bind(to cpus: ArraySlice<Int>) {
        guard !cpus.isEmpty else { return }
        let cpus = cpus.map(Int32.init)
        _ = unsafe assay_set_affinity(0, cpus, UInt32(cpus.count))
    }

    /// Loads and starts the plug-in.
    private func start(page: SharedMemory) throws -> Plugin {
        phase.enter(.load)
        let entry = try unsafe LinkedBackends.entry(request.entry)
        phase.enter(.startup)
        let channel = channel
        let services = HostServices(
            log: { channel.send(.log($0)) },
            breadcrumb: { id, argument in
                page.store(UInt64(id), at: WorkerPage.breadcrumbID)
                page.store(argument, at: WorkerPage.breadcrumbArgument)
            })
        let plugin = try unsafe Plugin(entry: entry, services: services)
        try plugin.start(
            StartupOptions(
                role: "compute", threads: request.cpus.count, cpus: request.cpus,
                clock: request.clock == HostClock.monotonic.id ? "monotonic" : "monotonic_raw",
                network: request.isolateNetwork ? "none" : "host"))
        guard request.device < (try plugin.deviceCount()) else {
            throw LaunchError(description: "the backend has no device \(request.device)")
        }
        return plugin
    }

    struct Measured {
        var series: Series
        var calibrationStart: ClockCalibration
        var calibrationEnd: ClockCalibration
        var counters: LaunchCounters
        var lastSet: Int

        /// What one event took on the average, with all that lies between samples.
        var eventNanoseconds: Double {
            Double(series.measuring.value) / Double(max(1, series.samples))
                / Double(max(1, series.batch))
        }
        /// Processor time as a share of one core while measuring.
        var hostShare: Double {
            Double(counters.processorNanoseconds) / Double(max(1, series.measuring.value))
        }
    }

    /// Canaries and calibration around the sampling, and the process's counters over it.
    private func measure(
        executor: QueueExecutor, page: SharedMemory, room: SharedMemory
    ) throws -> Measured {
        phase.enter(.calibrate)
        // Libraries have started their threads by now; those must not be bound to one core.
        bind(to: request.cpus.prefix(1))
        let canary = Canary(clock: request.clock)
        let calibrationStart = try clock.calibrate()
        let reading = canary.read(milliseconds: Self.canaryMilliseconds)
        let together = canary.readTogether(on: request.cpus)
        let rate = ClockRateCheck(clock: clock)
        let counters = CountersAtMeasuring(cpus: request.cpus, clock: clock)
        let phase = phase
        var sampler = Sampler(
            profile: request.profile, timing: request.timing, cache: request.cache,
            calibration: calibrationStart, executor: executor, time: clock,
            sink: SharedSampleSink(
                memory: room, page: page, inspector: executor.inspector, executor: executor),
            onPhase: { step in
                phase.enter(step == .warmup ? .warmup : .measure)
                if step == .measure {
                    executor.inspector.beginMeasuring()
                    counters.begin()
                }
            })
        let series = try sampler.run()
        var result = counters.end(measuring: series.measuring)
        phase.enter(.calibrate)
        let after = canary.read(milliseconds: Self.canaryMilliseconds)
        result.clockHertzBefore = reading.clock
        result.clockHertzAfter = after.clock
        result.throughputBefore = reading.throughput
        result.throughputAfter = after.throughput
        result.memoryBefore = reading.memory
        result.memoryAfter = after.memory
        result.note(together, canary.readTogether(on: request.cpus))
        result.clockRateDeviation = rate.deviation()
        result.suspendedNanoseconds = rate.suspended()
        bind(to: request.cpus[...])
        return Measured(
            series: series, calibrationStart: calibrationStart,
            calibrationEnd: try clock.calibrate(), counters: result, lastSet: executor.lastSet)
    }

    /// Short enough for suites that promise 0.4 s a point; the best of several rounds counts.
    private static let canaryMilliseconds = 12
}

extension LaunchCounters {
    /// Keeps the reading of all cores at work with less throughput for each cycle, of two.
    fileprivate mutating func note(_ readings: (clock: Double, throughput: Double)?...) {
        let worst = readings.compactMap { $0 }
            .min { $0.throughput / $0.clock < $1.throughput / $1.clock }
        clockHertzTogether = worst?.clock
        throughputTogether = worst?.throughput
    }
}
