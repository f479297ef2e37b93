import AssayABI

/// Copies a table or struct that a plug-in filled, taking the tail it does not have as zero.
///
/// A plug-in compiled against an older header has a shorter struct, one compiled against a newer
/// header a longer one. Both are read as far as both sides know it (rule R2).
/// - Parameter pointer: a struct that begins with `assay_head`.
@unsafe func readHeaded<Table>(_ pointer: UnsafeRawPointer, as type: Table.Type) -> Table {
    let stated = unsafe Int(pointer.load(as: assay_head.self).size)
    let known = min(stated, MemoryLayout<Table>.size)
    return unsafe withUnsafeTemporaryAllocation(
        byteCount: MemoryLayout<Table>.size, alignment: MemoryLayout<Table>.alignment
    ) { room in
        unsafe room.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe room.baseAddress?.copyMemory(from: pointer, byteCount: known)
        return unsafe room.load(as: Table.self)
    }
}

/// A struct of zero bytes; every ABI struct is valid when zero.
func zeroed<Value>(_ type: Value.Type) -> Value {
    unsafe withUnsafeTemporaryAllocation(
        byteCount: MemoryLayout<Value>.size, alignment: MemoryLayout<Value>.alignment
    ) { room in
        unsafe room.initializeMemory(as: UInt8.self, repeating: 0)
        return unsafe room.load(as: Value.self)
    }
}

/// The head of a struct of that type, as this side was compiled.
func head<Value>(of type: Value.Type) -> assay_head {
    unsafe assay_head(size: UInt32(MemoryLayout<Value>.size), kind: 0, next: nil)
}

/// The text of a fixed-size character array, up to its terminator or its end.
func text<Characters>(_ characters: Characters) -> String {
    unsafe withUnsafeBytes(of: characters) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// The text behind a terminated pointer; empty for null.
@unsafe func text(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer = unsafe pointer else { return "" }
    return unsafe String(cString: pointer)
}

/// Calls a slot with an error struct and throws what the slot reports.
@unsafe func call(
    _ place: String, _ body: (UnsafeMutablePointer<assay_error>) -> assay_status
) throws(BackendError) {
    var error = unsafe zeroed(assay_error.self)
    unsafe error.h = unsafe head(of: assay_error.self)
    let status = unsafe body(&error)
    guard status != 0 else { return }
    throw unsafe BackendError(
        status: status, vendorCode: error.vendor_code, domain: text(error.domain),
        place: place, message: text(error.message))
}

/// Unwraps a slot; an absent one is unsupported, never a crash.
func slot<Function>(_ function: Function?, _ name: String) throws(BackendError) -> Function {
    guard let function else {
        throw BackendError(
            status: -1, place: name, message: "the plug-in does not offer '\(name)'")
    }
    return function
}
