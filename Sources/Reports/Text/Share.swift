import Model

/// A value as a share of a reference, and what the reference is.
struct Share: Hashable {
    /// 1 is the whole; more than 1 is shown, never clipped.
    var value: Double
    var interval: Interval?
    var reference: Reference
    /// The metric that it is a share of or that states the share.
    var metric: String

    /// Such as `71.2 %`: three significant digits, at most one decimal.
    var percent: String {
        let percent = value * 100
        return fixed(percent, percent < 9.995 ? 2 : 1) + " %"
    }

    /// Every share of that kind of reference that the record states, in the order of its metrics.
    static func all(of record: PointRecord, to kind: Reference.Kind) -> [Share] {
        var shares: [Share] = []
        for metric in record.metrics {
            guard let estimate = metric.estimate else { continue }
            for reference in metric.references where reference.kind == kind {
                let isShare = metric.name.hasPrefix("utilization")
                guard isShare || reference.value > 0 else { continue }
                shares.append(
                    Share(
                        value: isShare ? estimate.value : estimate.value / reference.value,
                        interval: isShare ? estimate.interval : nil, reference: reference,
                        metric: metric.name))
            }
        }
        return shares
    }

    /// The share to print beside the headline: the headline's own where it has one, otherwise
    /// that of the resource nearest its limit, because that one bounds the operation.
    static func principal(of record: PointRecord, to kind: Reference.Kind) -> Share? {
        let shares = all(of: record, to: kind)
        if let headline = record.headline?.name,
            let own = shares.first(where: { $0.metric == headline })
        {
            return own
        }
        return shares.max { $0.value < $1.value }
    }
}
