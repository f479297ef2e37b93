internal import CPUSIMDKernels

/// How one dimension is resized: where each position of the output lies in the input.
private struct ResizedAxis {
    var input: Int
    var output: Int
    var scale = 1.0
    var mode = "half_pixel"
    /// The part of the input that is looked at, in shares of its extent.
    var region = (start: 0.0, end: 1.0)

    /// The place in the input, by the formulas of ONNX.
    func coordinate(_ position: Int) -> Double {
        let x = Double(position)
        let last = Double(input - 1)
        let length = scale * Double(input)
        switch mode {
        case "align_corners": return length == 1 ? 0 : x * last / (length - 1)
        case "asymmetric": return x / scale
        case "pytorch_half_pixel": return length > 1 ? (x + 0.5) / scale - 0.5 : 0
        case "half_pixel_symmetric":
            let adjustment = Double(output) / length
            return Double(input) / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5
        case "tf_crop_and_resize":
            let share = region.end - region.start
            let inside = length == 1 ? share * last / 2 : x * share * last / (length - 1)
            return inside + region.start * last
        default: return (x + 0.5) / scale - 0.5
        }
    }

    func isOutside(_ place: Double) -> Bool {
        mode == "tf_crop_and_resize" && (place < 0 || place > Double(input - 1))
    }

    /// The nearest element of each position; -1 outside.
    func nearest(_ rounding: String) -> [Int] {
        (0..<output).map { position in
            let place = coordinate(position)
            if isOutside(place) { return -1 }
            let rounded =
                switch rounding {
                case "floor": place.rounded(.down)
                case "ceil": place.rounded(.up)
                case "round_prefer_ceil": (place + 0.5).rounded(.down)
                default: (place - 0.5).rounded(.up)
                }
            return Int(min(max(rounded, 0), Double(input - 1)))
        }
    }

    /// The neighbours of each position and the share of the higher; -1 outside.
    var linear: (low: [Int64], high: [Int64], share: [Double]) {
        var result: (low: [Int64], high: [Int64], share: [Double]) = ([], [], [])
        for position in 0..<output {
            let place = coordinate(position)
            let clamped = min(max(place, 0), Double(input - 1))
            let low = Int64(clamped.rounded(.down))
            result.low.append(isOutside(place) ? -1 : low)
            result.high.append(min(low + 1, Int64(input - 1)))
            result.share.append(clamped - Double(low))
        }
        return result
    }
}

/// `Resize` to the nearest element, or between elements in proportion.
final class Resize: Operator {
    private let request: Request
    private let type: ElementType
    private let input: Request.Tensor
    private let output: Request.Tensor
    private let engine: Engine
    private let isLinear: Bool
    private var tables: LookupTables?
    private var blends: BlendTables?
    private var outside = 0.0
    /// The same as an element.
    private var fill: UInt64 = 0

    init(_ request: Request, _ engine: Engine) throws(Failure) {
        try request.expect(inputs: 1...2, outputs: 1)
        self.request = request
        self.engine = engine
        input = try request.input(0, "X")
        output = try request.output(0, "Y")
        type = try request.real(input, "X")
        guard output.dtype == input.dtype, output.extents.count == input.extents.count else {
            throw .invalid("Resize's Y must have the type and as many dimensions as its X")
        }
        switch try request.string("mode", default: "nearest") {
        case "nearest": isLinear = false
        case "linear": isLinear = true
        case let other: throw .unsupported("Resize is nearest or linear here, not '\(other)'")
        }
        guard try request.int("antialias", default: 0) == 0 else {
            throw .unsupported("Resize has no antialias here")
        }
        guard let last = input.extents.last, last < 1 << 32 else {
            throw .unsupported(
                "Resize needs a dimension, the last of less than 2^32 elements, here")
        }
        outside = try request.float("extrapolation_value", default: 0)
    }

    var numeric: Numeric? { isLinear ? type.numeric : nil }
    var kernel: String {
        isLinear ? "resize-linear-\(type.name)-\(engine.limit.name)" : "resize-nearest-\(type.name)"
    }

    func prepare(constants: Constants) throws(Failure) {
        let axes = try axes(constants)
        guard axes.map(\.output) == output.extents else {
            throw .invalid("Resize's Y must have extents \(axes.map(\.output))")
        }
        if output.count == 0 { return }
        if isLinear {
            blends = BlendTables(axes.map { ($0.linear, $0.input, $0.output) }, engine)
        } else {
            let rounding = try request.string("nearest_mode", default: "round_prefer_floor")
            tables = try LookupTables(
                axes.map { $0.nearest(rounding) }, input: input.extents, bytes: type.bytes)
            unsafe cpusimd_cast_run(
                engine.pool, engine.limit.rawValue, CPUSIMD_F64, type.rawValue, 1, &outside, &fill,
                1)
        }
    }

