import Model

/// The ceilings that a case's shares refer to, each with a letter.
struct Citations {
    private(set) var listed: [(letter: String, citation: String)] = []

    init(_ group: CaseGroup, kinds: [Reference.Kind] = [.measuredCeiling]) {
        for record in group.records where Standing(record).hasNumber {
            for kind in kinds {
                guard let share = Share.principal(of: record, to: kind) else { continue }
                let text = Self.text(share)
                guard !listed.contains(where: { $0.citation == text }) else { continue }
                listed.append((Self.letter(listed.count), text))
            }
        }
    }

    /// The letter of a share's reference.
    func letter(of share: Share) -> String {
        listed.first { $0.citation == Self.text(share) }?.letter ?? ""
    }

    private static func text(_ share: Share) -> String {
        let kind = share.reference.kind == .declaredPeak ? "declared" : "measured"
        return "\(kind): \(share.reference.citation)"
    }

    private static func letter(_ index: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        return index < letters.count ? String(letters[index]) : "\(index + 1)"
    }
}
