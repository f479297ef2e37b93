/// The sum of products of two runs of numbers and the sum of their magnitudes.
///
/// Eight sums run side by side: one alone would wait for each addition.
func dotProduct(
    _ left: [Double], at leftStart: Int, _ right: [Double], at rightStart: Int, count: Int
) -> (value: Double, magnitude: Double) {
    precondition(leftStart >= 0 && leftStart + count <= left.count)
    precondition(rightStart >= 0 && rightStart + count <= right.count)
    return unsafe left.withUnsafeBufferPointer { left in
        unsafe right.withUnsafeBufferPointer { right in
            var values = SIMD8<Double>.zero
            var magnitudes = SIMD8<Double>.zero
            var index = 0
            while index + 8 <= count {
                var products = SIMD8<Double>.zero
                for lane in 0..<8 {
                    products[lane] =
                        unsafe left[leftStart + index + lane]
                        * right[rightStart + index + lane]
                }
                values += products
                magnitudes += products.replacing(with: -products, where: products .< 0)
                index += 8
            }
            var (value, magnitude) = (values.sum(), magnitudes.sum())
            while index < count {
                let product = unsafe left[leftStart + index] * right[rightStart + index]
                value += product
                magnitude += abs(product)
                index += 1
            }
            return (value, magnitude)
        }
    }
}
