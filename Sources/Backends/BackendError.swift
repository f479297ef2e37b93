/// What a plug-in answered when it did not do what it was asked.
package struct BackendError: Error, Equatable, CustomStringConvertible {
    /// The ABI's status number, negative.
    package var status: Int32
    package var vendorCode: Int32
    /// The vendor's error domain, such as a library's name; empty when not given.
    package var domain: String
    /// The slot or function where it happened.
    package var place: String
    package var message: String

    package init(
        status: Int32, vendorCode: Int32 = 0, domain: String = "", place: String, message: String
    ) {
        self.status = status
        self.vendorCode = vendorCode
        self.domain = domain
        self.place = place
        self.message = message
    }

    /// Whether the backend says that it cannot, which is a difference and not a defect.
    package var isUnsupported: Bool { status == -1 || status == -12 }

    /// Whether memory ran out.
    package var isOutOfMemory: Bool { status == -3 }

    /// The backend's own sentence; where and with which status it failed when it gave none.
    package var sentence: String { message.isEmpty ? description : message }

    package var description: String {
        message.isEmpty ? "\(place) failed with status \(status)" : "\(place): \(message)"
    }
}
