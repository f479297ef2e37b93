import Model

/// Windows that slide over the spatial dimensions of an image, as in convolution and pooling.
struct WindowPlan: Sendable, Hashable {
    /// The input's spatial extents.
    var input: [Int]
    /// The window's extents, the steps between its elements and between windows.
    var kernel: [Int]
    var dilations: [Int]
    var strides: [Int]
    var padsBefore: [Int]
    var padsAfter: [Int]
    /// The output's spatial extents.
    var output: [Int] = []

    var rank: Int { input.count }
    /// The elements of one window.
    var size: Int { Shape.count(kernel) }

    /// What a window covers of one dimension.
    func reach(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }

    /// The positions in the input, of one dimension, that an element of the windows looks at.
    ///
    /// - Returns: the windows for which that is inside the input, and the first one's position.
    func inside(
        _ axis: Int, element: Int, windows: Range<Int>
    ) -> (windows: Range<Int>, start: Int) {
        let shift = element * dilations[axis] - padsBefore[axis]
        let stride = strides[axis]
        // The first window with window·stride + shift ≥ 0 and the last with ≤ extent − 1.
        let first = shift >= 0 ? 0 : (-shift + stride - 1) / stride
        let room = input[axis] - 1 - shift
        let end = room < 0 ? 0 : room / stride + 1
        let lower = min(max(first, windows.lowerBound), windows.upperBound)
        let upper = max(lower, min(end, windows.upperBound))
        return (lower..<upper, lower * stride + shift)
    }
}

/// The attributes that say how windows slide.
let windowAttributes = [
    FormalAttribute(
        "auto_pad", .string("NOTSET"), choices: ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]),
    FormalAttribute("dilations", .ints([])), FormalAttribute("pads", .ints([])),
    FormalAttribute("strides", .ints([])),
]

extension WindowPlan {
    /// The windows of a completed operation.
    init(_ operation: Operation, kernel: [Int]) {
        let rank = operation.inputs[0].shape.count - 2
        let pads = operation.ints("pads") ?? []
        input = Array(operation.inputs[0].shape.dropFirst(2))
        self.kernel = kernel
        dilations = (operation.ints("dilations") ?? []).map { Int($0) }
        strides = (operation.ints("strides") ?? []).map { Int($0) }
        padsBefore = pads.prefix(rank).map { Int($0) }
        padsAfter = pads.dropFirst(rank).map { Int($0) }
        output = Array(operation.outputs.first?.shape.dropFirst(2) ?? [])
    }
}

extension Operation {
    /// Checks the attributes of windows and writes out what they leave to defaults.
    ///
    /// Automatic padding becomes numbers, so that equal work is the same point however it is given.
    mutating func completeWindows(kernel: [Int]) throws(OperatorError) -> WindowPlan {
        let input = inputs[0]
        let rank = input.shape.count - 2
        guard rank >= 1 else {
            throw error(
                .shape,
                "input \(input.name) has \(input.shape.count) dimensions; it must have at least 3")
        }
        guard kernel.count == rank, kernel.allSatisfy({ (1...1 << 30).contains($0) }) else {
            throw error(
                .shape, "the window is \(kernel); it must have \(rank) extents of at least 1")
        }
        for (name, count, fallback, least) in [
            ("dilations", rank, Int64(1), Int64(1)), ("strides", rank, 1, 1),
            ("pads", 2 * rank, 0, 0),
        ] {
            let given = ints(name) ?? []
            let values = given.isEmpty ? [Int64](repeating: fallback, count: count) : given
            guard values.count == count, values.allSatisfy({ (least...1 << 30).contains($0) })
            else {
                throw error(
                    .attribute,
                    "attribute '\(name)' is \(values); it must have \(count) numbers of at least "
                        + "\(least)")
            }
            set(name, .ints(values))
        }
        return WindowPlan(self, kernel: kernel)
    }

    /// Derives the output's extents, and the pads where they are automatic.
    ///
    /// A window that would begin behind the input is left out, also where extents are rounded up.
    mutating func slideWindows(
        kernel: [Int], roundsUp: Bool = false
    ) throws(OperatorError) -> WindowPlan {
        var plan = try completeWindows(kernel: kernel)
        let mode = string("auto_pad") ?? "NOTSET"
        plan.output = []
        for axis in 0..<plan.rank {
            let (extent, stride, reach) = (plan.input[axis], plan.strides[axis], plan.reach(axis))
            if mode.hasPrefix("SAME") {
                let count = (extent + stride - 1) / stride
                let missing = max(0, (count - 1) * stride + reach - extent)
                let smaller = missing / 2
                plan.padsBefore[axis] = mode == "SAME_UPPER" ? smaller : missing - smaller
                plan.padsAfter[axis] = missing - plan.padsBefore[axis]
                plan.output.append(count)
                continue
            }
            if mode == "VALID" { (plan.padsBefore[axis], plan.padsAfter[axis]) = (0, 0) }
            let padded = extent + plan.padsBefore[axis] + plan.padsAfter[axis]
            guard padded >= reach else {
                throw error(
                    .shape,
                    "a window covers \(reach) of dimension \(axis + 2), which has \(padded) with "
                        + "its pads")
            }
            var count = (padded - reach + (roundsUp ? stride - 1 : 0)) / stride + 1
            if roundsUp, (count - 1) * stride >= extent + plan.padsBefore[axis] { count -= 1 }
            plan.output.append(count)
        }
        set("pads", .ints((plan.padsBefore + plan.padsAfter).map { Int64($0) }))
        set("auto_pad", .string("NOTSET"))
        return plan
    }
}
