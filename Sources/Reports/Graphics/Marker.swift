/// The shape of a point in a drawing, so that series differ by more than their colour.
enum Marker: Int, CaseIterable {
    case circle, square, triangle, diamond, cross, bar

    /// The marker of the series with that number.
    static func of(series: Int) -> Marker { allCases[series % allCases.count] }

    /// Draws the marker around a place; `title` is shown when the pointer rests on it.
    func draw(
        in svg: inout Markup, _ css: String, at center: Position, radius: Double, title: String?
    ) {
        svg.group("g", ["class": "mark \(css)"]) { svg in
            if let title { svg.element("title", [:], title) }
            switch self {
            case .circle:
                svg.element(
                    "circle",
                    ["cx": number(center.x), "cy": number(center.y), "r": number(radius)])
            default:
                svg.path("", through: corners(center, radius), closed: self != .cross)
            }
        }
    }

    private func corners(_ center: Position, _ radius: Double) -> [Position] {
        func at(_ x: Double, _ y: Double) -> Position {
            Position(x: center.x + x * radius, y: center.y + y * radius)
        }
        switch self {
        case .circle: return []
        case .square: return [at(-0.9, -0.9), at(0.9, -0.9), at(0.9, 0.9), at(-0.9, 0.9)]
        case .triangle: return [at(0, -1.2), at(1.1, 0.8), at(-1.1, 0.8)]
        case .diamond: return [at(0, -1.3), at(1.3, 0), at(0, 1.3), at(-1.3, 0)]
        case .cross: return [at(-1, -1), at(1, 1), at(0, 0), at(1, -1), at(-1, 1)]
        case .bar: return [at(-1.2, -0.5), at(1.2, -0.5), at(1.2, 0.5), at(-1.2, 0.5)]
        }
    }
}
