import Bundle
import Model

// MARK: - Launches beside those that measure time

extension RunSession {
    /// One cool-down and one repetition of a launch in which the processor throttled itself.
    func repeatIfThrottled(_ step: Step, with runner: LaunchRunner) throws {
        guard let last = journal.last, last.retryOf == nil, last.outcome == .ok,
            (last.counters.throttleEvents ?? 0) > 0
        else { return }
        coolDown?.run()
        try perform(step, with: runner, retryOf: last.index)
    }

    /// The energy phase of a point: idle first where it is due, then its windows.
    func measureEnergy(of planned: PlannedPoint, with runner: LaunchRunner) throws {
        guard let energy else { return }
        for subject in setup.plan.subjects {
            let own = journal.filter {
                $0.pointHash == planned.pointHash && $0.subject == subject
            }
            // What does not run, or has run already, needs no energy.
            guard own.contains(where: { $0.phase == nil && $0.outcome == .ok }),
                !own.contains(where: { $0.phase == .energy }), !givenUp.contains(subject)
            else { continue }
            if energy.wantsIdle(subject, at: now()) { try rest(subject, with: runner) }
            var steady = energy.point(planned)
            // Comparing outputs would take energy of its own.
            steady.point.repetitions = nil
            try perform(
                Step(point: steady, subject: subject, launch: 0), with: runner,
                phase: .energy)
        }
    }

    /// Leaves a subject idle; what its journal entry says of when is all that comes of it.
    func rest(_ subject: Subject, with runner: LaunchRunner) throws {
        guard let plan = energy?.plan, !givenUp.contains(subject) else { return }
        let start = now()
        var entry = try runner.rest(subject, idle: plan.idle, index: journal.count)
        entry.startNanoseconds = setup.elapsedBefore + (start - started)
        try record(entry)
        energy?.wasIdle(subject, at: now())
    }
}

// MARK: - Sensors beside the run

extension RunSession {
    /// A worker for the system's sensors, and one for each plug-in that says it has some.
    func telemetryKeepers() -> [TelemetryKeeper] {
        guard let period = setup.telemetryPeriod else { return [] }
        var sources: [TelemetryKeeper.Source?] = [nil]
        for subject in setup.plan.subjects where subject.side == 0 {
            guard let backend = setup.backends[BackendSeat(subject)],
                backend.manifest.extensions.contains("assay.telemetry/1")
            else { continue }
            sources.append(TelemetryKeeper.Source(backend: backend, subject: subject))
        }
        // What cannot be sampled is no reason not to measure.
        return sources.enumerated().compactMap { index, source in
            try? TelemetryKeeper(
                setup: setup.worker, plan: setup.plan, period: period,
                nonce: started &+ UInt64(index), interrupts: -1, source: source)
        }
    }

    /// Ends the workers and writes what was sampled, and what the channels are.
    func finish(_ keepers: [TelemetryKeeper]) throws {
        guard !keepers.isEmpty else { return }
        var channels: [TelemetryFacts] = []
        for keeper in keepers { channels += (try? keeper.finish(into: writer)) ?? [] }
        try writer.writeTelemetryChannels(channels)
    }
}
