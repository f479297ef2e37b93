package import Model

/// The canonical text of the hardware facts that make two runs "the same machine".
///
/// An explicit list: readings that move by themselves (clocks, host name, initialised memory,
/// thread count under a changed SMT setting) must not split a history.
///
/// - Returns: one `name value` line per fact, ending in a newline; `unknown` where not known.
package func fingerprintText(of machine: MachineFacts) -> String {
    func known(_ name: String) -> String { machine.fact(name) ?? "unknown" }
    let memory = machine.fact("memoryTotalBytes").flatMap { UInt64($0) }
    let lines = [
        "assay.fingerprint/1",
        "architecture \(machine.architecture)",
        "cpuVendor \(known("cpuVendor"))",
        "cpuFamily \(known("cpuFamily"))",
        "cpuModel \(known("cpuModel"))",
        "cpuStepping \(known("cpuStepping"))",
        "packages \(machine.packages)",
        "cores \(machine.cores)",
        "nodes \(machine.nodes.count)",
        "memoryBytes \(memory.map { String(installedBytes(managed: $0)) } ?? "unknown")",
        "accelerators \(known("accelerators"))",
        "networkModels \(known("networkModels"))",
        "diskModels \(known("diskModels"))",
    ]
    return lines.joined(separator: "\n") + "\n"
}

/// The installed memory that leaves the kernel with so much to manage.
///
/// Kernel and firmware keep 0.5 to 6 % for themselves, more or less with each version. Modules
/// come in steps of an eighth of the power of two below the total: 503 GiB managed is 512 GiB.
package func installedBytes(managed: UInt64) -> UInt64 {
    guard managed >= 8 else { return managed }
    let powerBelow = UInt64(1) << UInt64(63 - managed.leadingZeroBitCount)
    let step = powerBelow / 8
    return (managed + step - 1) / step * step
}
