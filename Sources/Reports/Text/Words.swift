import Model

/// The sentences and names that every report shares, so that their wording is reviewed as a whole.
enum Words {
    static let scope =
        "One unit, one session; not a statement about the product. "
        + "An interval covers this unit in this session."

    static let order =
        "Cases stand in the order in which they were declared, backends in alphabetical order."

    static let bytesBasis =
        "Bytes are counted as the algorithm needs them: every operand once, without the reads "
        + "that plain stores cause. The intensity is therefore exact, and intervals are upright."

    static func name(_ outcome: Outcome) -> String {
        switch outcome {
        case .ok: "ok"
        case .invalid: "wrong result"
        case .error: "error"
        case .skipped: "skipped"
        case .unsupported: "unsupported"
        case .notScheduled: "not scheduled"
        case .notReached: "not reached"
        }
    }

    /// What a metric is, in words; its own name where this table does not know it.
    static func title(metric name: String, of operation: String = "") -> String {
        switch name {
        case "time": "Time per call"
        case "period": "Time per call in an undrained pipeline"
        case "latency.p50": "Median time of one call"
        case "throughput.flop": "Operations per second"
        case "bandwidth.stream": "Bandwidth, bytes counted as STREAM does"
        case "bandwidth.real": "Bandwidth, ownership reads included"
        case "sustained": "Speed at the end, of that at the beginning"
        case "corruption.bound": "Corrupted elements, at most"
        case "corruption.bound.call": "Calls with corrupted elements, at most"
        case "bandwidth.transfer": "Bandwidth of the transfer, both ways together"
        case "bandwidth.storage": "Bandwidth of the storage"
        case "bandwidth.load": "Bandwidth of the other threads"
        case "latency.access":
            switch operation {
            case "RandomAccess": "Time per update"
            case "StorageRead", "StorageWrite": "Time per block"
            case "CoreToCore": "Time per hand-over of a cache line, one way"
            case "PageFault": "Time per page fault"
            case "Capacity": "Time per page of 4 KiB"
            case "ParallelRegion": "Time per parallel region"
            case "ThreadSpawn": "Time per thread, started and joined"
            default: "Time per dependent access"
            }
        default: name
        }
    }

    /// Such as `1 thread`, `all threads` or, where the case does not say, `the run's threads`.
    static func threads(_ count: ThreadCount?) -> String {
        switch count {
        case nil, .all?: "all threads"
        case .exactly(1)?: "1 thread"
        case .exactly(let count)?: "\(count) threads"
        }
    }

    /// The backend, with the device's number where it is not the first.
    static func name(_ subject: Subject) -> String {
        let device = subject.device == 0 ? "" : ":\(subject.device)"
        return subject.backend + device + (subject.side == 0 ? "" : " (against)")
    }

    /// What a label can hold of a longer text.
    static func shortened(_ text: String, to limit: Int) -> String {
        text.count <= limit ? text : text.prefix(max(0, limit - 1)) + "…"
    }

    /// `1 point`, `2 points`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
