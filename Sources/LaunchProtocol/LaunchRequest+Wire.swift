import Model

extension LaunchRequest {
    /// The version of the request's layout; both sides come from one build, and check it.
    private static let version: UInt64 = 3

    /// The request as bytes.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.put(Self.version)
        writer.integer(role.rawValue)
        writer.put(nonce)
        switch entry {
        case .linked(let id):
            writer.put(true)
            writer.put(id)
        case .library(let path):
            writer.put(false)
            writer.put(path)
        }
        writer.put(device)
        writer.list(cpus) { $0.put($1) }
        writer.integer(UInt32(bitPattern: clock))
        operation.write(to: &writer)
        writer.list(inputSeeds) { $0.put($1) }
        writer.put(auditSeed)
        writer.put(inspectionSeed)
        writer.put(data.name)
        writer.put(cache.rawValue)
        writer.put(timing.rawValue)
        profile.write(to: &writer)
        writer.put(lastLevelCache.value)
        writer.put(memoryLimit.value)
        writer.put(isolateNetwork)
        writer.put(expectationReady)
        writer.integer(checks.rawValue)
        writer.put(telemetryPeriod.value)
        writer.put(idle.value)
        writer.put(comparesRepetitions)
        writer.optional(claims) { $1.write(to: &$0) }
        return writer.bytes
    }

    /// The request from bytes.
    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = ByteReader(bytes)
        guard try reader.uint64() == Self.version else { throw WireError("another version") }
        guard let role = WorkerRole(rawValue: try reader.integer()) else {
            throw WireError("unknown role")
        }
        let nonce = try reader.uint64()
        let isLinked = try reader.bool()
        let name = try reader.text()
        let device = try reader.int()
        let cpus = try reader.list { reader throws(WireError) in try reader.int() }
        let clock = Int32(bitPattern: try reader.integer())
        let operation = try Operation(from: &reader)
        self.init(
            role: role, nonce: nonce, entry: isLinked ? .linked(name) : .library(name),
            operation: operation)
        self.device = device
        self.cpus = cpus
        self.clock = clock
        inputSeeds = try reader.list { reader throws(WireError) in try reader.uint64() }
        auditSeed = try reader.uint64()
        inspectionSeed = try reader.uint64()
        data = try Self.named(try reader.text(), DataPattern.init(name:))
        cache = try Self.named(try reader.text(), CacheState.init(rawValue:))
        timing = try Self.named(try reader.text(), TimingMode.init(rawValue:))
        profile = try Profile(from: &reader)
        lastLevelCache = Bytes(try reader.uint64())
        memoryLimit = Bytes(try reader.uint64())
        isolateNetwork = try reader.bool()
        expectationReady = try reader.bool()
        guard let checks = OutputChecks(rawValue: try reader.integer()) else {
            throw WireError("unknown checks")
        }
        self.checks = checks
        telemetryPeriod = Nanoseconds(try reader.uint64())
        idle = Nanoseconds(try reader.uint64())
        comparesRepetitions = try reader.bool()
        claims = try reader.optional { reader throws(WireError) in
            try BackendClaims(from: &reader)
        }
        guard reader.isAtEnd else { throw WireError("it goes on after its end") }
    }

    private static func named<T>(_ name: String, _ make: (String) -> T?) throws(WireError) -> T {
        guard let value = make(name) else { throw WireError("unknown name '\(name)'") }
        return value
    }
}

