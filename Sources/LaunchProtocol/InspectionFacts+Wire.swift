import Model

extension InspectionFacts {
    func write(to writer: inout ByteWriter) {
        writer.put(unwrittenAtFirst)
        writer.put(poisonedSamples)
        writer.put(unwrittenSamples)
        writer.list(known) { $0.put($1) }
        writer.list(new) { $0.put($1) }
        writer.optional(plainEventNanoseconds) { $0.put($1) }
        writer.optional(witnessedEventNanoseconds) { $0.put($1) }
        writer.put(alteredEvents)
        writer.put(unchangedEvents)
        writer.put(alteredBytes.value)
        writer.put(lateBytes)
        writer.put(idleProcessorNanoseconds)
        writer.put(idleNanoseconds)
        writer.optional(warmupEventNanoseconds) { $0.put($1) }
        writer.put(sampleDigest)
        writer.optional(deviceClock) { $1.write(to: &$0) }
        writer.optional(contention) { $0.put($1) }
        writer.optional(talliedBytes) { $0.put($1.value) }
        writer.optional(repetition) { $1.write(to: &$0) }
        writer.put(durationNanoseconds)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        self.init()
        unwrittenAtFirst = try reader.uint64()
        poisonedSamples = try reader.int()
        unwrittenSamples = try reader.int()
        known = try reader.list { reader throws(WireError) in try reader.uint64() }
        new = try reader.list { reader throws(WireError) in try reader.uint64() }
        plainEventNanoseconds = try reader.optional { reader throws(WireError) in
            try reader.double()
        }
        witnessedEventNanoseconds = try reader.optional { reader throws(WireError) in
            try reader.double()
        }
        alteredEvents = try reader.int()
        unchangedEvents = try reader.int()
        alteredBytes = Bytes(try reader.uint64())
        lateBytes = try reader.uint64()
        idleProcessorNanoseconds = try reader.uint64()
        idleNanoseconds = try reader.uint64()
        warmupEventNanoseconds = try reader.optional { reader throws(WireError) in
            try reader.double()
        }
        sampleDigest = try reader.uint64()
        deviceClock = try reader.optional { reader throws(WireError) in
            try DeviceClockFacts(from: &reader)
        }
        contention = try reader.optional { reader throws(WireError) in try reader.double() }
        talliedBytes = try reader.optional { reader throws(WireError) in
            Bytes(try reader.uint64())
        }
        repetition = try reader.optional { reader throws(WireError) in
            try RepetitionFacts(from: &reader)
        }
        durationNanoseconds = try reader.uint64()
    }
}

extension RepetitionFacts {
    func write(to writer: inout ByteWriter) {
        for count in [calls, elements, differingCalls, differingElements] { writer.put(count) }
        writer.put(first)
    }

    init(from reader: inout ByteReader) throws(WireError) {
        self.init(
            calls: try reader.uint64(), elements: try reader.uint64(),
            differingCalls: try reader.uint64(), differingElements: try reader.uint64(),
            first: try reader.text())
    }
}

extension DeviceClockFacts {
    func write(to writer: inout ByteWriter) {
        writer.put(spanNanoseconds)
        writer.put(deviation)
        writer.put(drift)
        writer.list(device) { $0.put($1) }
        writer.list(host) { $0.put($1) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        self.init(
            spanNanoseconds: try reader.uint64(), deviation: try reader.double(),
            drift: try reader.double(),
            device: try reader.list { reader throws(WireError) in try reader.double() },
            host: try reader.list { reader throws(WireError) in try reader.double() })
    }
}
