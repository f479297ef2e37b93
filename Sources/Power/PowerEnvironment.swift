package import Model

/// The outside world, passed in: files, programs, connections and time.
package struct PowerEnvironment: Sendable {
    /// The kernel's files, or a recorded copy of them.
    package var files: SensorTree
    /// Runs outside programs.
    package var programs: any ProgramRunner
    /// Connects to instruments.
    package var lines: any LineConnector
    /// How long an outside program or an instrument may take for one answer.
    package var answerTimeMax: Nanoseconds

    package init(
        files: SensorTree = .live, programs: any ProgramRunner = SystemPrograms(),
        lines: any LineConnector = TCPConnector(), answerTimeMax: Nanoseconds = .milliseconds(5000)
    ) {
        self.files = files
        self.programs = programs
        self.lines = lines
        self.answerTimeMax = answerTimeMax
    }
}

/// Host time, and waiting by it.
package protocol PowerClock: Sendable {
    /// The host time in nanoseconds since an origin of its own.
    func now() -> UInt64
    /// Waits until that host time, or until the descriptor can be read.
    func wait(until time: UInt64, orReadable descriptor: Int32)
}

/// What an outside program left behind.
package enum ProgramOutcome: Sendable, Hashable {
    case ended(exitCode: Int32, output: String, errors: String)
    /// No program of that name is on the path.
    case missing
    /// It ran too long and was killed.
    case timedOut
    /// It could not be run, or did not end by itself.
    case failed(String)
}

/// Runs outside programs.
package protocol ProgramRunner: Sendable {
    /// Runs a program to its end, without a shell and with nothing on its standard input.
    func run(_ program: String, _ arguments: [String], timeMax: Nanoseconds) -> ProgramOutcome
}

/// Connects to instruments that speak lines of text.
package protocol LineConnector: Sendable {
    /// Opens a connection; fails with a reason within the time given.
    func connect(
        host: String, port: UInt16, timeMax: Nanoseconds
    ) throws(PowerError) -> any LineConnection
}

/// A connection to an instrument that speaks lines of text.
package protocol LineConnection: Sendable {
    /// Sends a text as it is; the caller ends it as the instrument wants.
    func send(_ text: String) throws(PowerError)
    /// The next line without its end; nil when none came in the time given.
    func receiveLine(timeMax: Nanoseconds) throws(PowerError) -> String?
    /// Ends the connection.
    func close()
}
