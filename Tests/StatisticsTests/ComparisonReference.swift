import Foundation

/// What scipy and numpy say of comparisons: Tests/Fixtures/statistics/comparison.json.
struct ComparisonReference: Decodable {
    struct Unpaired: Decodable {
        var candidate: [Double]
        var baseline: [Double]
        var deviations: [Double]
        var freedoms: [Double]
        var standardError: Double
        var degreesOfFreedom: Double
        var interval: [Double]
    }

    struct Sessions: Decodable {
        var occasions: [Int]
        var series: [[Double]]
        var floor: Double
        var deviation: Double
        var pairs: Int
        var degreesOfFreedom: Double
    }

    struct Pilot: Decodable {
        var pilot: [[Double]]
        var sampleCost: Double
        var launchCost: Double
        /// 0: none.
        var target: Double
        var samples: Int
        var launches: Int
        var halfWidth: Double
        var cost: Double
    }

    var false_verdicts: [[Double]]
    var unpaired: [Unpaired]
    var sessions: [Sessions]
    var pilots: [Pilot]

    static let shared: ComparisonReference = {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/statistics/comparison.json")
        do {
            return try JSONDecoder().decode(
                ComparisonReference.self, from: Data(contentsOf: file))
        } catch {
            fatalError("\(file.path): \(error)")
        }
    }()
}
