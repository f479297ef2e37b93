import Model
import TestSupport
import Testing

@testable import LaunchProtocol

@Suite struct WireTests {
    private static let nonce: UInt64 = 0x0123_4567_89ab_cdef

    /// Several messages of each kind, and requests, as bytes.
    private static let messages: [[UInt8]] = {
        var random = RandomValues(seed: 11)
        var messages: [[UInt8]] = []
        for _ in 0..<5 {
            for kind in 0...9 { messages.append(random.frame(kind: kind).encoded(nonce: nonce)) }
        }
        return messages
    }()

    private static let requests: [[UInt8]] = {
        var random = RandomValues(seed: 12)
        return (0..<10).map { _ in random.request().encoded() }
    }()

    @Test(arguments: 0...9)
    func `Every frame reads back as it was written`(kind: Int) throws {
        var random = RandomValues(seed: UInt64(kind))
        for _ in 0..<300 {
            let frame = random.frame(kind: kind)
            let bytes = frame.encoded(nonce: Self.nonce)
            let read = try Frame(decoding: bytes, nonce: Self.nonce)
            #expect(read == frame)
            // Equality forgives −0 for 0; bytes do not.
            #expect(read.encoded(nonce: Self.nonce) == bytes)
        }
    }

    @Test func `Every request reads back as it was written`() throws {
        var random = RandomValues(seed: 99)
        for _ in 0..<500 {
            let request = random.request()
            let bytes = request.encoded()
            let read = try LaunchRequest(decoding: bytes)
            #expect(read == request)
            #expect(read.encoded() == bytes)
        }
    }

    @Test func `A request of every data pattern, cache state, timing and profile reads back`()
        throws
    {
        let operation = Operation(domain: "assay", name: "Empty", opset: 1, inputs: [], outputs: [])
        for profile in ProfileID.allCases {
            for timing in TimingMode.allCases {
                for cache in CacheState.allCases {
                    var request = LaunchRequest(
                        role: .compute, nonce: 1, entry: .linked("x"), operation: operation)
                    request.profile = .named(profile)
                    request.timing = timing
                    request.cache = cache
                    #expect(try LaunchRequest(decoding: request.encoded()) == request)
                }
            }
        }
    }

    @Test func `No message is a message when it is cut anywhere`() {
        for bytes in Self.messages {
            for length in 0..<bytes.count {
                #expect(throws: WireError.self) {
                    try Frame(decoding: Array(bytes[..<length]), nonce: Self.nonce)
                }
            }
        }
        for bytes in Self.requests {
            for length in 0..<bytes.count {
                #expect(throws: WireError.self) {
                    try LaunchRequest(decoding: Array(bytes[..<length]))
                }
            }
        }
    }

    @Test func `No message is a message when anything follows it`() {
        for bytes in Self.messages {
            #expect(throws: WireError("it goes on after its end")) {
                try Frame(decoding: bytes + [0], nonce: Self.nonce)
            }
        }
        for bytes in Self.requests {
            #expect(throws: WireError("it goes on after its end")) {
                try LaunchRequest(decoding: bytes + [0])
            }
        }
    }

    @Test func `Twenty thousand mutations never crash, and what decodes was read whole`() {
        var generator = SeededGenerator(seed: 20_000)
        var decoded = 0
        for round in 0..<20_000 {
            let isRequest = round % 4 == 0
            let originals = isRequest ? Self.requests : Self.messages
            let bytes = mutated(originals[generator.index(below: originals.count)], &generator)
            if isRequest {
                guard let request = try? LaunchRequest(decoding: bytes) else { continue }
                // What was repaired, such as text that is no UTF-8, is stable from then on.
                let again = request.encoded()
                #expect((try? LaunchRequest(decoding: again))?.encoded() == again)
            } else {
                guard let frame = try? Frame(decoding: bytes, nonce: Self.nonce) else { continue }
                let again = frame.encoded(nonce: Self.nonce)
                #expect((try? Frame(decoding: again, nonce: Self.nonce)) == frame)
            }
            decoded += 1
        }
        // Some mutations are harmless; if none were, nothing would have been tested.
        #expect(decoded > 500)
        #expect(decoded < 19_000)
    }

    private func mutated(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0...generator.index(below: 3) where !bytes.isEmpty {
            // Mostly behind the nonce: others are refused at once.
            let first = bytes.count > 9 && generator.index(below: 10) > 0 ? 8 : 0
            let place = first + generator.index(below: bytes.count - first)
            switch generator.index(below: 5) {
            case 0: bytes[place] ^= 1 << UInt8(generator.index(below: 8))
            case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xff][generator.index(below: 5)]
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    @Test func `Random bytes never crash and are no messages`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<5_000 {
            let bytes = (0..<generator.index(below: 200)).map { _ in
                UInt8(truncatingIfNeeded: generator.next())
            }
            #expect(throws: WireError.self) { try Frame(decoding: bytes, nonce: Self.nonce) }
            #expect(throws: WireError.self) { try LaunchRequest(decoding: bytes) }
        }
    }

    @Test func `A frame with another launch's nonce is refused`() {
        let bytes = Frame.final.encoded(nonce: Self.nonce)
        #expect(throws: WireError("it is not from this launch")) {
            try Frame(decoding: bytes, nonce: Self.nonce ^ 1)
        }
    }

    @Test func `A count that the message cannot hold is refused before anything is reserved`() {
        var writer = ByteWriter()
        writer.put(Self.nonce)
        writer.integer(UInt8(8))
        for count in [Int.max, -1, 1 << 40, 1] {
            var message = writer
            message.put(count)
            #expect(throws: WireError("it claims \(count) elements but holds fewer")) {
                try Frame(decoding: message.bytes, nonce: Self.nonce)
            }
        }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `A number that no record can hold is refused`(number: Double) {
        let frame = Frame.verified(
            Correctness(
                checked: true, passed: true, method: "full", coverage: number, value: 0,
                tolerance: ""))
        #expect(throws: WireError("a number is \(number)")) {
            try Frame(decoding: frame.encoded(nonce: 1), nonce: 1)
        }
    }

    @Test func `Unknown kinds are refused with what was found`() {
        var writer = ByteWriter()
        writer.put(Self.nonce)
        writer.integer(UInt8(12))
        #expect(throws: WireError("unknown frame 12")) {
            try Frame(decoding: writer.bytes, nonce: Self.nonce)
        }
        #expect(
            "\(WireError("unknown frame 12"))" == "the message is malformed: unknown frame 12")
    }

    @Test func `Integers are little-endian and texts carry their length`() {
        var writer = ByteWriter()
        writer.put(UInt64(0x0102_0304_0506_0708))
        writer.put(-2)
        writer.put("é")
        writer.put(true)
        #expect(
            writer.bytes == [8, 7, 6, 5, 4, 3, 2, 1, 254] + [UInt8](repeating: 255, count: 7)
                + [2, 0, 0, 0, 0, 0, 0, 0, 0xc3, 0xa9, 1])
    }
}
