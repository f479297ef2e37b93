/// Tells code from comments and strings, in Swift and C.
enum Masking {
    /// The text with comments and the insides of strings replaced by spaces, line by line.
    static func code(of text: String) -> String {
        var scanner = Scanner(text: Array(text.unicodeScalars))
        scanner.run()
        var masked = String.UnicodeScalarView()
        masked.append(contentsOf: scanner.output)
        return String(masked)
    }

    private struct Scanner {
        let text: [Unicode.Scalar]
        var output: [Unicode.Scalar] = []
        var position = 0

        mutating func run() {
            while position < text.count {
                if starts("//") {
                    while position < text.count, text[position] != "\n" { blank() }
                } else if starts("/*") {
                    blockComment()
                } else if text[position] == "\"" || starts("#\"") || starts("##\"") {
                    string()
                } else if text[position] == "'" {
                    character()
                } else {
                    keep()
                }
            }
        }

        private mutating func blockComment() {
            var depth = 0
            repeat {
                if starts("/*") {
                    depth += 1
                    blank(2)
                } else if starts("*/") {
                    depth -= 1
                    blank(2)
                } else {
                    blank()
                }
            } while depth > 0 && position < text.count
        }

        /// A string literal; what is interpolated is blanked with it.
        private mutating func string() {
            var hashes = 0
            while text[position] == "#" {
                hashes += 1
                keep()
            }
            let isLong = starts("\"\"\"")
            let quote = String(repeating: "\"", count: isLong ? 3 : 1)
            let end = quote + String(repeating: "#", count: hashes)
            let escape = "\\" + String(repeating: "#", count: hashes)
            keep(quote.count)
            while position < text.count, !starts(end) {
                if !isLong, text[position] == "\n" { return }
                if starts(escape + "(") {
                    blank(escape.count)
                    interpolation()
                } else if starts(escape) {
                    blank(escape.count + 1)
                } else {
                    blank()
                }
            }
            keep(end.count)
        }

        private mutating func interpolation() {
            var depth = 0
            repeat {
                if text[position] == "(" { depth += 1 }
                if text[position] == ")" { depth -= 1 }
                if text[position] == "\"" {
                    let kept = output.count
                    string()
                    for index in kept..<output.count where output[index] != "\n" {
                        output[index] = " "
                    }
                } else {
                    blank()
                }
            } while depth > 0 && position < text.count
        }

        /// A C character constant; an apostrophe that closes nowhere near is kept.
        private mutating func character() {
            let length = position + 1 < text.count && text[position + 1] == "\\" ? 3 : 2
            guard position + length < text.count, text[position + length] == "'" else {
                keep()
                return
            }
            keep()
            blank(length - 1)
            keep()
        }

        private func starts(_ prefix: String) -> Bool {
            var index = position
            for scalar in prefix.unicodeScalars {
                guard index < text.count, text[index] == scalar else { return false }
                index += 1
            }
            return true
        }

        private mutating func keep(_ count: Int = 1) {
            for _ in 0..<count where position < text.count {
                output.append(text[position])
                position += 1
            }
        }

        private mutating func blank(_ count: Int = 1) {
            for _ in 0..<count where position < text.count {
                output.append(text[position] == "\n" ? "\n" : " ")
                position += 1
            }
        }
    }
}
