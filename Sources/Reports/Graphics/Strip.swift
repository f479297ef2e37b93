/// One row's value and interval on an axis that all rows of a table share.
struct Strip {
    /// The axis; positions run from 0 to `width`.
    let scale: Scale
    let width = 148.0
    private let height = 20.0

    /// The axis for these values and intervals; nil when there is nothing to show.
    init?(covering values: [Double]) {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        guard let low = positive.min(), let high = positive.max() else { return nil }
        // Rows that agree within a few percent would otherwise look far apart.
        let stretch = max(1.06, high / low < 1.3 ? 1.15 : 1.0)
        scale = Scale(
            kind: .log, domain: (low / stretch)...(high * stretch), range: 4...(width - 4))
    }

    func draw(
        in markup: inout Markup, value: Double, low: Double?, high: Double?, ceiling: Double?,
        color: Int, isHollow: Bool, title: String
    ) {
        markup.group(
            "svg",
            [
                "class": "strip s\(color)", "viewBox": "0 0 \(number(width)) \(number(height))",
                "role": "img", "aria-label": title,
            ]
        ) { svg in
            let middle = height / 2
            svg.element("title", [:], title)
            svg.line("base", from: Position(x: 0, y: middle), to: Position(x: width, y: middle))
            if let ceiling {
                let place = scale.clampedPosition(of: ceiling)
                svg.line("ceiling", from: Position(x: place, y: 3), to: Position(x: place, y: 17))
            }
            if let low, let high, low > 0 {
                let start = scale.clampedPosition(of: low)
                let end = scale.clampedPosition(of: high)
                svg.line(
                    "range", from: Position(x: start, y: middle), to: Position(x: end, y: middle))
                for place in [start, end] {
                    svg.line(
                        "range", from: Position(x: place, y: middle - 4),
                        to: Position(x: place, y: middle + 4))
                }
            }
            Marker.of(series: color).draw(
                in: &svg, isHollow ? "hollow" : "",
                at: Position(x: scale.clampedPosition(of: value), y: middle), radius: 3.6,
                title: nil)
        }
    }

    /// The axis itself, for the head of the column.
    func drawAxis(in markup: inout Markup, unit: ShownUnit) {
        let ticks = Frame.ticks(scale, about: 4, unit: unit)
        markup.group(
            "svg",
            [
                "class": "strip head", "viewBox": "0 0 \(number(width)) \(number(height))",
                "role": "img", "aria-label": "logarithmic axis in \(unit.text)",
            ]
        ) { svg in
            var occupied = -1.0
            for tick in ticks {
                let place = scale.position(of: tick.value)
                svg.line("axis", from: Position(x: place, y: 15), to: Position(x: place, y: 20))
                let half = Double(tick.label.count) * 3.2
                let center = min(max(place, half), width - half)
                guard center - half > occupied else { continue }
                svg.label("tick mid", at: Position(x: center, y: 11), tick.label)
                occupied = center + half + 3
            }
        }
    }
}
