import Model

extension Frame {
    /// Frames longer than this are refused before they are read.
    package static let byteCountMax = 4 << 20

    /// The frame as bytes, beginning with its nonce.
    package func encoded(nonce: UInt64) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(nonce)
        switch self {
        case .hello(let pid):
            writer.integer(UInt8(0))
            writer.put(pid)
        case .phase(let phase):
            writer.integer(UInt8(1))
            writer.integer(phase.rawValue)
        case .devices(let devices, let version):
            writer.integer(UInt8(2))
            writer.list(devices) { $1.write(to: &$0) }
            writer.put(version)
        case .device(let device, let version):
            writer.integer(UInt8(3))
            device.write(to: &writer)
            writer.put(version)
        case .failure(let failure):
            writer.integer(UInt8(4))
            failure.write(to: &writer)
        case .result(let result):
            writer.integer(UInt8(5))
            result.write(to: &writer)
        case .verified(let correctness):
            writer.integer(UInt8(6))
            correctness.write(to: &writer)
        case .channels(let channels):
            writer.integer(UInt8(7))
            writer.list(channels) { writer, channel in
                writer.put(channel.id)
                writer.put(channel.name)
                writer.put(channel.unit)
                writer.put(channel.scale)
                writer.put(channel.source)
                writer.optional(channel.declared) { $1.write(to: &$0) }
            }
        case .log(let text):
            writer.integer(UInt8(8))
            writer.put(text)
        case .final:
            writer.integer(UInt8(9))
        case .agrees(let type):
            writer.integer(UInt8(11))
            writer.integer(type.rawValue)
        case .spotChecked(let correctness):
            writer.integer(UInt8(10))
            correctness.write(to: &writer)
        }
        return writer.bytes
    }

    /// The frame from bytes; a wrong nonce or anything left over is refused.
    package init(decoding bytes: [UInt8], nonce: UInt64) throws(WireError) {
        var reader = ByteReader(bytes)
        guard try reader.uint64() == nonce else { throw WireError("it is not from this launch") }
        let tag: UInt8 = try reader.integer()
        self = try Self.body(tag: tag, &reader)
        guard reader.isAtEnd else { throw WireError("it goes on after its end") }
    }

    private static func body(tag: UInt8, _ reader: inout ByteReader) throws(WireError) -> Frame {
        switch tag {
        case 0: return .hello(pid: try reader.int())
        case 1:
            guard let phase = LaunchPhase(rawValue: try reader.integer()) else {
                throw WireError("unknown phase")
            }
            return .phase(phase)
        case 2:
            let devices = try reader.list { reader throws(WireError) in
                try DeviceFacts(from: &reader)
            }
            return .devices(devices, version: try reader.text())
        case 3:
            let device = try DeviceFacts(from: &reader)
            return .device(device, version: try reader.text())
        case 4: return .failure(try LaunchFailure(from: &reader))
        case 5: return .result(try LaunchResult(from: &reader))
        case 6: return .verified(try Correctness(from: &reader))
        case 7:
            return .channels(
                try reader.list { reader throws(WireError) in
                    ChannelFacts(
                        id: try reader.int(), name: try reader.text(), unit: try reader.text(),
                        scale: try reader.double(), source: try reader.text(),
                        declared: try reader.optional { reader throws(WireError) in
                            try ChannelDeclaration(from: &reader)
                        })
                })
        case 8: return .log(try reader.text())
        case 9: return .final
        case 11: return .agrees(try DType(from: &reader))
        case 10: return .spotChecked(try Correctness(from: &reader))
        default: throw WireError("unknown frame \(tag)")
        }
    }
}

extension ChannelDeclaration {
    func write(to writer: inout ByteWriter) {
        writer.put(isCounter)
        writer.integer(domain)
        for number in [periodSeconds, windowSeconds, accuracy, wrap] { writer.put(number) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        self.init(
            isCounter: try reader.bool(), domain: try reader.integer(),
            periodSeconds: try reader.double(), windowSeconds: try reader.double(),
            accuracy: try reader.double(), wrap: try reader.double())
    }
}

extension LaunchFailure {
    func write(to writer: inout ByteWriter) {
        writer.integer(kind.rawValue)
        writer.integer(phase.rawValue)
        writer.put(status)
        writer.put(vendorCode)
        writer.put(domain)
        writer.put(message)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        guard let kind = Kind(rawValue: try reader.integer()),
            let phase = LaunchPhase(rawValue: try reader.integer())
        else { throw WireError("unknown failure") }
        self.init(
            kind: kind, phase: phase, status: try reader.int(), vendorCode: try reader.int(),
            domain: try reader.text(), message: try reader.text())
    }
}

extension LaunchResult {
    func write(to writer: inout ByteWriter) {
        writer.put(stopReason.rawValue)
        writer.put(warmupConverged)
        writer.put(samples)
        writer.put(batch)
        writer.put(rotation)
        calibrationStart.write(to: &writer)
        calibrationEnd.write(to: &writer)
        writer.put(load.value)
        writer.put(prepare.value)
        writer.put(firstCall.value)
        execution.write(to: &writer)
        counters.write(to: &writer)
        writer.list(violations) { $0.put($1) }
        writer.put(outputBytes.value)
        writer.optional(inspection) { $1.write(to: &$0) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        guard let stopReason = StopReason(rawValue: try reader.text()) else {
            throw WireError("unknown stop reason")
        }
        self.init(
            stopReason: stopReason, warmupConverged: try reader.bool(), samples: try reader.int(),
            batch: try reader.uint64(), rotation: try reader.int(),
            calibrationStart: try ClockCalibration(from: &reader),
            calibrationEnd: try ClockCalibration(from: &reader),
            load: Nanoseconds(try reader.uint64()), prepare: Nanoseconds(try reader.uint64()),
            firstCall: Nanoseconds(try reader.uint64()),
            execution: try ExecutionInfo(from: &reader),
            counters: try LaunchCounters(from: &reader),
            violations: try reader.list { reader throws(WireError) in try reader.text() },
            outputBytes: Bytes(try reader.uint64()),
            inspection: try reader.optional { reader throws(WireError) in
                try InspectionFacts(from: &reader)
            })
    }
}
