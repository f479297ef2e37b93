internal import AssayABI

extension Request {
    /// Reads the descriptor, which lives during the call only.
    init(_ descriptor: UnsafePointer<assay_op_desc>) {
        let given = unsafe descriptor.pointee
        domain = unsafe Self.text(given.domain)
        name = unsafe Self.text(given.name)
        opset = unsafe Int(given.opset)
        inputs = unsafe Self.tensors(given.inputs, given.input_count)
        outputs = unsafe Self.tensors(given.outputs, given.output_count)
        mathType = unsafe given.math_dtype
        accumulateType = unsafe given.accumulate_dtype
        mustRepeat = unsafe given.flags & ASSAY_DETERMINISTIC != 0
        attributes = unsafe Self.values(given.attributes, given.attribute_count)
    }

    /// Reads a list of keys and values: attributes or options.
    static func values(
        _ list: UnsafePointer<assay_kv>?, _ count: UInt32
    ) -> [String: Attribute] {
        var values: [String: Attribute] = [:]
        guard let list = unsafe list else { return values }
        for index in 0..<Int(count) {
            let item = unsafe list[index]
            values[unsafe text(item.key)] = unsafe value(item)
        }
        return values
    }

    private static func value(_ item: assay_kv) -> Attribute {
        switch unsafe item.type {
        case ASSAY_KV_INT: .int(unsafe Int(item.v.i))
        case ASSAY_KV_FLOAT: .float(unsafe item.v.f)
        case ASSAY_KV_STRING: .string(unsafe text(item.v.s))
        case ASSAY_KV_INTS:
            .ints(
                unsafe UnsafeBufferPointer(start: item.v.ints, count: Int(item.count)).map {
                    Int($0)
                })
        case ASSAY_KV_FLOATS:
            .floats(
                unsafe Array(UnsafeBufferPointer(start: item.v.floats, count: Int(item.count))))
        default: .other
        }
    }

    private static func text(_ text: assay_str) -> String {
        guard let start = unsafe text.ptr else { return "" }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(text.len))
        return unsafe String(decoding: bytes, as: UTF8.self)
    }

    private static func tensors(
        _ list: UnsafePointer<UnsafePointer<assay_tensor>?>?, _ count: UInt32
    ) -> [Tensor?] {
        guard let list = unsafe list else { return [] }
        return (0..<Int(count)).map { index in
            guard let tensor = unsafe list[index] else { return nil }
            let rank = unsafe Int(tensor.pointee.rank)
            let extents = unsafe withUnsafeBytes(of: tensor.pointee.dims) { bytes in
                unsafe bytes.bindMemory(to: Int64.self).prefix(rank).map { Int($0) }
            }
            return Tensor(dtype: unsafe tensor.pointee.dtype, extents: extents)
        }
    }
}
