import Cases
import Model
import Testing

/// What is wrong with a file, and the line that says so.
struct BadFile: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var lines: [String]

    init(_ name: String, _ text: String, _ lines: String...) {
        self.name = name
        self.text = text
        self.lines = lines
    }

    var testDescription: String { name }
}

private let add = """
    workload:
      operator: Add
      inputs:
        A: { dtype: f32, shape: [4] }
        B: { dtype: f32, shape: [4] }

    """

private let badShapes = [
    BadFile(
        "misspelt key", caseText("workload:\n  opertor: Add\n"),
        "x.yaml:5:3: error: unknown key 'opertor'; did you mean 'operator'?"),
    BadFile(
        "unknown key without a near one", caseText(add + "zzz: 1\n"),
        "x.yaml:9:1: error: unknown key 'zzz'; known: assay, id, title, workload, axes, data, "
            + "measure, verify, closedDivision, owner"),
    BadFile(
        "missing keys", "assay: 1\n",
        "x.yaml:1:1: error: 'id' is missing", "x.yaml:1:1: error: 'title' is missing",
        "x.yaml:1:1: error: 'workload' is missing"),
    BadFile(
        "wrong version", "assay: 2\nid: op/x\ntitle: T\nworkload: { launch: empty }\n",
        "x.yaml:1:8: error: 'assay' must be 1, not '2'"),
    BadFile(
        "not a map", "- 1\n", "x.yaml:1:1: error: 'case' must be a map, not a list"),
    BadFile(
        "number for text", "assay: 1\nid: op/x\ntitle: 3\nworkload: { launch: empty }\n",
        "x.yaml:3:8: error: 'title' must be text, not a whole number"),
    BadFile(
        "no value", "assay: 1\nid: op/x\ntitle:\nworkload: { launch: empty }\n",
        "x.yaml:3:7: error: 'title' has no value"),
    BadFile(
        "bad id", "assay: 1\nid: Op\ntitle: T\nworkload: { launch: empty }\n",
        "x.yaml:2:5: error: 'Op' is not an id such as 'op/matmul': lower-case words with '-', "
            + "separated by '/'"),
    BadFile(
        "list for a map", caseText(add + "measure: [hot]\n"),
        "x.yaml:9:10: error: 'measure' must be a map, not a list"),
    BadFile(
        "unknown word", caseText(add + "measure: { cache: hut }\n"),
        "x.yaml:9:19: error: unknown value 'hut' for 'cache'; did you mean 'hot'?"),
    BadFile(
        "data pattern", caseText(add + "data: sparse(2)\n"),
        "x.yaml:9:7: error: 'sparse(2)' is not normal, uniform, trigonometric, zeros or "
            + "sparse(p) with p from 0 to 1"),
    BadFile(
        "thread count", caseText(add + "measure: { threads: 0 }\n"),
        "x.yaml:9:21: error: '0' is not all or a number of threads"),
    BadFile(
        "two workloads", caseText("workload: { operator: Add, launch: empty }\n"),
        "x.yaml:4:28: error: 'workload' is 'operator' already; it cannot also be 'launch'"),
    BadFile(
        "no workload", caseText("workload: { zzz: 1 }\n"),
        "x.yaml:4:11: error: 'workload' must have one of the keys operator, peak, memory, "
            + "transfer, storage, launch, integrity, stress"),
    BadFile(
        "workload of the future", caseText("workload:\n  model: { architecture: decoder }\n"),
        "x.yaml:5:3: error: the workload 'model' is not available in this version"),
    BadFile(
        "key of the future", caseText(add + "concurrency: [alone, all]\n"),
        "x.yaml:9:1: error: 'concurrency' is not available in this version"),
    BadFile(
        "unknown operator", caseText(add.replacing("Add", with: "Ad")),
        "x.yaml:5:13: error: unknown operator 'Ad'; did you mean 'Add'?"),
    BadFile(
        "input without a shape",
        caseText("workload: { operator: Exp, inputs: { input: { dtype: f32 } } }\n"),
        "x.yaml:4:38: error: the input 'input' has no 'shape'"),
    BadFile(
        "output without an element type", caseText(add + "  outputs: { C: {} }\n"),
        "x.yaml:9:17: error: 'dtype' is missing"),
    BadFile(
        "terminal control in a value", caseText(add + "data: \"\\e[31mred\"\n"),
        "x.yaml:9:7: error: '?[31mred' is not normal, uniform, trigonometric, zeros or sparse(p) "
            + "with p from 0 to 1"),
]