    /// Every dimension, as the definition of the operator has it.
    private func axes(_ constants: Constants) throws(Failure) -> [ResizedAxis] {
        let rank = input.extents.count
        let given = try request.ints("axes")
        let chosen = try request.axes(
            given.isEmpty ? Array(0..<rank) : given, rank: rank, "axes")
        let scales = try request.floats("scales")
        let sizes = try request.integers(1, "sizes", constants) ?? []
        guard scales.isEmpty != sizes.isEmpty, scales.count + sizes.count == chosen.count else {
            throw .invalid("Resize needs either sizes or scales for each of its axes")
        }
        let mode = try request.string("coordinate_transformation_mode", default: "half_pixel")
        let region = try request.floats("roi")
        guard mode != "tf_crop_and_resize" || region.count == 2 * chosen.count else {
            throw .invalid("Resize's roi must have two numbers for each of its axes")
        }
        let common = try commonScale(chosen, sizes)
        var result = input.extents.map { ResizedAxis(input: $0, output: $0) }
        for (entry, axis) in chosen.enumerated() {
            let extent = Double(input.extents[axis])
            var (scale, wanted) = (0.0, 0.0)
            if let common {
                (scale, wanted) = (common, (extent * common + 0.5).rounded(.down))
            } else if scales.isEmpty {
                (scale, wanted) = (Double(sizes[entry]) / max(extent, 1), Double(sizes[entry]))
            } else {
                (scale, wanted) = (scales[entry], (extent * scales[entry]).rounded(.down))
            }
            guard scale > 0, wanted >= 0, wanted <= 0x1p40, extent > 0 || wanted == 0 else {
                throw .invalid("Resize's axis \(axis) cannot be resized by \(scale)")
            }
            result[axis].output = Int(wanted)
            result[axis].scale = scale
            result[axis].mode = mode
            if region.count == 2 * chosen.count {
                result[axis].region = (region[entry], region[entry + chosen.count])
            }
        }
        return result
    }

    /// The scale of all axes where sizes are bounds that keep the aspect ratio; else nil.
    private func commonScale(_ axes: [Int], _ sizes: [Int]) throws(Failure) -> Double? {
        let ratios = zip(axes, sizes).map { Double($1) / Double(max(input.extents[$0], 1)) }
        switch try request.string("keep_aspect_ratio_policy", default: "stretch") {
        case "not_larger": return ratios.min()
        case "not_smaller": return ratios.max()
        default: return nil
        }
    }

    func run(_ call: borrowing Call) throws(Failure) {
        if let tables {
            unsafe cpusimd_tables_run(
                call.pool, tables.tables, call.input(0), call.output(0), &fill)
        } else if let blends {
            unsafe blends.run(
                call.pool, type, outside, call.input(0), call.output(0))
        }
    }
}

/// The neighbours of all positions of all dimensions, in memory that C can read.
@safe private final class BlendTables {
    private let low: UnsafeMutableBufferPointer<Int64>
    private let high: UnsafeMutableBufferPointer<Int64>
    private let share: UnsafeMutableBufferPointer<Double>
    private var dims: [cpusimd_blend] = unsafe []
    private let engine: Engine
    private let room: Workspace

    typealias Axis = (
        entries: (low: [Int64], high: [Int64], share: [Double]), input: Int, output: Int
    )

    init(_ axes: [Axis], _ engine: Engine) {
        let count = axes.reduce(0) { $0 + $1.output }
        unsafe low = .allocate(capacity: count)
        unsafe high = .allocate(capacity: count)
        unsafe share = .allocate(capacity: count)
        _ = unsafe low.initialize(from: axes.flatMap(\.entries.low))
        _ = unsafe high.initialize(from: axes.flatMap(\.entries.high))
        _ = unsafe share.initialize(from: axes.flatMap(\.entries.share))
        self.engine = engine
        var start = 0
        var found: [cpusimd_blend] = unsafe []
        for axis in axes {
            unsafe found.append(
                cpusimd_blend(
                    low: low.baseAddress.unsafelyUnwrapped + start,
                    high: high.baseAddress.unsafelyUnwrapped + start,
                    share: share.baseAddress.unsafelyUnwrapped + start, in: UInt64(axis.input),
                    out: UInt64(axis.output)))
            start += axis.output
        }
        unsafe dims = found
        room = Workspace(
            bytes: unsafe Int(
                cpusimd_blend_workspace(engine.pool, UInt32(found.count), found)))
    }

    deinit {
        unsafe low.deallocate()
        unsafe high.deallocate()
        unsafe share.deallocate()
    }

    func run(
        _ pool: OpaquePointer, _ type: ElementType, _ outside: Double, _ input: UnsafeRawPointer,
        _ output: UnsafeMutableRawPointer
    ) {
        unsafe cpusimd_blend_run(
            pool, engine.limit.rawValue, type.rawValue, UInt32(dims.count), dims, outside, input,
            output, room.address)
    }
}
