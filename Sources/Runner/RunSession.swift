package import Bundle
import CAssaySystem
import Glibc
package import Model

/// What a run is doing, for whoever shows it.
package enum RunEvent: Sendable {
    /// A launch is about to start: its position and number, and the time left by the plan.
    case launching(PlannedPoint, Subject, launch: Int, done: Int, total: Int, left: Nanoseconds)
    case finished(LaunchEntry, PlannedPoint)
    /// After a pilot: all launches of the point, samples of each that is still to come, and the
    /// relative half-width of the interval that they should give.
    case planned(PlannedPoint, launches: Int, samples: Int, halfWidth: Double)
}

/// Everything a session needs from outside.
package struct SessionSetup {
    package var worker: WorkerSetup
    package var plan: Plan
    package var backends: [BackendSeat: InstalledBackend]
    package var deadlines: Deadlines
    package var lastLevelCache: Bytes
    /// Launches already in the journal, when a run continues.
    package var journal: [LaunchEntry]
    /// How often sensors are read beside the run; nil: never.
    package var telemetryPeriod: Nanoseconds?
    /// Nanoseconds since the run began, at the start of this session.
    package var elapsedBefore: UInt64
    package var onEvent: (RunEvent) -> Void

    package init(
        worker: WorkerSetup, plan: Plan, backends: [BackendSeat: InstalledBackend],
        deadlines: Deadlines,
        lastLevelCache: Bytes, journal: [LaunchEntry], telemetryPeriod: Nanoseconds?,
        elapsedBefore: UInt64, onEvent: @escaping (RunEvent) -> Void
    ) {
        self.worker = worker
        self.plan = plan
        self.backends = backends
        self.deadlines = deadlines
        self.lastLevelCache = lastLevelCache
        self.journal = journal
        self.telemetryPeriod = telemetryPeriod
        self.elapsedBefore = elapsedBefore
        self.onEvent = onEvent
    }
}

