extension OperatorRow {
    /// Gradients, losses, quantization, and what else is made of the kernels of `tensorRows`.
    static let derivedRows: [OperatorRow] = {
        func rows(
            _ type: any Operator.Type, domain: String = "", _ opsets: KeyValuePairs<String, Int>
        ) -> [OperatorRow] {
            opsets.map {
                OperatorRow(domain: domain, name: $0.key, opset: $0.value, type: type)
            }
        }
        return rows(Unary.self, ["HardSwish": 14, "Softplus": 1, "Swish": 24, "Tan": 7])
            + rows(Binary.self, ["BitShift": 11, "Mod": 10, "PRelu": 9])
            + rows(
                Binary.self, domain: "assay",
                [
                    "GeluGrad": 1, "NotEqual": 1, "ReluGrad": 1, "SigmoidGrad": 1, "SiluGrad": 1,
                    "TanhGrad": 1,
                ])
            + rows(VariadicSum.self, ["Mean": 8, "Sum": 8])
            + rows(
                Reduce.self,
                [
                    "ReduceL1": 18, "ReduceL2": 18, "ReduceLogSum": 18, "ReduceLogSumExp": 18,
                    "ReduceSumSquare": 18,
                ])
            + rows(GroupNormalization.self, ["InstanceNormalization": 6])
            + rows(BatchNormalization.self, ["BatchNormalization": 14])
            + rows(SoftmaxGrad.self, domain: "assay", ["SoftmaxGrad": 1, "LogSoftmaxGrad": 1])
            + rows(LayerNormalizationGrad.self, domain: "assay", ["LayerNormalizationGrad": 1])
            + rows(SoftmaxCrossEntropyLoss.self, ["SoftmaxCrossEntropyLoss": 12])
            + rows(CrossEntropyGrad.self, domain: "assay", ["CrossEntropyGrad": 1])
            + rows(Quantize.self, ["QuantizeLinear": 10, "DequantizeLinear": 10])
            + rows(DynamicQuantize.self, ["DynamicQuantizeLinear": 11])
            + rows(AddRMSNormQuantize.self, domain: "assay", ["AddRMSNormQuantize": 1])
    }()
}
