import Bundle
import Model
import Power

/// The sources of power beside a run, and what they gave.
final class PowerKeeper {
    private let sources: PowerSources
    private let recorder: PowerRecorder?

    /// - Parameters:
    ///   - texts: the sources as they were named.
    ///   - clock: the run's clock, as the system numbers it.
    init(_ texts: [String], period: Nanoseconds, clock: Int32) throws {
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
        try bundle.writePower(log)
    }
}
