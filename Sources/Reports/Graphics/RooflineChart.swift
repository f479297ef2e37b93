import Model

/// The drawing of a roofline: intensity across, operations per second upwards, both logarithmic.
struct RooflineChart {
    var roofline: Roofline
    /// Unique on the page.
    var id: String
    var size: Size
    /// The number that decides a backend's colour and marker.
    var series: (PointRecord) -> Int

    static let flops = UnitStyle.of(unit: "{FLOP}/s")
    static let bandwidth = UnitStyle.of(unit: "By/s")
    var isNarrow: Bool { size.width < 600 }

    func draw(in markup: inout Markup) {
        let frame = self.frame
        let unit = Self.flops.unit(for: frame.y.domain.lowerBound * 10)
        let description = roofline.legend.map(\.text).joined(separator: "; ")
        markup.drawing(id, size: size, title: "Roofline", description: description) { svg in
            frame.draw(
                in: &svg, xTicks: Self.intensityTicks(frame.x, atMost: isNarrow ? 6 : 11),
                yTicks: Frame.ticks(frame.y, about: 8, unit: unit),
                xTitle: "FLOP per byte moved", yTitle: "\(unit.text), log scale")
            for slope in roofline.slopes { draw(slope: slope, in: &svg, frame) }
            for roof in roofline.roofs { draw(roof: roof, in: &svg, frame) }
            drawMarks(in: &svg, frame)
            drawRoofLabels(in: &svg, frame)
            drawSlopeLabels(in: &svg, frame)
        }
    }

    // MARK: - Axes

    var top: Double { roofline.roofs.map(\.high).max() ?? 1 }

    private var frame: Frame {
        let intensities = roofline.marks.map(\.intensity)
        let ridges = roofline.slopes.map { top / $0.value }
        let xLow = (intensities + ridges).min() ?? 0.1
        let xHigh = (intensities + ridges).max() ?? 10
        let values = roofline.marks.flatMap { mark in
            [mark.estimate.value, mark.estimate.interval?.low ?? mark.estimate.value]
        }.filter { $0 > 0 }
        return Frame(
            size: size, margins: Frame.Margins(left: 46, right: labelMargin, top: 26, bottom: 42),
            x: (xLow / 3)...(xHigh * (isNarrow ? 3 : 2)),
            y: ((values.min() ?? 1) / 2)...(top * 1.9))
    }

    /// Powers of two, below one as fractions.
    private static func intensityTicks(_ scale: Scale, atMost limit: Int) -> [Frame.Tick] {
        scale.powerOfTwoTicks(atMost: limit).map {
            Frame.Tick(value: $0, label: $0 < 1 ? "1/\(fixed(1 / $0, 0))" : fixed($0, 0))
        }
    }

    // MARK: - Ceilings

    private func draw(roof: Roofline.Ceiling, in svg: inout Markup, _ frame: Frame) {
        let widest = roofline.slopes.map(\.value).max() ?? roof.value
        let start = max(frame.x.domain.lowerBound, roof.value / widest)
        let end = frame.x.domain.upperBound
        guard start < end else { return }
        svg.path(
            "band",
            through: [
                frame.position(start, roof.low), frame.position(end, roof.low),
                frame.position(end, roof.high), frame.position(start, roof.high),
            ], closed: true)
        svg.line(
            roof.isDeclared ? "roof declared" : "roof", from: frame.position(start, roof.value),
            to: frame.position(end, roof.value))
    }

    private func draw(slope: Roofline.Ceiling, in svg: inout Markup, _ frame: Frame) {
        let start = max(frame.x.domain.lowerBound, frame.y.domain.lowerBound / slope.value)
        let end = min(frame.x.domain.upperBound, top / slope.value)
        guard start < end else { return }
        svg.path(
            "band",
            through: [
                frame.position(start, start * slope.low), frame.position(end, end * slope.low),
                frame.position(end, end * slope.high), frame.position(start, start * slope.high),
            ], closed: true)
        svg.line(
            slope.isDeclared ? "roof declared" : "roof",
            from: frame.position(start, start * slope.value),
            to: frame.position(end, end * slope.value))
    }

    // MARK: - Operators

    private func drawMarks(in svg: inout Markup, _ frame: Frame) {
        for mark in roofline.marks {
            guard let interval = mark.estimate.interval, interval.low > 0 else { continue }
            svg.group("g", ["class": "s\(series(mark.record))"]) { svg in
                svg.line(
                    "whisker", from: frame.position(mark.intensity, interval.low),
                    to: frame.position(mark.intensity, interval.high))
            }
        }
        for mark in roofline.marks {
            let color = series(mark.record)
            let reading = Reading(mark.estimate, style: Self.flops)
            svg.group("g", ["class": "s\(color)"]) { svg in
                Marker.of(series: color).draw(
                    in: &svg, mark.isQualified ? "hollow" : "",
                    at: frame.position(mark.intensity, mark.estimate.value), radius: 4.2,
                    title: "\(mark.record.point.label) on \(Words.name(mark.record.subject)): "
                        + "\(reading.valueAndUnit) \(reading.interval)")
            }
        }
        drawNumbers(in: &svg, frame)
    }

    /// Numbers beside the marks; those of marks that stand in one column are pushed apart.
    private func drawNumbers(in svg: inout Markup, _ frame: Frame) {
        let places = roofline.marks.map { frame.position($0.intensity, $0.estimate.value) }
        var columns: [[Int]] = []
        for index in places.indices.sorted(by: { (places[$0].x, $0) < (places[$1].x, $1) }) {
            if let last = columns.indices.last, let first = columns[last].first,
                places[index].x - places[first].x < 16
            {
                columns[last].append(index)
            } else {
                columns.append([index])
            }
        }
        for column in columns {
            let wanted = column.map { places[$0].y + 4 }
            let bounds = (frame.y.range.lowerBound)...(frame.y.range.upperBound)
            let spread = Labels.spread(wanted, gap: 11, within: bounds)
            for (index, y) in zip(column, spread) {
                let mark = roofline.marks[index]
                svg.group("g", ["class": "s\(series(mark.record))"]) { svg in
                    svg.label(
                        "mark-number", at: Position(x: places[index].x + 8, y: y),
                        "\(mark.number)")
                }
            }
        }
    }
}

extension UnitStyle {
    /// A value with its prefix and three significant digits.
    func text(_ value: Double) -> String {
        let estimate = Estimate(statistic: "", value: value, n: 0, launches: 0, interval: nil)
        return Reading(estimate, style: self).valueAndUnit
    }
}
