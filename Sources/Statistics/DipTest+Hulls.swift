extension DipTest {
    /// The convex function below and the concave one above a stretch of a step function.
    ///
    /// Heights count values: the step at index i goes from i to i + 1.
    struct Hulls {
        private let values: [Double]
        /// Corners of the greatest convex minorant, ascending indices; height i.
        private let minorant: [Int]
        /// Corners of the least concave majorant, ascending indices; height i + 1.
        private let majorant: [Int]

        init(_ values: [Double], low: Int, high: Int) {
            self.values = values
            minorant = Self.hull(values, low...high, turn: 1)
            majorant = Self.hull(values, low...high, turn: -1)
        }

        /// Corners of the lower (turn 1) or upper (turn −1) hull of the points (value, index).
        private static func hull(
            _ values: [Double], _ range: ClosedRange<Int>, turn: Double
        ) -> [Int] {
            var corners: [Int] = []
            for next in range {
                while corners.count >= 2 {
                    let a = corners[corners.count - 2]
                    let b = corners[corners.count - 1]
                    let cross =
                        (values[b] - values[a]) * Double(next - b)
                        - Double(b - a) * (values[next] - values[b])
                    if turn * cross > 0 { break }
                    corners.removeLast()
                }
                corners.append(next)
            }
            return corners
        }

        /// Where majorant and minorant lie farthest apart, and the corners on either side.
        func largestGap() -> (size: Double, low: Int, high: Int) {
            var best = (size: 0.0, low: minorant[0], high: majorant[majorant.count - 1])
            // At each corner of one function, the other's segment around it.
            var segment = 0
            for corner in minorant {
                while segment + 2 < majorant.count && majorant[segment + 1] < corner {
                    segment += 1
                }
                let size =
                    height(at: corner, majorant[segment], majorant[segment + 1]) + 1
                    - Double(corner)
                if size > best.size {
                    best = (size, corner, first(of: majorant, notBelow: corner, near: segment))
                }
            }
            segment = 0
            for corner in majorant {
                while segment + 2 < minorant.count && minorant[segment + 1] <= corner {
                    segment += 1
                }
                let size =
                    Double(corner + 1)
                    - height(at: corner, minorant[segment], minorant[segment + 1])
                if size > best.size {
                    best = (size, last(of: minorant, notAbove: corner, near: segment), corner)
                }
            }
            return best
        }

        /// The largest rise of the step function above the minorant before a corner.
        func lowerDeviation(upTo end: Int) -> Double {
            var largest = 0.0
            for (a, b) in zip(minorant, minorant.dropFirst()) where b <= end {
                for index in a...b {
                    largest = max(largest, Double(index + 1) - height(at: index, a, b))
                }
            }
            return largest
        }

        /// The largest drop of the step function below the majorant after a corner.
        func upperDeviation(from start: Int) -> Double {
            var largest = 0.0
            for (a, b) in zip(majorant, majorant.dropFirst()) where a >= start {
                for index in a...b {
                    largest = max(largest, height(at: index, a, b) + 1 - Double(index))
                }
            }
            return largest
        }

        /// The line through the points of indices a and b, at the value of another index.
        private func height(at index: Int, _ a: Int, _ b: Int) -> Double {
            let width = values[b] - values[a]
            // Equal values at an end of the stretch make a vertical segment.
            guard width > 0 else { return Double(index) }
            return Double(a) + (values[index] - values[a]) / width * Double(b - a)
        }

        private func first(of corners: [Int], notBelow index: Int, near: Int) -> Int {
            corners[near...].first { $0 >= index } ?? corners[corners.count - 1]
        }

        private func last(of corners: [Int], notAbove index: Int, near: Int) -> Int {
            corners[...min(near + 1, corners.count - 1)].last { $0 <= index } ?? corners[0]
        }
    }
}
