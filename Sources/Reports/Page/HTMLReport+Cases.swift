import Model

extension HTMLReport {
    // MARK: - Cases

    func add(_ group: CaseGroup, to html: inout Markup) {
        section(anchor(group), group.id, in: &html) { html in
            html.group("p", ["class": "explain"]) { html in
                if let headline = group.headline, let title = group.title {
                    html.element("b", [:], title)
                    let statistics = Set(
                        group.records.compactMap { $0.headline?.estimate?.statistic })
                    let statistic = statistics.count == 1 ? statistics.map { ", \($0)" } : []
                    html.words(" (\(headline.name)\(statistic.joined())). ")
                }
                let constants = group.constants.map { "\($0.axis) \($0.value)" }
                let backend = group.onlyBackend.map { ["on \($0)"] } ?? []
                let work = [group.onlyLibrary, group.onlyKernel].compactMap { $0 }
                let implementation = work.filter { !$0.isEmpty }
                let check = group.onlyCheck.map { ["check: \($0)"] } ?? []
                html.words(
                    (backend + implementation + constants + group.conditions + check)
                        .joined(separator: " · "))
            }
            if !group.points.isEmpty { CaseSection(group: group, report: self).draw(in: &html) }
            addWholes(group, to: &html)
            addDetails(group, to: &html)
        }
    }

    private func addWholes(_ group: CaseGroup, to html: inout Markup) {
        guard !group.wholes.isEmpty else { return }
        html.group("ul", ["class": "wholes"]) { html in
            for whole in group.wholes {
                html.group("li") { html in
                    html.element("b", [:], Words.name(whole.subject))
                    html.words(" ")
                    badge(Self.standing(whole.outcome), in: &html)
                    let reason =
                        whole.reasons.isEmpty
                        ? "no reason was recorded" : whole.reasons.joined(separator: "; ")
                    html.words(" all \(Words.count(whole.count, "point")): \(reason)")
                }
            }
        }
    }

    private static func standing(_ outcome: Outcome) -> Standing {
        switch outcome {
        case .ok: .unavailable
        case .invalid: .wrongResult
        case .error: .error
        case .skipped: .skipped
        case .unsupported: .unsupported
        case .notScheduled: .notScheduled
        case .notReached: .notReached
        }
    }
}
