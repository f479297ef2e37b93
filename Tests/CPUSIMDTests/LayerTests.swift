import AssayABI
import Testing

extension ThePlugin {
    @Suite struct LayerTests {
        /// An operator with the extents of its inputs, and what is wrong with it.
        struct Wrong: CustomTestStringConvertible {
            var name: String
            var inputs: [[Int]]
            var output: [Int]
            var attributes: [String: Value] = [:]
            var status = ASSAY_E_INVALID
            var words: String

            var testDescription: String { "\(name) \(words)" }
        }

        static let wrong: [Wrong] = [
            Wrong(
                name: "Conv", inputs: [[1, 2, 4, 4, 4], [3, 2, 1, 1, 1]], output: [1, 3, 4, 4, 4],
                status: ASSAY_E_UNSUPPORTED, words: "not on 3 dimensions"),
            Wrong(
                name: "Conv", inputs: [[1, 4, 8, 8], [6, 3, 3, 3]], output: [1, 6, 6, 6],
                words: "does not fit 1 groups"),
            Wrong(
                name: "Conv", inputs: [[1, 4, 8, 8], [6, 2, 3, 3]], output: [1, 6, 6, 6],
                attributes: ["group": .int(4)], words: "does not fit 4 groups"),
            Wrong(
                name: "Conv", inputs: [[1, 4, 8, 8], [6, 4, 3, 3]], output: [1, 6, 8, 8],
                words: "must have extents [1, 6, 6, 6]"),
            Wrong(
                name: "Conv", inputs: [[1, 4, 8, 8], [6, 4, 3, 3], [5]], output: [1, 6, 6, 6],
                words: "must have extents [6]"),
            Wrong(
                name: "Conv", inputs: [[1, 4, 2, 8], [6, 4, 3, 3]], output: [1, 6, 0, 6],
                words: "covers 3 of dimension 2"),
            Wrong(
                name: "Conv", inputs: [[1, 4, 8, 8], [6, 4, 3, 3]], output: [1, 6, 6, 6],
                attributes: ["strides": .ints([1, 0])], words: "numbers of at least 1"),
            Wrong(
                name: "Conv", inputs: [[1, 4, 8, 8], [6, 4, 3, 3]], output: [1, 6, 6, 6],
                attributes: ["kernel_shape": .ints([3, 2])], words: "W's window is [3, 3]"),
            Wrong(
                name: "Conv", inputs: [[1, 4, 8, 8], [6, 4, 3, 3]], output: [1, 6, 6, 6],
                attributes: ["auto_pad": .string("SAME")], words: "names no padding"),
            Wrong(
                name: "MaxPool", inputs: [[1, 4, 8, 8]], output: [1, 4, 6, 6],
                words: "needs its attribute kernel_shape"),
            Wrong(
                name: "AveragePool", inputs: [[1, 4, 8, 8]], output: [1, 4, 9, 9],
                attributes: ["kernel_shape": .ints([2, 2]), "pads": .ints([1, 1, 2, 2])],
                words: "pads fill a window"),
            Wrong(
                name: "GlobalMaxPool", inputs: [[1, 4, 0]], output: [1, 4, 1], words: "not empty"),
            Wrong(
                name: "Attention", inputs: [[1, 3, 4, 8], [1, 2, 4, 8], [1, 2, 4, 8]],
                output: [1, 3, 4, 8], words: "which do not fit"),
            Wrong(
                name: "Attention", inputs: [[1, 4, 8], [1, 4, 8], [1, 4, 8]], output: [1, 4, 8],
                words: "do not divide into 0"),
            Wrong(
                name: "Attention", inputs: [[1, 2, 4, 8], [1, 2, 5, 8], [1, 2, 5, 8], [4, 6]],
                output: [1, 2, 4, 8], words: "does not broadcast"),
            Wrong(
                name: "Attention", inputs: [[1, 2, 4, 8], [1, 2, 5, 8], [1, 2, 5, 8]],
                output: [1, 2, 4, 8], attributes: ["softmax_precision": .int(10)],
                status: ASSAY_E_UNSUPPORTED, words: "in the type of Q"),
        ]

        @Test(arguments: wrong)
        func `What does not fit or is not there is refused`(one: Wrong) throws {
            let session = try Session()
            let refusal = #expect(throws: Refusal.self) {
                _ = try session.run(
                    one.name, one.inputs.map { Tensor(room: ASSAY_F32, $0) }, one.attributes,
                    outputs: [Tensor(room: ASSAY_F32, one.output)])
            }
            #expect(refusal?.status == one.status)
            #expect(refusal?.message.contains(one.words) == true, "\(refusal?.message ?? "")")
        }

        @Test(arguments: [1, 2])
        func `A constant weight gives the same bits as any other`(threads: Int) throws {
            let session = try Session(threads: threads)
            var samples = Samples(seed: 7)
            let image: [Float] = samples.take(2 * 20 * 15 * 15)
            let weights: [Float] = samples.take(30 * 20 * 9)
            var weight = Tensor([30, 20, 3, 3], weights)
            func result() throws -> [Float] {
                try session.run(
                    "Conv", [Tensor([2, 20, 15, 15], image), weight],
                    outputs: [Tensor(room: ASSAY_F32, [2, 30, 13, 13])], calls: 2)[0].values()
            }
            let plain = try result()
            weight.isConstant = true
            #expect(try result() == plain)
            #expect(session.kernel.hasPrefix("conv-f32-"))
        }
    }
}
