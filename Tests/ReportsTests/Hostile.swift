import Model

/// The sample run with names that try to break out of wherever they are printed.
enum Hostile {
    static let text = "<script>alert('x')</script>\"&\u{1B}[31m\u{7}\u{202E}]]>\u{0}|`=1+1"

    static var record: Record {
        var record = SampleRecord.record
        record.machine.processor = text
        record.machine.facts = [Fact(text, text, source: text), Fact(text, nil, source: text)]
        record.machine.notes = [text]
        record.run.request = [text]
        record.flags[0].message = text
        record.flags[0].id = text
        for index in record.points.indices {
            record.points[index].point.caseID += text
            record.points[index].subject.backend += text
            record.points[index].backend?.implementation = text
            record.points[index].backend?.execution?.kernel = text
            record.points[index].reasons = record.points[index].reasons.map { $0 + text }
            for axis in record.points[index].point.parameters.indices {
                record.points[index].point.parameters[axis].axis += text
                record.points[index].point.parameters[axis].value += text
            }
            for metric in record.points[index].metrics.indices {
                record.points[index].metrics[metric].source = text
            }
        }
        return record
    }
}
