import Model
import Testing

@testable import Runner

/// Waiting for a machine that throttled itself, with scripted temperatures and no time passing.
@Suite struct CoolDownTests {
    /// A machine whose temperature follows a script; its last value stays.
    private final class Machine {
        var degrees: [Double?]
        var waited: [Nanoseconds] = []

        init(_ degrees: [Double?]) { self.degrees = degrees }

        func read() -> Double? { degrees.count > 1 ? degrees.removeFirst() : degrees[0] }

        var coolDown: CoolDown {
            CoolDown(temperature: { self.read() }, wait: { self.waited.append($0) })
        }

        var total: Nanoseconds { waited.reduce(.zero) { $0 + $1 } }
    }

    @Test func `It waits until the machine is within three degrees of its start`() {
        let machine = Machine([40, 70, 70, 60, 50, 43.5, 42.9])
        machine.coolDown.run()
        #expect(machine.total == .seconds(20))
        #expect(machine.degrees == [42.9])
    }

    @Test func `A machine that is cool already waits for nothing`() {
        let machine = Machine([40, 42])
        machine.coolDown.run()
        #expect(machine.waited.isEmpty)
    }

    @Test func `A machine that stays hot is waited for five minutes and no longer`() {
        let machine = Machine([40, 90])
        machine.coolDown.run()
        #expect(machine.total == .seconds(300))
    }

    @Test func `Without a temperature it waits a minute, for there is nothing to wait for`() {
        let machine = Machine([nil])
        machine.coolDown.run()
        #expect(machine.waited == [.seconds(60)])
    }
}
