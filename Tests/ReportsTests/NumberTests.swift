import Model
import Testing

@testable import Reports

@Suite struct NumberTests {
    @Test func `Decimals are rounded as Python rounds them`() throws {
        for row in try Fixture.rows("fixed.tsv") {
            let value = Fixture.double(row[0])
            #expect(fixed(value, Int(row[1]) ?? 0) == row[2], "\(value) to \(row[1])")
        }
    }

    @Test func `Logarithms and angles agree with the C library to a few units in the last place`()
        throws
    {
        for row in try Fixture.rows("functions.tsv") {
            let value = Fixture.double(row[1])
            let expected = Fixture.double(row[2])
            let found = row[0] == "ln" ? logarithm(value) : arctangent(value).degrees
            #expect(abs(found - expected) <= 4e-15 * max(1, abs(expected)), "\(row[0]) \(value)")
        }
    }

    @Test func `Decimal logarithms of powers of ten are whole numbers`() {
        for exponent in -15...22 { #expect(logarithm10(powerOfTen(exponent)) == Double(exponent)) }
    }

    private func reading(
        _ value: Double, _ low: Double?, _ high: Double?, _ unit: String
    ) -> Reading {
        let interval = low.flatMap { low in
            high.map {
                Interval(low: low, high: $0, level: 0.95, method: "", basis: .launches)
            }
        }
        return Reading(
            Estimate(statistic: "", value: value, n: 1, launches: 1, interval: interval),
            style: .of(unit: unit))
    }

    @Test(arguments: [
        (45.7312e9, 45.6123e9, 45.8511e9, "45.73 GB/s", "[45.61, 45.85]"),
        (45.7312e9, 40e9, 51e9, "45.7 GB/s", "[40.0, 51.0]"),
        (45.7312e9, 10e9, 80e9, "46 GB/s", "[10, 80]"),
        (999.96e9, 999.9e9, 1000.02e9, "999.960 GB/s", "[999.900, 1000.020]"),
        (512e9, 100e9, 900e9, "512 GB/s", "[100, 900]"),
    ])
    func `Digits are cut to the interval's magnitude`(
        value: Double, low: Double, high: Double, text: String, interval: String
    ) {
        let found = reading(value, low, high, "By/s")
        #expect(found.valueAndUnit == text)
        #expect(found.interval == interval)
    }

    @Test(arguments: [
        (41e-9, "s", "41.0 ns"), (1.5e-6, "s", "1.50 µs"), (0.0123, "s", "12.3 ms"),
        (12, "s", "12.0 s"), (2.5e-12, "s", "0.00250 ns"), (381.4e9, "{FLOP}/s", "381 GFLOP/s"),
        (2048, "By", "2.00 KiB"), (1e9, "By/s", "1.00 GB/s"), (0, "By/s", "0 B/s"),
        (250, "W", "250 W"), (3.2e9, "Hz", "3.20 GHz"), (0.5, "1", "0.500"),
        (7, "{token}/s", "7.00 token/s"),
    ])
    func `Without an interval three digits stand, with the prefix that suits`(
        value: Double, unit: String, text: String
    ) {
        let found = reading(value, nil, nil, unit)
        #expect(found.valueAndUnit == text)
        #expect(found.interval == "–")
    }

    @Test func `Numbers that are not finite are shown and do not trap`() {
        #expect(reading(.infinity, nil, nil, "s").value == "∞")
        #expect(reading(.nan, .nan, .nan, "s").value == "not a number")
        #expect(reading(1, 0, .infinity, "s").interval == "[0.00, ∞]")
    }

    @Test func `Amounts of memory are whole where they are`() {
        #expect(shown(Bytes(48 << 10)) == "48 KiB")
        #expect(shown(Bytes(1_500_000_000)) == "1.4 GiB")
        #expect(shown(Bytes(0)) == "0 B")
    }
}