extension BackendClaims {
    func write(to writer: inout ByteWriter) {
        writer.put(id)
        writer.list(extensions) { $0.put($1) }
        writer.list(needs) { $0.put($1) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        self.init(
            id: try reader.text(),
            extensions: try reader.list { reader throws(WireError) in try reader.text() },
            needs: try reader.list { reader throws(WireError) in try reader.text() })
    }
}

extension Profile {
    func write(to writer: inout ByteWriter) {
        writer.put(id.rawValue)
        writer.put(launches)
        writer.put(warmupTimeMin.value)
        writer.put(warmupTimeMax.value)
        writer.put(samplesMin)
        writer.put(samplesMax)
        writer.put(measureTimeMin.value)
        writer.put(measureTimeMax.value)
        writer.optional(targetHalfWidth) { $0.put($1) }
        writer.optional(sampleTimeMin) { $0.put($1.value) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        guard let id = ProfileID(rawValue: try reader.text()) else {
            throw WireError("unknown profile")
        }
        self = .named(id)
        launches = try reader.int()
        warmupTimeMin = Nanoseconds(try reader.uint64())
        warmupTimeMax = Nanoseconds(try reader.uint64())
        samplesMin = try reader.int()
        samplesMax = try reader.int()
        measureTimeMin = Nanoseconds(try reader.uint64())
        measureTimeMax = Nanoseconds(try reader.uint64())
        targetHalfWidth = try reader.optional { reader throws(WireError) in try reader.double() }
        sampleTimeMin = try reader.optional { reader throws(WireError) in
            Nanoseconds(try reader.uint64())
        }
    }
}

extension Operation {
    func write(to writer: inout ByteWriter) {
        writer.put(domain)
        writer.put(name)
        writer.put(opset)
        writer.list(inputs) { $1.write(to: &$0) }
        writer.list(outputs) { $1.write(to: &$0) }
        writer.list(attributes) { writer, attribute in
            writer.put(attribute.name)
            attribute.value.write(to: &writer)
        }
        writer.optional(math) { $0.integer($1.rawValue) }
        writer.optional(accumulate) { $0.integer($1.rawValue) }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        let domain = try reader.text()
        let name = try reader.text()
        let opset = try reader.int()
        let inputs = try reader.list { reader throws(WireError) in try TensorSpec(from: &reader) }
        let outputs = try reader.list { reader throws(WireError) in try TensorSpec(from: &reader) }
        let attributes = try reader.list { reader throws(WireError) in
            Attribute(try reader.text(), try AttributeValue(from: &reader))
        }
        let math = try reader.optional { reader throws(WireError) in try DType(from: &reader) }
        let sums = try reader.optional { reader throws(WireError) in try DType(from: &reader) }
        self.init(
            domain: domain, name: name, opset: opset, inputs: inputs, outputs: outputs,
            attributes: attributes, math: math, accumulate: sums)
    }
}

extension DType {
    init(from reader: inout ByteReader) throws(WireError) {
        let number: UInt32 = try reader.integer()
        guard let type = DType(rawValue: number) else {
            throw WireError("unknown element type \(number)")
        }
        self = type
    }
}

extension TensorSpec {
    func write(to writer: inout ByteWriter) {
        writer.put(name)
        writer.integer(dtype.rawValue)
        writer.list(shape) { $0.put($1) }
        writer.put(isConstant)
        writer.optional(values) { writer, values in
            writer.list(values) { $0.put(Int($1)) }
        }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        let name = try reader.text()
        let dtype = try DType(from: &reader)
        let shape = try reader.list { reader throws(WireError) in try reader.int() }
        let isConstant = try reader.bool()
        let values = try reader.optional { reader throws(WireError) in
            try reader.list { reader throws(WireError) in Int64(try reader.int()) }
        }
        self.init(name, dtype, shape, isConstant: isConstant, values: values)
    }
}

extension AttributeValue {
    func write(to writer: inout ByteWriter) {
        switch self {
        case .int(let value):
            writer.integer(UInt8(0))
            writer.put(Int(value))
        case .float(let value):
            writer.integer(UInt8(1))
            writer.put(value)
        case .string(let value):
            writer.integer(UInt8(2))
            writer.put(value)
        case .ints(let values):
            writer.integer(UInt8(3))
            writer.list(values) { $0.put(Int($1)) }
        case .floats(let values):
            writer.integer(UInt8(4))
            writer.list(values) { $0.put($1) }
        case .strings(let values):
            writer.integer(UInt8(5))
            writer.list(values) { $0.put($1) }
        }
    }

    init(from reader: inout ByteReader) throws(WireError) {
        let tag: UInt8 = try reader.integer()
        switch tag {
        case 0: self = .int(Int64(try reader.int()))
        case 1: self = .float(try reader.double())
        case 2: self = .string(try reader.text())
        case 3:
            self = .ints(try reader.list { reader throws(WireError) in Int64(try reader.int()) })
        case 4: self = .floats(try reader.list { reader throws(WireError) in try reader.double() })
        case 5: self = .strings(try reader.list { reader throws(WireError) in try reader.text() })
        default: throw WireError("unknown attribute type \(tag)")
        }
    }
}
