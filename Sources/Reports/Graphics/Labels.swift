/// Moves labels apart so that none covers another, as near as possible to where they belong.
enum Labels {
    /// New positions for labels that want to stand at `wanted`, in the same order.
    ///
    /// Neighbours that meet become one block around the mean of what they want, and blocks that
    /// meet are joined again: the least-squares answer, in one sweep. What does not fit between
    /// the bounds starts at the lower bound and runs over the upper one.
    static func spread(
        _ wanted: [Double], gap: Double, within bounds: ClosedRange<Double>
    ) -> [Double] {
        struct Block {
            var start: Double
            var wantedStarts: Double
            var members: [Int]
        }
        let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
        var blocks: [Block] = []
        for index in order {
            var block = Block(start: wanted[index], wantedStarts: wanted[index], members: [index])
            while true {
                let height = Double(block.members.count - 1) * gap
                let mean = block.wantedStarts / Double(block.members.count)
                let top = max(bounds.lowerBound, bounds.upperBound - height)
                block.start = min(max(mean, bounds.lowerBound), top)
                guard let last = blocks.last,
                    last.start + Double(last.members.count) * gap > block.start
                else { break }
                blocks.removeLast()
                let shift = Double(last.members.count * block.members.count) * gap
                block.wantedStarts += last.wantedStarts - shift
                block.members = last.members + block.members
            }
            blocks.append(block)
        }
        var positions = wanted
        for block in blocks {
            for (offset, index) in block.members.enumerated() {
                positions[index] = block.start + Double(offset) * gap
            }
        }
        return positions
    }
}
