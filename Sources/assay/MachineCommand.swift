import ArgumentParser
import Bundle
import Machine
import Model

/// `assay machine`: what is known about this machine, and what is not.
struct MachineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "machine",
        abstract: "Shows topology, memory, caches, instruction sets, clocks, power sources and "
            + "what is unknown.",
        discussion: """
            Examples:
              assay machine --json
              assay machine --calibrate     # on several nights, after several boots
            A calibration tells what sessions of this machine differ by when nothing was changed,
            so that 'assay compare' can judge two runs of different sessions.
            """)

    @Flag(help: "Prints JSON.")
    var json = false

    @Flag(help: "Runs a session of the suite 'calibration' and adds it to the machine's A/A noise.")
    var calibrate = false

    func run() throws {
        guard !calibrate else { return try CalibrationSession().run() }
        let facts = try MachineReader.read()
        if json {
            Terminal.print(String(decoding: try JSONCoding.pretty(facts), as: UTF8.self))
            return
        }
        Terminal.print(Self.text(facts))
    }

    private static func text(_ facts: MachineFacts) -> String {
        var rows: [(String, String)] = [
            ("processor", facts.processor), ("architecture", facts.architecture),
            (
                "cores",
                "\(facts.packages) package(s), \(facts.cores) cores, \(facts.threads) threads; "
                    + "\(facts.allowedCPUs.count) for this process"
            ),
            ("instruction sets", facts.isa.joined(separator: " ")),
            ("memory", "\(mebibytes(facts.memory)), \(mebibytes(facts.memoryAvailable)) available"),
            ("huge pages", facts.hugePages),
        ]
        for cache in facts.caches {
            rows.append(
                (
                    "L\(cache.level) \(cache.type)",
                    "\(cache.instances) × \(cache.bytes.value >> 10) KiB, "
                        + "shared by \(cache.sharedBy)"
                ))
        }
        for node in facts.nodes {
            rows.append(
                (
                    "NUMA node \(node.index)",
                    "\(mebibytes(node.bytes)), \(node.cpus.count) threads, "
                        + "distances \(node.distances.map(String.init).joined(separator: " "))"
                ))
        }
        rows.append(("machine id", facts.machineID))
        rows.append(("fingerprint", facts.fingerprint))
        let known = facts.facts.filter { $0.value != nil }
        let unknown = facts.facts.filter { $0.value == nil }
        rows += known.map { ($0.name, $0.value ?? "") }
        var text = Table.text(header: ["FACT", "VALUE"], rows: rows.map { [$0.0, $0.1] })
        text += "\n\nUnknown, and why:\n"
        text += unknown.map { "  \($0.name): \($0.source)" }.joined(separator: "\n")
        if !facts.notes.isEmpty {
            text += "\n\nNotes:\n" + facts.notes.map { "  \($0)" }.joined(separator: "\n")
        }
        return text
    }

    private static func mebibytes(_ bytes: Bytes) -> String { "\(bytes.value >> 20) MiB" }
}

/// Machine facts with the identity that the site gives.
enum MachineReader {
    /// The environment variable by which a site names its machines.
    static let identityVariable = "ASSAY_MACHINE_ID"

    static func read() throws -> MachineFacts {
        do throws(MachineError) {
            var facts = try MachineProbe.gather()
            facts.fingerprint = Hashing.sha256(fingerprintText(of: facts))
            if let id = Installation.environment(identityVariable) { facts.machineID = id }
            return facts
        } catch {
            throw CommandFailure(.wrongUse, "error: \(error)")
        }
    }
}
