import Model

extension RooflineChart {
    // MARK: - Labels of ceilings

    private static let characterWidth = 6.3

    /// Space to the right of the plot for the labels of level ceilings.
    var labelMargin: Double {
        guard !isNarrow else { return 24 }
        let longest = roofline.roofs.map { roofText($0).count }.max() ?? 0
        return 22 + Double(longest) * Self.characterWidth
    }

    /// Narrow drawings show letters only; the list beside the drawing says what they are.
    private func roofText(_ roof: Roofline.Ceiling) -> String {
        isNarrow
            ? roof.letter
            : "\(roof.letter)  \(Words.shortened(roof.label, to: 34)): "
                + Self.flops.text(roof.value)
    }

    private func slopeText(_ slope: Roofline.Ceiling) -> String {
        isNarrow
            ? slope.letter : "\(slope.letter)  \(slope.label): \(Self.bandwidth.text(slope.value))"
    }

    func drawRoofLabels(in svg: inout Markup, _ frame: Frame) {
        let right = frame.x.range.upperBound
        let heights = roofline.roofs.map { frame.y.position(of: $0.value) }
        let places = Labels.spread(
            heights, gap: 14, within: frame.y.range.lowerBound...frame.y.range.upperBound)
        for (index, roof) in roofline.roofs.enumerated() {
            svg.line(
                "roof-leader", from: Position(x: right + 1, y: heights[index]),
                to: Position(x: right + 9, y: places[index]))
            svg.label(
                "roof-label", at: Position(x: right + 12, y: places[index] + 4), roofText(roof))
        }
    }

    /// Labels along the slopes; all slopes are parallel, so that one angle serves them all.
    func drawSlopeLabels(in svg: inout Markup, _ frame: Frame) {
        let left = frame.x.domain.lowerBound
        let origin = frame.position(left, left)
        let beyond = frame.position(left * 2, left * 2)
        let angle = arctangent((origin.y - beyond.y) / (beyond.x - origin.x))
        let slopes = roofline.slopes.sorted { $0.value > $1.value }
        let heights = slopes.map { frame.y.position(of: left * $0.value) * angle.cosine }
        for (index, slope) in slopes.enumerated() {
            let above = index == 0 ? .infinity : heights[index] - heights[index - 1]
            let below = index + 1 == slopes.count ? .infinity : heights[index + 1] - heights[index]
            let isBelow = above < 17 && below >= 17
            draw(slope, isBelow: isBelow, angle: angle, in: &svg, frame)
        }
    }

    private func draw(
        _ slope: Roofline.Ceiling, isBelow: Bool, angle: Angle, in svg: inout Markup,
        _ frame: Frame
    ) {
        let start = max(frame.x.domain.lowerBound, frame.y.domain.lowerBound / slope.value)
        let base = frame.position(start, start * slope.value)
        let end = frame.position(top / slope.value, top)
        let length = (end.x - base.x) / angle.cosine
        let text = slopeText(slope)
        let width = Double(text.count) * Self.characterWidth
        let shift = freeShift(from: base, angle: angle, width: width, length: length, frame)
        let lift = isBelow ? -13.0 : 5.0
        let place = Position(
            x: base.x + shift * angle.cosine - lift * angle.sine,
            y: base.y - shift * angle.sine - lift * angle.cosine)
        svg.element(
            "text",
            [
                "class": "roof-label", "x": number(place.x), "y": number(place.y),
                "transform":
                    "rotate(\(number(-angle.degrees)) \(number(place.x)) \(number(place.y)))",
            ], text)
    }

    /// How far along a slope its label can start without covering an operator.
    private func freeShift(
        from base: Position, angle: Angle, width: Double, length: Double, _ frame: Frame
    ) -> Double {
        let marks = roofline.marks.map { mark in
            let place = frame.position(mark.intensity, mark.estimate.value)
            let across = place.x - base.x
            let up = base.y - place.y
            return (
                along: across * angle.cosine + up * angle.sine,
                beside: up * angle.cosine - across * angle.sine
            )
        }
        for shift in stride(from: 10.0, through: max(10, length - width - 10), by: 8) {
            let isFree = !marks.contains {
                $0.along > shift - 20 && $0.along < shift + width + 10
                    && $0.beside > -22 && $0.beside < 28
            }
            if isFree { return shift }
        }
        return 10
    }
}
