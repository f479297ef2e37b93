import Model

/// The loss of classification and its gradient.
let crossEntropyOperators: [OperatorDefinition] = [softmaxCrossEntropyLoss, crossEntropyGrad]

private let reductionAttribute = FormalAttribute(
    "reduction", .string("mean"), choices: ["mean", "none", "sum"])

/// Labels that are drawn name a class.
private let labels = FormalTensor(
    "labels", .indices,
    domain: .index { operation in
        let shape = operation.inputs[0].shape
        return 0...Int64(max(shape.count > 1 ? shape[1] : 1, 1) - 1)
    })

private let softmaxCrossEntropyLoss = OperatorDefinition(
    "SoftmaxCrossEntropyLoss", since: 13,
    inputs: [FormalTensor("scores"), labels, FormalTensor("weights", isOptional: true)],
    outputs: [FormalTensor("output"), FormalTensor("log_prob", isOptional: true)],
    attributes: [FormalAttribute(optional: "ignore_index", .int), reductionAttribute],
    inference: { operation throws(OperatorError) in
        try checkClasses(operation)
        let scores = operation.inputs[0]
        let isEach = operation.string("reduction") == "none"
        operation.outputs = [
            TensorSpec("output", scores.dtype, isEach ? operation.inputs[1].shape : []),
            TensorSpec("log_prob", scores.dtype, scores.shape),
        ]
    },
    // As LogSoftmax; the sum of the losses is small beside it.
    work: { .ofTensors($0, flops: saturatingProduct(5, $0.inputs[0].count)) },
    oracle: Oracle(
        rule: { _, _ in .rounded },
        operationCount: { saturatingProduct(5, $0.inputs[0].count) },
        sampleCost: { saturatingProduct(5, $0.inputs[0].shape[1]) },
        words: { operation, error in
            "as LogSoftmax of \(operation.inputs[0].shape[1]) classes, averaged as the losses are"
        },
        // Labels may all be ignored.
        reacts: { $0.attribute("ignore_index") == nil },
        evaluate: evaluateLoss))

private let crossEntropyGrad = OperatorDefinition(
    domain: "assay", "CrossEntropyGrad", since: 1, inputs: [FormalTensor("scores"), labels],
    outputs: [FormalTensor("dScores")],
    attributes: [
        FormalAttribute("reduction", .string("mean"), choices: ["mean", "sum"])
    ],
    inference: { operation throws(OperatorError) in
        try checkClasses(operation)
        let scores = operation.inputs[0]
        operation.outputs = [TensorSpec("dScores", scores.dtype, scores.shape)]
    },
    // As Softmax, a subtraction and a scaling.
    work: { .ofTensors($0, flops: saturatingProduct(7, $0.inputs[0].count)) },
    oracle: Oracle(
        rule: { _, _ in .rounded },
        operationCount: { saturatingProduct(7, $0.inputs[0].count) },
        sampleCost: { saturatingProduct(7, $0.inputs[0].shape[1]) },
        words: { operation, error in
            "as Softmax of \(operation.inputs[0].shape[1]) classes, + 6·"
                + "\(error.mathType.roundoffText), divided by the number of labels"
        },
        evaluate: evaluateGradient))

/// Scores are [N, C, d…], labels [N, d…] and weights [C].
private func checkClasses(_ operation: Operation) throws(OperatorError) {
    let (scores, labels) = (operation.inputs[0].shape, operation.inputs[1].shape)
    guard scores.count >= 2 else {
        throw operation.error(
            .shape, "input scores has \(scores.count) dimensions; it must have at least 2")
    }
    let wanted = [scores[0]] + scores[2...]
    guard labels == wanted else {
        throw operation.error(
            .shape,
            "input labels' shape is \(labels); without the classes input scores is \(wanted)")
    }
    if let weights = operation.input("weights"), weights.shape != [scores[1]] {
        throw operation.error(
            .shape,
            "input weights' shape is \(weights.shape); it must be [\(scores[1])], one for each "
                + "class")
    }
}

