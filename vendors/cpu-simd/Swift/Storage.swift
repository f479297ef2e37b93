internal import AssayABI
internal import CPUSIMDKernels
internal import Glibc

/// `assay.StorageRead` and `assay.StorageWrite`: a file in blocks, in the temporary folder.
@safe final class Storage: Operator {
    private let name: String
    private let isRead: Bool
    private let isRandom: Bool
    private let isDirect: Bool
    private let bytes: Int
    private let block: Int
    private var storage: OpaquePointer?

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        name = request.name
        isRead = request.name == "StorageRead"
        bytes = try request.int("bytes")
        block = try request.int("block", default: 1 << 20)
        guard block > 0, block % 4096 == 0, bytes >= block, bytes % block == 0 else {
            throw .invalid("\(name)'s bytes must be whole blocks, and those multiples of 4096")
        }
        guard bytes / block <= Int(UInt32.max) else {
            throw .invalid("\(name) has too many blocks")
        }
        switch try request.string("access", default: "sequential") {
        case "sequential": isRandom = false
        case "random": isRandom = true
        case let other: throw .unsupported("\(name) has no access '\(other)'")
        }
        switch try request.string("cache", default: "bypass") {
        case "bypass": isDirect = true
        case "use": isDirect = false
        case let other: throw .unsupported("\(name) has no cache '\(other)'")
        }
        try request.expect(inputs: 1...1, outputs: 1)
        let all = Request.Tensor(dtype: ASSAY_I64, extents: [bytes / 8])
        try request.expect(try request.input(0, "data"), "data", is: all)
        let output = isRead ? all : Request.Tensor(dtype: ASSAY_I64, extents: [block / 8])
        try request.expect(try request.output(0, "output"), "output", is: output)
    }

    deinit { unsafe cpusimd_storage_close(storage) }

    var kernel: String {
        "\(isRead ? "pread" : "pwrite")-\(isRandom ? "random" : "sequential")"
            + (isDirect ? "-direct" : "-cached")
    }

    func prepare(constants: Constants) throws(Failure) {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var error: Int32 = 0
        let opened = unsafe cpusimd_storage_open(
            folder, UInt64(bytes), UInt64(block), isRandom ? 1 : 0, isDirect ? 1 : 0, &error)
        guard let opened = unsafe opened else { throw refusal(error, folder) }
        unsafe storage = opened
        guard isRead else { return }
        guard let data = unsafe constants.address(0) else {
            throw .unsupported("StorageRead needs its data to be constant")
        }
        let status = unsafe cpusimd_storage_write(opened, data, nil)
        guard status == 0 else { throw refusal(status, folder) }
    }

    func run(_ call: borrowing Call) throws(Failure) {
        guard let storage = unsafe storage else { return }
        let output = unsafe call.output(0)
        let status =
            isRead
            ? unsafe cpusimd_storage_read(storage, output)
            : unsafe cpusimd_storage_write(storage, call.input(0), output)
        guard status == 0 else { throw refusal(status, "its file") }
    }

    /// What the system said; that a file system cannot do it is no defect.
    private func refusal(_ error: Int32, _ place: String) -> Failure {
        let words = unsafe String(cString: strerror(error))
        switch error {
        case EINVAL where isDirect, EOPNOTSUPP:
            return .unsupported("\(name) cannot pass by the page cache in \(place): \(words)")
        case ENOSPC, EFBIG, EDQUOT:
            return .noMemory("\(name) has no room for \(bytes) bytes in \(place): \(words)")
        default: return .invalid("\(name) cannot use \(place): \(words)")
        }
    }
}
