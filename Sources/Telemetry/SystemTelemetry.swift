import Glibc

/// The system's own sensors: opened once, read by position at every sweep.
@safe package struct SystemTelemetry: ~Copyable {
    /// How a file's bytes become values.
    enum Form {
        /// One whole number; the channel takes it.
        case integer(channel: Int)
        case pressure(channel: Int)
        /// `/proc/stat`: the sums, and a channel for each processor, by number.
        case processors(busy: Int, stolen: Int, perCPU: [Int?])
    }

    struct Source {
        var descriptor: Int32
        var form: Form
    }

    package private(set) var channels: [TelemetryChannel]
    /// Sensors that were looked for and are not there, each with the reason.
    package private(set) var unavailable: [UnavailableSensor]
    private var sources: [Source]
    private var readings: [TelemetryReading]
    private var buffer: [UInt8]

    /// Finds and opens the sensors.
    ///
    /// - Parameter cpus: the processors that get channels of their own; nil: all.
    package static func discover(
        files: SensorFiles = .live, cpus: [Int]? = nil
    ) -> SystemTelemetry {
        var discovery = SensorDiscovery(files: files, cpus: cpus)
        discovery.run()
        return SystemTelemetry(discovery)
    }

    private init(_ discovery: SensorDiscovery) {
        channels = discovery.channels
        unavailable = discovery.unavailable
        sources = discovery.sources
        readings = discovery.channels.map { TelemetryReading(channel: $0.id, value: nil) }
        // 256 bytes a processor is more than a line of /proc/stat has.
        buffer = [UInt8](repeating: 0, count: 4096 + 256 * discovery.processorLineCount)
    }

    deinit { for source in sources { close(source.descriptor) } }

    /// Reads every channel once, in the order of `channels`.
    ///
    /// The caller takes the time before and after: this module knows no clock.
    package mutating func sample() -> [TelemetryReading] {
        for index in readings.indices { readings[index].value = nil }
        for source in sources { Self.read(source, with: &buffer, into: &readings) }
        return readings
    }

    private static func read(
        _ source: Source, with buffer: inout [UInt8], into readings: inout [TelemetryReading]
    ) {
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe pread(source.descriptor, bytes.baseAddress, bytes.count, 0)
        }
        guard count > 0 else { return }
        let bytes = buffer.span.extracting(0..<count)
        switch source.form {
        case .integer(let channel):
            var position = 0
            readings[channel].value = TextParsing.integer(bytes, at: &position)
        case .pressure(let channel):
            readings[channel].value = TextParsing.pressureTotal(bytes)
        case .processors(let busy, let stolen, let perCPU):
            var position = 0
            while let line = TextParsing.processorLine(bytes, at: &position) {
                if let cpu = line.cpu {
                    guard cpu < perCPU.count, let channel = perCPU[cpu] else { continue }
                    readings[channel].value = line.busyTicks
                } else {
                    readings[busy].value = line.busyTicks
                    readings[stolen].value = line.stolenTicks
                }
            }
        }
    }
}
