import Model
import TestSupport

@testable import LaunchProtocol

/// Random but legal values of everything that crosses the process boundary.
struct RandomValues {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func word() -> UInt64 {
        // Extremes are as likely as anything between.
        switch generator.index(below: 4) {
        case 0: 0
        case 1: .max
        case 2: generator.next() >> generator.next() % 64
        default: generator.next()
        }
    }

    mutating func int() -> Int { Int(Int64(bitPattern: word())) }
    mutating func bool() -> Bool { generator.next() & 1 == 1 }
    mutating func index(below count: Int) -> Int { generator.index(below: count) }

    mutating func number() -> Double {
        let special = [0, -0.0, .greatestFiniteMagnitude, -.leastNonzeroMagnitude, 1e300, 1]
        if bool() { return special[index(below: special.count)] }
        let value = Double(bitPattern: generator.next())
        return value.isFinite ? value : 0.1
    }

    mutating func text() -> String {
        let pieces = ["", "a", "é", "😀", "\0", "\n", "\"", "ein Wort", "\u{7f}", "\u{fffd}"]
        return (0..<index(below: 5)).map { _ in pieces[index(below: pieces.count)] }.joined()
    }

    mutating func optional<T>(_ make: (inout RandomValues) -> T) -> T? {
        bool() ? make(&self) : nil
    }

    mutating func list<T>(_ make: (inout RandomValues) -> T) -> [T] {
        (0..<index(below: 5)).map { _ in make(&self) }
    }

    mutating func any<T: CaseIterable>(_ type: T.Type) -> T where T.AllCases == [T] {
        T.allCases[index(below: T.allCases.count)]
    }

    mutating func device() -> DeviceFacts {
        DeviceFacts(
            index: int(), type: text(), name: text(), vendor: text(), architecture: text(),
            driver: text(), runtime: text(), computeUnits: int(), timingSource: text(),
            memory: Bytes(word()))
    }

    mutating func calibration() -> ClockCalibration {
        ClockCalibration(
            overheadNanoseconds: number(), resolutionNanoseconds: number(),
            overheadP99Nanoseconds: number())
    }

    mutating func correctness() -> Correctness {
        Correctness(
            checked: bool(), passed: bool(), method: text(), coverage: number(), value: number(),
            tolerance: text(), detail: text())
    }

    mutating func counters() -> LaunchCounters {
        var counters = LaunchCounters(measuringNanoseconds: word())
        counters.runQueueWaitNanoseconds = word()
        counters.processorNanoseconds = word()
        counters.involuntarySwitches = word()
        counters.majorFaults = word()
        counters.peakResidentBytes = word()
        counters.threads = int()
        counters.clockHertzBefore = optional { $0.number() }
        counters.clockHertzAfter = optional { $0.number() }
        counters.throughputBefore = optional { $0.number() }
        counters.throughputAfter = optional { $0.number() }
        counters.memoryBefore = optional { $0.number() }
        counters.memoryAfter = optional { $0.number() }
        counters.clockHertzTogether = optional { $0.number() }
        counters.throughputTogether = optional { $0.number() }
        counters.suspendedNanoseconds = word()
        counters.measuringStartNanoseconds = optional { $0.word() }
        counters.busyNanoseconds = optional { $0.word() }
        counters.stolenNanoseconds = optional { $0.word() }
        counters.pressureNanoseconds = optional { $0.word() }
        counters.cgroupThrottles = optional { $0.word() }
        counters.throttleEvents = optional { $0.word() }
        counters.clockRateDeviation = optional { $0.number() }
        return counters
    }

    mutating func execution() -> ExecutionInfo {
        ExecutionInfo(
            kernel: text(), executedOn: text(), math: optional { $0.any(DType.self) },
            accumulate: optional { $0.any(DType.self) }, packedBytes: Bytes(word()),
            workspaceBytes: Bytes(word()), setupSeconds: number())
    }

