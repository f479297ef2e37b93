/// Lines through measured points over a size in bytes, both axes logarithmic.
struct LineChart {
    struct Sample {
        var x: Double
        var value: Double
        /// Equal to the value where there is no interval.
        var low: Double
        var high: Double
        var isQualified: Bool
        /// What the pointer shows.
        var title: String
    }

    struct Series {
        var label: String
        var color: Int
        var marker: Marker
        var isDashed: Bool
        /// Ascending in x.
        var samples: [Sample]
    }

    /// A vertical line that marks a size, such as a cache's.
    struct Guide {
        var x: Double
        var label: String
        var title: String
    }

    /// Unique on the page.
    var id: String
    var title: String
    var description: String
    var xTitle: String
    var yName: String
    var yStyle: UnitStyle
    var series: [Series]
    var guides: [Guide] = []
    var size: Size
    /// The upright domain, when several drawings share one.
    var yDomain: ClosedRange<Double>?
    /// Characters of the longest label, when several drawings share it.
    var labelLength: Int?

    private static let labelGap = 13.0
    private static let characterWidth = 7.1

    func draw(in markup: inout Markup) {
        let samples = series.flatMap(\.samples)
        guard let xLow = samples.map(\.x).min(), let xHigh = samples.map(\.x).max() else { return }
        let longest = min(labelLength ?? series.map(\.label.count).max() ?? 0, labelLimit)
        let frame = Frame(
            size: size,
            margins: Frame.Margins(
                right: 16 + Double(longest) * Self.characterWidth, top: guides.isEmpty ? 26 : 38),
            x: (xLow / 1.25)...(xHigh * 1.25), y: yDomain ?? Self.domain(of: series))
        let unit = yStyle.unit(for: frame.y.domain.lowerBound * 2)
        let columns = Int((frame.x.range.upperBound - frame.x.range.lowerBound) / 56)
        markup.drawing(id, size: size, title: title, description: description) { svg in
            frame.draw(
                in: &svg, xTicks: Frame.byteTicks(frame.x, atMost: max(2, columns)),
                yTicks: Frame.ticks(frame.y, about: 7, unit: unit), xTitle: xTitle,
                yTitle: "\(yName), \(unit.text)")
            drawGuides(in: &svg, frame)
            for series in series { draw(series, in: &svg, frame) }
            drawLabels(in: &svg, frame)
        }
    }

    /// Characters of a label that leave most of the drawing to the lines.
    private var labelLimit: Int { Int(size.width * 0.35 / Self.characterWidth) }

    /// A domain that holds every interval of the series, with some air.
    static func domain(of series: [Series]) -> ClosedRange<Double> {
        let samples = series.flatMap(\.samples)
        let ends = samples.flatMap { [$0.low, $0.value, $0.high] }.filter { $0 > 0 && $0.isFinite }
        return ((ends.min() ?? 1) / 1.3)...((ends.max() ?? 10) * 1.3)
    }

    private func drawGuides(in svg: inout Markup, _ frame: Frame) {
        var occupied = -Double.infinity
        for guide in guides.sorted(by: { $0.x < $1.x }) where frame.x.domain.contains(guide.x) {
            let place = frame.x.position(of: guide.x)
            let top = frame.y.range.lowerBound
            svg.group("g", ["class": "guide"]) { svg in
                svg.element("title", [:], guide.title)
                svg.line(
                    "", from: Position(x: place, y: top - 4),
                    to: Position(x: place, y: frame.y.range.upperBound))
                guard place > occupied else { return }
                svg.label("tick mid", at: Position(x: place, y: top - 8), guide.label)
            }
            occupied = max(occupied, place + Double(guide.label.count) * Self.characterWidth + 4)
        }
    }

    private func draw(_ series: Series, in svg: inout Markup, _ frame: Frame) {
        svg.group("g", ["class": "s\(series.color)"]) { svg in
            svg.path(
                series.isDashed ? "line dashed" : "line",
                through: series.samples.map { frame.position($0.x, $0.value) })
            for sample in series.samples {
                svg.line(
                    "whisker", from: frame.position(sample.x, sample.low),
                    to: frame.position(sample.x, sample.high))
            }
            for sample in series.samples {
                series.marker.draw(
                    in: &svg, sample.isQualified ? "hollow" : "",
                    at: frame.position(sample.x, sample.value), radius: 3.4, title: sample.title)
            }
        }
    }

    private func drawLabels(in svg: inout Markup, _ frame: Frame) {
        let ends = series.compactMap(\.samples.last)
        let wanted = ends.map { frame.y.position(of: $0.value) }
        let bounds = frame.y.range.lowerBound...frame.y.range.upperBound
        let places = Labels.spread(wanted, gap: Self.labelGap, within: bounds)
        let right = frame.x.range.upperBound + 8
        for (index, series) in series.enumerated() where !series.samples.isEmpty {
            let end = frame.position(ends[index].x, ends[index].value)
            svg.group("g", ["class": "s\(series.color)"]) { svg in
                svg.line(
                    "leader", from: Position(x: end.x + 5, y: end.y),
                    to: Position(x: right - 2, y: places[index]))
                svg.label(
                    "series", at: Position(x: right, y: places[index] + 4),
                    Words.shortened(series.label, to: labelLimit))
            }
        }
    }
}
