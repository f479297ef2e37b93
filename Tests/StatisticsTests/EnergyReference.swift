import Foundation

/// What numpy says of energies: Tests/Fixtures/power/energy.json.
struct EnergyReference: Decodable {
    struct Window: Decodable {
        var window: [UInt64]
        var joules: Double
    }

    struct Series: Decodable {
        var times: [UInt64]
        var values: [Int64]
        var scale: Double
        var wrap: UInt64?
        var wraps: Int?
        var windows: [Window]
    }

    struct NetCase: Decodable {
        var watts: Double
        var seconds: Double
        var accuracy: Double
        var period: Double
        var levels: [Double]
        var deviations: [Double]
        var net: Double
        var deviation: Double
    }

    var counters: [Series]
    var averaging: Series
    var instantaneous: Series
    /// Each: what goes in, and the three terms with their sum.
    var uncertainties: [[[Double]]]
    var net: [NetCase]

    static let shared: EnergyReference = {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/power/energy.json")
        do {
            return try JSONDecoder().decode(EnergyReference.self, from: Data(contentsOf: file))
        } catch {
            fatalError("\(file.path): \(error)")
        }
    }()
}
