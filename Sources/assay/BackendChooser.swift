import Model
import Runner

/// Decides which backends take part, and asks each for its devices.
struct BackendChooser {
    let catalog: BackendCatalog
    let setup: WorkerSetup
    let cpus: [Int]
    let device: Int
    let deadlines: Deadlines

    struct Choice {
        var backend: InstalledBackend
        var listing: BackendListing
    }

    /// The named backends, all of which must be usable, or all usual ones that are.
    func choose(_ names: [String]) throws -> [Choice] {
        var choices: [Choice] = []
        for backend in try candidates(names) {
            let listing = try DeviceLister.list(
                backend, setup: setup, cpus: cpus, deadlines: deadlines)
            let id = backend.manifest.id
            if let problem = problem(listing) {
                guard names.isEmpty else {
                    throw CommandFailure(
                        listing.misbehaved ? .caseFailed : .wrongUse,
                        "error: the backend '\(id)' is not available: \(problem)")
                }
                Terminal.error("note: the backend '\(id)' is not available: \(problem)")
                continue
            }
            choices.append(Choice(backend: backend, listing: listing))
        }
        guard !choices.isEmpty else {
            throw CommandFailure(
                .wrongUse, "error: no backend is available; 'assay list devices' says why")
        }
        return choices
    }

    /// The backend of that id or manifest file, to be set against the others.
    func opponent(_ name: String) throws -> Choice {
        let backend: InstalledBackend
        if name.hasSuffix(".json") {
            do throws(RunnerError) {
                backend = try InstalledBackend(manifestFile: name)
            } catch {
                throw CommandFailure(.wrongUse, "error: --against: \(error)")
            }
        } else {
            backend = try candidates([name])[0]
        }
        let listing = try DeviceLister.list(
            backend, setup: setup, cpus: cpus, deadlines: deadlines)
        if let problem = problem(listing) {
            throw CommandFailure(
                listing.misbehaved ? .caseFailed : .wrongUse,
                "error: --against: '\(name)' is not available: \(problem)")
        }
        return Choice(backend: backend, listing: listing)
    }

    private func candidates(_ names: [String]) throws -> [InstalledBackend] {
        guard !names.isEmpty else { return catalog.usual }
        var seen: Set<String> = []
        return try names.filter { seen.insert($0).inserted }.map { name in
            guard let found = catalog.backend(name) else {
                let known = catalog.backends.filter { $0.shadowedBy == nil }.map(\.manifest.id)
                throw CommandFailure(
                    .wrongUse,
                    "error: there is no backend '\(name)'; there are: "
                        + known.joined(separator: ", "))
            }
            return found
        }
    }

    private func problem(_ listing: BackendListing) -> String? {
        if let problem = listing.problem { return problem }
        guard listing.devices.contains(where: { $0.index == device }) else {
            return "it has no device \(device), but \(listing.devices.count) device(s)"
        }
        return nil
    }
}
