package import Bundle
import Model

/// The versioned table of findings (measurement method, sections 13 and 14).
///
/// Every threshold of the methodology stands in it, and a table read from a file takes its place.
package struct RuleTable: Sendable, Hashable, Codable {
    /// `assay.rules/1`.
    package var schema: String
    /// Part of what a judgement can be traced to.
    package var version: String
    /// By severity, then in the order of the method's section 14.
    package var rules: [Rule]

    package init(version: String, rules: [Rule]) {
        schema = "assay.rules/1"
        self.version = version
        self.rules = rules
    }

    /// Refuses a table that somebody wrote where a rule is not one that can be explained.
    package func check(file: String) throws(BundleError) {
        guard schema == "assay.rules/1" else {
            throw BundleError(.malformed, file: file, detail: "'\(schema)' is not assay.rules/1")
        }
        let known = Set(RuleTable.current.rules.map(\.id))
        var seen: Set<String> = []
        for rule in rules {
            guard known.contains(rule.id) else {
                throw BundleError(.malformed, file: file, detail: "no finding '\(rule.id)'")
            }
            guard seen.insert(rule.id).inserted else {
                throw BundleError(.malformed, file: file, detail: "'\(rule.id)' is there twice")
            }
        }
    }

    /// The rule of that id; nil when the table has none.
    package func rule(_ id: String) -> Rule? { rules.first { $0.id == id } }

    /// The threshold of that finding; nil when the table does not have it.
    package func limit(_ id: String) -> Double? { rule(id)?.limit }

    /// A finding that was found by name; nil where the table leaves it out.
    func flag(
        _ id: String, metric: String? = nil, observed: Double? = nil, limit: Double? = nil,
        text: String
    ) -> Flag? {
        guard let rule = rule(id) else { return nil }
        // JSON has no infinity: what is relative to nothing is told by the message alone.
        let number = observed.flatMap { $0.isFinite ? $0 : nil }
        return Flag(
            id, rule.severity, metric: metric, observed: number, limit: limit,
            unit: rule.unit, message: text, hint: rule.hint)
    }

    /// The findings of a scope.
    ///
    /// - Parameters:
    ///   - scope: which rules.
    ///   - launches: facts of each launch; one element where there is one set of facts.
    ///   - metric: the metric that they concern; nil: the whole point.
    func findings(_ scope: Rule.Scope, in launches: [Facts], metric: String? = nil) -> [Flag] {
        rules.filter { $0.scope == scope }.compactMap { rule in
            guard let finding = rule.finding(in: launches) else { return nil }
            return flag(
                rule.id, metric: metric, observed: finding.observed, limit: finding.limit,
                text: finding.message)
        }
    }
}

extension Rule {
    /// What was found; the worst launch gives the number.
    struct Finding {
        var observed: Double?
        var limit: Double?
        var message: String
    }

    /// The finding when the rule is raised by these launches; nil when not.
    func finding(in launches: [Facts]) -> Finding? {
        guard let when, let (fact, limit) = when.subject else { return nil }
        var enough = 0
        if case .count(_, let count) = when { enough = count }
        let raised = launches.filter(when.holds)
        guard raised.count > enough else { return nil }
        let comparison = when.comparison
        let worst = raised.max { left, right in
            guard let a = left[fact], let b = right[fact] else { return left[fact] == nil }
            return comparison.isWorse(b, than: a)
        }
        guard let worst else { return nil }
        let observed = worst[fact]
        // That something is so is no matter of degree.
        let isDegree = comparison != .equal
        return Finding(
            observed: isDegree ? observed : nil, limit: isDegree ? limit?.value(worst) : nil,
            message: Message(message).text(
                observed: observed, limit: limit?.value(worst), text: worst.texts[fact] ?? "",
                raised: raised.count, launches: launches.count))
    }
}

extension Predicate {
    /// How the reported fact is compared.
    fileprivate var comparison: Comparison {
        switch self {
        case .compare(_, let comparison, _): comparison
        case .range, .required: .magnitudeAbove
        case .count(let inner, _): inner.comparison
        case .implies(let inner, _): inner.comparison
        case .all(let inner): inner.first?.comparison ?? .above
        }
    }
}

/// A sentence with places for numbers.
///
/// `{value}`, `{percent}` and `{signedPercent}` are what was observed, `{limitPercent}` the limit,
/// `{raised}` and `{launches}` counts of launches, `{text}` the words that came with the fact.
struct Message {
    private let template: String

    init(_ template: String) { self.template = template }

    func text(
        observed: Double?, limit: Double?, text: String, raised: Int, launches: Int
    ) -> String {
        let places: [(String, String)] = [
            ("{value}", observed.map(rounded) ?? "?"),
            ("{percent}", observed.map(percent) ?? "?"),
            ("{signedPercent}", observed.map(signedPercent) ?? "?"),
            ("{limitPercent}", limit.map(percent) ?? "?"),
            ("{raised}", "\(raised)"), ("{launches}", "\(launches)"), ("{text}", text),
        ]
        return places.reduce(template) { $0.replacing($1.0, with: $1.1) }
    }
}

/// A share as text with one decimal, such as `12.3 %`.
func percent(_ share: Double) -> String { rounded(share * 100) + " %" }

/// A change as text with its sign.
func signedPercent(_ share: Double) -> String { (share >= 0 ? "+" : "") + percent(share) }

/// A number with one decimal, or two significant digits below 1.
func rounded(_ value: Double) -> String {
    guard value.isFinite else { return "more" }
    let scale = value.magnitude < 1 ? 1000.0 : 10.0
    let scaled = (value * scale).rounded() / scale
    return scaled == scaled.rounded() && scaled.magnitude < 1e15
        ? "\(Int(scaled))" : "\(scaled)"
}
