extension OperatorRow {
    /// Operators that move, index and order elements.
    static let movingRows: [OperatorRow] =
        rows(
            Copy.self,
            ["Flatten": 9, "Identity": 1, "Reshape": 5, "Squeeze": 13, "Unsqueeze": 13])
        + rows(
            Move.self,
            [
                "DepthToSpace": 11, "Expand": 8, "Slice": 10, "SpaceToDepth": 1, "Tile": 6,
                "Transpose": 1,
            ])
        + rows(Concat.self, ["Concat": 4]) + rows(Split.self, ["Split": 13])
        + rows(Trilu.self, ["Trilu": 14]) + rows(Pad.self, ["Pad": 11])
        + rows(Resize.self, ["Resize": 11])
        + rows(Gather.self, ["Gather": 11]) + rows(GatherElements.self, ["GatherElements": 11])
        + rows(GatherND.self, ["GatherND": 12])
        + rows(ScatterElements.self, ["ScatterElements": 11])
        + rows(ScatterSlices.self, ["ScatterND": 11])
        + rows(Sort.self, ["TopK": 11]) + rows(CumSum.self, ["CumSum": 11])
        + rows(Dropout.self, ["Dropout": 12]) + rows(RotaryEmbedding.self, ["RotaryEmbedding": 23])
        + [
            OperatorRow(domain: "assay", name: "Sort", opset: 1, type: Sort.self),
            OperatorRow(domain: "assay", name: "GatherGrad", opset: 1, type: ScatterSlices.self),
            OperatorRow(
                domain: "assay", name: "PagedKeyValueWrite", opset: 1,
                type: PagedKeyValueWrite.self),
            OperatorRow(domain: "assay", name: "MoEDispatch", opset: 1, type: ExpertDispatch.self),
            OperatorRow(domain: "assay", name: "MoECombine", opset: 1, type: ExpertCombine.self),
        ]
}
