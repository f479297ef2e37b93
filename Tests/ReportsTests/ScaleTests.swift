import Testing

@testable import Reports

@Suite struct ScaleTests {
    private func scale(_ kind: Scale.Kind, _ low: Double, _ high: Double) -> Scale {
        Scale(kind: kind, domain: low...high, range: 0...100)
    }

    @Test func `A logarithmic scale gives equal factors equal distances`() {
        let found = scale(.log, 1, 10_000)
        for (value, place) in [(1.0, 0.0), (10, 25), (100, 50), (10_000, 100)] {
            #expect(abs(found.position(of: value) - place) < 1e-9)
        }
    }

    @Test func `A flipped scale begins at the far end`() {
        var found = scale(.linear, 0, 10)
        found.flipped = true
        #expect(found.position(of: 0) == 100)
        #expect(found.position(of: 2.5) == 75)
    }

    @Test(arguments: [0, -1, Double.infinity, Double.nan])
    func `What has no place on a logarithmic axis stands at its beginning`(value: Double) {
        #expect(scale(.log, 1, 100).position(of: value) == 0)
    }

    @Test func `Linear ticks are 1, 2 or 5 times a power of ten, without rounding errors`() {
        #expect(
            scale(.linear, 0, 1).ticks(about: 10).map { "\($0)" } == [
                "0.0", "0.1", "0.2", "0.30000000000000004", "0.4", "0.5", "0.6000000000000001",
                "0.7000000000000001", "0.8", "0.9", "1.0",
            ])
        #expect(scale(.linear, 0, 1).ticks(about: 10).map(Frame.plain).contains("0.3"))
        #expect(scale(.linear, 3, 47).ticks(about: 5) == [10, 20, 30, 40])
        #expect(scale(.linear, -20, 20).ticks(about: 4) == [-20, -10, 0, 10, 20])
    }

    @Test func `Logarithmic ticks thin out as the domain grows`() {
        #expect(scale(.log, 8, 600).ticks(about: 7) == [10, 20, 50, 100, 200, 500])
        #expect(scale(.log, 1, 1e4).ticks(about: 7) == [1, 3, 10, 30, 100, 300, 1000, 3000, 1e4])
        #expect(scale(.log, 1, 1e12).ticks(about: 5) == [1, 1e3, 1e6, 1e9, 1e12])
        #expect(scale(.log, 40, 46).ticks(about: 4) == [40, 42, 44, 46])
    }

    @Test func `Byte ticks are powers of two with even steps`() {
        let found = scale(.log, 16_384, 268_435_456)
        #expect(
            found.powerOfTwoTicks(atMost: 4).map { Int($0) } == [65_536, 1 << 20, 1 << 24, 1 << 28])
        #expect(
            Frame.byteTicks(found, atMost: 4).map(\.label) == [
                "64 KiB", "1 MiB", "16 MiB", "256 MiB",
            ])
        #expect(scale(.log, 0.03, 5).powerOfTwoTicks(atMost: 9).first == 0.03125)
    }

    @Test func `Labels that meet are pushed apart around their middle`() {
        #expect(Labels.spread([10, 50], gap: 12, within: 0...100) == [10, 50])
        #expect(Labels.spread([50, 50], gap: 12, within: 0...100) == [44, 56])
        #expect(Labels.spread([20, 10, 15], gap: 10, within: 0...100) == [25, 5, 15])
        #expect(Labels.spread([98, 99], gap: 10, within: 0...100) == [90, 100])
        #expect(Labels.spread([], gap: 10, within: 0...100).isEmpty)
    }

    @Test func `Labels never overlap and keep their order`() {
        var state: UInt64 = 7
        for _ in 0..<200 {
            let wanted = (0..<12).map { _ -> Double in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return Double(state >> 40) / 65_536
            }
            let places = Labels.spread(wanted, gap: 13, within: 0...256)
            let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
            for (one, next) in zip(order, order.dropFirst()) {
                #expect(places[next] - places[one] >= 13 - 1e-9)
            }
        }
    }
}
