import Cases
import Foundation
import Model
import Testing

@Suite struct ShippedCasesTests {
    private let library: CaseLibrary

    init() throws { library = try CaseLibrary.load(directory: Fixtures.cases.path) }

    private func points(_ id: String) -> [Point] {
        library.cases.first { $0.id == id }?.points ?? []
    }

    private func quick() throws -> [Point] {
        try #require(try library.select(["quick"]).first).always
    }

    @Test func `Each case stands in the file of its id, and names its schema`() throws {
        let root = Fixtures.cases.path
        for value in library.cases { #expect(value.file == "\(root)/\(value.id).yaml") }
        for suite in library.suites { #expect(suite.file == "\(root)/suites/\(suite.name).yaml") }
        for file in library.cases.map(\.file) + library.suites.map(\.file) {
            let kind = file.contains("/suites/") ? "suite" : "case"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(
                text.hasPrefix("# yaml-language-server: $schema=../schema/\(kind).schema.json\n"))
        }
    }

    @Test func `The cases are those that this version promises`() {
        #expect(
            library.cases.map(\.id).filter { !$0.hasPrefix("op/") } == [
                "integrity/matmul", "integrity/memory", "integrity/softmax",
                "launch/empty", "launch/parallel", "launch/spawn", "memory/bandwidth",
                "memory/capacity", "memory/core-to-core", "memory/latency",
                "memory/loaded-latency", "memory/page-fault", "memory/random", "peak/dot",
                "peak/fma", "peak/multiply-add", "peak/tile",
                "storage/read", "storage/write", "stress/fma", "stress/matmul", "stress/memory",
                "transfer/device",
                "transfer/duplex", "transfer/host-device", "transfer/peer",
            ])
        #expect(library.suites.map(\.name) == ["calibration", "nightly", "quick"])
    }

    @Test func `Every operator of ONNX that is known has a case with three sizes`() {
        let operators = library.cases.filter { $0.id.hasPrefix("op/") }
        let covered = Set(operators.flatMap { $0.points.map(\.operation.name) })
        let known = Set(OperatorCatalogue.standard.names(""))
        #expect(known.subtracting(covered).sorted() == [])
        for value in operators {
            let sizes = Set(value.points.compactMap { $0.value(of: "size") })
            #expect(sizes.isSuperset(of: ["small", "model", "large"]), "\(value.id)")
        }
    }

    /// Shapes worked out by hand from the files' sizes.
    @Test(
        arguments: [
            ("op/matmul", "small", [[256, 256], [256, 256], [256, 256]]),
            ("op/matmul", "model", [[512, 4096], [4096, 14336], [512, 14336]]),
            ("op/matmul", "large", [[8192, 8192], [8192, 8192], [8192, 8192]]),
            ("op/add", "large", [[1024, 1024, 1024], [1024, 1024, 1024], [1024, 1024, 1024]]),
            ("op/exp", "model", [[1, 512, 14336], [1, 512, 14336]]),
            ("op/softmax", "model", [[32, 512, 512], [32, 512, 512]]),
            (
                "op/layer-normalization", "large",
                [[20, 6, 1_048_576], [1_048_576], [1_048_576], [20, 6, 1_048_576]]
            ),
            ("op/reduce-sum", "large", [[1, 1_073_741_824], [1], [1]]),
        ] as [(String, String, [[Int]])])
    func `Sizes give these shapes`(id: String, size: String, shapes: [[Int]]) throws {
        let point = try #require(points(id).first { $0.value(of: "size") == size })
        #expect((point.operation.inputs + point.operation.outputs).map(\.shape) == shapes)
    }

    @Test func `Every chase walks through all of its nodes`() {
        for point in points("memory/latency") {
            let operation = point.operation
            let nodes = operation.int("bytes")! / operation.int("stride")!
            #expect(operation.int("steps")! >= nodes, "\(point.label)")
            #expect(point.threads == .exactly(1))
        }
        // 16 sizes whole with two strides, 16 + 13 with the smaller windows, twice 8 with the
        // largest; each with two sizes of pages.
        #expect(points("memory/latency").count == 2 * (16 * 2 + 16 + 13 + 2 * 8))
    }

    @Test func `Loads rise from none to all there is, each sample a call of the whole walk`() {
        let points = points("memory/loaded-latency")
        #expect(points.count == 3 * 2 * 9)
        for point in points {
            let operation = point.operation
            #expect(operation.int("steps") == operation.int("bytes")! / 256, "\(point.label)")
            #expect(point.timing == .single && point.threads == .all)
        }
        let delays = points.prefix(9).map { $0.operation.int("delay")! }
        #expect(delays.dropFirst().sorted(by: >) == Array(delays.dropFirst()))
        #expect(points[0].operation.string("load") == "none" && delays[8] == 0)
    }

    @Test func `Bandwidth sizes rise from the first cache to memory, each name telling its bytes`()
    {
        let units = ["KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]
        for point in points("memory/bandwidth") + points("memory/latency") {
            let name = point.value(of: "size")!
            let bytes = Int(name.dropLast(3))! * units[String(name.suffix(3))]!
            #expect(point.operation.int("bytes") == Int64(bytes))
        }
        // read has plain stores only: (1 + 5 * 2) kernels, 15 sizes, 2 thread counts.
        #expect(points("memory/bandwidth").count == 11 * 15 * 2)
    }

    @Test func `Suite quick keeps within its bounds`() throws {
        let points = try quick()
        #expect((50...80).contains(points.count))
        let suite = try #require(library.suites.first { $0.name == "quick" })
        #expect(suite.budget == .seconds(60))
        #expect(suite.pointBudget == .seconds(0.4))
        #expect(suite.alwaysProfile == .smoke)
        for point in points {
            let operation = point.operation
            let isStream = point.headline == .bandwidth
            let isChase = operation.name == "PointerChase"
            let tensors = operation.inputs + operation.outputs
            let largest = tensors.map(\.byteCount).max() ?? 0
            if isStream || isChase {
                #expect(operation.int("bytes")! <= 256 << 20, "\(point.label)")
            } else {
                #expect(largest <= 64_000_000, "\(point.label)")
            }
            if operation.name == "MatMul" {
                let shape = operation.inputs[0].shape + operation.inputs[1].shape
                #expect(2 * shape[0] * shape[1] * shape[3] <= 1_000_000_000, "\(point.label)")
            }
            #expect(point.value(of: "size") != "large")
            #expect(point.cache == .hot)
        }
        for kernel in ["read", "write", "copy", "triad"] {
            let inMemory = points.filter {
                $0.value(of: "kernel") == kernel && $0.operation.int("bytes")! > 64 << 20
            }
            #expect(inMemory.count == 1, "\(kernel)")
        }
    }

    @Test func `Suite quick has what people ask first`() throws {
        let labels = Set(try quick().map(\.label))
        for label in [
            "launch/empty timing=batch",
            "peak/fma dtype=f32 path=best threads=1", "peak/fma dtype=f64 path=best threads=all",
            "memory/bandwidth kernel=triad stores=plain size=256MiB threads=all",
            "memory/latency size=256MiB pages=small walk=whole",
            "op/matmul types=f64 size=s512 cache=hot",
            "op/add types=f32 size=small cache=hot", "op/softmax types=f32 size=model cache=hot",
        ] { #expect(labels.contains(label), "\(label)") }
    }

    @Test func `Suite nightly leaves the largest sizes to a weekly run`() throws {
        let request = try #require(try library.select(["nightly"]).first)
        #expect(request.suite?.alwaysProfile == .nightly)
        #expect(request.suite?.rotateProfile == .trend)
        #expect(!request.always.isEmpty && !request.rotate.isEmpty)
        for point in request.always + request.rotate {
            #expect(point.value(of: "size") != "large")
        }
    }
}
