import Model

/// What every report prints of a point on one subject.
struct ResultRow {
    var record: PointRecord
    var standing: Standing
    /// Nil when there is no number to show.
    var reading: Reading?
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
        return group.points.map { point in point.records.map { ResultRow($0, unit: unit) } }
    }
}
