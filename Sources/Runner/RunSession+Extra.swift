import Bundle
import Model

// MARK: - Launches beside those that measure time

extension RunSession {
    /// One repetition of a launch in which the processor throttled itself, after a cool-down, or
    /// which something else disturbed. Both stay in the journal, and the second counts.
    func repeatIfSpoilt(_ step: Step, with runner: LaunchRunner) throws {
        guard let last = journal.last, last.retryOf == nil, last.outcome == .ok else { return }
        if (last.counters.throttleEvents ?? 0) > 0 {
            coolDown?.run()
        } else if !wasDisturbed(last, step) {
            return
        }
        try perform(step, with: runner, retryOf: last.index)
    }

    /// By the canaries and the scheduler, never by the times; only where the plan has no budget.
    private func wasDisturbed(_ entry: LaunchEntry, _ step: Step) -> Bool {
        let plan = setup.plan
        // A canary of the host says nothing of another device.
        guard step.point.profile.repeatsDisturbed, plan.budget == nil,
            setup.backends[BackendSeat(step.subject)]?.manifest.isCPU == true
        else { return false }
        let threads = step.point.point.threads?.resolved(cores: plan.cpus.count)
        return entry.counters.wasDisturbed(threads: threads ?? plan.cpus.count)
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
