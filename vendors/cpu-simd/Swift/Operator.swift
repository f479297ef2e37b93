internal import AssayABI
internal import CPUSIMDKernels

/// An operation that was checked against its rules and is ready to be prepared and run.
///
/// Making one must be cheap: the host asks for many that it never runs.
protocol Operator: AnyObject, SendableMetatype {
    init(_ request: Request, _ engine: Engine) throws(Failure)

    /// What runs, such as `matmul-f32-avx512`.
    var kernel: String { get }
    /// The arithmetic's type; nil where there is none.
    var numeric: Numeric? { get }
    /// Bytes of constants that prepare copied.
    var packedBytes: Int { get }

    /// Reads constants and takes memory; once, before any run.
    func prepare(constants: Constants) throws(Failure)
    func run(_ call: borrowing Call) throws(Failure)
}

extension Operator {
    var numeric: Numeric? { nil }
    var packedBytes: Int { 0 }
    func prepare(constants: Constants) throws(Failure) {}
}

/// The host addresses of the inputs that are constant.
@safe struct Constants {
    private let addresses: UnsafePointer<UnsafeMutableRawPointer?>?
    private let count: Int

    init(_ addresses: UnsafePointer<UnsafeMutableRawPointer?>?, count: Int) {
        unsafe self.addresses = addresses
        self.count = count
    }

    /// The address of input `index`; nil where that is not constant.
    func address(_ index: Int) -> UnsafeRawPointer? {
        guard let addresses = unsafe addresses, index < count else { return nil }
        return unsafe UnsafeRawPointer(addresses[index])
    }

    /// A constant input of 64-bit integers; nil where it is not constant.
    func integers(_ index: Int, count: Int) -> [Int64]? {
        guard let start = unsafe address(index) else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count * 8)
        return (0..<count).map {
            unsafe bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)
        }
    }
}

/// One run's host addresses, in declared order.
@safe struct Call: ~Copyable {
    @unsafe let pool: OpaquePointer
    private let inputs: UnsafePointer<UnsafeRawPointer?>?
    private let outputs: UnsafePointer<UnsafeMutableRawPointer?>?

    init(
        pool: OpaquePointer, inputs: UnsafePointer<UnsafeRawPointer?>?,
        outputs: UnsafePointer<UnsafeMutableRawPointer?>?
    ) {
        unsafe self.pool = pool
        unsafe self.inputs = inputs
        unsafe self.outputs = outputs
    }

    /// The address of an input that the request has; the adapter made sure that it is there.
    @unsafe func input(_ index: Int) -> UnsafeRawPointer {
        unsafe inputs.unsafelyUnwrapped[index].unsafelyUnwrapped
    }

    /// The address of an output that the request has.
    @unsafe func output(_ index: Int) -> UnsafeMutableRawPointer {
        unsafe outputs.unsafelyUnwrapped[index].unsafelyUnwrapped
    }
}

/// Memory that an operator owns, aligned to 4096 bytes.
@safe final class Workspace {
    @unsafe let address: UnsafeMutableRawPointer

    init(bytes: Int) {
        unsafe address = .allocate(byteCount: max(bytes, 1), alignment: 4096)
    }

    deinit { unsafe address.deallocate() }
}
