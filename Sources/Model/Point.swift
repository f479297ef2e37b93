/// How input tensors are filled. Power and speed depend on it, so it is part of the identity.
package enum DataPattern: Sendable, Hashable {
    /// Standard normal deviates.
    case normal
    /// Uniform on [0, 1).
    case uniform
    /// Sines of uniformly distributed angles: bounded and symmetric.
    case trigonometric
    /// Normal deviates, each replaced by zero with this probability.
    case sparse(Double)
    /// All zero; flagged, because power and data-dependent speed are not representative.
    case zeros

    /// The spelling in case files and hashes, such as `normal` or `sparse(0.5)`.
    package var name: String {
        switch self {
        case .normal: "normal"
        case .uniform: "uniform"
        case .trigonometric: "trigonometric"
        case .sparse(let probability): "sparse(\(probability))"
        case .zeros: "zeros"
        }
    }

    /// The pattern of that spelling; nil when there is none.
    package init?(name: String) {
        switch name {
        case "normal": self = .normal
        case "uniform": self = .uniform
        case "trigonometric": self = .trigonometric
        case "zeros": self = .zeros
        default:
            guard name.hasPrefix("sparse("), name.hasSuffix(")"),
                let probability = Double(name.dropFirst(7).dropLast()),
                (0...1).contains(probability)
            else { return nil }
            self = .sparse(probability)
        }
    }
}

/// What the caches hold when an event starts; part of the identity.
package enum CacheState: String, Sendable, Hashable, Codable, CaseIterable {
    case hot
    case coldRotate
    case coldFlush
}

/// What one sample is.
package enum TimingMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// One event timed alone; the only mode with percentiles.
    case single
    /// Several events in a row, divided by their number.
    case batch
    /// A long free-running chain: the period of an undrained pipeline.
    case chained
}

/// How many threads an operation is given.
package enum ThreadCount: Sendable, Hashable {
    /// Every core that the run was given.
    case all
    case exactly(Int)

    /// The spelling in case files and hashes: `all` or a number.
    package var name: String {
        switch self {
        case .all: "all"
        case .exactly(let count): "\(count)"
        }
    }

    /// The count of that spelling; nil when it is neither `all` nor a positive number.
    package init?(name: String) {
        if name == "all" {
            self = .all
        } else if let count = Int(name), count > 0 {
            self = .exactly(count)
        } else {
            return nil
        }
    }

    /// The number of threads on a machine with that many cores for the run.
    package func resolved(cores: Int) -> Int {
        switch self {
        case .all: cores
        case .exactly(let count): count
        }
    }
}

/// One axis and the value it has at a point, as people read it.
package struct Parameter: Sendable, Hashable, Codable {
    package var axis: String
    package var value: String

    package init(axis: String, value: String) {
        self.axis = axis
        self.value = value
    }
}

/// What a case's headline metric is.
package enum Headline: String, Sendable, Hashable, Codable, CaseIterable {
    /// Seconds per call.
    case time
    /// Operations per second.
    case throughputFlop
    /// Bytes per second, as STREAM counts them.
    case bandwidth
    /// Seconds per dependent access.
    case latencyAccess
    /// How many outputs may have been corrupted and not seen, as a share.
    case corruption
}

/// One combination of axis values: the unit that is run.
package struct Point: Sendable, Hashable, Codable {
    /// The case this point belongs to; not part of the identity.
    package var caseID: String
    /// Axis values in declared order; not part of the identity.
    package var parameters: [Parameter]
    package var operation: Operation
    package var data: DataPattern
    package var cache: CacheState
    package var timing: TimingMode
    /// Nil: the case does not fix it, and the run's number of cores is used.
    package var threads: ThreadCount?
    /// The name of the tolerance rule.
    package var tolerance: String
    package var headline: Headline
    /// How often each launch repeats the operation, comparing all outputs with the first ones.
    ///
    /// Bit for bit. Nil: as often as its time needs, and the last outputs are checked.
    package var repetitions: Int?
    /// How long each launch goes on, to see whether it keeps its speed; nil: as long as its time
    /// needs.
    package var duration: Nanoseconds?

    package init(
        caseID: String, parameters: [Parameter], operation: Operation,
        data: DataPattern = .normal, cache: CacheState = .hot, timing: TimingMode = .batch,
        threads: ThreadCount? = nil, tolerance: String = "standard", headline: Headline = .time
    ) {
        self.caseID = caseID
        self.parameters = parameters
        self.operation = operation
        self.data = data
        self.cache = cache
        self.timing = timing
        self.threads = threads
        self.tolerance = tolerance
        self.headline = headline
    }

    /// The point's name for people, such as `op/matmul types=f32 size=small`.
    package var label: String {
        parameters.isEmpty
            ? caseID
            : caseID + " " + parameters.map { "\($0.axis)=\($0.value)" }.joined(separator: " ")
    }
}

/// One case file after reading: its points in declared order.
package struct Case: Sendable, Hashable {
    package var id: String
    package var title: String
    package var owner: String?
    /// The file it came from, as given.
    package var file: String
    package var points: [Point]

    package init(id: String, title: String, owner: String? = nil, file: String, points: [Point]) {
        self.id = id
        self.title = title
        self.owner = owner
        self.file = file
        self.points = points
    }
}

/// A selection of points: a case id or a pattern such as `op/*`, and axis values it is limited to.
package struct Selection: Sendable, Hashable {
    package var pattern: String
    /// Axis name to the values that are wanted; axes not named are not limited.
    package var axes: [String: [String]]

    package init(pattern: String, axes: [String: [String]] = [:]) {
        self.pattern = pattern
        self.axes = axes
    }

    /// Whether the point is selected.
    package func includes(_ point: Point) -> Bool {
        guard Self.matches(point.caseID, pattern: pattern) else { return false }
        return axes.allSatisfy { axis, values in
            point.parameters.contains { $0.axis == axis && values.contains($0.value) }
        }
    }

    /// Whether `id` equals the pattern or begins with what stands before its final `*`.
    package static func matches(_ id: String, pattern: String) -> Bool {
        pattern.hasSuffix("*") ? id.hasPrefix(pattern.dropLast()) : id == pattern
    }
}

/// A named selection of points with profiles and a budget.
package struct Suite: Sendable, Hashable {
    package var name: String
    package var title: String
    package var file: String
    /// The profile of the points that always run.
    package var alwaysProfile: ProfileID
    /// The profile of the points that take turns over the nights.
    package var rotateProfile: ProfileID
    /// The time that the plan may cost; nil: no limit.
    package var budget: Nanoseconds?
    /// A cap on the measuring time of a point, over all its launches; nil: the profile's.
    package var pointBudget: Nanoseconds?
    package var always: [Selection]
    package var rotate: [Selection]

    package init(
        name: String, title: String, file: String, alwaysProfile: ProfileID,
        rotateProfile: ProfileID, budget: Nanoseconds? = nil, pointBudget: Nanoseconds? = nil,
        always: [Selection], rotate: [Selection] = []
    ) {
        self.name = name
        self.title = title
        self.file = file
        self.alwaysProfile = alwaysProfile
        self.rotateProfile = rotateProfile
        self.budget = budget
        self.pointBudget = pointBudget
        self.always = always
        self.rotate = rotate
    }
}
