import Glibc

/// Repeats what the measurement method says simulation showed, with the product's statistics.
///
/// `simulations ITEM RUNS SEED`, and for queues the true p99 of each: `det0.5=4.33`. Prints one
/// line for each figure: its name, the value, and the number of runs it is a share of (0: none).
@main
enum Simulations {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4, let runs = Int(arguments[2]), let seed = UInt64(arguments[3])
        else {
            print("usage: simulations ITEM RUNS SEED [NAME=VALUE …]")
            exit(2)
        }
        var bounds: [String: Double] = [:]
        for argument in arguments.dropFirst(4) {
            let parts = argument.split(separator: "=")
            if parts.count == 2 { bounds[String(parts[0])] = Double(parts[1]) }
        }
        switch arguments[1] {
        case "pooling": Intervals.pooling(runs, seed)
        case "bootstrap": Intervals.bootstrap(runs, seed)
        case "stopping": Intervals.stopping(runs, seed)
        case "autocorrelation": Intervals.autocorrelation(runs, seed)
        case "warmup": Steadiness.warmup(runs, seed)
        case "drift": Steadiness.drift(runs, seed)
        case "verdict": Verdicts.power(runs, seed)
        case "same": Verdicts.equal(runs, seed)
        case "sessions": Verdicts.sessions(runs, seed)
        case "peeking": Queues.peeking(runs, seed)
        case "queues": Queues.passes(runs, seed, p99: bounds)
        default:
            print("no simulation '\(arguments[1])'")
            exit(2)
        }
    }

    /// Prints a share of runs.
    static func report(_ name: String, _ hits: Int, of runs: Int) {
        print("\(name)\t\(Double(hits) / Double(runs))\t\(runs)")
    }

    /// Prints a value that is no share.
    static func report(_ name: String, value: Double) { print("\(name)\t\(value)\t0") }

    /// In how many of the runs something holds.
    static func count(_ runs: Int, _ holds: () -> Bool) -> Int {
        var hits = 0
        for _ in 0..<runs where holds() { hits += 1 }
        return hits
    }
}
