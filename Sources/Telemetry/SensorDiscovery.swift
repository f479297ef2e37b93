import Glibc

/// Looks for sensors, opens those that can be read and says why the others cannot.
struct SensorDiscovery {
    let files: SensorFiles
    /// Processors that get channels of their own; nil: all.
    let cpus: [Int]?
    var channels: [TelemetryChannel] = []
    var unavailable: [UnavailableSensor] = []
    var sources: [SystemTelemetry.Source] = []
    /// Processor lines that `/proc/stat` had.
    var processorLineCount = 0

    init(files: SensorFiles, cpus: [Int]?) {
        self.files = files
        self.cpus = cpus
    }

    mutating func run() {
        findProcessorTime()
        findPressure()
        findProcessorFiles()
        findThermalZones()
        findSensorChips()
        findEnergyCounters()
        findSupplies()
    }

    // MARK: - Helpers

    /// Adds a channel without a file of its own and returns its id.
    mutating func add(_ channel: TelemetryChannel) -> Int {
        var channel = channel
        channel.id = channels.count
        // Two packages may call their zones alike: the second gets a number.
        let count = channels.count {
            $0.name == channel.name || $0.name.hasPrefix(channel.name + "#")
        }
        if count > 0 { channel.name += "#\(count + 1)" }
        channels.append(channel)
        return channel.id
    }

    /// Adds the channel of a file with one number; says why when it cannot be read.
    ///
    /// - Returns: nil when the channel was added, else the reason.
    @discardableResult
    mutating func addFile(_ channel: TelemetryChannel) -> String? {
        switch files.open(channel.source) {
        case .opened(let descriptor):
            let id = add(channel)
            sources.append(
                SystemTelemetry.Source(descriptor: descriptor, form: .integer(channel: id)))
            return nil
        case .failed(let reason):
            if reason != "absent" {
                unavailable.append(
                    UnavailableSensor(name: channel.name, reason: "\(channel.source): \(reason)"))
            }
            return reason
        }
    }

    /// Notes that a whole kind of sensor is missing.
    mutating func miss(_ name: String, _ reason: String) {
        unavailable.append(UnavailableSensor(name: name, reason: reason))
    }

    private func wants(_ cpu: Int) -> Bool { cpus?.contains(cpu) ?? true }

    // MARK: - Processor time

    private mutating func findProcessorTime() {
        let path = "/proc/stat"
        guard case .opened(let descriptor) = files.open(path) else {
            return miss("processor time", "\(path): not readable")
        }
        let scale = 1 / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        func channel(_ name: String, _ domain: String) -> TelemetryChannel {
            TelemetryChannel(
                id: 0, name: name, unit: "s", kind: .counter, domain: domain, source: path,
                scale: scale)
        }
        let busy = add(channel("cpu.busy", "system"))
        let stolen = add(channel("cpu.steal", "system"))
        let present = processorNumbers(descriptor)
        processorLineCount = present.count + 1
        var perCPU = [Int?](repeating: nil, count: (present.max() ?? -1) + 1)
        for cpu in present where wants(cpu) { perCPU[cpu] = add(channel("cpu\(cpu).busy", "cpu")) }
        sources.append(
            SystemTelemetry.Source(
                descriptor: descriptor,
                form: .processors(busy: busy, stolen: stolen, perCPU: perCPU)))
    }

    /// The processors that `/proc/stat` lists.
    private func processorNumbers(_ descriptor: Int32) -> [Int] {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        guard count > 0 else { return [] }
        var numbers: [Int] = []
        var position = 0
        let span = bytes.span.extracting(0..<count)
        while let line = TextParsing.processorLine(span, at: &position) {
            if let cpu = line.cpu, cpu < 1 << 16 { numbers.append(cpu) }
        }
        return numbers
    }

    private mutating func findPressure() {
        let path = "/proc/pressure/cpu"
        switch files.open(path) {
        case .opened(let descriptor):
            let id = add(
                TelemetryChannel(
                    id: 0, name: "cpu.pressure.some", unit: "s", kind: .counter,
                    domain: "system", source: path, scale: 1e-6))
            sources.append(
                SystemTelemetry.Source(descriptor: descriptor, form: .pressure(channel: id)))
        case .failed(let reason): miss("processor pressure", "\(path): \(reason)")
        }
    }

    // MARK: - Files of each processor

    private mutating func findProcessorFiles() {
        let root = "/sys/devices/system/cpu"
        let numbers = (files.names(in: root) ?? []).compactMap { name in
            name.hasPrefix("cpu") ? Int(name.dropFirst(3)) : nil
        }
        var clocks = 0
        var throttles = 0
        var packages: Set<Int64> = []
        for cpu in numbers {
            let folder = "\(root)/cpu\(cpu)"
            let package = files.integer("\(folder)/topology/physical_package_id") ?? 0
            if packages.insert(package).inserted {
                addFile(
                    throttleChannel(
                        "package\(package).throttles", "package",
                        "\(folder)/thermal_throttle/package_throttle_count"))
            }
            guard wants(cpu) else { continue }
            let clock = TelemetryChannel(
                id: 0, name: "cpu\(cpu).frequency", unit: "Hz", kind: .gauge, domain: "cpu",
                source: "\(folder)/cpufreq/scaling_cur_freq", scale: 1000)
            if addFile(clock) == nil { clocks += 1 }
            let throttle = throttleChannel(
                "cpu\(cpu).throttles", "cpu", "\(folder)/thermal_throttle/core_throttle_count")
            if addFile(throttle) == nil { throttles += 1 }
        }
        if clocks == 0 { miss("processor frequency", "\(root)/cpu*/cpufreq: absent") }
        if throttles == 0 { miss("thermal throttling", "\(root)/cpu*/thermal_throttle: absent") }
    }

    private func throttleChannel(_ name: String, _ domain: String, _ path: String)
        -> TelemetryChannel
    {
        TelemetryChannel(
            id: 0, name: name, unit: "1", kind: .counter, domain: domain, source: path)
    }
}
