import Bundle
import Model

/// What makes two metrics comparable: only equal keys stand side by side (report, section 1).
enum Comparability {
    static func key(
        pointHash: String, metric: Metric, devices: Int, threads: Int, execution: ExecutionInfo?,
        division: String
    ) -> String {
        let parts: [String] = [
            pointHash, metric.name, "\(metric.definitionVersion)", metric.scope.rawValue,
            "\(devices)", "\(threads)", execution?.math?.name ?? "",
            execution?.accumulate?.name ?? "",
            division, String(Profile.methodology.prefix { $0 != "." }),
        ]
        return Hashing.sha256(parts.joined(separator: "/"))
    }
}
