import ArgumentParser
import Bundle
import Cases

/// `assay schema`: the JSON Schemas of case and suite files and of a run's record, each generated
/// from what reads or writes it.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of case files, suites or run.json.",
        discussion: "Example: assay schema case > cases/schema/case.schema.json")

    enum Kind: String, ExpressibleByArgument, CaseIterable { case `case`, suite, run }

    @Argument(help: "case, suite or run.")
    var kind: Kind

    func run() throws {
        switch kind {
        case .case: Terminal.print(JSONSchema.cases)
        case .suite: Terminal.print(JSONSchema.suites)
        case .run: Terminal.print(try RunSchema.text())
        }
    }
}
