import Foundation
import Model
import Testing

@testable import Reports

@Suite struct HTMLReportTests {
    private static let rendered = HTMLReport.render(SampleRecord.record)
    private var page: String { Self.rendered }

    private static let parse = """
        import sys, xml.dom.minidom
        page = xml.dom.minidom.parse(sys.argv[1])
        ids = [e.getAttribute('id') for e in page.getElementsByTagName('*') if e.hasAttribute('id')]
        assert len(ids) == len(set(ids)), 'ids repeat'
        targets = {e.getAttribute('href') for e in page.getElementsByTagName('a')}
        missing = [t for t in targets if not t.startswith('#') or t[1:] not in ids]
        assert not missing, missing
        for svg in page.getElementsByTagName('svg'):
            named = svg.getAttribute('aria-label') or svg.getAttribute('aria-hidden')
            for name in svg.getAttribute('aria-labelledby').split():
                assert name in ids, name
                named = True
            assert named, 'a drawing without a name'
        for head in page.getElementsByTagName('th'):
            assert head.getAttribute('scope'), 'a header without a scope'
        print(len(page.getElementsByTagName('svg')))
        """

    @Test func `The page is well-formed, its links lead somewhere, its drawings have names`() throws
    {
        let result = try Fixture.python(Self.parse, input: page)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func `Hostile names stay text`() throws {
        let hostile = HTMLReport.render(Hostile.record)
        #expect(!hostile.contains("<script"))
        let result = try Fixture.python(
            "import sys, xml.dom.minidom as m; m.parse(sys.argv[1])", input: hostile)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func `Nothing is fetched and nothing runs`() {
        for word in ["http:", "https:", "//cdn", "src=", "<script", "@import", "url(", "<link"] {
            #expect(!page.contains(word), "\(word)")
        }
    }

    @Test func `The same record gives the same bytes`() {
        #expect(HTMLReport.render(SampleRecord.make()) == page)
    }

    @Test func `No report compares by value`() {
        let record = SampleRecord.record
        let texts = [
            page, TerminalReport.render(record, width: 120, color: false),
            MarkdownReport.render(record), CSVReport.render(record),
        ]
        let words = Set(texts.joined(separator: " ").lowercased().split { !$0.isLetter })
        for stem in ["winn", "best", "scor", "rank", "medal", "los", "fastest", "slowest"] {
            #expect(!words.contains { $0.hasPrefix(stem) }, "\(stem)")
        }
    }

    @Test func `Cases keep their declared order and backends the alphabet's, whatever the values`()
    {
        let record = SampleRecord.record
        var declared: [String] = []
        for point in record.points where !declared.contains(point.point.caseID) {
            declared.append(point.point.caseID)
        }
        var shuffled = record
        // Backends in the other order within a point; cases and points as declared.
        shuffled.points = declared.flatMap { id in
            record.points.filter { $0.point.caseID == id }.enumerated().sorted {
                ($0.element.pointHash, $1.element.subject.backend)
                    < ($1.element.pointHash, $0.element.subject.backend)
            }.map(\.element)
        }
        let groups = CaseGroup.all(of: shuffled)
        #expect(groups.map(\.id) == declared)
        for point in groups.flatMap(\.points) {
            let backends = point.records.map(\.subject.backend)
            #expect(backends == backends.sorted())
        }
        let headings = page.matches(of: /<h2 id="case-[0-9]+-heading">([^<]*)</).map {
            String($0.output.1)
        }
        #expect(headings == declared)
    }

    @Test func `Every point on every backend is on the page or in a row for its whole case`() {
        for group in CaseGroup.all(of: SampleRecord.record) {
            let whole = group.wholes.map(\.count).reduce(0, +)
            let planned = SampleRecord.record.points.count { $0.point.caseID == group.id }
            #expect(group.records.count + whole == planned)
        }
    }

    @Test func `What is unknown or unavailable is said so`() {
        #expect(page.contains("hidden by the hypervisor"))
        #expect(page.contains("energy.total: no power sensor was found"))
        #expect(page.contains(">unknown</td>"))
    }

    @Test func `The roofline has measured and declared ceilings and leaves out invalid results`()
        throws
    {
        let roofline = try #require(Roofline(SampleRecord.record))
        #expect(
            roofline.roofs.map(\.label) == [
                "f32 peak avx512, all threads", "f32 declared peak",
                "f64 peak avx512, all threads", "f64 declared peak",
            ])
        #expect(
            roofline.slopes.map(\.label) == [
                "L1d read, 32 KiB", "L2 read, 256 KiB", "L3 read, 8 MiB", "memory read, 256 MiB",
            ])
        #expect(roofline.omitted == 1)
        // Two thirds of an edge of 256 in f32: 2·256³ operations over 3·4·256² bytes.
        #expect(abs((roofline.key.first?.intensity ?? 0) - 256.0 / 6) < 1e-12)
    }

