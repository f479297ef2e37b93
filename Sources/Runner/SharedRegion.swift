import CAssaySystem
import Glibc

/// Anonymous memory that is shared with a worker.
@safe
final class SharedRegion {
    let descriptor: Descriptor
    let size: Int
    /// Mapped at the first look: before kernel 6.7 any shared mapping keeps a worker from sealing.
    private lazy var bytes: UnsafeRawBufferPointer? = unsafe map()

    /// Makes a region of at least one page.
    init(name: String, byteCount: Int) throws(RunnerError) {
        size = max(byteCount, 4096)
        let number = unsafe assay_memfd(name, UInt64(size))
        guard number >= 0 else {
            throw RunnerError(.system, detail: "no shared memory: \(errorText(-number))")
        }
        descriptor = Descriptor(number)
    }

    deinit {
        if let bytes = unsafe bytes {
            unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        }
    }

    private func map() -> UnsafeRawBufferPointer? {
        // A sealed file may be mapped privately only, where the mapping could become writable.
        for sharing in [MAP_SHARED, MAP_PRIVATE] {
            let address = unsafe mmap(nil, size, PROT_READ, sharing, descriptor.number, 0)
            if let address = unsafe address, unsafe address != MAP_FAILED {
                return unsafe UnsafeRawBufferPointer(start: address, count: size)
            }
        }
        return nil
    }

    /// A word as it is now; zero when the region cannot be mapped.
    func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset + 8 <= size, "inside the region")
        return unsafe bytes?.load(fromByteOffset: offset, as: UInt64.self) ?? 0
    }

    /// Words as signed integers.
    func integers(at offset: Int, count: Int) -> [Int64] {
        (0..<count).map { Int64(bitPattern: word(at: offset + $0 * 8)) }
    }

    /// A copy of the first `count` bytes.
    func prefix(_ count: Int) -> [UInt8] {
        guard let bytes = unsafe bytes else { return [] }
        return unsafe Array(bytes.prefix(count))
    }
}
