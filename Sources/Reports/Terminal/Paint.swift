/// Colours and weights of a terminal; without colour the text stays as it is.
struct Paint {
    enum Style { case plain, strong, faint, good, caution, bad }

    var isOn: Bool

    func callAsFunction(_ text: String, _ style: Style) -> String {
        guard isOn, style != .plain, !text.isEmpty else { return text }
        let code =
            switch style {
            case .plain: "0"
            case .strong: "1"
            case .faint: "2"
            case .good: "32"
            case .caution: "33"
            case .bad: "31"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

extension Standing {
    /// Rows without a number are as loud as those with one.
    var style: Paint.Style {
        switch self {
        case .valid: .good
        case .qualified, .unavailable, .unsupported, .skipped, .notScheduled, .notReached: .caution
        case .invalid, .wrongResult, .error: .bad
        }
    }
}
