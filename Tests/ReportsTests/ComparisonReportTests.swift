import Foundation
import Model
import Testing

@testable import Reports

/// A comparison as two sessions of a small machine would give it.
enum SampleComparison {
    static let record = make()

    private static func side(_ run: String, _ version: String) -> ComparedSide {
        ComparedSide(
            bundle: "results/\(run)", run: run, started: "2025-11-21T02:14:07Z",
            machineID: "lab-7", fingerprint: "f00d", processor: "A processor",
            harness: "assay \(version) (4be19d2)", seal: "9c3f",
            subject: Subject(backend: "cpu-simd", device: 0))
    }

    private static func value(_ value: Double, _ flags: [String] = []) -> ComparedValue {
        ComparedValue(
            subject: Subject(backend: "cpu-simd", device: 0), implementation: "kernels",
            estimate: Estimate(
                statistic: "median", value: value, n: 300, launches: 10,
                interval: Interval(
                    low: value * 0.997, high: value * 1.003, level: 0.95, method: "t",
                    basis: .launches)), status: flags.isEmpty ? .valid : .qualified, flags: flags,
            launchDeviation: 0.004)
    }

    static func row(
        _ size: String, _ old: Double, _ new: Double, metric: String = "time",
        verdict: Verdict, halfWidth: Double? = 0.004, reasons: [String] = []
    ) -> ComparisonRow {
        let isRate = metric != "time"
        let point = Point(
            caseID: "op/matmul",
            parameters: [
                Parameter(axis: "types", value: "f32"), Parameter(axis: "size", value: size),
            ], operation: Operation(name: "MatMul", opset: 13, inputs: [], outputs: []))
        var row = ComparisonRow(
            point: point, pointHash: "hash " + size,
            metric: Metric(
                name: metric, quantity: isRate ? "operation rate" : "duration",
                unit: isRate ? "{FLOP}/s" : "s", direction: isRate ? .larger : .smaller,
                kind: .measured, source: "clock", unavailable: "x"),
            baseline: value(old), candidate: value(new), basis: .pairedInterleaved,
            delta: ComparedDelta(value: 0.01, source: "least δ"))
        let ratio = new / old
        row.ratio = ComparedRatio(
            value: ratio,
            interval: halfWidth.map {
                Interval(
                    low: ratio - $0, high: ratio + $0, level: 0.95, method: "t", basis: .launches)
            })
        row.verdict = verdict
        row.reasons = reasons
        return row
    }

    private static func make() -> ComparisonRecord {
        ComparisonRecord(
            methodology: "1.0", baseline: side("0199-a", "0.1.0"),
            candidate: side("0199-b", "0.2.0"),
            differences: [
                ComparedFact(name: "harness", baseline: "0.1.0 (4be19d2)", candidate: "0.2.0 (x)"),
                ComparedFact(name: "kernel", baseline: "6.1", candidate: "6.6"),
            ], noise: ["The A/A noise of the machine is not known."],
            rows: [
                row("small", 1.234e-6, 1.301e-6, verdict: .slower),
                row("small", 4.25e11, 4.03e11, metric: "throughput.flop", verdict: .slower),
                row("model", 1.5e-3, 1.49e-3, verdict: .same),
                row("large", 0.8, 0.6, verdict: .faster),
                row(
                    "huge", 2.8, 2.85, verdict: .inconclusive, halfWidth: 0.04,
                    reasons: ["the interval lies neither within ±1 % nor beyond; about 42 launches"]
                ),
                row(
                    "odd", 2.8, 2.9, verdict: .inconclusive, halfWidth: nil,
                    reasons: ["the candidate was disturbed: preempted: each thread waited | *"]),
            ],
            excluded: [
                NotCompared(
                    point: "op/exp size=small", metric: nil, baseline: "", candidate: "cpu-simd",
                    reason: "only the candidate has it"),
                NotCompared(
                    point: "op/exp size=model", metric: nil, baseline: "", candidate: "cpu-simd",
                    reason: "only the candidate has it"),
                NotCompared(
                    point: "op/add", metric: "energy.total", baseline: "cpu-simd",
                    candidate: "cpu-simd", reason: "unavailable in the baseline: no sensor"),
            ], expectedFalseFindings: 0.0234)
    }
}