    @Test func `Non-temporal stores give no cache ceiling, and a cache above every size is named`()
        throws
    {
        var record = SampleRecord.record
        record.points.removeAll {
            $0.point.operation.name.hasPrefix("Memory")
                && $0.point.operation.string("stores") == "plain"
        }
        record.machine.caches[3].bytes = Bytes(512 << 20)
        let roofline = try #require(Roofline(record))
        #expect(roofline.slopes.map(\.label) == ["L3 or memory triad, 256 MiB"])
    }

    @Test func `Intervals within one launch are called so`() {
        var record = SampleRecord.record
        for index in record.points.indices {
            for metric in record.points[index].metrics.indices {
                record.points[index].metrics[metric].estimate?.interval?.basis = .samples
            }
        }
        #expect(HTMLReport.render(record).contains("intervals within one launch"))
        let text = TerminalReport.render(record, width: 120, color: false)
        #expect(text.contains("intervals within one launch"))
    }

    @Test func `Without a peak there is no roofline and the page says why`() {
        var record = SampleRecord.record
        record.points.removeAll { $0.point.operation.name == "Peak" }
        #expect(Roofline(record) == nil)
        #expect(HTMLReport.render(record).contains("it needs a measured peak"))
    }

    @Test func `Zero and missing intervals do not stop a report`() {
        var record = SampleRecord.record
        for index in record.points.indices {
            for metric in record.points[index].metrics.indices {
                guard var estimate = record.points[index].metrics[metric].estimate else { continue }
                switch index % 4 {
                case 0: estimate.interval = nil
                case 1: estimate.interval?.low = 0
                case 2: estimate.value = 0
                default: estimate.interval?.high = .infinity
                }
                record.points[index].metrics[metric].estimate = estimate
            }
        }
        #expect(HTMLReport.render(record).hasSuffix("</html>\n"))
        #expect(!TerminalReport.render(record, width: 80, color: false).isEmpty)
    }
}

@Suite struct TableReportTests {
    @Test func `Python reads the CSV and finds every metric of every point`() throws {
        let record = SampleRecord.record
        let program = """
            import csv, sys
            rows = list(csv.DictReader(open(sys.argv[1], newline='')))
            assert all(None not in row and None not in row.values() for row in rows)
            assert all(row['value'] or row['unavailable'] or row['reasons'] for row in rows)
            print(len(rows), end='')
            """
        let expected = record.points.map { max(1, $0.metrics.count) }.reduce(0, +)
        let result = try Fixture.python(program, input: CSVReport.render(record))
        #expect(result.output == "\(expected)")
        let hostile = try Fixture.python(program, input: CSVReport.render(Hostile.record))
        #expect(hostile.output == "\(expected)")
    }

    @Test func `Markdown rows have as many cells as their head`() {
        for text in [SampleRecord.record, Hostile.record].map(MarkdownReport.render) {
            var cells: Int?
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                guard line.hasPrefix("|") else {
                    cells = nil
                    continue
                }
                let count = line.replacing(/\\./, with: "").count { $0 == "|" }
                #expect(cells == nil || cells == count, "\(line)")
                cells = count
            }
        }
    }
}

@Suite struct EscapingTests {
    @Test func `Markup characters and forbidden controls are replaced`() {
        #expect(escaped("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;")
        #expect(escaped("\u{0}\u{1B}\u{FFFE}é µ") == "\u{FFFD}\u{FFFD}\u{FFFD}é µ")
        #expect(oneLine("a\nb\t\u{1B}[2J\u{202E}c") == "a b \u{FFFD}[2J\u{FFFD}c")
    }
}
