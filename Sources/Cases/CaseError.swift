/// One thing wrong with a case or suite file, with its place.
package struct CaseError: Error, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The file as it was named; empty for what was typed on a command line.
    package var file: String
    /// Counted from 1.
    package var line: Int
    /// Counted from 1, in Unicode scalars.
    package var column: Int
    /// One sentence without a full stop; text from the file in it is short and printable.
    package var message: String

    package init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    package var description: String {
        file.isEmpty ? "error: \(message)" : "\(file):\(line):\(column): error: \(message)"
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line, left.column, left.message)
            < (right.file, right.line, right.column, right.message)
    }
}

/// Everything that is wrong with the files that were read, or with what was asked for.
package struct CaseErrors: Error, Sendable, Hashable, CustomStringConvertible {
    /// By file, line and column; never empty.
    package var errors: [CaseError]

    package init(_ errors: [CaseError]) {
        precondition(!errors.isEmpty)
        self.errors = Set(errors).sorted()
    }

    /// An error about what was typed on a command line.
    package init(request message: String) {
        self.init([CaseError(file: "", line: 0, column: 0, message: message)])
    }

    package var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}

/// A position in a file, counted from 1.
struct Place: Sendable, Hashable {
    var line: Int
    var column: Int

    static let start = Place(line: 1, column: 1)

    func moved(by columns: Int) -> Place { Place(line: line, column: column + columns) }
}

/// Something wrong at a place of the file that is being read.
struct Fault: Error, Hashable {
    var place: Place
    var message: String

    init(_ place: Place, _ message: String) {
        self.place = place
        self.message = message
    }
}

/// The faults found in one file so far.
struct Findings {
    /// A file of garbage yields one fault for each of its lines; nobody reads more than this.
    static let countMax = 1000

    let file: String
    private(set) var errors: [CaseError] = []
    private var seen: Set<Fault> = []

    init(file: String) { self.file = file }

    var isEmpty: Bool { errors.isEmpty }
    /// More would not be kept, so there is no use in looking for it.
    var isFull: Bool { errors.count >= Self.countMax }

    mutating func add(_ place: Place, _ message: String) { add(Fault(place, message)) }

    mutating func add(_ fault: Fault) {
        guard errors.count < Self.countMax, seen.insert(fault).inserted else { return }
        errors.append(
            CaseError(
                file: file, line: fault.place.line, column: fault.place.column,
                message: fault.message))
        if errors.count == Self.countMax {
            errors.append(
                CaseError(
                    file: file, line: .max, column: 1,
                    message: "more than \(Self.countMax) errors; the rest is not shown"))
        }
    }
}

/// Text from a file in quotation marks: shortened, and without what could drive a terminal.
func quoted(_ text: String) -> String {
    let lengthMax = 60
    var printable = ""
    for scalar in text.unicodeScalars.prefix(lengthMax) {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            printable.append("?")
        default: printable.unicodeScalars.append(scalar)
        }
    }
    let isLonger = text.unicodeScalars.dropFirst(lengthMax).first != nil
    return "'\(printable)\(isLonger ? "…" : "")'"
}
