import Model

/// Facts about the running system: the kernel, its policies and its protections.
enum KernelProbe {
    static func facts(_ files: SystemFiles) -> [Fact] {
        [
            files.fact("kernel", from: "/proc/sys/kernel/osrelease"),
            files.fact("kernelBuild", from: "/proc/sys/kernel/version"),
            files.fact("operatingSystem", from: "/etc/os-release", "/usr/lib/os-release") {
                name(inRelease: $0)
            },
            Fact(
                "libc", files.calls.libc,
                source: files.calls.libc == nil ? "confstr does not say" : "confstr"),
            Fact("pageBytes", String(files.calls.pageBytes), source: "sysconf"),
            files.fact("bootId", from: "/proc/sys/kernel/random/boot_id"),
            files.fact(
                "clocksource",
                from: "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            files.fact("loadAverage", from: "/proc/loadavg") { text in
                let words = text.words
                return words.count < 3 ? nil : words.prefix(3).joined(separator: " ")
            },
            files.fact("aslr", from: "/proc/sys/kernel/randomize_va_space") { level in
                ["0": "off", "1": "partial", "2": "full"][level]
            },
            files.fact(
                "transparentHugePages", from: "/sys/kernel/mm/transparent_hugepage/enabled",
                as: \.bracketed),
            files.fact(
                "transparentHugePagesDefrag", from: "/sys/kernel/mm/transparent_hugepage/defrag",
                as: \.bracketed),
            files.fact("numaBalancing", from: "/proc/sys/kernel/numa_balancing") { level in
                level == "0" ? "off" : "on"
            },
            cpuList("isolatedCPUs", "/sys/devices/system/cpu/isolated", files),
            cpuList("tickFreeCPUs", "/sys/devices/system/cpu/nohz_full", files),
            files.fact("perfEventParanoid", from: "/proc/sys/kernel/perf_event_paranoid"),
            mitigations(files),
        ]
    }

    /// The value of `PRETTY_NAME="…"`.
    private static func name(inRelease text: String) -> String? {
        for line in text.lines {
            guard let (key, value) = line.pair(at: "="), key == "PRETTY_NAME" else { continue }
            return String(value.filter { $0 != "\"" })
        }
        return nil
    }

    /// A list of processors, where an empty file means that there are none.
    private static func cpuList(_ name: String, _ path: String, _ files: SystemFiles) -> Fact {
        let reading = files.read(path)
        guard let text = reading.text else {
            return Fact(name, nil, source: "\(path): \(reading.reason)")
        }
        let isNone = text.isEmpty || text == "(null)"
        return Fact(name, isNone ? "none" : text, source: path)
    }

    /// One line over all vulnerabilities that the kernel knows: which are open, which cost time.
    private static func mitigations(_ files: SystemFiles) -> Fact {
        let directory = "/sys/devices/system/cpu/vulnerabilities"
        guard let names = files.names(in: directory), !names.isEmpty else {
            return Fact("mitigations", nil, source: "\(directory): absent or not readable")
        }
        var groups: [(state: String, names: [String])] = [
            ("vulnerable", []), ("mitigated", []), ("unknown", []),
        ]
        var unaffected = 0
        for name in names {
            let text = files.text("\(directory)/\(name)") ?? ""
            if text.hasPrefix("Not affected") {
                unaffected += 1
            } else if text.contains("Vulnerable") {
                groups[0].names.append(name)
            } else if text.contains("Mitigation") {
                groups[1].names.append(name)
            } else {
                groups[2].names.append(name)
            }
        }
        let parts =
            groups.filter { !$0.names.isEmpty }
            .map { "\($0.state): \($0.names.joined(separator: ", "))" }
            + ["not affected: \(unaffected)"]
        return Fact("mitigations", parts.joined(separator: "; "), source: directory)
    }
}
