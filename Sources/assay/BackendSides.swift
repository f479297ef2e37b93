import Bundle
import Model
import Runner

/// The backends of a run: those asked for, and the one that they are set against.
struct BackendSides {
    private(set) var backends: [BackendSeat: InstalledBackend] = [:]
    private(set) var uses: [BackendUse] = []
    private(set) var subjects: [Subject] = []

    init(_ options: RunOptions, chooser: BackendChooser, installation: Installation) throws {
        var sides = [try chooser.choose(options.backend)]
        if let other = options.against { sides.append([try chooser.opponent(other)]) }
        for (side, choices) in sides.enumerated() {
            for choice in choices {
                let id = choice.backend.manifest.id
                backends[BackendSeat(id: id, side: side)] = choice.backend
                subjects.append(Subject(backend: id, device: options.device, side: side))
                uses.append(
                    BackendUse(
                        manifest: choice.backend.manifest,
                        sha256: installation.digest(of: choice.backend),
                        devices: choice.listing.devices, side: side == 0 ? nil : side))
            }
        }
    }
}
