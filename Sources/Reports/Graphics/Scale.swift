/// Maps data values to positions on one axis.
struct Scale {
    enum Kind { case linear, log }

    var kind: Kind
    var domain: ClosedRange<Double>
    /// Positions of the domain's ends.
    var range: ClosedRange<Double>
    /// Larger values stand at smaller positions, as on the upright axis of a drawing.
    var flipped = false

    /// The position of a value; values outside the domain fall outside the range.
    ///
    /// What has no place on the axis, such as zero on a logarithmic one, stands at its beginning.
    func position(of value: Double) -> Double {
        let hasPlace = value.isFinite && (kind == .linear || value > 0)
        let value = hasPlace ? value : domain.lowerBound
        let share: Double
        switch kind {
        case .linear:
            share = (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
        case .log:
            share =
                logarithm(value / domain.lowerBound)
                / logarithm(domain.upperBound / domain.lowerBound)
        }
        let offset = share * (range.upperBound - range.lowerBound)
        return flipped ? range.upperBound - offset : range.lowerBound + offset
    }

    /// The same, kept within the range.
    func clampedPosition(of value: Double) -> Double {
        min(max(position(of: value), range.lowerBound), range.upperBound)
    }
}

extension Scale {
    // MARK: - Ticks

    /// Round numbers inside the domain: 1, 2 or 5 times a power of ten.
    func ticks(about count: Int) -> [Double] {
        kind == .linear ? linearTicks(about: count) : logTicks(about: count)
    }

    /// Powers of two inside the domain, at most `limit` of them, with even steps.
    func powerOfTwoTicks(atMost limit: Int) -> [Double] {
        let first = Int((logarithm(domain.lowerBound) / logarithm(2) - 1e-9).rounded(.up))
        let last = Int((logarithm(domain.upperBound) / logarithm(2) + 1e-9).rounded(.down))
        guard last >= first else { return [] }
        var step = 1
        while (last - first) / step + 1 > limit { step += 1 }
        // Multiples of the step, so that axes of neighbouring drawings agree.
        let start = first + (step - (first % step + step) % step) % step
        return stride(from: start, through: last, by: step).map {
            Double(sign: .plus, exponent: $0, significand: 1)
        }
    }

    private func linearTicks(about count: Int) -> [Double] {
        let span = domain.upperBound - domain.lowerBound
        guard span > 0, count > 0 else { return [domain.lowerBound] }
        let rough = span / Double(count)
        let exponent = Int(logarithm10(rough).rounded(.down))
        let lead = rough / powerOfTen(exponent)
        let factor = lead < 1.5 ? 1.0 : lead < 3.5 ? 2.0 : lead < 7.5 ? 5.0 : 10.0
        // Counting in whole steps keeps 0.1 + 0.1 + 0.1 from becoming 0.30000000000000004.
        let step = factor * powerOfTen(exponent)
        let first = (domain.lowerBound / step - 1e-9).rounded(.up)
        let last = (domain.upperBound / step + 1e-9).rounded(.down)
        guard last >= first else { return [] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    private func logTicks(about count: Int) -> [Double] {
        // Too short for 1, 2, 5: equal steps say more than one or two labels.
        guard domain.upperBound > domain.lowerBound * 5 else { return linearTicks(about: count) }
        let low = Int(logarithm10(domain.lowerBound).rounded(.down))
        let high = Int(logarithm10(domain.upperBound).rounded(.up))
        let inside = { (value: Double) in
            value >= domain.lowerBound * (1 - 1e-9) && value <= domain.upperBound * (1 + 1e-9)
        }
        for factors in [[1.0, 2, 5], [1.0, 3]] {
            let ticks = (low...high).flatMap { exponent in
                factors.map { $0 * powerOfTen(exponent) }
            }.filter(inside)
            if ticks.count <= count + count / 2 { return ticks }
        }
        var step = 1
        while (high - low) / step > count { step += 1 }
        return stride(from: low, through: high, by: step).map(powerOfTen).filter(inside)
    }
}
