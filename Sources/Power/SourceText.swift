import Model

/// How a source is named: `scheme`, or `scheme://user@host:port/path?key=value&…`.
///
/// Values may hold percent escapes. There is no place for a password: those come from files.
package struct SourceText: Sendable, Hashable, CustomStringConvertible {
    package var scheme: String
    package var user: String?
    package var host: String?
    package var port: UInt16?
    /// Begins with a slash, or is empty.
    package var path: String
    package var options: [String: String]
    /// As it was written.
    package var description: String

    /// Reads the text form; says what is wrong with it.
    package init(_ text: String) throws(PowerError) {
        description = text
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw PowerError(.syntax, "\(quoted(text)) has a character that must be escaped")
        }
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        options = try Self.options(parts.count > 1 ? parts[1] : "", in: text)
        var rest = parts[0]
        scheme = String(rest.prefix { $0 != ":" })
        rest = rest.dropFirst(scheme.count)
        path = ""
        let isName = scheme.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x2b }
        guard isName, !scheme.isEmpty else {
            throw PowerError(.syntax, "\(quoted(text)) does not begin with a kind of source")
        }
        guard !rest.isEmpty else { return }
        guard rest.hasPrefix("://") else {
            throw PowerError(.syntax, "\(quoted(text)): '://' must follow '\(scheme)'")
        }
        rest = rest.dropFirst(3)
        let authority = rest.prefix { $0 != "/" }
        path = String(rest.dropFirst(authority.count))
        try readAuthority(authority)
    }

    private mutating func readAuthority(_ authority: Substring) throws(PowerError) {
        var place = authority
        if let at = place.lastIndex(of: "@") {
            let name = place[..<at]
            guard !name.contains(":") else {
                throw PowerError(
                    .syntax, "a password must not stand in a source's name; put it into a file")
            }
            user = try Self.unescaped(name, in: description)
            place = place[place.index(after: at)...]
        }
        if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
            host = String(place[place.index(after: place.startIndex)..<end])
            place = place[place.index(after: end)...]
        } else {
            host = String(place.prefix { $0 != ":" })
            place = place.drop { $0 != ":" }
        }
        guard host?.isEmpty == false else {
            throw PowerError(.syntax, "\(quoted(description)) names no host")
        }
        guard !place.isEmpty else { return }
        guard place.first == ":", let number = UInt16(place.dropFirst()), number > 0 else {
            throw PowerError(.syntax, "\(quoted(description)) has no port number after its host")
        }
        port = number
    }

    private static func options(
        _ query: Substring, in text: String
    ) throws(PowerError) -> [String: String] {
        var options: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let key = String(pair.prefix { $0 != "=" })
            guard pair.count > key.count, !key.isEmpty else {
                throw PowerError(.syntax, "\(quoted(text)): '\(pair)' is not 'key=value'")
            }
            guard options[key] == nil else {
                throw PowerError(.syntax, "\(quoted(text)) gives '\(key)' twice")
            }
            options[key] = try unescaped(pair.dropFirst(key.count + 1), in: text)
        }
        return options
    }

    private static func unescaped(
        _ text: Substring, in whole: String
    ) throws(PowerError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
                throw PowerError(.syntax, "\(quoted(whole)): '%' must precede two hex digits")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: - Options

    /// Fails unless every option is one of those, so that a misspelt one is not ignored.
    func requireOptions(_ known: [String]) throws(PowerError) {
        let all = known + Self.declarations
        for key in options.keys.sorted() where !all.contains(key) {
            throw PowerError(
                .syntax,
                "\(quoted(description)): no option '\(key)'; there are "
                    + all.joined(separator: ", ")
            )
        }
    }

    /// A positive number in that option; nil when the option is not given.
    func positive(_ key: String) throws(PowerError) -> Double? {
        guard let text = options[key] else { return nil }
        guard let value = Double(text), value.isFinite, value > 0 else {
            throw PowerError(.syntax, "\(quoted(description)): '\(key)' must be a number above 0")
        }
        return value
    }

    /// What a user may declare of any source.
    static let declarations = [
        "accuracy", "calibrated", "domain", "offset", "period", "window", "clock",
    ]

    /// The source with what the user declares of it.
    func declaring(_ source: PowerSource) throws(PowerError) -> PowerSource {
        var source = source
        if let accuracy = try positive("accuracy") {
            guard accuracy < 1 else {
                throw PowerError(.syntax, "'accuracy' is a share, such as 0.01 for 1 %")
            }
            source.accuracy = accuracy
            source.accuracyBasis = "declared by the user"
        }
        if let date = options["calibrated"] {
            guard Self.isDate(date) else {
                throw PowerError(.syntax, "'calibrated' is a date, such as 2026-05-01")
            }
            source.calibrationDate = date
        }
        if let name = options["domain"] {
            guard let domain = PowerSource.Domain(rawValue: name) else {
                let all = PowerSource.Domain.allCases.map(\.rawValue).joined(separator: ", ")
                throw PowerError(.syntax, "'domain' is one of \(all)")
            }
            source.domain = domain
            source.wattsMax = PowerSource.wattsMax(domain)
        }
        source.clockOffsetSeconds = try positive("offset") ?? source.clockOffsetSeconds
        source.clockUncertaintySeconds = try positive("clock") ?? source.clockUncertaintySeconds
        source.updatePeriodSeconds = try positive("period") ?? source.updatePeriodSeconds
        if let window = try positive("window") {
            source.averagingWindowSeconds = window
            if source.kind == .instantaneous { source.kind = .averaging }
        }
        return source
    }

    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy(\.isNumber) }),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return (1...12).contains(month) && (1...31).contains(day)
    }
}
