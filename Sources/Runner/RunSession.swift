package import Bundle
import CAssaySystem
package import Model

/// What a run is doing, for whoever shows it.
package enum RunEvent: Sendable {
    /// A launch is about to start: its position and number, and the time left by the plan.
    case launching(PlannedPoint, Subject, launch: Int, done: Int, total: Int, left: Nanoseconds)
    case finished(LaunchEntry, PlannedPoint)
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
    private let setup: SessionSetup
    private let writer: BundleWriter
    private let interrupts: Int32
    private var journal: [LaunchEntry]
    /// Devices that this session will not touch again.
    private var givenUp: Set<Subject> = []
    private let started = now()

    package init(_ setup: SessionSetup, writer: BundleWriter) {
        self.setup = setup
        self.writer = writer
        journal = setup.journal
        interrupts = assay_signal_descriptor()
        assay_ignore_sigpipe()
    }

    /// One launch of the schedule.
    private struct Step {
        var point: PlannedPoint
        var subject: Subject
        var launch: Int
    }

    /// Runs what the journal does not have yet. An interruption throws; all finished is kept.
    package func run() throws {
        let runner = LaunchRunner(
            setup: setup.worker, plan: setup.plan, backends: setup.backends,
            deadlines: setup.deadlines, lastLevelCache: setup.lastLevelCache,
            interrupts: interrupts)
        let telemetry = setup.telemetryPeriod.flatMap { period in
            try? TelemetryKeeper(
                setup: setup.worker, plan: setup.plan, period: period, nonce: started,
                interrupts: -1)
        }
        defer { try? telemetry?.finish(into: writer) }
        let steps = Self.schedule(setup.plan)
        let total = steps.count
        var left = setup.plan.cost
        for (index, step) in steps.enumerated() {
            let share = Nanoseconds(
                step.point.cost.value / UInt64(max(1, step.point.profile.launches)))
            defer { left = left > share ? left - share : .zero }
            guard isWanted(step) else { continue }
            setup.onEvent(
                .launching(
                    step.point, step.subject, launch: step.launch, done: index, total: total,
                    left: left))
            try perform(step, with: runner)
        }
    }

    /// Points in order; within a point, subjects alternate launch by launch: A B B A.
    private static func schedule(_ plan: Plan) -> [Step] {
        var steps: [Step] = []
        for point in plan.harnessPoints {
            for launch in 0..<point.profile.launches {
                steps.append(Step(point: point, subject: .harness, launch: launch))
            }
        }
        for point in plan.points where point.exclusion == nil {
            for launch in 0..<point.profile.launches {
                let subjects = launch % 2 == 0 ? plan.subjects : plan.subjects.reversed()
                for subject in subjects {
                    steps.append(Step(point: point, subject: subject, launch: launch))
                }
            }
        }
        return steps
    }

    /// Whether the launch is still to be made: not in the journal, and not pointless.
    private func isWanted(_ step: Step) -> Bool {
        guard !givenUp.contains(step.subject) else { return false }
        let same = journal.filter {
            $0.pointHash == step.point.pointHash && $0.subject == step.subject
        }
        if same.contains(where: { $0.launch == step.launch }) { return false }
        // What is unsupported stays so; what failed twice has shown what it does.
        if same.contains(where: { $0.outcome == .unsupported }) { return false }
        let failures = same.filter { $0.outcome == .error }
        if failures.contains(where: { $0.failure == "timedOut" }) { return false }
        return failures.count < 2
    }

    private func perform(_ step: Step, with runner: LaunchRunner) throws {
        let start = now()
        var finished = try runner.run(
            step.point, subject: step.subject, launch: step.launch, index: journal.count)
        finished.entry.startNanoseconds = setup.elapsedBefore + (start - started)
        if !finished.elapsed.isEmpty {
            let metric = step.point.point.timing == .chained ? "period" : "time"
            finished.entry.files = [
                try writer.writeSamples(finished.elapsed, entry: finished.entry, metric: metric),
                try writer.writeSamples(finished.starts, entry: finished.entry, metric: "start"),
            ]
        }
        try writer.append(finished.entry)
        journal.append(finished.entry)
        if finished.entry.givenUp != nil { givenUp.insert(step.subject) }
        setup.onEvent(.finished(finished.entry, step.point))
    }
}
