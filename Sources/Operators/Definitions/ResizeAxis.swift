/// How one dimension is resized: where each position of the output lies in the input.
struct ResizeAxis: Sendable {
    var input: Int
    var output: Int
    var scale: Double
    /// The part of the input that is looked at, in shares of its extent.
    var region: (start: Double, end: Double) = (0, 1)
    var mode: String

    /// ONNX's extent of the output before it is rounded down.
    private var length: Double { scale * Double(input) }

    /// The place in the input, by the formulas of ONNX.
    func coordinate(_ position: Int) -> Double {
        let x = Double(position)
        let last = Double(input - 1)
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

    /// How far f32 may take a coordinate: kernels compute them in f32 whatever the data is.
    ///
    /// Zero where it is exact in f32, also when multiplied by the inverse of the scale.
    func coordinateError(_ position: Int) -> Double {
        let place = coordinate(position)
        let isPower = scale.significand == 1
        let isPlain = ["half_pixel", "pytorch_half_pixel", "asymmetric"].contains(mode)
        if isPlain, isPower, Double(Float(place)) == place { return 0 }
        // At most four roundings (inverse, product, two sums) of numbers up to the place plus one;
        // up to the extent where regions or centres are added.
        let isShifted = ["tf_crop_and_resize", "half_pixel_symmetric"].contains(mode)
        return 0x1p-22 * (abs(place) + (isShifted ? 2 * Double(input) : 1))
    }
}

/// The elements of the input that one position of a resized dimension is made of.
struct ResizeEntry: Sendable {
    /// Elements with their weights: one, or two that are interpolated between.
    var low = 0
    var high = 0
    var weight = 0.0
    /// How far the weight may be off.
    var weightError = 0.0
    /// Elements that rounding may lead to instead or besides.
    var others: [Int] = []
    /// Whether the place lies outside the input, where another value is wanted.
    var isOutside = false

    /// The entry of linear interpolation.
    init(linear axis: ResizeAxis, _ position: Int) {
        let place = axis.coordinate(position)
        let error = axis.coordinateError(position)
        let last = axis.input - 1
        isOutside = axis.mode == "tf_crop_and_resize" && (place < 0 || place > Double(last))
        let clamped = min(max(place, 0), Double(last))
        low = Int(clamped.rounded(.down))
        high = min(low + 1, last)
        weight = clamped - Double(low)
        // Outside the input nothing changes, up to the edge.
        let isInside = place > -error && place < Double(last) + error
        weightError = isInside ? error : 0
        if weightError > 0, weight <= error || weight >= 1 - error {
            others = [max(low - 1, 0), min(high + 1, last)]
        }
    }

    /// The entry of the nearest element.
    init(nearest axis: ResizeAxis, _ position: Int, rounding: String) {
        let place = axis.coordinate(position)
        let error = axis.coordinateError(position)
        let last = axis.input - 1
        isOutside = axis.mode == "tf_crop_and_resize" && (place < 0 || place > Double(last))
        func element(_ place: Double) -> Int {
            let rounded =
                switch rounding {
                case "floor": place.rounded(.down)
                case "ceil": place.rounded(.up)
                case "round_prefer_ceil": (place + 0.5).rounded(.down)
                default: (place - 0.5).rounded(.up)
                }
            return Int(min(max(rounded, 0), Double(last)))
        }
        low = element(place)
        high = low
        others = [element(place - error), element(place + error)].filter { $0 != low }
    }
}
