import LaunchProtocol
import Model
import Testing

@Suite struct LayoutTests {
    @Test func `Samples and their starts have room side by side`() {
        let layout = SampleLayout(capacity: 51)
        #expect(layout.startsOffset == 408)
        #expect(layout.byteCount == 816)
    }

    @Test(arguments: [0, 1, 7, 64])
    func `The last telemetry row still fits`(channels: Int) {
        let layout = TelemetryLayout(channels: channels)
        let end = layout.offset(row: layout.rowsMax - 1) + layout.rowBytes
        #expect(end <= TelemetryLayout.byteCount)
        #expect(layout.offset(row: layout.rowsMax) + layout.rowBytes > TelemetryLayout.byteCount)
        #expect(layout.offset(row: 0) == 8)
    }

    @Test func `The fields of the shared page do not overlap`() {
        let fields = [
            WorkerPage.heartbeat, WorkerPage.breadcrumbID, WorkerPage.breadcrumbArgument,
            WorkerPage.estimate,
        ]
        #expect(Set(fields).count == 4)
        #expect(fields.allSatisfy { $0 % 8 == 0 && $0 + 8 <= WorkerPage.byteCount })
    }

    @Test func `A failure's sentence names the phase, what was said and the codes`() {
        var failure = LaunchFailure(kind: .backend, phase: .prepare, message: "no kernel")
        #expect(failure.sentence == "preparing the operation: no kernel")
        failure.status = 3
        #expect(failure.sentence == "preparing the operation: no kernel (status 3)")
        failure.vendorCode = 7
        failure.domain = "driver"
        #expect(
            failure.sentence == "preparing the operation: no kernel (status 3, driver code 7)")
    }

    @Test func `Every phase has words of its own`() {
        #expect(Set(LaunchPhase.allCases.map(\.name)).count == LaunchPhase.allCases.count)
    }
}
