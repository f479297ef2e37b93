package import Model

extension SystemFiles {
    /// The fact in the first of the files that has content, or why none of them had any.
    package func fact(
        _ name: String, from paths: String..., as translate: (String) -> String? = { $0 }
    ) -> Fact {
        var tried: [String] = []
        for path in paths {
            let reading = read(path)
            if let text = reading.text, !text.isEmpty, let value = translate(text) {
                return Fact(name, value, source: path)
            }
            tried.append("\(path): \(reading.text == nil ? reading.reason : "not understood")")
        }
        return Fact(name, nil, source: tried.joined(separator: "; "))
    }
}
