/// Which way of a metric is desirable; the report never sorts by it.
package enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
    case smaller
    case larger
    case none
}

/// How a metric's value came about.
package enum MetricKind: String, Sendable, Hashable, Codable, CaseIterable {
    case measured
    case derived
    case counter
    case declared
}

/// What the value covers.
package enum Scope: String, Sendable, Hashable, Codable, CaseIterable {
    case device
    case package
    case node
    case rank
    case job
}

/// Whether a metric may be believed.
package enum Validity: String, Sendable, Hashable, Codable, CaseIterable {
    case valid
    case qualified
    case invalid
}

/// What an interval's spread was taken over.
package enum IntervalBasis: String, Sendable, Hashable, Codable, CaseIterable {
    /// Within one launch; never eligible for verdicts.
    case samples
    case launches
    case sessions
}

/// An interval that covers the true value at the stated level.
package struct Interval: Sendable, Hashable, Codable {
    package var low: Double
    package var high: Double
    /// The confidence level, such as 0.95.
    package var level: Double
    /// How it was computed, such as `student-t of log launch medians`.
    package var method: String
    package var basis: IntervalBasis

    package init(low: Double, high: Double, level: Double, method: String, basis: IntervalBasis) {
        self.low = low
        self.high = high
        self.level = level
        self.method = method
        self.basis = basis
    }
}

/// A value with everything needed to say how sure it is.
package struct Estimate: Sendable, Hashable, Codable {
    /// Such as `median` or `geometric mean of launch medians`.
    package var statistic: String
    /// In the metric's base unit.
    package var value: Double
    /// Samples behind it.
    package var n: Int
    package var launches: Int
    /// Nil where too few values exist for any interval; then a flag says so.
    package var interval: Interval?

    package init(statistic: String, value: Double, n: Int, launches: Int, interval: Interval?) {
        self.statistic = statistic
        self.value = value
        self.n = n
        self.launches = launches
        self.interval = interval
    }
}

/// What a value is put beside: a declared peak, a measured ceiling or an earlier run.
package struct Reference: Sendable, Hashable, Codable {
    /// Where a reference value comes from.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case declaredPeak
        case measuredCeiling
        case baselineRun
    }

    package var kind: Kind
    /// In the metric's unit.
    package var value: Double
    package var interval: Interval?
    /// Where the reference comes from: a document, or a point of this run.
    package var citation: String

    package init(kind: Kind, value: Double, interval: Interval? = nil, citation: String) {
        self.kind = kind
        self.value = value
        self.interval = interval
        self.citation = citation
    }
}

/// How a derived metric follows from others.
package struct Derivation: Sendable, Hashable, Codable {
    package var formula: String
    package var inputs: [String]

    package init(formula: String, inputs: [String]) {
        self.formula = formula
        self.inputs = inputs
    }
}

/// One measured or derived quantity of a point: an estimate, or why there is none.
package struct Metric: Sendable, Hashable, Codable {
    /// Such as `time` or `bandwidth.stream`; defined in docs/metrics.md.
    package var name: String
    package var definitionVersion: Int
    /// What is measured, such as `duration` or `data rate`.
    package var quantity: String
    /// A UCUM code of a base unit: `s`, `By/s`, `{FLOP}/s`, `J`, `W`, `1`.
    package var unit: String
    package var direction: Direction
    package var kind: MetricKind
    package var scope: Scope
    /// The clock or sensor it was read from.
    package var source: String
    /// The source's resolution in `unit`; nil when not known.
    package var resolution: Double?
    /// Exactly one of `estimate` and `unavailable` is present.
    package var estimate: Estimate?
    package var unavailable: String?
    package var status: Validity
    package var flags: [Flag]
    /// Sample files behind it, relative to the bundle.
    package var samples: [String]
    package var derivation: Derivation?
    package var references: [Reference]
    package var comparabilityKey: String

    package init(
        name: String, definitionVersion: Int = 1, quantity: String, unit: String,
        direction: Direction, kind: MetricKind, scope: Scope = .device, source: String,
        resolution: Double? = nil, estimate: Estimate? = nil, unavailable: String? = nil,
        status: Validity = .valid, flags: [Flag] = [], samples: [String] = [],
        derivation: Derivation? = nil, references: [Reference] = [], comparabilityKey: String = ""
    ) {
        precondition((estimate == nil) != (unavailable == nil), "estimate or unavailable, not both")
        self.name = name
        self.definitionVersion = definitionVersion
        self.quantity = quantity
        self.unit = unit
        self.direction = direction
        self.kind = kind
        self.scope = scope
        self.source = source
        self.resolution = resolution
        self.estimate = estimate
        self.unavailable = unavailable
        self.status = status
        self.flags = flags
        self.samples = samples
        self.derivation = derivation
        self.references = references
        self.comparabilityKey = comparabilityKey
    }
}
