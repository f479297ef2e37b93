import Telemetry
import Testing

@Suite struct TelemetryChannelTests {
    private func counter(modulus: UInt64?) -> TelemetryChannel {
        TelemetryChannel(
            id: 0, name: "energy", unit: "J", kind: .counter, domain: "package", source: "x",
            scale: 0x1p-16, modulus: modulus)
    }

    @Test(arguments: [
        // The vector of measurement.md section 16: 32 bits, 4294967290 to 4 is 10 units.
        (UInt64(1) << 32, Int64(4_294_967_290), Int64(4), Int64(10)),
        (1 << 32, 5, 5, 0), (1 << 32, 5, 6, 1), (262_143_328_850, 262_143_328_840, 0, 10),
    ])
    func `A counter grows across its wrap`(
        modulus: UInt64, earlier: Int64, later: Int64, growth: Int64
    ) {
        #expect(counter(modulus: modulus).growth(from: earlier, to: later) == growth)
    }

    @Test func `A counter that went back without wrapping has no growth`() {
        #expect(counter(modulus: nil).growth(from: 10, to: 9) == nil)
        #expect(counter(modulus: 8).growth(from: 10, to: 9) == nil)
    }
}
