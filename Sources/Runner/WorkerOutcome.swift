package import LaunchProtocol
package import Model

/// How a worker ended.
package struct WorkerOutcome: Sendable {
    package var frames: [Frame] = []
    /// A typed name of what went wrong and a sentence; nil when the final frame came.
    package var failure: (name: String, sentence: String)?
    package var phase = LaunchPhase.start
    package var standardOutput = ""
    package var standardError = ""
    package var pid = 0
    package var duration = Nanoseconds.zero
    /// From the start of the process to its first frame.
    package var startDuration = Nanoseconds.zero
    /// From the start of the process to the end of the first call; nil when it came to none.
    package var readyDuration: Nanoseconds?
    /// The measuring phase by this process's clock; nil when it did not come to its end.
    package var measuringDuration: Nanoseconds?
    /// Processes that it left behind, which were ended.
    package var strays = 0
    /// About how long it was seen stopped, by SIGSTOP or a debugger.
    package var stopped = Nanoseconds.zero
    /// Not even SIGKILL ended it: whatever it held is still held.
    package var isAbandoned = false
}

/// What a worker is started with.
package struct WorkerSetup: Sendable {
    package var program: String
    /// The environment, complete.
    package var environment: [String: String]
    package var directory: String
    /// Children of this process that are no worker's, such as programs that ask for power.
    package var otherChildren: @Sendable () -> Set<Int32>

    package init(
        program: String, environment: [String: String], directory: String,
        otherChildren: @escaping @Sendable () -> Set<Int32> = { [] }
    ) {
        self.program = program
        self.environment = environment
        self.directory = directory
        self.otherChildren = otherChildren
    }
}