private let badAxes = [
    BadFile(
        "unused axis", caseText(add + "axes:\n  size: [1, 2]\n"),
        "x.yaml:10:3: error: nothing uses the axis 'size'"),
    BadFile(
        "missing axis",
        caseText(
            add.replacing("B: { dtype: f32", with: "B: { dtype: $tipes.weight")
                + "axes:\n  types: [f32]\n"),
        "x.yaml:8:17: error: '$tipes.weight' refers to an axis that does not exist; did you mean "
            + "'types'?"),
    BadFile(
        "missing field",
        caseText(
            add.replacing("B: { dtype: f32", with: "B: { dtype: $types.wait")
                + "axes:\n  types: [f32]\n"),
        "x.yaml:8:17: error: the values of the axis 'types' have no field 'wait'; known: "
            + "activation, cache, output, weight"),
    BadFile(
        "value without a field",
        caseText(
            add.replacing("[4]", with: "[$n]")
                + "axes:\n  size:\n    - { name: a, n: 4 }\n    - { name: b, m: 4 }\n"),
        "x.yaml:12:7: error: the value 'b' of the axis 'size' has no 'n', which '$n' needs"),
    BadFile(
        "field that is no number",
        caseText(add.replacing("[4]", with: "[$n]") + "axes:\n  size: [{ name: a, n: four }]\n"),
        "x.yaml:10:24: error: 'four' is not a whole number, which '$n' stands for"),
    BadFile(
        "axis with fields used bare",
        caseText(add.replacing("[4]", with: "[$size]") + "axes:\n  size: [{ name: a, n: 4 }]\n"),
        "x.yaml:7:30: error: the values of the axis 'size' have fields; write $size.n",
        "x.yaml:8:30: error: the values of the axis 'size' have fields; write $size.n"),
    BadFile(
        "field of two axes",
        caseText(
            add.replacing("[4]", with: "[$n]")
                + "axes:\n  a: [{ name: x, n: 4 }]\n  b: [{ name: x, n: 4 }]\n"),
        "x.yaml:7:30: error: '$n' is a field of several axes; write $a.n or $b.n",
        "x.yaml:8:30: error: '$n' is a field of several axes; write $a.n or $b.n"),
    BadFile(
        "value twice", caseText(add.replacing("[4]", with: "[$n]") + "axes: { n: [1, 1] }\n"),
        "x.yaml:9:16: error: the axis 'n' has the value '1' twice"),
    BadFile(
        "empty axis", caseText(add.replacing("[4]", with: "[$n]") + "axes: { n: [] }\n"),
        "x.yaml:9:12: error: 'n' must not be empty"),
    BadFile(
        "axis called case", caseText(add + "axes: { case: [1] }\n"),
        "x.yaml:9:9: error: an axis cannot be called 'case'; suites use that key"),
    BadFile(
        "axis twice",
        caseText(add + "axes: { cache: [hot] }\nmeasure: { cache: [hot] }\n"),
        "x.yaml:10:12: error: 'cache' is an axis already"),
    BadFile(
        "setting beside its axis",
        caseText(add + "axes: { cache: [hot] }\nmeasure: { cache: coldRotate }\n"),
        "x.yaml:10:19: error: 'cache' is an axis; it cannot also be 'coldRotate'"),
    BadFile(
        "unfit name of a value",
        caseText(add.replacing("[4]", with: "[$n]") + "axes: { n: [2*2] }\n"),
        "x.yaml:9:13: error: '2*2' cannot name a value; write { name: …, n: … } with a name of "
            + "letters, digits and ._+-()"),
    BadFile(
        "equal points",
        caseText(
            add.replacing("[4]", with: "[$s.n]")
                + "axes: { s: [{ name: a, n: 4 }, { name: b, n: 2+2 }] }\n"),
        "x.yaml:5:13: error: the points 's=a' and 's=b' are the same work"),
    BadFile(
        "too many points",
        caseText(
            add.replacing("[4]", with: "[$a, $b]")
                + "axes:\n  a: [" + (1...101).map(String.init).joined(separator: ", ") + "]\n  b: ["
                + (1...100).map(String.init).joined(separator: ", ") + "]\n"),
        "x.yaml:9:1: error: the axes make more than 10000 points"),
    BadFile(
        "mayChange of nothing", caseText(add + "closedDivision: { mayChange: [size] }\n"),
        "x.yaml:9:31: error: 'size' is not an axis of this case"),
]