    mutating func result() -> LaunchResult {
        let reasons: [StopReason] = [.converged, .plateau, .sampleCap, .timeCap, .deadline]
        return LaunchResult(
            stopReason: reasons[index(below: reasons.count)], warmupConverged: bool(),
            samples: int(), batch: word(), rotation: int(), calibrationStart: calibration(),
            calibrationEnd: calibration(), load: Nanoseconds(word()),
            prepare: Nanoseconds(word()), firstCall: Nanoseconds(word()), execution: execution(),
            counters: counters(), violations: list { $0.text() }, outputBytes: Bytes(word()))
    }

    /// A frame of the kind of that number, 0 to 9.
    mutating func frame(kind: Int) -> Frame {
        switch kind {
        case 0: .hello(pid: int())
        case 1: .phase(any(LaunchPhase.self))
        case 2: .devices(list { $0.device() }, version: text())
        case 3: .device(device(), version: text())
        case 4:
            .failure(
                LaunchFailure(
                    kind: any(LaunchFailure.Kind.self), phase: any(LaunchPhase.self),
                    status: int(), vendorCode: int(), domain: text(), message: text()))
        case 5: .result(result())
        case 6: .verified(correctness())
        case 7:
            .channels(
                list {
                    ChannelFacts(
                        id: $0.int(), name: $0.text(), unit: $0.text(), scale: $0.number(),
                        source: $0.text())
                })
        case 8: .log(text())
        default: .final
        }
    }

    mutating func tensor() -> TensorSpec {
        TensorSpec(
            text(), any(DType.self), list { $0.int() }, isConstant: bool(),
            values: optional { random in random.list { Int64($0.int()) } })
    }

    mutating func attribute() -> Attribute {
        let value: AttributeValue =
            switch index(below: 6) {
            case 0: .int(Int64(int()))
            case 1: .float(number())
            case 2: .string(text())
            case 3: .ints(list { Int64($0.int()) })
            case 4: .floats(list { $0.number() })
            default: .strings(list { $0.text() })
            }
        return Attribute("\(generator.next())", value)
    }

    mutating func operation() -> Operation {
        Operation(
            domain: text(), name: text(), opset: int(), inputs: list { $0.tensor() },
            outputs: list { $0.tensor() }, attributes: list { $0.attribute() },
            math: optional { $0.any(DType.self) }, accumulate: optional { $0.any(DType.self) })
    }

    mutating func request() -> LaunchRequest {
        var request = LaunchRequest(
            role: any(WorkerRole.self), nonce: word(),
            entry: bool() ? .linked(text()) : .library(text()), operation: operation())
        let patterns: [DataPattern] = [
            .normal, .uniform, .trigonometric, .zeros, .sparse(0.25), .sparse(0),
        ]
        request.device = int()
        request.cpus = list { $0.int() }
        request.clock = Int32(truncatingIfNeeded: int())
        request.inputSeeds = list { $0.word() }
        request.auditSeed = word()
        request.data = patterns[index(below: patterns.count)]
        request.cache = any(CacheState.self)
        request.timing = any(TimingMode.self)
        request.profile = .named(any(ProfileID.self))
        request.profile.launches = int()
        request.profile.samplesMax = int()
        request.profile.measureTimeMax = Nanoseconds(word())
        request.profile.targetHalfWidth = optional { $0.number() }
        request.profile.sampleTimeMin = optional { Nanoseconds($0.word()) }
        request.lastLevelCache = Bytes(word())
        request.memoryLimit = Bytes(word())
        request.isolateNetwork = bool()
        request.expectationReady = bool()
        request.telemetryPeriod = Nanoseconds(word())
        request.idle = Nanoseconds(word())
        request.comparesRepetitions = bool()
        request.claims = optional {
            BackendClaims(id: $0.text(), extensions: [$0.text()], needs: [$0.text(), $0.text()])
        }
        return request
    }
}
