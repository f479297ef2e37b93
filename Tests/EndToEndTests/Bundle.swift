import Foundation
import Testing

/// A bundle on the disk, read without the code under test.
struct Bundle: Sendable {
    var path: String

    var files: [String] { Scratch.files(below: path) }

    /// Whole lines of the journal.
    var journalLines: [Substring] {
        let text = Scratch.text(path + "/launches.jsonl")
        guard let end = text.lastIndex(of: "\n") else { return [] }
        return text[..<end].split(separator: "\n")
    }

    /// Point, backend and launch of every line of the journal.
    func launches() throws -> [String] {
        try journalLines.map { line in
            let entry = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let subject = entry["subject"] as? [String: Any]
            let parts = [entry["pointHash"], subject?["backend"], entry["launch"]]
            return parts.map { "\($0 ?? "?")" }.joined(separator: " ")
        }
    }

    /// A file of the bundle, decoded.
    func json(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: path + "/" + name))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// The points of run.json.
    func points() throws -> [RecordedPoint] {
        let points = try #require(try json("run.json")["points"] as? [[String: Any]])
        return points.map(RecordedPoint.init)
    }

    /// The only point of a backend.
    func point(
        on backend: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> RecordedPoint {
        let own = try points().filter { $0.backend == backend }
        try #require(own.count == 1, sourceLocation: sourceLocation)
        return own[0]
    }
}

/// A point of run.json as far as these tests look.
struct RecordedPoint {
    var label: String
    var backend: String
    var outcome: String
    var reasons: [String]
    var flags: [String]
    /// The messages of the flags, in one text.
    var messages: String
    var passed: Bool?
    var coverage: Double?
    /// The largest error as a multiple of the tolerance.
    var error: Double?
    /// Values by metric; metrics without an estimate are left out.
    var values: [String: Double]
    var metricNames: [String]
    var launches: [String]

    init(_ json: [String: Any]) {
        let point = json["point"] as? [String: Any] ?? [:]
        let parameters = point["parameters"] as? [[String: String]] ?? []
        label =
            ([point["caseID"] as? String ?? "?"]
            + parameters.map { "\($0["axis"] ?? "?")=\($0["value"] ?? "?")" })
            .joined(separator: " ")
        backend = (json["subject"] as? [String: Any])?["backend"] as? String ?? "?"
        outcome = json["outcome"] as? String ?? "?"
        reasons = json["reasons"] as? [String] ?? []
        let found = json["flags"] as? [[String: Any]] ?? []
        flags = found.compactMap { $0["id"] as? String }
        messages = found.compactMap { $0["message"] as? String }.joined(separator: "\n")
        let correctness = json["correctness"] as? [String: Any]
        passed = correctness?["passed"] as? Bool
        coverage = correctness?["coverage"] as? Double
        error = correctness?["value"] as? Double
        let metrics = json["metrics"] as? [[String: Any]] ?? []
        metricNames = metrics.compactMap { $0["name"] as? String }
        values = [:]
        for metric in metrics {
            guard let name = metric["name"] as? String else { continue }
            values[name] = (metric["estimate"] as? [String: Any])?["value"] as? Double
        }
        let summaries = json["launches"] as? [[String: Any]] ?? []
        launches = summaries.map { "\($0["index"] ?? "?") \($0["outcome"] ?? "?")" }
    }
}
