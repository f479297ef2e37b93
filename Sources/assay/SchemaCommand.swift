import ArgumentParser
import Cases

/// `assay schema`: the JSON Schemas of case and suite files, generated from the reader's own table.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of case or suite files.",
        discussion: "Example: assay schema case > cases/schema/case.schema.json")

    enum Kind: String, ExpressibleByArgument, CaseIterable { case `case`, suite }

    @Argument(help: "case or suite.")
    var kind: Kind

    func run() {
        Terminal.print(kind == .case ? JSONSchema.cases : JSONSchema.suites)
    }
}
