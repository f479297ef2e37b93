/// Whatever runs events: a plug-in's operation in the worker, a script in tests.
package protocol Executor {
    associatedtype Failure: Error

    /// Runs that many events back to back and waits until the last one's completion is visible.
    mutating func run(events: UInt64) throws(Failure)

    /// Brings the caches into the state that every sample starts from; outside the timed region.
    mutating func prepareSample() throws(Failure)

    /// Is told that the next sample is the last: outputs are overwritten, so that what is verified
    /// afterwards was computed inside a timed sample.
    mutating func prepareLastSample() throws(Failure)
}
