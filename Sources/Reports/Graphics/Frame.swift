import Model

/// The axes of a drawing: scales, grid, tick labels and axis titles.
struct Frame {
    /// One labelled place on an axis.
    struct Tick {
        var value: Double
        var label: String
    }

    var x: Scale
    var y: Scale
    var size: Size

    /// Space around the plot for labels.
    struct Margins {
        var left = 46.0
        var right = 16.0
        var top = 30.0
        var bottom = 42.0
    }

    init(
        size: Size, margins: Margins, xKind: Scale.Kind = .log, x: ClosedRange<Double>,
        yKind: Scale.Kind = .log, y: ClosedRange<Double>
    ) {
        self.size = size
        self.x = Scale(
            kind: xKind, domain: x, range: margins.left...(size.width - margins.right))
        self.y = Scale(
            kind: yKind, domain: y, range: margins.top...(size.height - margins.bottom),
            flipped: true)
    }

    func position(_ xValue: Double, _ yValue: Double) -> Position {
        Position(x: x.position(of: xValue), y: y.position(of: yValue))
    }

    /// Draws the grid, the ticks and the titles of both axes.
    func draw(
        in svg: inout Markup, xTicks: [Tick], yTicks: [Tick], xTitle: String, yTitle: String
    ) {
        let left = x.range.lowerBound
        let right = x.range.upperBound
        let top = y.range.lowerBound
        let bottom = y.range.upperBound
        svg.group("g", ["class": "axes"]) { svg in
            for tick in yTicks {
                let place = y.position(of: tick.value)
                svg.line(
                    "grid", from: Position(x: left, y: place), to: Position(x: right, y: place))
                svg.label("tick end", at: Position(x: left - 7, y: place + 4), tick.label)
            }
            for tick in xTicks {
                let place = x.position(of: tick.value)
                svg.line(
                    "grid", from: Position(x: place, y: top), to: Position(x: place, y: bottom))
                svg.label("tick mid", at: Position(x: place, y: bottom + 16), tick.label)
            }
            svg.line("axis", from: Position(x: left, y: bottom), to: Position(x: right, y: bottom))
            svg.label("axis-title", at: Position(x: 4, y: 13), yTitle)
            svg.label(
                "axis-title end", at: Position(x: right, y: bottom + 34), xTitle)
        }
    }

    /// Logarithmic ticks of a unit, with its prefix taken out of the labels.
    static func ticks(_ scale: Scale, about count: Int, unit: ShownUnit) -> [Tick] {
        var scaled = scale
        scaled.domain =
            (scale.domain.lowerBound / unit.factor)...(scale.domain.upperBound / unit.factor)
        return scaled.ticks(about: count).map {
            Tick(value: $0 * unit.factor, label: plain($0))
        }
    }

    /// Ticks at powers of two, labelled in KiB, MiB and GiB.
    static func byteTicks(_ scale: Scale, atMost limit: Int) -> [Tick] {
        scale.powerOfTwoTicks(atMost: limit).map {
            Tick(value: $0, label: shown(Bytes(UInt64($0))))
        }
    }

    /// A round number without superfluous decimals, such as 0.05, 2 or 500.
    static func plain(_ value: Double) -> String {
        var text = fixed(value, 6)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }
}
