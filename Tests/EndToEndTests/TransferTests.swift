import Foundation
import Testing

/// Bytes moved between memories, and their numbers.
@Suite struct TransferTests {
    private func ran(
        _ way: String, on backend: String, _ options: [String] = []
    ) throws -> (done: Finished, point: RecordedPoint, kernel: String) {
        let scratch = try Scratch()
        let done = try scratch.finish(
            scratch.runArguments(["t/transfer", "--set", "way=\(way)"])
                + ["--backend", backend] + options)
        let bundle = try scratch.bundle()
        let points = try #require(try bundle.json("run.json")["points"] as? [[String: Any]])
        let used = points.first?["backend"] as? [String: Any]
        let execution = used?["execution"] as? [String: Any]
        return (
            done, RecordedPoint(try #require(points.first)),
            execution?["kernel"] as? String ?? ""
        )
    }

    @Test(
        arguments: [
            ("h2d", 1, "queue.write"), ("h2d-pinned", 1, "queue.copy"), ("d2h", 1, "queue.read"),
            ("d2h-pinned", 1, "queue.copy"), ("d2d", 1, "queue.copy"),
            ("duplex", 2, "queue.write+queue.read"), ("duplex-pinned", 2, "queue.copy+queue.copy"),
            ("to-peer", 1, "peer.copy"), ("from-peer", 1, "peer.copy"),
            ("peers", 2, "peer.copy+peer.copy"),
        ])
    func `Bytes are counted once each way, and all of them arrive`(
        way: String, directions: Int, kernel: String
    ) throws {
        let run = try ran(way, on: "device-memory")
        #expect(run.done.code == 0, "\(run.done.error)")
        #expect(run.point.outcome == "ok" && run.point.passed == true, "\(run.point.reasons)")
        #expect(run.point.coverage == 1 && run.kernel == kernel)
        #expect(run.point.flags.isEmpty, "\(run.point.messages)")
        let time = try #require(run.point.values["time"])
        let rate = try #require(run.point.values["bandwidth.transfer"])
        #expect(abs(rate * time / Double(directions * 1_048_576) - 1) < 1e-9)
        // The fixture's link moves a byte in a nanosecond and never faster, one way at a time.
        #expect(time >= 1.048576e-3 * Double(directions) * 0.999 && rate <= 1.001e9)
        #expect(!run.point.metricNames.contains("bandwidth.stream"))
    }

    @Test(arguments: ["h2d", "duplex-pinned", "to-peer"])
    func `Bytes that do not arrive are missed`(way: String) throws {
        let run = try ran(way, on: "device-memory-loses")
        #expect(run.done.code == 4 && run.point.outcome == "invalid", "\(run.point.reasons)")
        #expect(!Set(run.point.flags).isDisjoint(with: ["accuracyFailed", "outputIncomplete"]))
    }

    @Test(arguments: ["h2d", "d2h-pinned", "d2d", "duplex", "peers"])
    func `A device without memory of its own has nothing to move bytes to`(way: String) throws {
        let run = try ran(way, on: "cpu-simd")
        #expect(run.done.code == 0 && run.point.outcome == "unsupported", "\(run.done.error)")
        #expect(
            run.point.reasons == [
                "Transfer cannot be made here: the device has no memory of its own, only 'host' "
                    + "(unified)"
            ])
    }
}
