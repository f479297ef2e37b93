import Glibc
import Model

/// The environment of a worker: complete, chosen by the harness, and set before anything loads.
enum WorkerEnvironment {
    /// Variables that are passed on as they are: what the loader and the user's own choices need.
    private static let passed = ["PATH", "LD_LIBRARY_PATH"]
    /// Variables of this prefix are the user's options for backends.
    private static let optionPrefix = "ASSAY_"

    /// The variables for a backend with that many threads; `$threads` in a manifest is the number.
    static func variables(
        manifest: BackendManifest?, threads: Int, directory: String
    ) -> [String: String] {
        var variables = [
            "HOME": directory,
            "TMPDIR": directory,
            "LC_ALL": "C",
            // The runtime's own handler would hide the signal that ended a launch.
            "SWIFT_BACKTRACE": "enable=no",
            "OMP_NUM_THREADS": "\(threads)",
            "OMP_PROC_BIND": "false",
        ]
        for (name, value) in inherited where passed.contains(name) || name.hasPrefix(optionPrefix) {
            variables[name] = value
        }
        for (name, value) in manifest?.environment ?? [:] {
            variables[name] = value == "$threads" ? "\(threads)" : value
        }
        return variables
    }

    /// This process's environment.
    private static var inherited: [(String, String)] {
        var found: [(String, String)] = []
        var index = 0
        while let entry = unsafe environ[index] {
            let text = unsafe String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                found.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
            }
            index += 1
        }
        return found
    }
}
