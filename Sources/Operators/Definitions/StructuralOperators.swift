/// Operators that move data, slide windows or attend: the rows of the registry for these files.
let structuralOperators =
    shapeOperators + dimensionOperators + sliceOperators + gatherOperators + scatterOperators
    + joiningOperators
    + orderingOperators + [convolution, transposedConvolution] + poolingOperators
    + [attention, rotaryEmbedding, resize] + quantizationOperators + integerProducts
    + servingOperators + recurrentOperators
