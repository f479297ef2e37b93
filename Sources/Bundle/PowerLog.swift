package import Model

/// What the sources of power gave beside a run: one file for each, and why others did not.
package struct PowerLog: Sendable, Hashable, Codable {
    /// One source with its readings.
    package struct Entry: Sendable, Hashable, Codable {
        package var source: PowerSource
        /// The file of its readings in the bundle: times and raw values in turn.
        package var file: String
        package var readPeriodSeconds: Double
        /// One standard deviation of when a reading was taken.
        package var readUncertaintySeconds: Double
        /// Why readings failed; a sentence each.
        package var failures: [String]

        package init(
            source: PowerSource, file: String, readPeriodSeconds: Double,
            readUncertaintySeconds: Double, failures: [String]
        ) {
            self.source = source
            self.file = file
            self.readPeriodSeconds = readPeriodSeconds
            self.readUncertaintySeconds = readUncertaintySeconds
            self.failures = failures
        }
    }

    package var entries: [Entry]
    /// What was tried in vain, with the reasons; empty when all was found.
    package var unavailable: String

    package init(entries: [Entry] = [], unavailable: String) {
        self.entries = entries
        self.unavailable = unavailable
    }

    /// Where it lies in a bundle.
    package static let file = "telemetry/power.json"

    /// The source that energy metrics are of: the one that includes most.
    package var widest: Entry? {
        let order: [PowerSource.Domain] = [
            .nodeAC, .nodeDC, .node, .board, .battery, .package, .chip, .cores, .uncore, .memory,
        ]
        return entries.min { left, right in
            let places = [left, right].map { order.firstIndex(of: $0.source.domain) ?? order.count }
            return (places[0], left.source.name) < (places[1], right.source.name)
        }
    }
}
