import Model

/// Facts about what stands between this process and the hardware.
enum VirtualizationProbe {
    private static let identity = "/sys/class/dmi/id"

    static func facts(
        _ files: SystemFiles, processors: Processors, groups: ControlGroups
    ) -> [Fact] {
        [
            virtualization(files, processors: processors), hypervisor(files), product(files),
            firmware(files), container(files, groups: groups),
            path(groups), quota(files, groups: groups),
        ]
    }

    // MARK: - Hypervisor

    /// Fragments of product names that only virtual machines have.
    private static let virtualProducts = [
        "QEMU", "KVM", "Virtual Machine", "VirtualBox", "VMware", "Bochs", "HVM domU", "BHYVE",
        "Compute Engine", "OpenStack", "Firecracker", "Cloud ECS",
    ]

    private static func isVirtual(_ product: String) -> Bool {
        // One provider names its machines by size, and only the bare ones end so.
        let isRentedByPart = product.contains("EC2") && !product.contains(".metal")
        return isRentedByPart || virtualProducts.contains { product.contains($0) }
    }

    /// `virtual machine`, or `none reported`: a hypervisor that hides cannot be told from none.
    private static func virtualization(_ files: SystemFiles, processors: Processors) -> Fact {
        let name = "virtualization"
        if files.calls.hypervisorSignature != nil {
            return Fact(name, "virtual machine", source: "processor's hypervisor leaf")
        }
        if processors.features.contains("hypervisor") {
            return Fact(name, "virtual machine", source: "/proc/cpuinfo flag hypervisor")
        }
        if let type = files.text("/sys/hypervisor/type") {
            return Fact(name, "virtual machine", source: "/sys/hypervisor/type: \(type)")
        }
        if let type = files.text("/proc/device-tree/hypervisor/compatible") {
            return Fact(name, "virtual machine", source: "device tree: \(type)")
        }
        let names = ["sys_vendor", "product_name"].compactMap { files.text("\(identity)/\($0)") }
        let fullName = names.joined(separator: " ")
        if isVirtual(fullName) {
            return Fact(name, "virtual machine", source: "\(identity): \(fullName)")
        }
        let isX86 = files.calls.architecture == "x86_64"
        guard isX86 && !processors.features.isEmpty || !names.isEmpty else {
            return Fact(
                name, nil,
                source: "no sign in /proc/cpuinfo, /sys/hypervisor, the device tree; "
                    + "\(identity) is not readable")
        }
        let tried = "/proc/cpuinfo, /sys/hypervisor, device tree, \(identity)"
        return Fact(name, "none reported", source: tried)
    }

    private static func hypervisor(_ files: SystemFiles) -> Fact {
        if let signature = files.calls.hypervisorSignature {
            let shown = String(signature.trimmed)
            if !shown.isEmpty {
                return Fact("hypervisor", shown, source: "processor's hypervisor leaf")
            }
        }
        return files.fact(
            "hypervisor", from: "/sys/hypervisor/type", "/proc/device-tree/hypervisor/compatible")
    }

    // MARK: - Board

    private static func product(_ files: SystemFiles) -> Fact {
        let names = ["sys_vendor", "product_name"].compactMap { files.text("\(identity)/\($0)") }
        if !names.isEmpty {
            return Fact("product", names.joined(separator: " "), source: identity)
        }
        return files.fact("product", from: "\(identity)/product_name", "/proc/device-tree/model")
    }

    private static func firmware(_ files: SystemFiles) -> Fact {
        let parts = ["bios_vendor", "bios_version", "bios_date"]
            .compactMap { files.text("\(identity)/\($0)") }
        if !parts.isEmpty {
            return Fact("firmware", parts.joined(separator: " "), source: identity)
        }
        return files.fact("firmware", from: "\(identity)/bios_version")
    }

    // MARK: - Container

    /// The kind of container, or `none found`.
    private static func container(_ files: SystemFiles, groups: ControlGroups) -> Fact {
        if let text = files.text("/run/systemd/container") {
            return Fact("container", text, source: "/run/systemd/container")
        }
        let marks = [("/run/.containerenv", "podman"), ("/.dockerenv", "docker")]
        for (path, kind) in marks where files.exists(path) {
            // An image that became a machine's disk keeps the mark without the container.
            if let disk = groups.rootDisk {
                return Fact("container", nil, source: "\(path) is there, but / is on \(disk)")
            }
            return Fact("container", kind, source: path)
        }
        let path =
            (groups.path(controller: "memory") ?? "") + (groups.path(controller: "cpu") ?? "")
        let fragments = ["kubepods", "docker", "libpod", "lxc", "containerd"]
        if let kind = fragments.first(where: { path.contains($0) }) {
            return Fact("container", kind, source: "/proc/self/cgroup")
        }
        let tried = "/run/systemd/container, /run/.containerenv, /.dockerenv, /proc/self/cgroup"
        return Fact("container", "none found", source: tried)
    }

    private static func path(_ groups: ControlGroups) -> Fact {
        let path = groups.path(controller: "memory")
        let source = path == nil ? "/proc/self/cgroup lists none" : "/proc/self/cgroup"
        return Fact("cgroupPath", path, source: source)
    }

    /// The processor time that the control groups allow, in processors, or `unlimited`.
    private static func quota(_ files: SystemFiles, groups: ControlGroups) -> Fact {
        let directories = groups.directories(controller: "cpu")
        guard let leaf = directories.first else {
            let reason = "no control group of the processor in /proc/self/cgroup and mountinfo"
            return Fact("cpuQuota", nil, source: reason)
        }
        let value = groups.processorQuota(files: files).map { String($0) } ?? "unlimited"
        return Fact("cpuQuota", value, source: "\(leaf) and above")
    }
}
