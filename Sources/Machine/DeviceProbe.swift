import Model

/// Facts about attached hardware by the numbers it announces on its bus, without any driver.
enum DeviceProbe {
    static func facts(_ files: SystemFiles) -> [Fact] {
        let directory = "/sys/bus/pci/devices"
        guard let addresses = files.names(in: directory) else {
            let source = "\(directory): absent"
            return [
                Fact("accelerators", nil, source: source),
                Fact("networkModels", nil, source: source), disks(files),
            ]
        }
        let devices = addresses.compactMap { address in
            device(at: "\(directory)/\(address)", files: files)
        }
        func identities(_ classes: String...) -> [String] {
            devices.filter { device in classes.contains { device.classCode.hasPrefix($0) } }
                .map(\.identity)
        }
        // Classes of the PCI specification: display controllers, processing accelerators, networks.
        let accelerators = tally(identities("0x03", "0x12"))
        let networks = Set(identities("0x02")).sorted().joined(separator: ", ")
        return [
            Fact("accelerators", accelerators.isEmpty ? "none" : accelerators, source: directory),
            Fact("networkModels", networks.isEmpty ? "none" : networks, source: directory),
            disks(files),
        ]
    }

    /// A device's class and its vendor, model and board numbers; nil for virtual functions.
    private static func device(
        at path: String, files: SystemFiles
    ) -> (classCode: String, identity: String)? {
        // A function made by another one comes and goes with configuration.
        guard !files.exists("\(path)/physfn"), let classCode = files.text("\(path)/class") else {
            return nil
        }
        let numbers = ["vendor", "device", "subsystem_vendor", "subsystem_device"].map { file in
            files.text("\(path)/\(file)").map { $0.hasPrefix("0x") ? String($0.dropFirst(2)) : $0 }
                ?? "?"
        }
        return (classCode, "\(numbers[0]):\(numbers[1]) board \(numbers[2]):\(numbers[3])")
    }

    /// The distinct models of fixed disks; attaching another of the same model changes nothing.
    private static func disks(_ files: SystemFiles) -> Fact {
        let directory = "/sys/block"
        guard let names = files.names(in: directory) else {
            return Fact("diskModels", nil, source: "\(directory): absent")
        }
        let models = names.compactMap { name -> String? in
            let isPluggable =
                files.integer("\(directory)/\(name)/removable") == 1
                || files.linkTarget("\(directory)/\(name)")?.contains("/usb") == true
            return isPluggable ? nil : files.text("\(directory)/\(name)/device/model")
        }
        let value = models.isEmpty ? "none named" : Set(models).sorted().joined(separator: ", ")
        return Fact("diskModels", value, source: "\(directory)/*/device/model")
    }
}
