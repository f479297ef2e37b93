import Glibc

/// A shared memory file mapped into this process.
@safe
final class SharedMemory: Sendable {
    nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

    /// Maps a descriptor; nil when it is not there or cannot be mapped.
    init?(descriptor: Int32, writable: Bool) {
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_size > 0 else { return nil }
        let count = Int(facts.st_size)
        let protection = writable ? PROT_READ | PROT_WRITE : PROT_READ
        // A sealed file cannot be mapped shared on kernels before 6.7, not even to be read.
        let sharing = writable ? MAP_SHARED : MAP_PRIVATE
        let address = unsafe mmap(nil, count, protection, sharing, descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else { return nil }
        unsafe bytes = UnsafeMutableRawBufferPointer(start: address, count: count)
    }

    deinit { unsafe munmap(bytes.baseAddress, bytes.count) }

    /// A 64-bit word, written so that another process sees it.
    func store(_ value: UInt64, at offset: Int) {
        unsafe precondition(offset >= 0 && offset + 8 <= bytes.count, "inside the mapping")
        unsafe bytes.storeBytes(of: value, toByteOffset: offset, as: UInt64.self)
    }

    func load(at offset: Int) -> UInt64 {
        unsafe precondition(offset >= 0 && offset + 8 <= bytes.count, "inside the mapping")
        return unsafe bytes.load(fromByteOffset: offset, as: UInt64.self)
    }
}
