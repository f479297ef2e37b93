import Foundation

/// What scipy and numpy say: Tests/Fixtures/statistics/reference.json.
struct Reference: Decodable {
    struct Normal: Decodable {
        var cumulative: [[Double]]
        var quantile: [[Double]]
    }

    struct MannWhitneyCase: Decodable {
        var first: [Double]
        var second: [Double]
        var exact: Bool
        var statistic: Double
        var pValue: Double
    }

    struct MeanCase: Decodable {
        var values: [Double]
        var geometricMean: Double
        var geometric: [Double]
        var logDeviation: Double
        var differences: [Double]
        var arithmeticMean: Double
        var arithmetic: [Double]
    }

    struct ComparisonCase: Decodable {
        var candidate: [Double]
        var baseline: [Double]
        var difference: Double
        var standardError: Double
        var degreesOfFreedom: Double
        var pValue: Double
        var beyondOnePercent: Double
        var interval: [Double]
    }

    struct PairedCase: Decodable {
        var candidate: [Double]
        var baseline: [Double]
        var difference: Double
        var pValue: Double
        var interval: [Double]
    }

    struct MultipleTestingCase: Decodable {
        var pValues: [Double]
        var holm: [Double]
        var benjaminiHochberg: [Double]
    }

    struct DipCase: Decodable {
        var values: [Double]
        var dip: Double
        var pValue: Double
    }

    struct DescriptiveCase: Decodable {
        var values: [Double]
        var median: Double
        var mean: Double
        var variance: Double
        var autocorrelation: Double
        var corrected: Double
        var firstQuartile: Double
        var thirdQuartile: Double
        var outliers: Int
    }

    struct ClumpingCase: Decodable {
        var latencies: [UInt64]
        var bound: UInt64
        var factor: Double
    }

    struct VarianceCase: Decodable {
        var launches: [[Double]]
        var within: Double
        var between: Double
    }

    struct ChangePointCase: Decodable {
        var values: [Double]
        var penalty: Double
        var starts: [Int]
    }

    struct QueueCase: Decodable {
        var utilisation: Double
        var p99: Double
    }

    var normal: Normal
    var student: Normal
    var beta: [[Double]]
    var binomial: [[Double]]
    var log_gamma: [[Double]]
    var rank_intervals: [[Double]]
    var mann_whitney: [MannWhitneyCase]
    var means: [MeanCase]
    var comparisons: [ComparisonCase]
    var paired: PairedCase
    var multiple_testing: MultipleTestingCase
    var dips: [DipCase]
    var descriptive: [DescriptiveCase]
    var clumping: [ClumpingCase]
    var variance_split: VarianceCase
    var change_points: [ChangePointCase]
    var queues: [QueueCase]

    static let shared: Reference = {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/statistics/reference.json")
        guard let data = try? Data(contentsOf: file) else {
            fatalError("cannot read \(file.path)")
        }
        do {
            return try JSONDecoder().decode(Reference.self, from: data)
        } catch {
            fatalError("\(file.path): \(error)")
        }
    }()
}

/// Whether two numbers agree to a relative error, or an absolute one for numbers near 0.
func agree(_ value: Double, _ expected: Double, relative: Double, absolute: Double = 0) -> Bool {
    if value == expected { return true }
    return abs(value - expected) <= max(relative * abs(expected), absolute)
}