/// The loss of one label.
private struct LabelledSlice {
    let slices: AxisSlices
    let scores: TensorView
    let labels: TensorView
    let weights: TensorView?
    let ignored: Int64?
    let error: ErrorModel

    init(_ call: OracleCall) {
        scores = call.inputs[0]
        labels = call.inputs[1]
        weights = call.input("weights")
        ignored = call.operation.int("ignore_index")
        slices = AxisSlices(scores.spec.shape, axis: 1)
        error = call.error
    }

    /// The first score of the slice of a label.
    func start(_ label: Int) -> Int {
        label / slices.inner * slices.length * slices.inner + label % slices.inner
    }

    func slice(_ label: Int) -> SoftmaxSlice {
        var line = [Double](repeating: 0, count: slices.length)
        scores.read(from: start(label), step: slices.inner, count: slices.length, into: &line)
        return softmaxSlice(line)
    }

    /// Weight and weighted loss of a label with its bound; all zero where it is ignored.
    func loss(_ label: Int) -> (weight: Double, value: Double, bound: Double) {
        let name = labels.integer(label)
        if name == ignored || name < 0 || name >= slices.length { return (0, 0, 0) }
        let weight = weights?.element(Int(name)) ?? 1
        let argument = scores.element(start(label) + Int(name) * slices.inner)
        let result = slice(label).logarithm(
            argument, sum: error.reduction(slices.length), error)
        let value = -weight * result.value
        return (weight, value, abs(weight) * result.bound + 2 * error.math * abs(value))
    }
}

private func evaluateLoss(_ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected) {
    let labelled = LabelledSlice(call)
    if call.output.name == "log_prob" {
        let (slices, sum) = (labelled.slices, call.error.reduction(labelled.slices.length))
        var (known, slice): (Int, SoftmaxSlice?) = (-1, nil)
        for (place, position) in range.enumerated() {
            let start = slices.start(of: position)
            let label = start / (slices.length * slices.inner) * slices.inner + start % slices.inner
            if label != known { (known, slice) = (label, labelled.slice(label)) }
            guard let slice else { continue }
            (expected.values[place], expected.bounds[place]) = slice.logarithm(
                labelled.scores.element(position), sum: sum, call.error)
        }
        return
    }
    if call.operation.string("reduction") == "none" {
        for (place, label) in range.enumerated() {
            let loss = labelled.loss(label)
            (expected.values[place], expected.bounds[place]) = (loss.value, loss.bound)
        }
        return
    }
    let count = labelled.labels.spec.count
    var (weight, value, bound, magnitude) = (0.0, 0.0, 0.0, 0.0)
    for label in 0..<count {
        let loss = labelled.loss(label)
        weight += loss.weight
        value += loss.value
        bound += loss.bound
        magnitude += abs(loss.value)
    }
    bound += call.error.reduction(count) * magnitude
    if call.operation.string("reduction") == "mean" {
        value /= weight
        bound =
            bound / abs(weight) + (5 * call.error.math + call.error.reduction(count)) * abs(value)
    }
    (expected.values[0], expected.bounds[0]) = (value, bound)
}

private func evaluateGradient(_ call: OracleCall, _ range: Range<Int>, _ expected: inout Expected) {
    let labelled = LabelledSlice(call)
    let (slices, error) = (labelled.slices, call.error)
    let isMean = call.operation.string("reduction") == "mean"
    let share = isMean ? 1 / Double(max(labelled.labels.spec.count, 1)) : 1
    let sum = error.reduction(slices.length)
    var (known, slice): (Int, SoftmaxSlice?) = (-1, nil)
    for (place, position) in range.enumerated() {
        let start = slices.start(of: position)
        let label = start / (slices.length * slices.inner) * slices.inner + start % slices.inner
        if label != known { (known, slice) = (label, labelled.slice(label)) }
        guard let slice else { continue }
        let result = slice.probability(labelled.scores.element(position), sum: sum, error)
        let isLabel = Int(labelled.labels.integer(label)) == slices.index(of: position)
        let difference = result.value - (isLabel ? 1 : 0)
        expected.values[place] = share * difference
        expected.bounds[place] = share * (result.bound + 6 * error.math * abs(difference))
    }
}
