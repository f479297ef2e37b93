import FoundationEssentials
package import Model

/// Reads a bundle, sealed or not, and checks that it is what it claims.
package struct BundleReader: Sendable {
    package let path: String

    package init(_ path: String) throws(BundleError) {
        guard Files.isDirectory(path) else {
            let what = Files.exists(path) ? "is a file" : "does not exist"
            throw BundleError(
                .notABundle, file: path, detail: "\(what); a bundle is a directory with plan.json")
        }
        guard Files.exists(path + "/plan.json") else {
            throw BundleError(
                .notABundle, file: path, detail: "has no plan.json, so it is not a bundle")
        }
        self.path = path
    }

    /// Whether the run was sealed.
    package var isSealed: Bool { Files.exists(path + "/manifest.sha256") }

    /// The derived record of a sealed run.
    package func record() throws(BundleError) -> Record {
        guard Files.exists(path + "/run.json") else {
            throw BundleError(
                .malformed, file: path,
                detail: "was not sealed; 'assay run --resume \(path)' continues it")
        }
        return try JSONCoding.decode(
            Record.self, from: try Files.read(path + "/run.json"), file: path + "/run.json")
    }

    /// Everything that a record is derived from.
    package func contents() throws(BundleError) -> BundleContents {
        let planFile = path + "/plan.json"
        let planData = try Files.read(planFile)
        let plan = try JSONCoding.decode(Plan.self, from: planData, file: planFile)
        let environmentFile = path + "/environment.json"
        let environment = try JSONCoding.decode(
            Environment.self, from: try Files.read(environmentFile), file: environmentFile)
        let launches = try journal()
        var samples: [String: [Int64]] = [:]
        for launch in launches {
            for file in launch.files { samples[file] = try integers(file) }
        }
        var log: PowerLog?
        var readings: [String: [Int64]] = [:]
        if Files.exists(path + "/" + PowerLog.file) {
            let found = try JSONCoding.decode(
                PowerLog.self, from: try Files.read(path + "/" + PowerLog.file),
                file: path + "/" + PowerLog.file)
            for entry in found.entries { readings[entry.file] = try integers(entry.file) }
            log = found
        }
        var contents = BundleContents(
            plan: plan, planSha256: Hashing.sha256(planData), environment: environment,
            launches: launches, samples: samples)
        contents.power = log
        contents.powerReadings = readings
        for channel in try telemetryChannels() where channel.isAvailable {
            guard let cpu = channel.processor, channel.scale > 0 else { continue }
            let values = try integers("telemetry/\(channel.name).i64")
            contents.frequencies[cpu] = values.enumerated().map { place, value in
                // Times stay as they are; what is missing stays missing.
                place % 2 == 0 || value == .min
                    ? value : Int64(clamping: Int(Double(value) * channel.scale))
            }
        }
        return contents
    }

    /// What the telemetry channels are; none where nothing was sampled.
    package func telemetryChannels() throws(BundleError) -> [TelemetryFacts] {
        let file = path + "/telemetry/channels.json"
        guard Files.exists(file) else { return [] }
        return try JSONCoding.decode(
            [TelemetryFacts].self, from: try Files.read(file), file: file)
    }

    /// The finished launches; a half-written last line is a launch that did not finish.
    package func journal() throws(BundleError) -> [LaunchEntry] {
        let file = path + "/launches.jsonl"
        let data = try Files.read(file)
        guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        var entries: [LaunchEntry] = []
        for line in data[...end].split(separator: UInt8(ascii: "\n")) {
            let place = "\(file):\(entries.count + 1)"
            entries.append(
                try JSONCoding.decode(LaunchEntry.self, from: Data(line), file: place))
        }
        return entries
    }

    /// The 64-bit integers of a file of samples or readings, in order.
    package func integers(_ file: String) throws(BundleError) -> [Int64] {
        guard Self.isInside(file) else {
            throw BundleError(.malformed, file: path, detail: "names a file outside: '\(file)'")
        }
        let data = try Files.read(path + "/" + file)
        guard data.count % 8 == 0 else {
            throw BundleError(
                .malformed, file: path + "/" + file, detail: "is truncated: \(data.count) bytes")
        }
        let bytes = [UInt8](data)
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            var word: UInt64 = 0
            for index in 0..<8 { word |= UInt64(bytes[start + index]) << UInt64(8 * index) }
            return Int64(bitPattern: word)
        }
    }

    /// Checks seal and schema offline; every finding is one sentence. Empty: all is well.
    package func verify() throws(BundleError) -> [String] {
        guard isSealed else {
            return [
                "\(path): has no manifest.sha256: the run was not sealed or the seal was removed"
            ]
        }
        let findings = try sealFindings()
        return findings.isEmpty ? try contentFindings() : findings
    }

    /// What the manifest says that is not so, and what is there that it does not say.
    private func sealFindings() throws(BundleError) -> [String] {
        var findings: [String] = []
        let text = String(decoding: try Files.read(path + "/manifest.sha256"), as: UTF8.self)
        var listed: Set<String> = []
        for line in text.split(separator: "\n") {
            let digest = line.prefix { $0 != " " }
            let file = String(line.dropFirst(digest.count + 2))
            guard line.dropFirst(digest.count).hasPrefix("  "), digest.count == 64,
                Self.isInside(file)
            else {
                findings.append("\(path)/manifest.sha256: a line is not a digest and a path")
                continue
            }
            listed.insert(file)
            guard Files.exists(path + "/" + file) else {
                findings.append("\(path)/\(file): is missing")
                continue
            }
            if Hashing.sha256(try Files.read(path + "/" + file)) != digest {
                findings.append("\(path)/\(file): was changed after sealing")
            }
        }
        for file in Files.allFiles(below: path)
        where !listed.contains(file) && !BundleWriter.unsealed.contains(file) {
            findings.append("\(path)/\(file): was added after sealing")
        }
        return findings
    }

    /// What the files say of each other that is not so.
    private func contentFindings() throws(BundleError) -> [String] {
        var findings: [String] = []
        let record = try record()
        let contents = try contents()
        if record.run.planSha256 != contents.planSha256 {
            findings.append("\(path)/run.json: was made from another plan")
        }
        for planned in contents.plan.points
        where PointIdentity.hash(of: planned.point) != planned.pointHash {
            findings.append(
                "\(path)/plan.json: '\(planned.point.label)' does not have the hash it states")
        }
        for point in record.points {
            let place = "\(path)/run.json: '\(point.point.label)'"
            if point.outcome != .ok, point.reasons.isEmpty {
                findings.append("\(place) is \(point.outcome.rawValue) without a reason")
            }
            for metric in point.metrics
            where (metric.estimate == nil) == (metric.unavailable == nil) {
                findings.append(
                    "\(place) has a metric '\(metric.name)' without exactly one of "
                        + "estimate and unavailable")
            }
        }
        return findings
    }

    /// Whether a path that a file states stays inside the bundle.
    private static func isInside(_ file: String) -> Bool {
        !file.isEmpty && !file.hasPrefix("/") && !file.split(separator: "/").contains("..")
    }
}
