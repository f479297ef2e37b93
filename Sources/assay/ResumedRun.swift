import Bundle
import Model
import Runner

/// A run that is continued: its plan, and the same programs that began it.
struct ResumedRun {
    let plan: Plan
    let uses: [BackendUse]
    let backends: [BackendSeat: InstalledBackend]

    init(_ bundle: String, catalog: BackendCatalog, installation: Installation) throws {
        let contents = try Self.read(bundle)
        plan = contents.plan
        uses = contents.environment.backends
        let worker = Hashing.sha256(ofFile: installation.worker) ?? ""
        guard worker == contents.environment.harness.binarySha256 else {
            throw Self.refusal("'\(installation.worker)' is not the program that began this run")
        }
        var backends: [BackendSeat: InstalledBackend] = [:]
        for use in uses {
            let id = use.manifest.id
            let backend = try RunPreparation.backend(id, in: catalog)
            guard installation.digest(of: backend) == use.sha256 else {
                throw Self.refusal("the backend '\(id)' is not the one that began this run")
            }
            backends[BackendSeat(id: id, side: use.side ?? 0)] = backend
        }
        self.backends = backends
    }

    private static func read(_ bundle: String) throws -> BundleContents {
        do throws(BundleError) {
            let reader = try BundleReader(bundle)
            guard !reader.isSealed else {
                throw BundleError(
                    .malformed, file: bundle, detail: "is complete; there is nothing to continue")
            }
            return try reader.contents()
        } catch {
            throw CommandFailure(.wrongUse, "error: --resume: \(error)")
        }
    }

    private static func refusal(_ what: String) -> CommandFailure {
        CommandFailure(
            .wrongUse,
            "error: --resume: \(what): launches of two programs are no one measurement; "
                + "put it back, or begin a new run")
    }
}
