import Machine
import Model
import Testing

@Suite struct FingerprintTests {
    @Test func `The text lists immovable hardware and nothing else`() throws {
        let text = fingerprintText(of: try MachineProbe.gather(files: Recorded.server))
        #expect(
            text == """
                assay.fingerprint/1
                architecture x86_64
                cpuVendor GenuineExample
                cpuFamily 6
                cpuModel 143
                cpuStepping 8
                packages 2
                cores 8
                nodes 2
                memoryBytes 549755813888
                accelerators 1234:5678 board 9999:0001 ×2
                networkModels 1234:1111 board 9999:0001
                diskModels EXAMPLE DISK 3840G

                """)
    }

    @Test func `What moves by itself does not change the text`() throws {
        let machine = try MachineProbe.gather(files: Recorded.server)
        var moved = machine
        moved.threads = 8
        moved.allowedCPUs = [0]
        moved.machineID = "other"
        moved.memory = Bytes(1 << 30)
        moved.memoryAvailable = Bytes(1)
        moved.nodes[0].bytes = Bytes(1)
        let movable = [
            "microcode", "bootId", "loadAverage", "kernel", "frequencyGovernor", "boost",
        ]
        for index in moved.facts.indices where movable.contains(moved.facts[index].name) {
            moved.facts[index].value = "changed"
        }
        #expect(fingerprintText(of: moved) == fingerprintText(of: machine))
        moved.cores = 4
        #expect(fingerprintText(of: moved) != fingerprintText(of: machine))
    }

    /// Managed and installed memory of machines as published or seen, in KiB and GiB.
    @Test(arguments: [
        (527_816_072, 512), (24_684_092, 24), (32_506_540, 32), (16_303_140, 16),
        (8_052_700, 8), (395_900_000, 384), (1_056_000_000, 1024), (131_900_000, 128),
        (65_700_000, 64), (98_800_000, 96), (3_990_000, 4),
    ])
    func `Managed memory rounds up to the installed modules`(kibibytes: UInt64, gibibytes: UInt64) {
        #expect(installedBytes(managed: kibibytes * 1024) == gibibytes << 30)
    }
}