/// Runs a plan launch by launch; each is on the disk before the next starts.
package final class RunSession {
    let setup: SessionSetup
    let writer: BundleWriter
    private let interrupts: Int32
    private(set) var journal: [LaunchEntry]
    /// Devices that this session will not touch again.
    private(set) var givenUp: Set<Subject> = []
    let started = now()
    var energy: EnergyPhase?
    private(set) var coolDown: CoolDown?

    package init(_ setup: SessionSetup, writer: BundleWriter) {
        self.setup = setup
        self.writer = writer
        journal = setup.journal
        interrupts = assay_signal_descriptor()
        assay_ignore_sigpipe()
    }

    /// One launch of the schedule.
    struct Step {
        var point: PlannedPoint
        var subject: Subject
        var launch: Int
    }

    /// How far the run is, for whoever shows it.
    private struct Position {
        var done = 0
        var total: Int
        var left: Nanoseconds
    }

    /// Runs what the journal does not have yet. An interruption throws; all finished is kept.
    package func run() throws {
        // A worker must not be able to read here what is expected of it.
        _ = assay_hide_self()
        let plan = setup.plan
        let runner = LaunchRunner(
            setup: setup.worker, plan: plan, backends: setup.backends,
            deadlines: setup.deadlines, lastLevelCache: setup.lastLevelCache,
            interrupts: interrupts)
        let telemetry = telemetryKeepers()
        defer { try? finish(telemetry) }
        coolDown = CoolDown(
            temperature: { telemetry.compactMap { $0.warmest() }.max() },
            wait: { self.sleep($0) })
        energy = plan.energy.map(EnergyPhase.init)
        let points = plan.points.filter { $0.exclusion == nil }
        let own = plan.harnessPoints.reduce(0) { $0 + $1.profile.launches }
        let all = points.reduce(own) { $0 + $1.profile.launches * plan.subjects.count }
        var position = Position(total: all, left: plan.cost)
        for point in plan.harnessPoints {
            try measure(point, on: [.harness], with: runner, &position)
        }
        for point in points {
            try measure(point, on: plan.subjects, with: runner, &position)
            try measureEnergy(of: point, with: runner)
        }
        for subject in plan.subjects where energy != nil { try rest(subject, with: runner) }
    }

    /// Waits without keeping an interruption waiting.
    private func sleep(_ time: Nanoseconds) {
        var set = pollfd(fd: interrupts, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&set, 1, Int32(clamping: time.value / 1_000_000))
    }

    /// All launches of a point. Subjects alternate launch by launch: A B B A.
    ///
    /// After a pilot of three the rest is planned from it: samples a launch, and launches.
    private func measure(
        _ planned: PlannedPoint, on subjects: [Subject], with runner: LaunchRunner,
        _ position: inout Position
    ) throws {
        var point = planned
        var launch = 0
        while launch < point.profile.launches {
            if launch == PilotDecision.pilotCount, launch < planned.profile.launches,
                let decision = try decide(planned, subjects)
            {
                let more = decision.launches - planned.profile.launches
                position.total += more * subjects.count
                point.profile.launches = decision.launches
                point.profile.samplesMax = decision.samples
                setup.onEvent(
                    .planned(
                        planned, launches: decision.launches, samples: decision.samples,
                        halfWidth: decision.expectedHalfWidth))
            }
            for subject in launch % 2 == 0 ? subjects : subjects.reversed() {
                let step = Step(point: point, subject: subject, launch: launch)
                let share = Nanoseconds(
                    planned.cost.value / UInt64(max(1, planned.profile.launches)))
                if isWanted(step) {
                    setup.onEvent(
                        .launching(
                            planned, subject, launch: launch, done: position.done,
                            total: position.total, left: position.left))
                    try perform(step, with: runner)
                    try repeatIfSpoilt(step, with: runner)
                }
                position.done += 1
                position.left = position.left > share ? position.left - share : .zero
            }
            launch += 1
        }
    }

    /// What follows from the pilot, read from the disk so that a run that continues decides alike.
    private func decide(
        _ point: PlannedPoint, _ subjects: [Subject]
    ) throws -> PilotDecision? {
        let reader = try BundleReader(writer.path)
        var pilots: [[(entry: LaunchEntry, elapsed: [Int64])]] = []
        for subject in subjects {
            let own = journal.filter {
                $0.pointHash == point.pointHash && $0.subject == subject
                    && $0.launch < PilotDecision.pilotCount
            }.timed
            // What does not run at all has nothing to say about what does.
            guard own.contains(where: { $0.outcome == .ok }) else { continue }
            pilots.append(
                try own.map { entry in
                    (entry, try entry.files.first.map { try reader.integers($0) } ?? [])
                })
        }
        return PilotPlanner(mayExtend: setup.plan.budget == nil).decide(point, pilots: pilots)
    }

    /// Whether the launch is still to be made: not in the journal, and not pointless.
    private func isWanted(_ step: Step) -> Bool {
        guard !givenUp.contains(step.subject) else { return false }
        let same = journal.filter {
            $0.pointHash == step.point.pointHash && $0.subject == step.subject && $0.phase == nil
        }
        if same.contains(where: { $0.launch == step.launch }) { return false }
        // What is unsupported stays so; what failed twice has shown what it does.
        if same.contains(where: { $0.outcome == .unsupported }) { return false }
        let failures = same.filter { $0.outcome == .error }
        if failures.contains(where: { $0.failure == "timedOut" }) { return false }
        return failures.count < 2
    }

    func perform(
        _ step: Step, with runner: LaunchRunner, phase: ExtraPhase? = nil, retryOf: Int? = nil
    ) throws {
        let start = now()
        var finished = try runner.run(
            step.point, subject: step.subject, launch: step.launch, index: journal.count)
        finished.entry.phase = phase
        finished.entry.retryOf = retryOf
        finished.entry.startNanoseconds = setup.elapsedBefore + (start - started)
        if !finished.elapsed.isEmpty {
            let metric =
                phase?.rawValue ?? (step.point.point.timing == .chained ? "period" : "time")
            let start = phase.map { "\($0.rawValue).start" } ?? "start"
            finished.entry.files = [
                try writer.writeSamples(finished.elapsed, entry: finished.entry, metric: metric),
                try writer.writeSamples(finished.starts, entry: finished.entry, metric: start),
            ]
        }
        try record(finished.entry)
        if finished.entry.givenUp != nil { givenUp.insert(step.subject) }
        setup.onEvent(.finished(finished.entry, step.point))
    }

    /// Writes a finished launch to the journal; it is on the disk when this returns.
    func record(_ entry: LaunchEntry) throws {
        try writer.append(entry)
        journal.append(entry)
    }
}
