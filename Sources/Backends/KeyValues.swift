import AssayABI
import Model

/// A list of `assay_kv` with the memory it points into, alive as long as this object.
@safe
final class KeyValues {
    private(set) var count = 0
    let pointer: UnsafeMutablePointer<assay_kv>
    private var owned: [UnsafeMutableRawPointer] = unsafe []

    init(_ attributes: [Attribute]) {
        unsafe pointer = .allocate(capacity: max(1, attributes.count))
        for attribute in attributes {
            unsafe (pointer + count).initialize(to: entry(attribute))
            count += 1
        }
    }

    deinit {
        unsafe owned.forEach { unsafe $0.deallocate() }
        unsafe pointer.deallocate()
    }

    private func entry(_ attribute: Attribute) -> assay_kv {
        var entry = unsafe zeroed(assay_kv.self)
        unsafe entry.key = string(attribute.name)
        unsafe entry.count = 1
        switch attribute.value {
        case .int(let value):
            unsafe entry.type = UInt32(ASSAY_KV_INT)
            unsafe entry.v.i = value
        case .float(let value):
            unsafe entry.type = UInt32(ASSAY_KV_FLOAT)
            unsafe entry.v.f = value
        case .string(let value):
            unsafe entry.type = UInt32(ASSAY_KV_STRING)
            unsafe entry.v.s = string(value)
        case .ints(let values):
            unsafe entry.type = UInt32(ASSAY_KV_INTS)
            unsafe entry.count = UInt32(values.count)
            unsafe entry.v.ints = UnsafePointer(copy(values))
        case .floats(let values):
            unsafe entry.type = UInt32(ASSAY_KV_FLOATS)
            unsafe entry.count = UInt32(values.count)
            unsafe entry.v.floats = UnsafePointer(copy(values))
        case .strings(let values):
            unsafe entry.type = UInt32(ASSAY_KV_STRINGS)
            unsafe entry.count = UInt32(values.count)
            unsafe entry.v.strings = UnsafePointer(copy(values.map { unsafe string($0) }))
        }
        return unsafe entry
    }

    /// The text as an `assay_str` into memory of this object.
    func string(_ value: String) -> assay_str {
        let bytes = Array(value.utf8)
        return unsafe assay_str(
            ptr: UnsafeRawPointer(copy(bytes)).assumingMemoryBound(to: CChar.self),
            len: UInt64(bytes.count))
    }

    private func copy<Element>(_ values: [Element]) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, values.count))
        unsafe memory.initialize(from: values, count: values.count)
        unsafe owned.append(UnsafeMutableRawPointer(memory))
        return unsafe memory
    }
}
