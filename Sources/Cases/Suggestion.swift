/// The known word that was probably meant; nil when none is near.
///
/// Near is within a third of the length: one slip in a word of four letters, three in one of ten.
/// Among equally near words the alphabetically first is taken, so that the answer is stable.
func nearest(to word: String, among known: some Sequence<String>) -> String? {
    let lengthMax = 64
    let typed = Array(word.lowercased().unicodeScalars.prefix(lengthMax + 1))
    guard !typed.isEmpty, typed.count <= lengthMax else { return nil }
    var best: (distance: Int, word: String)?
    for candidate in known {
        let letters = Array(candidate.lowercased().unicodeScalars)
        let limit = max(1, max(typed.count, letters.count) / 3)
        guard abs(letters.count - typed.count) <= limit else { continue }
        let distance = editDistance(typed, letters)
        guard distance <= limit else { continue }
        if let current = best, (current.distance, current.word) <= (distance, candidate) {
            continue
        }
        best = (distance, candidate)
    }
    return best?.word
}

/// What to say after an unknown word: the nearest known one, or all of them where they are few.
func suggestion(for word: String, among known: [String]) -> String {
    let listMax = 16
    if let meant = nearest(to: word, among: known) { return "; did you mean '\(meant)'?" }
    guard !known.isEmpty, known.count <= listMax else { return "" }
    return "; known: " + known.joined(separator: ", ")
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 1...left.count {
        var current = [row]
        for column in 1...right.count {
            let isSame = left[row - 1] == right[column - 1]
            var cost = min(
                last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
            if row > 1, column > 1, left[row - 1] == right[column - 2],
                left[row - 2] == right[column - 1]
            {
                cost = min(cost, beforeLast[column - 2] + 1)
            }
            current.append(cost)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
