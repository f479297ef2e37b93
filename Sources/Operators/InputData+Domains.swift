import Model

// MARK: - Integers and numbers of narrower domains

extension InputData {
    /// Fills a tensor of integers or truth values: each of the range is equally likely.
    ///
    /// `sparse` draws a decision before each number, as for floating-point numbers; `zeros` gives
    /// the number of the range that is nearest to zero.
    static func drawIntegers(
        _ memory: TensorMemory, pattern: DataPattern, in range: ClosedRange<Int64>, seed: UInt64
    ) {
        var generator = Xoshiro256(seed: seed)
        let nearest = max(range.lowerBound, min(range.upperBound, 0))
        // 0 stands for 2^64: every pattern of bits.
        let width = UInt64(bitPattern: range.upperBound &- range.lowerBound) &+ 1
        var probability = 0.0
        if case .sparse(let given) = pattern { probability = given }
        for position in 0..<memory.spec.count {
            if pattern == .zeros {
                memory.store(nearest, at: position)
                continue
            }
            var isZero = false
            if probability > 0 {
                isZero = Double(Int64(generator.next() >> 11)) * 0x1p-53 < probability
            }
            let offset = width == 0 ? generator.next() : generator.next(below: width)
            let value = range.lowerBound &+ Int64(bitPattern: offset)
            memory.store(isZero ? nearest : value, at: position)
        }
    }

    /// Fills floating-point numbers uniformly between the ends of a range, in 2^24 steps.
    static func drawWithin(
        _ memory: TensorMemory, pattern: DataPattern, range: ClosedRange<Int64>, seed: UInt64
    ) {
        var generator = Xoshiro256(seed: seed)
        let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
        for position in 0..<memory.spec.count {
            let share = Double(Int64(generator.next(below: (1 << 24) + 1))) * 0x1p-24
            let value = pattern == .zeros ? max(low, min(high, 0)) : low + share * (high - low)
            memory.store(number: value, at: position)
        }
    }

    /// Rounds numbers to whole ones, scales them, or replaces some by NaN and infinities.
    ///
    /// Which are replaced is drawn from a generator of its own.
    static func revise(
        _ memory: TensorMemory, pattern: DataPattern, _ domain: FormalTensor.Domain, seed: UInt64
    ) {
        let view = memory.view
        if case .whole = domain {
            for position in 0..<memory.spec.count {
                let whole = view.element(position).rounded(.toNearestOrEven)
                memory.store(number: whole, at: position)
            }
            return
        }
        if case .scaled(let factor, let offset) = domain {
            for position in 0..<memory.spec.count {
                memory.store(number: view.element(position) * factor + offset, at: position)
            }
            return
        }
        if pattern == .zeros { return }
        var generator = Xoshiro256(seed: ~seed)
        for position in 0..<memory.spec.count {
            let draw = generator.next()
            guard draw >> 60 == 0 else { continue }
            let specials: [Double] = [.nan, .infinity, -.infinity, -0.0]
            memory.store(number: specials[Int((draw >> 58) & 3)], at: position)
        }
    }
}

extension FormalTensor.Domain {
    /// The domain of an operation's tensor.
    func resolved(_ operation: Operation) -> Self {
        switch self {
        case .of(let choose): choose(operation).resolved(operation)
        case .index(let range): .within(range(operation))
        default: self
        }
    }

    /// The integers that are generated.
    func integerRange(_ dtype: DType) -> ClosedRange<Int64> {
        let own = dtype.integerRange
        // All of u64 cannot be written as a range of numbers with a sign; its bits are.
        let full = dtype == .u64 ? Int64.min...Int64.max : own
        switch self {
        case .nonNegative: return max(own.lowerBound, 0)...own.upperBound
        case .whole:
            // Few enough that equal ones meet.
            return max(own.lowerBound, -4)...min(own.upperBound, 4)
        case .within(let range): return range.clamped(to: own)
        default: return full
        }
    }
}
