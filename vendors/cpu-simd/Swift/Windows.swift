internal import AssayABI
internal import CPUSIMDKernels

/// Windows that slide over a signal or an image, as convolution and pooling have them.
struct Windows {
    private let input: [Int]
    private let kernel: [Int]
    private let strides: [Int]
    private let dilations: [Int]
    private var padsBefore: [Int]
    private var padsAfter: [Int]
    private(set) var output: [Int] = []

    /// Reads the attributes of windows over a tensor with images and channels before its extents.
    init(
        _ request: Request, over extents: [Int], kernel: [Int], roundsUp: Bool = false
    ) throws(Failure) {
        let name = request.name
        guard extents.count >= 3 else {
            throw .invalid("\(name)'s X must have images, channels and at least one dimension more")
        }
        input = Array(extents[2...])
        guard input.count <= 2 else {
            throw .unsupported(
                "\(name) works on signals and images here, not on \(input.count) dimensions")
        }
        self.kernel = kernel
        let rank = input.count
        guard kernel.count == rank, kernel.allSatisfy({ (1...1 << 30).contains($0) }) else {
            throw .invalid("\(name)'s window \(kernel) must have \(rank) extents of at least 1")
        }
        strides = try request.numbers("strides", rank, default: 1, least: 1)
        dilations = try request.numbers("dilations", rank, default: 1, least: 1)
        let pads = try request.numbers("pads", 2 * rank, default: 0, least: 0)
        padsBefore = Array(pads[..<rank])
        padsAfter = Array(pads[rank...])
        try slide(name, try request.string("auto_pad", default: "NOTSET"), roundsUp)
    }

    private mutating func slide(
        _ name: String, _ mode: String, _ roundsUp: Bool
    ) throws(Failure) {
        guard ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(mode) else {
            throw .invalid("\(name)'s attribute auto_pad is '\(mode)', which names no padding")
        }
        for axis in input.indices {
            let (extent, stride, reach) = (input[axis], strides[axis], reach(axis))
            if mode.hasPrefix("SAME") {
                let count = (extent + stride - 1) / stride
                let missing = max(0, (count - 1) * stride + reach - extent)
                padsBefore[axis] = mode == "SAME_UPPER" ? missing / 2 : missing - missing / 2
                padsAfter[axis] = missing - padsBefore[axis]
                output.append(count)
                continue
            }
            if mode == "VALID" { (padsBefore[axis], padsAfter[axis]) = (0, 0) }
            let padded = extent + padsBefore[axis] + padsAfter[axis]
            guard padded >= reach else {
                throw .invalid(
                    "\(name)'s window covers \(reach) of dimension \(axis + 2), which has \(padded)"
                )
            }
            var count = (padded - reach + (roundsUp ? stride - 1 : 0)) / stride + 1
            // A window that would begin behind the input is left out.
            if roundsUp, (count - 1) * stride >= extent + padsBefore[axis] { count -= 1 }
            output.append(count)
        }
    }

    /// What a window covers of one dimension.
    private func reach(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }

    /// Whether some pads are as long as a window.
    var hasWindowOfPads: Bool {
        input.indices.contains { max(padsBefore[$0], padsAfter[$0]) >= reach($0) }
    }

    /// What the C kernels want to be told: a signal is an image of one row.
    var kernels: cpusimd_windows {
        func pair(_ values: [Int], _ fallback: Int) -> (UInt64, UInt64) {
            values.count == 1
                ? (UInt64(fallback), UInt64(values[0])) : (UInt64(values[0]), UInt64(values[1]))
        }
        let (height, width) = pair(input, 1)
        let (outHeight, outWidth) = pair(output, 1)
        let (rows, columns) = pair(kernel, 1)
        let (rowStride, columnStride) = pair(strides, 1)
        let (rowDilation, columnDilation) = pair(dilations, 1)
        let (top, left) = pair(padsBefore, 0)
        let (bottom, right) = pair(padsAfter, 0)
        return cpusimd_windows(
            height: height, width: width, out_height: outHeight, out_width: outWidth, rows: rows,
            columns: columns, row_stride: rowStride, column_stride: columnStride,
            row_dilation: rowDilation, column_dilation: columnDilation, top: top, left: left,
            bottom: bottom, right: right)
    }
}

extension Request {
    /// A list of `count` numbers; all of them `otherwise` where the list is absent or empty.
    fileprivate func numbers(
        _ name: String, _ count: Int, default otherwise: Int, least: Int
    ) throws(Failure) -> [Int] {
        var values: [Int] = []
        switch attributes[name] {
        case nil: break
        case .int(let value): values = [value]
        case .ints(let given): values = given
        default: throw .invalid("\(self.name)'s attribute \(name) must be a list of integers")
        }
        if values.isEmpty { return Array(repeating: otherwise, count: count) }
        guard values.count == count, values.allSatisfy({ (least...1 << 30).contains($0) }) else {
            throw .invalid(
                "\(self.name)'s attribute \(name) is \(values); it must have \(count) numbers of "
                    + "at least \(least)")
        }
        return values
    }

    /// The attribute `kernel_shape`; nil where it is not given.
    func kernelShape() throws(Failure) -> [Int]? {
        switch attributes["kernel_shape"] {
        case nil: return nil
        case .int(let value): return [value]
        case .ints(let given): return given
        default: throw .invalid("\(name)'s attribute kernel_shape must be a list of integers")
        }
    }
}
