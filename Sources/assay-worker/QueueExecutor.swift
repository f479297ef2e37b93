import Backends
import LaunchProtocol
import Measurement

/// Runs a prepared operation on its queue, cycling through the sets of tensors.
final class QueueExecutor: Executor {
    private let operation: PreparedOperation
    private let queue: Queue
    private let sets: WorkingSets
    let inspector: Inspector
    private var nextSet = 0
    /// The set of tensors that the latest event used.
    private(set) var lastSet = 0
    /// The events of the latest run.
    private(set) var lastEvents: UInt64 = 0

    init(operation: PreparedOperation, queue: Queue, sets: WorkingSets, inspector: Inspector) {
        self.operation = operation
        self.queue = queue
        self.sets = sets
        self.inspector = inspector
    }

    func run(events: UInt64) throws(BackendError) {
        try queue.enqueue(operation, count: events, firstSet: nextSet)
        try queue.synchronize()
        lastEvents = events
        let count = UInt64(sets.sets.count)
        lastSet = Int((UInt64(nextSet) + events - 1) % count)
        nextSet = Int((UInt64(nextSet) + events) % count)
    }

    func prepareSample() throws(BackendError) {
        try inspector.prepareSample(set: nextSet)
        sets.flushCaches()
    }

    func prepareLastSample() throws(BackendError) {
        try inspector.settle()
        try sets.poison(queue: queue)
    }
}

/// Writes samples into memory that the runner shares: no system call, no allocation.
struct SharedSampleSink: SampleSink {
    private let inspector: Inspector
    private let executor: QueueExecutor
    private let memory: SharedMemory
    private let page: SharedMemory
    private let layout: SampleLayout
    private var count = 0

    init(
        memory: SharedMemory, page: SharedMemory, inspector: Inspector, executor: QueueExecutor
    ) {
        self.inspector = inspector
        self.executor = executor
        self.memory = memory
        self.page = page
        layout = SampleLayout(capacity: unsafe memory.bytes.count / 16)
    }

    mutating func record(elapsed: UInt64, start: UInt64) {
        guard count < layout.capacity else { return }
        memory.store(elapsed, at: count * 8)
        memory.store(start, at: layout.startsOffset + count * 8)
        count += 1
        inspector.noteSample(elapsed: elapsed, start: start, set: executor.lastSet)
        beat()
    }

    mutating func expect(_ nanoseconds: UInt64) {
        page.store(nanoseconds, at: WorkerPage.estimate)
        inspector.noteWarmup(elapsed: nanoseconds, events: executor.lastEvents)
        beat()
    }

    private func beat() {
        page.store(page.load(at: WorkerPage.heartbeat) &+ 1, at: WorkerPage.heartbeat)
    }
}
