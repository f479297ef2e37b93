package import Model

/// A part of one input that is replaced by other data: the smallest change that must show.
package struct InputAlteration: Sendable, Hashable {
    package var inputIndex: Int
    /// The first element and the number of elements.
    package var first: Int
    package var count: Int
    private let seed: UInt64

    /// The most elements of an input that are replaced.
    package static let countMax = 512

    /// What is altered with that seed: a run of elements of every input that may change.
    ///
    /// Constants may have been packed, indices and tables mean something: they stay as they are.
    package static func all(
        of operation: Operation, pattern: DataPattern, seed: UInt64
    ) -> [InputAlteration] {
        guard pattern != .zeros, operation.name != "PointerChase" else { return [] }
        var generator = Xoshiro256(seed: seed)
        var found: [InputAlteration] = []
        for (index, spec) in operation.inputs.enumerated() {
            let (place, own) = (generator.next(), generator.next())
            guard spec.mayBeAltered(in: operation), spec.count > 0 else { continue }
            let count = min(countMax, spec.count)
            let room = UInt64(spec.count - count + 1)
            let first = Int(place.multipliedFullWidth(by: room).high)
            found.append(
                InputAlteration(inputIndex: index, first: first, count: count, seed: own))
        }
        return found
    }

    private init(inputIndex: Int, first: Int, count: Int, seed: UInt64) {
        self.inputIndex = inputIndex
        self.first = first
        self.count = count
        self.seed = seed
    }

    /// Where the bytes of the replaced elements begin, and how many there are.
    package func byteRange(in spec: TensorSpec) -> Range<Int> {
        let width = spec.byteCount / max(1, spec.count)
        return first * width..<(first + count) * width
    }

    /// The new elements, drawn as the operation's own inputs are.
    package func bytes(of operation: Operation, pattern: DataPattern) -> [UInt8] {
        var spec = operation.inputs[inputIndex]
        spec.shape = [count]
        return unsafe [UInt8](unsafeUninitializedCapacity: spec.byteCount + 64) { room, used in
            let raw = UnsafeMutableRawBufferPointer(room)
            // An array of bytes promises no alignment; elements are made where they are aligned.
            let misaligned = unsafe Int(bitPattern: raw.baseAddress.unsafelyUnwrapped) % 64
            let start = misaligned == 0 ? 0 : 64 - misaligned
            let aligned = unsafe UnsafeMutableRawBufferPointer(
                rebasing: raw[start..<start + spec.byteCount])
            unsafe InputData.fill(
                TensorMemory(spec, bytes: aligned), inputIndex: inputIndex, of: operation,
                pattern: pattern, seed: seed)
            unsafe UnsafeMutableRawBufferPointer(rebasing: raw[0..<spec.byteCount])
                .copyMemory(from: UnsafeRawBufferPointer(aligned))
            used = spec.byteCount
        }
    }
}

extension TensorSpec {
    /// Whether other elements are as good: constants may have been packed, indices mean something.
    fileprivate func mayBeAltered(in operation: Operation) -> Bool {
        guard !isConstant, values == nil else { return false }
        if dtype.isFloat { return true }
        let definition = OperatorRegistry.definition(
            domain: operation.domain, name: operation.name)
        if case .index = definition?.formalInput(name)?.domain { return false }
        return true
    }
}
