import Crypto
package import FoundationEssentials
package import Model

/// SHA-256 as the bundle uses it.
package enum Hashing {
    /// The digest in lower-case hexadecimal.
    package static func sha256(_ data: some DataProtocol) -> String {
        hexadecimal(SHA256.hash(data: data))
    }

    /// The digest of a text's UTF-8 bytes.
    package static func sha256(_ text: String) -> String { sha256(Data(text.utf8)) }

    /// The digest of a file; nil when it cannot be read.
    package static func sha256(ofFile path: String) -> String? {
        (try? Files.read(path, limit: 1 << 34)).map { sha256($0) }
    }

    /// The first eight bytes of the digest of a text, big-endian: seeds come from here.
    package static func seed(_ text: String) -> UInt64 {
        SHA256.hash(data: Data(text.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// What makes a point the same point: SHA-256 of its canonical form.
package enum PointIdentity {
    /// The point in canonical form: what is computed and how, not what it is called.
    ///
    /// Not in it: case id, title, axis-value names, source, owner. Changing a file's layout or
    /// adding an axis value therefore breaks no history.
    package static func canonical(_ point: Point) -> String {
        var members: [String: JSONValue] = [
            "operation": operation(point.operation),
            "data": .string(point.data.name),
            "cache": .string(point.cache.rawValue),
            "timing": .string(point.timing.rawValue),
            "tolerance": .string(point.tolerance),
        ]
        if let threads = point.threads { members["threads"] = .string(threads.name) }
        if let repetitions = point.repetitions {
            members["repetitions"] = .integer(Int64(repetitions))
        }
        if let duration = point.duration {
            members["durationNanoseconds"] = .integer(Int64(clamping: duration.value))
        }
        return CanonicalJSON.text(.object(members))
    }

    /// SHA-256 of the canonical form, hexadecimal.
    package static func hash(of point: Point) -> String { Hashing.sha256(canonical(point)) }

    /// The seed of one tensor: the same data in every launch and on every machine.
    package static func tensorSeed(plan: Seed, pointHash: String, tensor: String) -> UInt64 {
        Hashing.seed("\(plan)/\(pointHash)/\(tensor)")
    }

    private static func operation(_ operation: Operation) -> JSONValue {
        var members: [String: JSONValue] = [
            "domain": .string(operation.domain),
            "name": .string(operation.name),
            "opset": .integer(Int64(operation.opset)),
            "inputs": .array(operation.inputs.map(tensor)),
            "outputs": .array(operation.outputs.map(tensor)),
        ]
        // A name that stands twice cannot be planned, but a tampered plan may have one.
        members["attributes"] = .object(
            Dictionary(operation.attributes.map { ($0.name, attribute($0.value)) }) { $1 })
        if let math = operation.math { members["math"] = .string(math.name) }
        if let sums = operation.accumulate { members["accumulate"] = .string(sums.name) }
        return .object(members)
    }

    private static func tensor(_ spec: TensorSpec) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(spec.name),
            "dtype": .string(spec.dtype.name),
            "shape": .array(spec.shape.map { .integer(Int64($0)) }),
            "constant": .bool(spec.isConstant),
        ]
        if let values = spec.values { members["values"] = .array(values.map(JSONValue.integer)) }
        return .object(members)
    }

    private static func attribute(_ value: AttributeValue) -> JSONValue {
        switch value {
        case .int(let value): .integer(value)
        case .float(let value): .object(["float": .number(value)])
        case .string(let value): .string(value)
        case .ints(let values): .array(values.map(JSONValue.integer))
        case .floats(let values): .array(values.map(JSONValue.number))
        case .strings(let values): .array(values.map(JSONValue.string))
        }
    }
}
