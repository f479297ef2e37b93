import Cases
import Model
import Testing

private let matmul = CaseFile(
    path: "cases/op/matmul.yaml",
    text: """
        assay: 1
        id: op/matmul
        title: Product
        workload:
          operator: MatMul
          inputs:
            A: { dtype: $types.activation, shape: [$n, $n] }
            B: { dtype: $types.weight, shape: [$n, $n] }
        axes:
          types: [f32, f64]
          size: [{ name: small, n: 2 }, { name: large, n: 3 }]
        measure: { cache: [hot, coldRotate] }

        """)
private let empty = CaseFile(
    path: "cases/launch/empty.yaml",
    text: """
        assay: 1
        id: launch/empty
        title: Nothing
        workload: { launch: empty }
        axes: { threads: [1, all] }

        """)

private func suiteFile(_ rest: String, path: String = "cases/suites/s.yaml") -> CaseFile {
    CaseFile(path: path, isSuite: true, text: "assay: 1\nsuite: s\ntitle: A suite\n" + rest)
}

private func suiteErrors(_ rest: String) -> [String] {
    errorLines(matmul, empty, suiteFile(rest)).map {
        String($0.trimmingPrefix("cases/suites/s.yaml:"))
    }
}

private let profile = "profile: { always: smoke }\n"

private let wrongSuites: [(String, [String])] = [
    (
        "always: [op/matmull]\n",
        ["5:10: error: no case matches 'op/matmull'; did you mean 'op/matmul'?"]
    ),
    (
        "always: [serve/*]\n",
        ["5:10: error: no case matches 'serve/*'; known: launch/empty, op/matmul"]
    ),
    (
        "always: [{ case: op/*, siz: small }]\n",
        ["5:24: error: no case that matches 'op/*' has the axis 'siz'; did you mean 'size'?"]
    ),
    (
        "always: [{ case: op/*, size: [smal, huge] }]\n",
        [
            "5:31: error: the axis 'size' has no value 'smal'; did you mean 'small'?",
            "5:37: error: the axis 'size' has no value 'huge'; known: small, large",
        ]
    ),
    (
        "always: [{ case: \"*\", size: small, threads: 1 }]\n",
        ["5:10: error: no point has all of these values"]
    ),
    ("always: []\n", ["5:9: error: 'always' must not be empty"]),
    (
        "always: [OP]\n",
        ["5:10: error: 'OP' is not a case's id, or the beginning of one followed by '*'"]
    ),
    ("always: [{ size: small }]\n", ["5:10: error: 'case' is missing"]),
    (
        "always: [op/*]\nbudget: soon\n",
        ["6:9: error: 'soon' is not a time such as 0.4s, 60s, 10m or 2h"]
    ),
    (
        "always: [op/*]\nbudget: 0s\n",
        ["6:9: error: 'budget' must be more than nothing and at most three years"]
    ),
    (
        "always: [op/*]\nweekly: [op/*]\n",
        ["6:1: error: 'weekly' is not available in this version"]
    ),
    (
        "always: [op/*]\nrotat: [op/*]\n",
        ["6:1: error: unknown key 'rotat'; did you mean 'rotate'?"]
    ),
    ("", ["1:1: error: 'always' is missing"]),
]

