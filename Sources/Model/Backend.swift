/// A backend's manifest: what it is and needs, known without loading it.
package struct BackendManifest: Sendable, Hashable, Codable {
    /// What network the backend's processes need.
    package enum Network: String, Sendable, Hashable, Codable { case none, loopback, host }

    package var id: String
    package var name: String
    /// The library file beside the manifest; nil for backends linked into the worker.
    package var file: String?
    /// SHA-256 of that file; nil when not stated.
    package var sha256: String?
    package var abi: String
    package var version: String
    package var licence: String
    /// Extensions claimed, such as `assay.op/1`.
    package var extensions: [String]
    /// Environment set before the library is loaded.
    package var environment: [String: String]
    /// Libraries of which at least one must be loadable.
    package var needs: [String]
    package var network: Network
    /// Whether the backend runs on the host's processors: bounds its address space and threads.
    package var isCPU: Bool
    /// Takes part only when named.
    package var onlyWhenNamed: Bool
    package var homepage: String

    package init(
        id: String, name: String, file: String? = nil, sha256: String? = nil, abi: String = "1.0",
        version: String, licence: String, extensions: [String] = [],
        environment: [String: String] = [:], needs: [String] = [], network: Network = .none,
        isCPU: Bool = true, onlyWhenNamed: Bool = false, homepage: String = ""
    ) {
        self.id = id
        self.name = name
        self.file = file
        self.sha256 = sha256
        self.abi = abi
        self.version = version
        self.licence = licence
        self.extensions = extensions
        self.environment = environment
        self.needs = needs
        self.network = network
        self.isCPU = isCPU
        self.onlyWhenNamed = onlyWhenNamed
        self.homepage = homepage
    }
}

extension BackendManifest {
    /// Why a harness of ABI 1 cannot enter it; nil: it can. Minor versions only ever add.
    package var abiProblem: String? {
        let major = abi.split(separator: ".", omittingEmptySubsequences: false).first ?? ""
        guard major != "1" else { return nil }
        return "its manifest says ABI '\(abi)', and this harness speaks 1"
    }

    /// Reads a manifest; everything but id, name and version has a default.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func optional<T: Decodable>(_ key: CodingKeys, _ fallback: T) throws -> T {
            try container.decodeIfPresent(T.self, forKey: key) ?? fallback
        }
        self.init(
            id: try container.decode(String.self, forKey: .id),
            name: try container.decode(String.self, forKey: .name),
            file: try container.decodeIfPresent(String.self, forKey: .file),
            sha256: try container.decodeIfPresent(String.self, forKey: .sha256),
            abi: try optional(.abi, "1.0"),
            version: try container.decode(String.self, forKey: .version),
            licence: try optional(.licence, "not stated"),
            extensions: try optional(.extensions, []),
            environment: try optional(.environment, [:]), needs: try optional(.needs, []),
            network: try optional(.network, .none), isCPU: try optional(.isCPU, true),
            onlyWhenNamed: try optional(.onlyWhenNamed, false),
            homepage: try optional(.homepage, ""))
    }
}
