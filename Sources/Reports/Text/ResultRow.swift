import Model

/// What every report prints of a point on one subject.
struct ResultRow {
    var record: PointRecord
    var standing: Standing
    /// Nil when there is no number to show.
    var reading: Reading?
    /// Spaces as wide as the decimals that other rows of the case have and this one lacks.
    var padding = ""
    /// The share of a measured ceiling; nil when there is none.
    var ceiling: Share?
    /// The share of a declared peak; nil when there is none.
    var declared: Share?

    init(_ record: PointRecord, unit: ShownUnit? = nil) {
        self.record = record
        standing = Standing(record)
        guard standing.hasNumber, let headline = record.headline,
            let estimate = headline.estimate
        else { return }
        reading = Reading(estimate, style: .of(headline), unit: unit)
        ceiling = Share.principal(of: record, to: .measuredCeiling)
        declared = Share.principal(of: record, to: .declaredPeak)
    }

    var backend: String { Words.name(record.subject) }

    /// Samples and launches behind the headline, such as `300/3`.
    var counts: String {
        guard let estimate = record.headline?.estimate else { return "" }
        return "\(estimate.n)/\(estimate.launches)"
    }

    /// The rows of a case; values share one unit where they are near enough.
    static func all(of group: CaseGroup) -> [[ResultRow]] {
        let headlines = group.records.compactMap { record -> Metric? in
            Standing(record).hasNumber ? record.headline : nil
        }
        let values = headlines.compactMap { $0.estimate?.value }
        let isUniform = Set(headlines.map(\.unit)).count == 1
        let unit = isUniform ? UnitStyle.of(headlines[0]).unit(forAll: values) : nil
        let rows = group.points.map { point in point.records.map { ResultRow($0, unit: unit) } }
        let tails = rows.flatMap { $0 }.compactMap { $0.reading.map { Self.tail($0.value) } }
        let longest = tails.max() ?? 0
        return rows.map { members in
            members.map { row in
                var row = row
                row.padding = row.reading.map { Self.padding(Self.tail($0.value), longest) } ?? ""
                return row
            }
        }
    }

    /// Characters from the decimal point on.
    private static func tail(_ number: String) -> Int { number.drop { $0 != "." }.utf8.count }

    /// A punctuation space for the point and figure spaces for digits.
    private static func padding(_ tail: Int, _ longest: Int) -> String {
        let missing = longest - tail
        guard tail == 0, missing > 0 else { return String(repeating: "\u{2007}", count: missing) }
        return "\u{2008}" + String(repeating: "\u{2007}", count: missing - 1)
    }
}