private let badArithmetic = [
    ("[4/0]", "x.yaml:4:68: error: division by zero in '4/0'"),
    (
        "[9223372036854775807 + 1]",
        "x.yaml:4:87: error: the value of '9223372036854775807 + 1' exceeds 64 bits"
    ),
    (
        "[9223372036854775808]",
        "x.yaml:4:67: error: the number in '9223372036854775808' exceeds 64 bits"
    ),
    ("[2*(3]", "x.yaml:4:71: error: the arithmetic '2*(3' ends too early"),
    ("[\"2 % 3\"]", "x.yaml:4:70: error: '%' has no place in the arithmetic '2 % 3'"),
    ("[$]", "x.yaml:4:67: error: '$' must be followed by the name of an axis"),
    ("[1 - 2]", "x.yaml:4:67: error: 'shape' is -1; it must be from 0 to 2147483648"),
    ("[4.5]", "x.yaml:4:67: error: 'shape' must be a whole number or arithmetic, not a number"),
    (
        "[2147483648, 2147483648]",
        "x.yaml:4:79: error: the input 'input' has more than 4398046511104 elements"
    ),
    ("4", "x.yaml:4:66: error: 'shape' must be a list, not a whole number"),
]

private let badFiles = [
    (
        "{ bytes: 4096, block: 4096 }",
        "x.yaml:4:22: error: a file is either read or written: one of the keys 'read' and 'write'"
    ),
    (
        "{ read: random, write: random, bytes: 4096, block: 4096 }",
        "x.yaml:4:38: error: a file is either read or written: one of the keys 'read' and 'write'"
    ),
    (
        "{ read: random, bytes: 4096 }",
        "x.yaml:4:45: error: 'bytes' is 4096; it must be from 1048576 to 17592186044416"
    ),
    (
        "{ write: random, bytes: 9000, block: 5000 }",
        "x.yaml:4:22: error: StorageWrite: attribute 'block' is 5000; it must be a multiple of 4096"
    ),
]

private let badMemory = [
    (
        "{ kernel: triad, bytes: 100 }",
        "x.yaml:4:45: error: 'bytes' is 100; it must be from 1536 to 17592186044416"
    ),
    (
        "{ kernel: chase, bytes: 1024, stores: plain }",
        "x.yaml:4:51: error: 'stores' means nothing to the kernel 'chase'"
    ),
    (
        "{ kernel: read, bytes: 1024, stride: 64 }",
        "x.yaml:4:50: error: 'stride' means nothing to the kernel 'read'"
    ),
    (
        "{ kernel: read, bytes: 1024, stores: nonTemporal }",
        "x.yaml:4:31: error: no combination of the axes makes a point"
    ),
    (
        "{ kernel: chase, bytes: 1024, stride: 12 }",
        "x.yaml:4:31: error: PointerChase: attribute 'stride' is 12; it must be a multiple of 8"
    ),
    (
        "{ kernel: gather, bytes: 1024 }",
        "x.yaml:4:31: error: unknown value 'gather' for 'kernel'; known: read, write, copy, scale, "
            + "add, triad, random, chase, loadedChase"
    ),
    (
        "{ kernel: random, bytes: 32768, steps: 24 }",
        "x.yaml:4:53: error: 'steps' means nothing to the kernel 'random'"
    ),
    (
        "{ kernel: loadedChase, bytes: 1024, window: 64 }",
        "x.yaml:4:57: error: 'window' means nothing to the kernel 'loadedChase'"
    ),
    (
        "{ kernel: chase, bytes: 1024, delay: 64 }",
        "x.yaml:4:51: error: 'delay' means nothing to the kernel 'chase'"
    ),
    (
        "{ kernel: loadedChase, bytes: 1024, streamBytes: 70000 }",
        "x.yaml:4:31: error: LoadedLatency: attribute 'streamBytes' is 70000; it must be a "
            + "multiple of 65536"
    ),
    (
        "{ kernel: chase, bytes: 32768, updates: 24 }",
        "x.yaml:4:52: error: 'updates' means nothing to the kernel 'chase'"
    ),
    (
        "{ kernel: random, bytes: 24576 }",
        "x.yaml:4:31: error: RandomAccess: attribute 'bytes' is 24576; it must be a power of two"
    ),
    (
        "{ kernel: chase, bytes: 1024, window: 1024 }",
        "x.yaml:4:31: error: no combination of the axes makes a point"
    ),
]

