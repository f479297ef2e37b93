import Bundle
import Model
import Power

/// The sources of power beside a run, and what they gave.
final class PowerKeeper {
    private let sources: PowerSources
    private let recorder: PowerRecorder?
    private let period: Nanoseconds

    /// - Parameters:
    ///   - texts: the sources as they were named.
    ///   - clock: the run's clock, as the system numbers it.
    init(_ texts: [String], period: Nanoseconds, clock: Int32) throws {
        self.period = period
        do throws(PowerError) {
            sources = try PowerSources.open(texts)
        } catch {
            throw CommandFailure(.wrongUse, "error: --power: \(error)")
        }
        recorder =
            sources.adapters.isEmpty
            ? nil
            : PowerRecorder(
                adapters: sources.adapters, period: period, clock: SystemPowerClock(clock: clock))
    }

    /// Brings a reading close to the edge of a launch.
    func mark() { recorder?.mark() }

    /// How energy is measured in a phase of its own; nil where that was not asked for.
    ///
    /// Without a source there is nothing to measure, which is said and is no reason not to run.
    /// - Parameter pluginsMeasure: whether a backend says that it has sensors of its own.
    func energyPlan(_ options: RunOptions, pluginsMeasure: Bool) throws -> EnergyPlan? {
        guard options.energy else {
            guard options.energyWindow == nil else {
                throw CommandFailure(.wrongUse, "error: --energy-window goes with --energy")
            }
            return nil
        }
        let given = try options.energyWindow.map {
            try Amount.duration($0, option: "--energy-window")
        }
        guard !sources.adapters.isEmpty || pluginsMeasure else {
            let reasons = sources.unavailable.map(\.description).joined(separator: ", ")
            Terminal.error("note: no energy is measured, for there is no source: \(reasons)")
            return nil
        }
        let slowest =
            sources.adapters.flatMap(\.sources)
            .map { max($0.updatePeriodSeconds ?? 0, period.seconds) }.max() ?? 0
        let window = given ?? .seconds(max(10, 100 * slowest))
        return EnergyPlan(window: window, idle: min(.seconds(30), window * 3))
    }

    /// Ends the readings and writes them beside those of earlier sessions of the run.
    func finish(into bundle: BundleWriter) throws(BundleError) {
        let reasons = sources.unavailable.map(\.description).joined(separator: ", ")
        var log = PowerLog(unavailable: reasons)
        for series in recorder?.stop() ?? [] {
            let channel = "power." + series.source.name
            let earlier =
                (try? BundleReader(bundle.path).integers("telemetry/\(channel).i64")) ?? []
            try bundle.writeTelemetry(earlier + series.interleaved, channel: channel)
            log.entries.append(
                PowerLog.Entry(
                    source: series.source, file: "telemetry/\(channel).i64",
                    readPeriodSeconds: series.readPeriodSeconds,
                    readUncertaintySeconds: series.readUncertaintySeconds,
                    failures: series.failures.map(\.reason)))
        }
        // What plug-ins say of their devices' power was sampled beside the system's sensors.
        for channel in (try? BundleReader(bundle.path).telemetryChannels()) ?? [] {
            guard let source = channel.power else { continue }
            log.entries.append(
                PowerLog.Entry(
                    source: source, file: "telemetry/\(channel.name).i64",
                    readPeriodSeconds: channel.readPeriodSeconds ?? 0, readUncertaintySeconds: 0,
                    failures: []))
        }
        try bundle.writePower(log)
    }
}
