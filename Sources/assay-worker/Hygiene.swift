import CAssaySystem
import Glibc

/// What a plug-in must leave as it found it (rule R8).
struct Hygiene: Equatable {
    private let floatControl: UInt32
    private let signalHandlers: UInt32
    private let directory: String
    private let locale: String
    private let creationMask: mode_t
    private let cpus: [Int32]

    /// The state now.
    static func current() -> Hygiene { Hygiene() }

    private init() {
        floatControl = assay_float_control()
        signalHandlers = assay_signal_handlers()
        var path = [CChar](repeating: 0, count: 4096)
        let isKnown = unsafe getcwd(&path, path.count) != nil
        let characters = path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        directory = isKnown ? String(decoding: characters, as: UTF8.self) : ""
        let name = unsafe setlocale(LC_ALL, nil)
        locale = unsafe name.map { unsafe String(cString: $0) } ?? ""
        creationMask = umask(0o22)
        umask(creationMask)
        var room = [Int32](repeating: 0, count: 1024)
        let count = unsafe assay_get_affinity(&room, UInt32(room.count))
        cpus = Array(room.prefix(Int(max(0, count))))
    }

    /// What differs now from before, one phrase each.
    func changes(since before: Hygiene) -> [String] {
        var changes: [String] = []
        if floatControl != before.floatControl { changes.append("changed floating-point control") }
        if signalHandlers != before.signalHandlers { changes.append("installed signal handlers") }
        if directory != before.directory { changes.append("changed the working directory") }
        if locale != before.locale { changes.append("changed the locale") }
        if creationMask != before.creationMask { changes.append("changed the umask") }
        if cpus != before.cpus { changes.append("changed the thread's processor affinity") }
        return changes
    }

    /// Whether a thread may run on a processor that the launch was not given.
    static func escapes(_ cpus: [Int]) -> Bool {
        let given = Set(cpus)
        return !given.isEmpty
            && ProcessFacts.names(in: "/proc/self/task").contains { task in
                let status = ProcessFacts.contents(of: "/proc/self/task/\(task)/status")
                let line = status.split(separator: "\n")
                    .first { $0.hasPrefix("Cpus_allowed_list:") }
                let list = line?.split(separator: "\t").last ?? ""
                return !allowed(list).isSubset(of: given)
            }
    }

    /// The processors of a list such as `0,2-5`.
    private static func allowed(_ list: Substring) -> Set<Int> {
        var found: Set<Int> = []
        for part in list.split(separator: ",") {
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { continue }
            found.formUnion(first...last)
        }
        return found
    }

    /// Whether this process has children, which a plug-in must not start.
    static var hasChildren: Bool {
        ProcessFacts.names(in: "/proc/self/task").contains { task in
            !ProcessFacts.contents(of: "/proc/self/task/\(task)/children").isEmpty
        }
    }
}