@Suite struct SuiteTests {
    @Test func `A suite has profiles, budgets and selections`() throws {
        let library = try CaseLibrary([
            matmul, empty,
            suiteFile(
                """
                profile: { always: nightly, rotate: trend }
                budget: 2h
                pointBudget: 0.4s
                always:
                  - { case: op/matmul, size: small, types: [f32, f64], cache: hot }
                  - launch/empty
                rotate: [op/*]

                """),
        ])
        let suite = try #require(library.suites.first)
        #expect(suite.name == "s")
        #expect(suite.alwaysProfile == .nightly)
        #expect(suite.rotateProfile == .trend)
        #expect(suite.budget == Nanoseconds(7_200_000_000_000))
        #expect(suite.pointBudget == Nanoseconds(400_000_000))
        #expect(
            suite.always[0].axes == ["size": ["small"], "types": ["f32", "f64"], "cache": ["hot"]])
        let request = library.request(suite)
        #expect(
            request.always.map(\.label) == [
                "launch/empty threads=1", "launch/empty threads=all",
                "op/matmul types=f32 size=small cache=hot",
                "op/matmul types=f64 size=small cache=hot",
            ])
        #expect(request.rotate.count == 6)
        #expect(Set(request.always).isDisjoint(with: request.rotate))
    }

    @Test(arguments: wrongSuites)
    func `A wrong suite is reported with line and column`(text: String, lines: [String]) {
        #expect(suiteErrors(profile + text) == lines)
    }

    @Test func `An unknown profile is reported`() {
        #expect(
            suiteErrors("profile: { always: smok }\nalways: [op/*]\n") == [
                "4:20: error: unknown value 'smok' for 'always'; did you mean 'smoke'?"
            ])
    }

    @Test func `A suite is not blamed for a case that cannot be read`() {
        let broken = CaseFile(
            path: "cases/op/matmul.yaml", text: "assay: 1\nid: op/matmul\ntitle: 1\n")
        let suite = suiteFile(profile + "always: [op/matmul, { case: op/*, size: small }]\n")
        #expect(
            errorLines(broken, empty, suite) == [
                "cases/op/matmul.yaml:1:1: error: 'workload' is missing",
                "cases/op/matmul.yaml:3:8: error: 'title' must be text, not a whole number",
            ])
    }

    @Test func `Names that stand twice are reported at the second`() {
        let again = CaseFile(path: "cases/zz.yaml", content: matmul.content)
        let suite = suiteFile(profile + "always: [op/*]\n")
        let suiteAgain = suiteFile(profile + "always: [op/*]\n", path: "cases/suites/t.yaml")
        #expect(
            errorLines(matmul, empty, again, suite, suiteAgain) == [
                "cases/suites/t.yaml:2:8: error: "
                    + "the suite 's' stands in cases/suites/s.yaml already",
                "cases/zz.yaml:2:5: error: "
                    + "the id 'op/matmul' stands in cases/op/matmul.yaml already",
            ])
    }
}

@Suite struct SelectionTests {
    private let library: CaseLibrary

    init() throws {
        library = try CaseLibrary([matmul, empty, suiteFile(profile + "always: [launch/*]\n")])
    }

    private func message(_ names: [String], _ limits: [AxisLimit] = []) -> String? {
        do throws(CaseErrors) {
            _ = try library.select(names, limits: limits)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `Suites come one by one, cases together and without repetitions`() throws {
        let requests = try library.select(["op/matmul", "s", "op/*", "op/matmul"])
        #expect(requests.map { $0.suite?.name } == ["s", nil])
        #expect(requests.map(\.always.count) == [2, 8])
    }

    @Test func `Limits leave the points that have one of the values on each axis`() throws {
        let limits = [
            try AxisLimit(parsing: "size=small"), try AxisLimit(parsing: "cache=hot,coldRotate"),
            try AxisLimit(parsing: "size=large"), try AxisLimit(parsing: "types=f64"),
        ]
        let requests = try library.select(["*"], limits: limits)
        #expect(
            requests.flatMap(\.always).map(\.label) == [
                "op/matmul types=f64 size=small cache=hot",
                "op/matmul types=f64 size=small cache=coldRotate",
                "op/matmul types=f64 size=large cache=hot",
                "op/matmul types=f64 size=large cache=coldRotate",
            ])
    }

    @Test func `A request that names nothing is refused with a suggestion`() {
        #expect(
            message(["op/matmil", "nope"])
                == "error: there is no suite or case 'nope'; 'assay list cases' and "
                + "'assay list suites' show what there is\n"
                + "error: there is no suite or case 'op/matmil'; did you mean 'op/matmul'?")
        #expect(
            message(["op/*"], [AxisLimit(axis: "sise", values: ["small"])])
                == "error: no selected point has the axis 'sise'; did you mean 'size'?")
        #expect(
            message(["op/*"], [AxisLimit(axis: "size", values: ["smal", "x"])])
                == "error: the axis 'size' has no value 'smal'; did you mean 'small'?\n"
                + "error: the axis 'size' has no value 'x'; known: small, large")
        #expect(
            message(
                ["*"],
                [
                    AxisLimit(axis: "size", values: ["small"]),
                    AxisLimit(axis: "threads", values: ["1"]),
                ]) == "error: no selected point has all of these values")
    }

    @Test(arguments: ["size", "=small", "size=", "size=a,,b", "size=a,"])
    func `A limit must name an axis and values`(text: String) {
        let error = #expect(throws: CaseErrors.self) { try AxisLimit(parsing: text) }
        #expect(
            error?.description
                == "error: '\(text)' is not of the form axis=value or axis=value,value")
    }
}
