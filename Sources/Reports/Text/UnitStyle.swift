package import Model

/// A unit as people read it: a factor to divide by and the text that follows the number.
package struct ShownUnit: Sendable, Hashable {
    package var factor: Double
    package var text: String
}

/// The prefixes with which values of one base unit are shown.
package struct UnitStyle: Sendable, Hashable {
    /// Ascending factors; never empty.
    package private(set) var units: [ShownUnit]

    private init(_ units: [(Double, String)]) {
        self.units = units.map { ShownUnit(factor: $0.0, text: $0.1) }
    }

    /// The style of a UCUM base unit, such as `s`, `By/s` or `{FLOP}/s`.
    ///
    /// Rates count in thousands, amounts of memory in powers of two; each prefix says which.
    package static func of(unit: String) -> UnitStyle {
        switch unit {
        case "s": UnitStyle([(1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1, "s")])
        case "ns": UnitStyle([(1, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")])
        case "By":
            UnitStyle([
                (1, "B"), (0x1p10, "KiB"), (0x1p20, "MiB"), (0x1p30, "GiB"), (0x1p40, "TiB"),
            ])
        case "By/s": decimal("B/s")
        case "J", "W", "Hz": decimal(unit)
        case "1": UnitStyle([(1, "")])
        case "Cel": UnitStyle([(1, "°C")])
        default: unit.hasPrefix("{") && unit.hasSuffix("}/s") ? rate(unit) : UnitStyle([(1, unit)])
        }
    }

    /// The style of a metric: shares are shown in percent.
    package static func of(_ metric: Metric) -> UnitStyle {
        guard metric.unit == "1" else { return of(unit: metric.unit) }
        if metric.name.hasPrefix("utilization") || metric.name == "sustained" { return .percent }
        return metric.name.hasPrefix("corruption") ? .smallShare : of(unit: metric.unit)
    }

    /// Shares that are very small, if all is well: parts per trillion (10^12), billion, million.
    private static let smallShare = UnitStyle([
        (1e-12, "ppt"), (1e-9, "ppb"), (1e-6, "ppm"), (0.01, "%"),
    ])

    /// Shares of one, shown in percent.
    package static let percent = UnitStyle([(0.01, "%")])

    /// The unit in which the value reads between 1 and 1000, as far as there is one.
    package func unit(for value: Double) -> ShownUnit {
        units.last { value.magnitude >= $0.factor * (1 - 1e-9) } ?? units[0]
    }

    /// One unit for a whole column; nil when its values are too far apart to share one.
    package func unit(forAll values: [Double]) -> ShownUnit? {
        guard let low = values.min(), let high = values.max() else { return nil }
        let unit = unit(for: low)
        return high < unit.factor * 9_999.5 ? unit : nil
    }

    private static func decimal(_ text: String) -> UnitStyle {
        UnitStyle([
            (1, text), (1e3, "k" + text), (1e6, "M" + text), (1e9, "G" + text),
            (1e12, "T" + text), (1e15, "P" + text),
        ])
    }

    /// `{FLOP}/s` becomes FLOP/s, kFLOP/s and so on.
    private static func rate(_ unit: String) -> UnitStyle {
        decimal(unit.dropFirst().dropLast(3) + "/s")
    }
}
