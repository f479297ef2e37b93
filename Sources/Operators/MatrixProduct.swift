import Model

/// A blocked product of two matrices in f64, with the product of their magnitudes.
///
/// Blocks of B and A are converted to f64 and packed in strips of four, so that any layout and any
/// element type runs through one inner loop; sums of 256 products are added to the result.
struct MatrixProduct {
    private static let depth = 256
    private static let width = 256
    private static let strip = 4

    private let a: TensorView
    private let b: TensorView
    private let problem: MatrixProblem
    private var packedA: [Double] = []
    private var packedB: [Double] = []
    private var line = [Double](repeating: 0, count: max(depth, width))

    init(a: TensorView, b: TensorView, _ problem: MatrixProblem) {
        self.a = a
        self.b = b
        self.problem = problem
    }

    /// Adds products to `values` and products of magnitudes to `bounds`, row after row.
    mutating func accumulate(
        batch: Int, rows: Range<Int>, columns: Range<Int>, into expected: inout Expected,
        at offset: Int
    ) {
        if rows.count < Self.strip, problem.b.column == 1 {
            for row in rows {
                let place = offset + (row - rows.lowerBound) * columns.count
                accumulateRow(batch, row, columns, &expected, place)
            }
            return
        }
        for left in stride(from: columns.lowerBound, to: columns.upperBound, by: Self.width) {
            let block = left..<min(left + Self.width, columns.upperBound)
            let place = offset + left - columns.lowerBound
            for top in stride(from: 0, to: problem.k, by: Self.depth) {
                let inner = top..<min(top + Self.depth, problem.k)
                packB(batch, inner, block)
                packA(batch, rows, inner)
                multiply(
                    rows.count, inner.count, block.count, &expected.values, place, columns.count)
                Self.takeMagnitudes(&packedA)
                Self.takeMagnitudes(&packedB)
                multiply(
                    rows.count, inner.count, block.count, &expected.bounds, place, columns.count)
            }
        }
    }

    /// One row alone: packing would cost more than the products.
    private mutating func accumulateRow(
        _ batch: Int, _ row: Int, _ columns: Range<Int>, _ expected: inout Expected, _ place: Int
    ) {
        let startA = problem.startOfA(batch) + row * problem.a.row
        let startB = problem.startOfB(batch)
        if line.count < columns.count { line = [Double](repeating: 0, count: columns.count) }
        for inner in 0..<problem.k {
            let factor = a.element(startA + inner * problem.a.column)
            b.read(
                from: startB + inner * problem.b.row + columns.lowerBound, count: columns.count,
                into: &line)
            unsafe line.withUnsafeBufferPointer { line in
                unsafe expected.values.withUnsafeMutableBufferPointer { values in
                    unsafe expected.bounds.withUnsafeMutableBufferPointer { bounds in
                        for column in 0..<columns.count {
                            let product = unsafe factor * line[column]
                            unsafe values[place + column] += product
                            unsafe bounds[place + column] += abs(product)
                        }
                    }
                }
            }
        }
    }

    private static func takeMagnitudes(_ packed: inout [Double]) {
        for position in packed.indices { packed[position] = abs(packed[position]) }
    }

    /// Packs columns of B: for each strip of four columns, for each row, four numbers.
    private mutating func packB(_ batch: Int, _ inner: Range<Int>, _ columns: Range<Int>) {
        let start = problem.startOfB(batch)
        let strips = (columns.count + Self.strip - 1) / Self.strip
        packedB = [Double](repeating: 0, count: strips * inner.count * Self.strip)
        if problem.b.column == 1 {
            for row in 0..<inner.count {
                b.read(
                    from: start + (inner.lowerBound + row) * problem.b.row + columns.lowerBound,
                    count: columns.count, into: &line)
                for column in 0..<columns.count {
                    let strip = column / Self.strip
                    packedB[(strip * inner.count + row) * Self.strip + column % Self.strip] =
                        line[column]
                }
            }
        } else {
            for column in 0..<columns.count {
                b.read(
                    from: start + inner.lowerBound * problem.b.row
                        + (columns.lowerBound + column) * problem.b.column,
                    step: problem.b.row, count: inner.count, into: &line)
                let strip = column / Self.strip
                for row in 0..<inner.count {
                    packedB[(strip * inner.count + row) * Self.strip + column % Self.strip] =
                        line[row]
                }
            }
        }
    }

    /// Packs rows of A: for each strip of four rows, for each column, four numbers.
    private mutating func packA(_ batch: Int, _ rows: Range<Int>, _ inner: Range<Int>) {
        let start = problem.startOfA(batch)
        let strips = (rows.count + Self.strip - 1) / Self.strip
        packedA = [Double](repeating: 0, count: strips * inner.count * Self.strip)
        for row in 0..<rows.count {
            a.read(
                from: start + (rows.lowerBound + row) * problem.a.row
                    + inner.lowerBound * problem.a.column,
                step: problem.a.column, count: inner.count, into: &line)
            let strip = row / Self.strip
            for column in 0..<inner.count {
                packedA[(strip * inner.count + column) * Self.strip + row % Self.strip] =
                    line[column]
            }
        }
    }

    private func multiply(
        _ rows: Int, _ depth: Int, _ columns: Int, _ target: inout [Double], _ place: Int,
        _ width: Int
    ) {
        precondition(rows == 0 || place + (rows - 1) * width + columns <= target.count)
        unsafe packedA.withUnsafeBufferPointer { packedA in
            unsafe packedB.withUnsafeBufferPointer { packedB in
                unsafe target.withUnsafeMutableBufferPointer { target in
                    for column in stride(from: 0, to: columns, by: Self.strip) {
                        let right = unsafe packedB.baseAddress.unsafelyUnwrapped + column * depth
                        for row in stride(from: 0, to: rows, by: Self.strip) {
                            let left = unsafe packedA.baseAddress.unsafelyUnwrapped + row * depth
                            let block = unsafe Self.strips(left, right, depth)
                            for line in 0..<min(Self.strip, rows - row) {
                                for entry in 0..<min(Self.strip, columns - column) {
                                    unsafe target[place + (row + line) * width + column + entry] +=
                                        block[line][entry]
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The product of a strip of four rows and a strip of four columns.
    @inline(__always)
    private static func strips(
        _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ depth: Int
    ) -> InlineArray<4, SIMD4<Double>> {
        var row0 = SIMD4<Double>.zero
        var row1 = SIMD4<Double>.zero
        var row2 = SIMD4<Double>.zero
        var row3 = SIMD4<Double>.zero
        for step in 0..<depth {
            let a = unsafe left + step * strip
            let b = unsafe right + step * strip
            let columns = unsafe SIMD4(b[0], b[1], b[2], b[3])
            row0 += unsafe a[0] * columns
            row1 += unsafe a[1] * columns
            row2 += unsafe a[2] * columns
            row3 += unsafe a[3] * columns
        }
        return [row0, row1, row2, row3]
    }
}
