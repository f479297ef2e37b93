import FoundationEssentials
package import Model

/// Writes a run launch by launch, so that a kill at any moment loses at most the running launch.
package struct BundleWriter: Sendable {
    package let path: String
    package let planSha256: String

    /// Begins a bundle: directory, plan and environment are on the disk when it returns.
    package init(
        creatingIn results: String, plan: Plan, environment: Environment
    ) throws(BundleError) {
        try Files.createDirectory(results)
        try Self.checkRoom(at: results, plan: plan)
        path = results + "/" + environment.runID
        try Files.createDirectory(path)
        let planData = try Self.encode(plan, file: "plan.json")
        try Files.write(planData, to: path + "/plan.json")
        planSha256 = Hashing.sha256(planData)
        try Files.write(
            try Self.encode(environment, file: "environment.json"), to: path + "/environment.json")
        try Files.write(Data(), to: path + "/launches.jsonl")
    }

    /// Continues a bundle that was not sealed; a half-written last line is cut off.
    package init(resuming path: String, planSha256: String) throws(BundleError) {
        self.path = path
        self.planSha256 = planSha256
        let journal = path + "/launches.jsonl"
        let data = try Files.read(journal)
        guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else {
            try Files.write(Data(), to: journal)
            return
        }
        if end + 1 != data.endIndex { try Files.write(data.prefix(through: end), to: journal) }
    }

    /// Writes samples as little-endian 64-bit integers; returns the path inside the bundle.
    package func writeSamples(
        _ samples: [Int64], entry: LaunchEntry, metric: String
    ) throws(BundleError) -> String {
        let subject = entry.subject
        let side = subject.side == 0 ? "" : ".against"
        let folder =
            "samples/\(entry.pointHash)/\(subject.backend).\(subject.device).0\(side)"
        try Files.createDirectory(path + "/" + folder)
        let number = "\(entry.launch)" + (entry.retryOf == nil ? "" : "-retry")
        let file = folder + "/\(number).\(metric).i64"
        try Files.write(Self.littleEndian(samples), to: path + "/" + file)
        return file
    }

    private static func littleEndian(_ values: [Int64]) -> Data {
        var data = Data(capacity: values.count * 8)
        for value in values {
            let word = UInt64(bitPattern: value)
            for shift in stride(from: 0, to: 64, by: 8) {
                data.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return data
    }

    /// Adds a finished launch to the journal; it is on the disk when this returns.
    package func append(_ entry: LaunchEntry) throws(BundleError) {
        do {
            try Files.append(try JSONCoding.line(entry), to: path + "/launches.jsonl")
        } catch let error as BundleError {
            throw error
        } catch {
            throw BundleError(.malformed, file: "launches.jsonl", detail: "\(error)")
        }
    }

    /// Writes telemetry of one channel: interleaved time stamps and values.
    package func writeTelemetry(_ values: [Int64], channel: String) throws(BundleError) {
        try Files.createDirectory(path + "/telemetry")
        try Files.write(Self.littleEndian(values), to: path + "/telemetry/\(channel).i64")
    }

    /// Writes what the telemetry channels are, those that are not there included.
    package func writeTelemetryChannels(_ channels: [TelemetryFacts]) throws(BundleError) {
        try Files.createDirectory(path + "/telemetry")
        try Files.write(
            try Self.encode(channels, file: "channels.json"), to: path + "/telemetry/channels.json")
    }

    /// Writes what the sources of power are, and why others could not be read.
    package func writePower(_ log: PowerLog) throws(BundleError) {
        try Files.createDirectory(path + "/telemetry")
        try Files.write(
            try Self.encode(log, file: PowerLog.file), to: path + "/" + PowerLog.file)
    }

    /// Ends the run: the derived record, the machine afterwards, and the digests of everything.
    package func seal(record: Record, environment: Environment) throws(BundleError) {
        try Files.write(
            try Self.encode(environment, file: "environment.json"), to: path + "/environment.json")
        try Files.write(try Self.encode(record, file: "run.json"), to: path + "/run.json")
        try Files.write(try Self.manifest(of: path), to: path + "/manifest.sha256")
    }

    /// Files that may change after sealing, or that are written after it.
    static let unsealed: Set<String> = ["manifest.sha256", "notes.json", "report.html"]

    /// One line per sealed file, sorted: digest, two spaces, path (as sha256sum writes it).
    static func manifest(of path: String) throws(BundleError) -> Data {
        var text = ""
        for file in Files.allFiles(below: path) where !unsealed.contains(file) {
            text += Hashing.sha256(try Files.read(path + "/" + file)) + "  " + file + "\n"
        }
        return Data(text.utf8)
    }

    private static func encode(_ value: some Encodable, file: String) throws(BundleError) -> Data {
        do {
            return try JSONCoding.pretty(value)
        } catch {
            throw BundleError(.malformed, file: file, detail: "it cannot be encoded: \(error)")
        }
    }

    /// Refuses a disk that cannot hold what the plan may write, before anything is measured.
    private static func checkRoom(at results: String, plan: Plan) throws(BundleError) {
        let samples = plan.points.reduce(0) { sum, planned in
            sum + planned.profile.launches * (planned.profile.samplesMax * 16 + 4096)
        }
        let needed = UInt64(samples * plan.subjects.count) + (1 << 20)
        guard let free = Files.freeBytes(at: results), free < needed else { return }
        throw BundleError(
            .disk, file: results,
            detail: "has \(free) bytes free, and this run may write \(needed); "
                + "free some room or choose another place with --results")
    }
}