@Suite struct ComparisonReportTests {
    private let record = SampleComparison.record

    @Test(arguments: [60, 80, 100, 140])
    func `No line of a comparison is wider than the terminal`(width: Int) {
        let text = ComparisonReport.render(record, width: width, color: false)
        for line in text.split(separator: "\n") { #expect(line.count <= max(80, width), "\(line)") }
    }

    @Test func `Every row has both values, the ratio with its interval, and a verdict`() {
        let text = ComparisonReport.render(record, width: 140, color: false)
        let slower =
            text.split(separator: "\n").first { $0.contains("SLOWER") && $0.contains("ns") }
            ?? text.split(separator: "\n").first { $0.contains("1.234") } ?? ""
        for part in ["small", "time", "1.234", "1.301", "1.0543", "[1.0503, 1.0583]", "SLOWER"] {
            #expect(slower.contains(part), "\(part) in \(slower)")
        }
        #expect(text.contains("0.9482"))
        #expect(text.contains("└ the interval lies neither"))
        #expect(text.contains("└ the candidate was disturbed: preempted"))
        #expect(text.contains("6 compared: 1 FASTER, 2 SLOWER, 1 SAME, 2 INCONCLUSIVE"))
        #expect(text.contains("2 points: only the candidate has it"))
        #expect(text.contains("energy.total of op/add: unavailable in the baseline: no sensor"))
        #expect(text.contains("paired, interleaved · 10 launches a side · δ 1.00 % (least δ)"))
        #expect(text.contains("at most 0.02 of these rows"))
    }

    @Test func `No colour says better or worse, and weights change no word`() {
        let plain = ComparisonReport.render(record, width: 100, color: false)
        let weighted = ComparisonReport.render(record, width: 100, color: true)
        #expect(weighted.replacing(/\u{1B}\[[0-9]+m/, with: "") == plain)
        let codes = Set(weighted.matches(of: /\u{1B}\[([0-9]+)m/).map { String($0.1) })
        #expect(codes.isSubset(of: ["0", "1", "2"]), "bold and faint only")
        #expect(!plain.contains(/winner|rank|best|worst|score/))
    }

    @Test func `Rows stand in the order of the record, whatever their verdict`() {
        let text = ComparisonReport.render(record, width: 140, color: false)
        let places = ["small", "model", "large", "huge", "odd"].map { size in
            text.range(of: "\n  \(size) ")?.lowerBound
        }
        #expect(places.allSatisfy { $0 != nil })
        #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    }

    @Test func `Markdown has a table for each case and no open cell`() {
        let text = ComparisonMarkdown.render(record)
        #expect(text.hasPrefix("# Assay comparison\n"))
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.contains("time") }
        #expect(rows.count == 5)
        for row in rows {
            // Pipes that are not escaped: one more than the nine columns less two constants.
            #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 9, "\(row)")
        }
        #expect(text.contains("\\| \\*"))
        #expect(text.contains("| kernel | 6.1 | 6.6 |"))
    }

    @Test func `Names from a bundle cannot steer the terminal`() {
        var hostile = record
        hostile.rows[0].point.caseID = "op/\u{1B}[31mred\u{202E}"
        hostile.baseline.bundle = "a\nb\u{7}"
        hostile.differences[0].candidate = "\u{9B}2J"
        let text = ComparisonReport.render(hostile, width: 80, color: false)
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
        #expect(!text.unicodeScalars.contains { (0x7F...0x9F).contains($0.value) })
        #expect(!text.unicodeScalars.contains { $0.value == 0x202E })
    }

    @Test func `A comparison of nothing is still a report`() {
        var empty = record
        empty.rows = []
        empty.expectedFalseFindings = 0
        let text = ComparisonReport.render(empty, width: 80, color: false)
        #expect(text.contains("0 compared"))
        #expect(!text.contains("by chance"))
        #expect(ComparisonMarkdown.render(empty).contains("0 compared"))
    }
}
