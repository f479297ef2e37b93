import ArgumentParser
import Cases
import Model

/// In this program a flag is an option without a value; findings are `Model.Flag`.
typealias Flag = ArgumentParser.Flag

/// Options of every command that reads the case library.
struct CaseOptions: ParsableArguments {
    @Option(help: "The case library; default: 'cases' here or beside the program.")
    var cases: String?

    /// Reads the library; every error of every file is one line.
    func library(_ installation: Installation) throws -> CaseLibrary {
        try library(installation, withSuites: true, catalogue: .standard)
    }

    /// Reads cases only, without the operators' own rules, which `show` and `run` apply.
    func listing(_ installation: Installation) throws -> CaseLibrary {
        try library(installation, withSuites: false, catalogue: .names)
    }

    private func library(
        _ installation: Installation, withSuites: Bool, catalogue: OperatorCatalogue
    ) throws -> CaseLibrary {
        let directory = try installation.casesDirectory(cases)
        do throws(CaseErrors) {
            return try CaseLibrary.load(
                directory: directory, withSuites: withSuites, catalogue: catalogue)
        } catch {
            throw failure(error)
        }
    }
}

/// Case errors as the command's failure.
func failure(_ errors: CaseErrors) -> CommandFailure {
    CommandFailure(.wrongUse, lines: errors.description.split(separator: "\n").map(String.init))
}

/// Options of every command that looks for backends.
struct BackendOptions: ParsableArguments {
    @Option(
        name: .customLong("plugin-path"),
        help: "A directory with plug-in manifests; repeatable, before ASSAY_PLUGIN_PATH.")
    var pluginPath: [String] = []
}
