/// Memory that holds what the oracle expects, to be shared between launches.
///
/// It begins with a mark and the seed. The mark is written last, so that what a killed verifier
/// left unfinished is not believed. The memory belongs to the caller.
@safe package struct ExpectationMemory {
    static let headerBytes = 16
    private static let mark: UInt64 = 0x3179_6173_7361_7865

    private let bytes: UnsafeMutableRawBufferPointer

    /// Memory of at least `Verification.expectedByteCount`, aligned to 8 bytes.
    package init(bytes: UnsafeMutableRawBufferPointer) {
        precondition(bytes.count >= Self.headerBytes)
        unsafe self.bytes = bytes
    }

    /// Whether it holds a finished expectation for the seed.
    package func isValid(seed: UInt64) -> Bool {
        unsafe bytes.load(as: UInt64.self) == Self.mark
            && bytes.load(fromByteOffset: 8, as: UInt64.self) == seed
    }

    func invalidate() { unsafe bytes.storeBytes(of: 0, as: UInt64.self) }

    func validate(seed: UInt64) {
        unsafe bytes.storeBytes(of: seed, toByteOffset: 8, as: UInt64.self)
        unsafe bytes.storeBytes(of: Self.mark, as: UInt64.self)
    }

    func write(_ numbers: [Double], at place: Int) {
        let start = Self.headerBytes + 8 * place
        unsafe precondition(start + 8 * numbers.count <= bytes.count)
        unsafe numbers.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: source)
        }
    }

    func read(_ count: Int, at place: Int) -> [Double] {
        let start = Self.headerBytes + 8 * place
        unsafe precondition(start + 8 * count <= bytes.count)
        return unsafe [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + 8 * count]))
            initialized = count
        }
    }
}
