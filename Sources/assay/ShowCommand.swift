import ArgumentParser
import Bundle
import Cases
import Model
import Operators

/// `assay show`: the expanded points of a case.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows the points of a case with FLOPs, bytes, memory needed and hash.",
        discussion: "Example: assay show op/matmul --set types=f32")

    @Argument(help: "Cases or patterns such as 'op/*'.")
    var names: [String]

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Only the points with these values; repeatable.", valueName: "axis=value,…"))
    var limits: [String] = []

    @Flag(help: "Prints JSON.")
    var json = false

    @OptionGroup var caseOptions: CaseOptions

    private struct Row: Encodable {
        var point: String
        var operation: String
        var flops: UInt64
        var bytes: UInt64
        var memory: UInt64
        var hash: String
        var detail: Point
    }

    func run() throws {
        let installation = try Installation.find()
        let library = try caseOptions.library(installation)
        do throws(CaseErrors) {
            let axisLimits = try limits.map { text throws(CaseErrors) in
                try AxisLimit(parsing: text)
            }
            let requests = try library.select(names, limits: axisLimits)
            try show(requests.flatMap { $0.always + $0.rotate })
        } catch {
            throw failure(error)
        }
    }

    private func show(_ points: [Point]) throws(CaseErrors) {
        let rows = points.map { point in
            let work = (try? OperatorRegistry.work(of: point.operation)) ?? Work()
            return Row(
                point: point.label, operation: point.operation.name, flops: work.flops,
                bytes: work.bytes.value,
                memory: OperatorRegistry.memoryNeeded(point.operation).value,
                hash: PointIdentity.hash(of: point), detail: point)
        }
        if json, let data = try? JSONCoding.pretty(rows) {
            Terminal.print(String(decoding: data, as: UTF8.self))
            return
        }
        Terminal.print(
            Table.text(
                header: ["POINT", "OPERATOR", "FLOPS", "BYTES MOVED", "MEMORY", "HASH"],
                rows: rows.map {
                    [
                        $0.point, $0.operation, "\($0.flops)", "\($0.bytes)", "\($0.memory)",
                        String($0.hash.prefix(12)),
                    ]
                }))
    }
}
