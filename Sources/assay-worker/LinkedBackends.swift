import AssayABI
import BLAS
import CAssaySystem
import CPUSIMD
import CPUSIMDKernels
import LaunchProtocol
import NullBackend

/// The backends linked into this program, entered through the same table as any other.
enum LinkedBackends {
    /// The entry function of a linked backend; nil when there is none of that id.
    static func entry(_ id: String) -> assay_entry_fn? {
        switch id {
        case "blas": unsafe assay_blas_entry_v1
        case "cpu-simd": unsafe cpuSIMDEntry
        case "null": unsafe assay_null_entry_v1
        default: nil
        }
    }

    /// The manifests of the linked backends, as a JSON array.
    static var manifests: String {
        let list = unsafe [
            String(cString: assay_blas_manifest_v1()), String(cString: cpusimd_manifest()),
            String(cString: assay_null_manifest_v1()),
        ]
        return "[" + list.joined(separator: ",") + "]"
    }

    /// The entry function that a request names, loading its library where it has one.
    static func entry(_ entry: BackendEntry) throws(LoadFailure) -> assay_entry_fn {
        switch entry {
        case .linked(let id):
            guard let function = unsafe Self.entry(id) else {
                throw LoadFailure(message: "no backend '\(id)' is linked in")
            }
            return unsafe function
        case .library(let path): return unsafe try library(path)
        }
    }

    private static func library(_ path: String) throws(LoadFailure) -> assay_entry_fn {
        var reason = [CChar](repeating: 0, count: 1024)
        guard let library = unsafe assay_library_open(path, &reason, UInt32(reason.count)) else {
            let text = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw LoadFailure(message: String(decoding: text, as: UTF8.self))
        }
        guard let symbol = unsafe assay_library_symbol(library, "assay_entry_v1") else {
            throw LoadFailure(
                message: "'\(path)' has no symbol assay_entry_v1, so it is not a plug-in "
                    + "of an ABI version that this harness knows")
        }
        return unsafe unsafeBitCast(symbol, to: assay_entry_fn.self)
    }
}

/// Why a plug-in's code could not be entered.
struct LoadFailure: Error {
    var message: String
}