private let badPeaks = [
    (
        "{ peak: fma, dtype: i8 }",
        "x.yaml:4:19: error: peak 'fma' has the element types f32, f64, f16, not 'i8'"
    ),
    (
        "{ peak: tile, dtype: bf16, unit: vector }",
        "x.yaml:4:19: error: peak 'tile' is no work of the unit 'vector'"
    ),
    (
        "{ peak: dot, dtype: i8, operations: 1536 }",
        "x.yaml:4:19: error: Peak: attribute 'operations' is 1536; it must be a multiple of 3072"
    ),
    (
        "{ peak: tile, dtype: bf16, path: avx2 }",
        "x.yaml:4:19: error: Peak: attribute 'path' is 'avx2', which is no path of the unit "
            + "'matrix'"
    ),
]

@Suite struct CaseErrorTests {
    @Test(arguments: badPeaks)
    func `A peak that is no such work is reported at its kind`(workload: String, line: String) {
        let text = caseText("workload: \(workload)\n")
        #expect(errorLines(CaseFile(path: "x.yaml", text: text)) == [line])
    }

    @Test(arguments: badShapes + badAxes)
    func `A wrong file is reported with line, column and one sentence`(file: BadFile) {
        #expect(errorLines(CaseFile(path: "x.yaml", text: file.text)) == file.lines)
    }

    @Test(arguments: badArithmetic)
    func `Wrong arithmetic is reported where it stands`(shape: String, line: String) {
        let text = caseText(
            "workload: { operator: Exp, inputs: { input: { dtype: f32, shape: \(shape) } } }\n")
        #expect(errorLines(CaseFile(path: "x.yaml", text: text)) == [line])
    }

    @Test func `What an operator objects to is reported at its name, with the first such point`() {
        let catalogue = OperatorCatalogue(names: { _ in ["Add"] }) {
            (operation) throws(OperatorCatalogue.Refusal) in
            guard operation.inputs[0].shape != [4] else { return operation }
            throw OperatorCatalogue.Refusal("Add: no")
        }
        let text = caseText(add.replacing("[4]", with: "[$n]") + "axes: { n: [4, 5, 6] }\n")
        let errors = #expect(throws: CaseErrors.self) {
            try CaseLibrary([CaseFile(path: "x.yaml", text: text)], catalogue: catalogue)
        }
        #expect(errors?.description == "x.yaml:5:13: error: Add: no (n=5)")
    }

    @Test func `A fault in several points is reported once`() {
        let text = caseText(
            add.replacing("[4]", with: "[8/$n]") + "axes: { n: [4, 0, 1, -0] }\n")
        #expect(
            errorLines(CaseFile(path: "x.yaml", text: text)) == [
                "x.yaml:7:31: error: division by zero in '8/$n'"
            ])
    }

    @Test func `All faults of one file come at once, sorted by place`() {
        let text =
            "assay: 1\nid: Op/x\nworkload:\n  operator: Exp\n  inputs:\n"
            + "    input: { dtype: f33, shap: [1] }\naxes:\n  a: []\n"
            + "measur: 1\nverify: { oracle: f32 }\n"
        #expect(
            errorLines(CaseFile(path: "x.yaml", text: text)) == [
                "x.yaml:1:1: error: 'title' is missing",
                "x.yaml:2:5: error: 'Op/x' is not an id such as 'op/matmul': lower-case words "
                    + "with '-', separated by '/'",
                "x.yaml:6:21: error: unknown value 'f33' for 'dtype'; did you mean 'f32'?",
                "x.yaml:6:26: error: unknown key 'shap'; did you mean 'shape'?",
                "x.yaml:8:6: error: 'a' must not be empty",
                "x.yaml:9:1: error: unknown key 'measur'; did you mean 'measure'?",
                "x.yaml:10:19: error: unknown value 'f32' for 'oracle'; known: f64",
            ])
    }

    @Test(arguments: badFiles)
    func `A file is read or written, in whole blocks`(file: String, line: String) {
        let text = caseText("workload: { storage: \(file) }\n")
        #expect(errorLines(CaseFile(path: "x.yaml", text: text)) == [line])
    }

    @Test(arguments: badMemory)
    func `A memory kernel refuses what it cannot do`(kernel: String, line: String) {
        let text = caseText("workload: { memory: \(kernel) }\n")
        #expect(errorLines(CaseFile(path: "x.yaml", text: text)) == [line])
    }
}
