import Model

extension DeviceFacts {
    func write(to writer: inout ByteWriter) {
        writer.put(index)
        for text in [type, name, vendor, architecture, driver, runtime, timingSource] {
            writer.put(text)
        }
        writer.put(computeUnits)
        writer.put(memory.value)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        let index = try reader.int()
        let type = try reader.text()
        let name = try reader.text()
        let vendor = try reader.text()
        let architecture = try reader.text()
        let driver = try reader.text()
        let runtime = try reader.text()
        let timingSource = try reader.text()
        self.init(
            index: index, type: type, name: name, vendor: vendor, architecture: architecture,
            driver: driver, runtime: runtime, computeUnits: try reader.int(),
            timingSource: timingSource, memory: Bytes(try reader.uint64()))
    }
}

extension ClockCalibration {
    func write(to writer: inout ByteWriter) {
        writer.put(overheadNanoseconds)
        writer.put(resolutionNanoseconds)
        writer.put(overheadP99Nanoseconds)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        self.init(
            overheadNanoseconds: try reader.double(), resolutionNanoseconds: try reader.double(),
            overheadP99Nanoseconds: try reader.double())
    }
}

extension ExecutionInfo {
    func write(to writer: inout ByteWriter) {
        writer.put(kernel)
        writer.put(executedOn)
        writer.optional(math) { $0.integer($1.rawValue) }
        writer.optional(accumulate) { $0.integer($1.rawValue) }
        writer.put(packedBytes.value)
        writer.put(workspaceBytes.value)
        writer.put(setupSeconds)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        let kernel = try reader.text()
        let executedOn = try reader.text()
        let math = try reader.optional { reader throws(WireError) in try DType(from: &reader) }
        let sums = try reader.optional { reader throws(WireError) in try DType(from: &reader) }
        self.init(
            kernel: kernel, executedOn: executedOn, math: math, accumulate: sums,
            packedBytes: Bytes(try reader.uint64()), workspaceBytes: Bytes(try reader.uint64()),
            setupSeconds: try reader.double())
    }
}

extension Correctness {
    func write(to writer: inout ByteWriter) {
        writer.put(checked)
        writer.put(passed)
        writer.put(method)
        writer.put(coverage)
        writer.put(value)
        writer.put(tolerance)
        writer.put(detail)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        self.init(
            checked: try reader.bool(), passed: try reader.bool(), method: try reader.text(),
            coverage: try reader.double(), value: try reader.double(),
            tolerance: try reader.text(), detail: try reader.text())
    }
}

extension LaunchCounters {
    func write(to writer: inout ByteWriter) {
        writer.put(measuringNanoseconds)
        writer.put(runQueueWaitNanoseconds)
        writer.put(processorNanoseconds)
        writer.put(involuntarySwitches)
        writer.put(majorFaults)
        writer.put(peakResidentBytes)
        writer.put(threads)
        let readings = [
            clockHertzBefore, clockHertzAfter, throughputBefore, throughputAfter, memoryBefore,
            memoryAfter, clockRateDeviation, clockHertzTogether, throughputTogether,
        ]
        for reading in readings { writer.optional(reading) { $0.put($1) } }
        writer.put(suspendedNanoseconds)
        let counts = [
            measuringStartNanoseconds, busyNanoseconds, stolenNanoseconds, pressureNanoseconds,
            cgroupThrottles,
            throttleEvents,
        ]
        for count in counts { writer.optional(count) { $0.put($1) } }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        self.init(measuringNanoseconds: try reader.uint64())
        runQueueWaitNanoseconds = try reader.uint64()
        processorNanoseconds = try reader.uint64()
        involuntarySwitches = try reader.uint64()
        majorFaults = try reader.uint64()
        peakResidentBytes = try reader.uint64()
        threads = try reader.int()
        clockHertzBefore = try Self.reading(&reader)
        clockHertzAfter = try Self.reading(&reader)
        throughputBefore = try Self.reading(&reader)
        throughputAfter = try Self.reading(&reader)
        memoryBefore = try Self.reading(&reader)
        memoryAfter = try Self.reading(&reader)
        clockRateDeviation = try Self.reading(&reader)
        clockHertzTogether = try Self.reading(&reader)
        throughputTogether = try Self.reading(&reader)
        suspendedNanoseconds = try reader.uint64()
        measuringStartNanoseconds = try Self.count(&reader)
        busyNanoseconds = try Self.count(&reader)
        stolenNanoseconds = try Self.count(&reader)
        pressureNanoseconds = try Self.count(&reader)
        cgroupThrottles = try Self.count(&reader)
        throttleEvents = try Self.count(&reader)
    }

    private static func count(_ reader: inout ByteReader) throws(WireError) -> UInt64? {
        try reader.optional { reader throws(WireError) in try reader.uint64() }
    }

    private static func reading(_ reader: inout ByteReader) throws(WireError) -> Double? {
        try reader.optional { reader throws(WireError) in try reader.double() }
    }
}
