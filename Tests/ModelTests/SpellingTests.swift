import Model
import Testing

@Suite struct SpellingTests {
    @Test(arguments: [
        ("normal", DataPattern.normal), ("uniform", .uniform), ("trigonometric", .trigonometric),
        ("zeros", .zeros), ("sparse(0.5)", .sparse(0.5)), ("sparse(0.0)", .sparse(0)),
        ("sparse(1.0)", .sparse(1)),
    ])
    func `Data patterns are spelt as they are read`(name: String, pattern: DataPattern) {
        #expect(DataPattern(name: name) == pattern)
        #expect(pattern.name == name)
    }

    @Test(arguments: [
        "", "Normal", "sparse", "sparse()", "sparse(2)", "sparse(-0.1)", "sparse(nan)",
        "sparse(inf)", "sparse(0.5", "ones",
    ])
    func `What is no data pattern is refused`(name: String) {
        #expect(DataPattern(name: name) == nil)
    }

    @Test func `Thread counts are all or at least one`() {
        #expect(ThreadCount(name: "all") == .all)
        #expect(ThreadCount(name: "12") == .exactly(12))
        for name in ["0", "-1", "many", "", "1.5"] { #expect(ThreadCount(name: name) == nil) }
        #expect(ThreadCount.all.resolved(cores: 7) == 7)
        #expect(ThreadCount.exactly(3).resolved(cores: 7) == 3)
    }

    @Test func `Seeds are written with sixteen digits`() {
        #expect("\(Seed(0))" == "0000000000000000")
        #expect("\(Seed(0xab))" == "00000000000000ab")
        #expect("\(Seed(.max))" == "ffffffffffffffff")
    }

    @Test func `A pattern selects a case by name or by the beginning of it`() {
        #expect(Selection.matches("op/matmul", pattern: "op/*"))
        #expect(Selection.matches("op/matmul", pattern: "op/matmul"))
        #expect(Selection.matches("op/matmul", pattern: "*"))
        #expect(!Selection.matches("op/matmul", pattern: "op/mat"))
        #expect(!Selection.matches("op", pattern: "op/*"))
    }

    @Test func `A selection limits only the axes that it names`() {
        let point = Point(
            caseID: "op/add",
            parameters: [Parameter(axis: "types", value: "f32"), Parameter(axis: "n", value: "4")],
            operation: Operation(name: "Add", opset: 14, inputs: [], outputs: []))
        #expect(Selection(pattern: "op/*").includes(point))
        #expect(Selection(pattern: "op/*", axes: ["types": ["f64", "f32"]]).includes(point))
        #expect(!Selection(pattern: "op/*", axes: ["types": ["f64"]]).includes(point))
        #expect(!Selection(pattern: "op/*", axes: ["unknown": ["f32"]]).includes(point))
        #expect(point.label == "op/add types=f32 n=4")
    }

    @Test func `Attributes are found by name and type`() {
        let operation = Operation(
            name: "X", opset: 1, inputs: [], outputs: [],
            attributes: [
                Attribute("z", .int(3)), Attribute("a", .float(0.5)),
                Attribute("s", .string("t")), Attribute("l", .ints([1, 2])),
            ])
        #expect(operation.attributes.map(\.name) == ["a", "l", "s", "z"])
        #expect(operation.int("z") == 3)
        #expect(operation.double("z") == 3)
        #expect(operation.double("a") == 0.5)
        #expect(operation.int("a") == nil)
        #expect(operation.string("s") == "t")
        #expect(operation.ints("l") == [1, 2])
        #expect(operation.attribute("none") == nil)
    }

    @Test func `Work counts bytes read and written and their intensity`() {
        let work = Work(flops: 100, bytesRead: Bytes(30), bytesWritten: Bytes(20))
        #expect(work.bytes == Bytes(50))
        #expect(work.arithmeticIntensity == 2)
        #expect(Work(flops: 1).arithmeticIntensity == nil)
        #expect(Work(bytesRead: Bytes(1)).arithmeticIntensity == nil)
    }
}
