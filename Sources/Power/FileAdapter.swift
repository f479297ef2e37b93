import Model

/// Reads sources that are files with one whole number each: `powercap` and `hwmon`.
struct FileAdapter: PowerAdapter {
    private(set) var sources: [PowerSource] = []
    private var files: [SensorFile] = []
    private let tree: SensorTree

    init(tree: SensorTree) { self.tree = tree }

    /// The kernel reads most sensors in microseconds.
    var readPeriodMin: Nanoseconds { .milliseconds(1) }

    /// Opens a source's file and reads it once; says why when that fails.
    mutating func add(_ source: PowerSource) throws(PowerError) {
        let file = try SensorFile(tree, source.origin)
        let first = Self.read(file, source)
        if case .failed(let reason) = first { throw PowerError(.garbage, reason) }
        var source = source
        let count = sources.count {
            $0.name == source.name || $0.name.hasPrefix(source.name + "#")
        }
        if count > 0 { source.name += "#\(count + 1)" }
        sources.append(source)
        files.append(file)
    }

    mutating func read() -> [PowerReading] {
        zip(files, sources).map { Self.read($0, $1) }
    }

    mutating func close() { files = [] }

    private static func read(_ file: SensorFile, _ source: PowerSource) -> PowerReading {
        do throws(PowerError) {
            return source.judged(try file.integer())
        } catch {
            return .failed(error.detail)
        }
    }
}

extension PowerSource {
    /// The raw value as a reading, unless it cannot be.
    func judged(_ raw: Int64) -> PowerReading {
        if kind == .counter {
            guard raw >= 0 else { return .failed("\(origin) holds \(raw): a counter below zero") }
            if let wrap, UInt64(raw) > wrap {
                return .failed("\(origin) holds \(raw), beyond its own range of \(wrap)")
            }
            return .value(raw)
        }
        let watts = Double(raw) * scale
        guard abs(watts) <= wattsMax else {
            return .failed(
                "\(origin) says \(watts) W; a \(domain.rawValue) takes at most \(wattsMax) W")
        }
        return .value(raw)
    }
}
