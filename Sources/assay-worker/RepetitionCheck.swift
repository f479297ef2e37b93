import Backends
import Glibc
import Model

/// Compares the outputs of every call with those of the first one, bit for bit.
///
/// Memory, wires and units that fail now and then give an answer that is right nearly always, and
/// within any tolerance most of the time when it is not. That the same work gives the same bits is
/// the only thing that can be demanded of every element of every call.
struct RepetitionCheck {
    private(set) var facts = RepetitionFacts()
    private let outputs: [TensorSpec]
    private let sets: WorkingSets
    private let queue: Queue
    /// What the first call gave.
    private let first: [[UInt8]]

    /// Keeps the outputs of the first call, which used the first set of tensors.
    init(_ operation: Operation, sets: WorkingSets, queue: Queue) throws(BackendError) {
        outputs = operation.outputs
        self.sets = sets
        self.queue = queue
        var first: [[UInt8]] = []
        for buffer in sets.sets[0].outputBuffers {
            first.append(
                try buffer.read(
                    at: 0, count: buffer.byteCount, through: queue, mapped: sets.isMappable))
        }
        self.first = first
    }

    /// Compares the outputs of the latest call, which used that set of tensors.
    mutating func compare(set index: Int) throws(BackendError) {
        facts.calls += 1
        var differing: UInt64 = 0
        for (number, buffer) in sets.sets[index].outputBuffers.enumerated() {
            let spec = outputs[number]
            facts.elements += UInt64(spec.count)
            let bytes = try buffer.read(
                at: 0, count: buffer.byteCount, through: queue, mapped: sets.isMappable)
            guard !Self.areEqual(bytes, first[number]) else { continue }
            differing += count(bytes, first[number], spec)
        }
        facts.differingElements += differing
        facts.differingCalls += differing > 0 ? 1 : 0
    }

    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        guard !left.isEmpty else { return true }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                unsafe memcmp(
                    left.baseAddress.unsafelyUnwrapped, right.baseAddress.unsafelyUnwrapped,
                    left.count) == 0
            }
        }
    }

    /// The elements that differ; of packed ones the bytes. Notes the first of all.
    private mutating func count(_ bytes: [UInt8], _ wanted: [UInt8], _ spec: TensorSpec) -> UInt64 {
        let width = max(1, spec.dtype.bits / 8)
        var differing: UInt64 = 0
        for start in stride(from: 0, to: bytes.count, by: width) {
            let range = start..<start + width
            guard bytes[range] != wanted[range] else { continue }
            differing += 1
            guard facts.first.isEmpty else { continue }
            facts.first =
                "\(spec.name)\(Self.indices(of: start / width, in: spec.shape)) in call "
                + "\(facts.calls), bits \(Self.hexadecimal(bytes[range])) where the first call "
                + "gave \(Self.hexadecimal(wanted[range]))"
        }
        return differing
    }

    private static func indices(of position: Int, in shape: [Int]) -> [Int] {
        var rest = position
        return shape.reversed().map { extent in
            defer { rest /= max(extent, 1) }
            return rest % max(extent, 1)
        }.reversed()
    }

    /// The number that little-endian bytes make.
    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = bytes.reversed().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "0x" + digits.joined()
    }
}
