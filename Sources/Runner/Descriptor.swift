import CAssaySystem
import Glibc

/// A file descriptor that is closed with its owner.
final class Descriptor {
    private(set) var number: Int32

    /// Takes over an open descriptor.
    init(_ number: Int32) { self.number = number }

    deinit { closeNow() }

    func closeNow() {
        if number >= 0 { close(number) }
        number = -1
    }

    /// A pipe: what is written to the second comes out of the first.
    static func pipe() throws(RunnerError) -> (Descriptor, Descriptor) {
        var ends: [Int32] = [-1, -1]
        let status = unsafe assay_pipe(&ends)
        guard status == 0 else {
            throw RunnerError(.system, detail: "no pipe can be made: \(errorText(-status))")
        }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    /// A pair of connected sockets.
    static func socketPair() throws(RunnerError) -> (Descriptor, Descriptor) {
        var ends: [Int32] = [-1, -1]
        let status = unsafe assay_socket_pair(&ends)
        guard status == 0 else {
            throw RunnerError(.system, detail: "no socket can be made: \(errorText(-status))")
        }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    /// Whatever can be read now without waiting; nil at the end.
    func readAvailable() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = unsafe read(number, &bytes, bytes.count)
        if count < 0 { return errno == EAGAIN || errno == EINTR ? [] : nil }
        return count == 0 ? nil : Array(bytes.prefix(count))
    }

    func setNonBlocking() { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) }

    /// Writes everything; false when the other side is gone.
    func write(_ bytes: [UInt8]) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { room in
                unsafe send(
                    number, room.baseAddress! + written, room.count - written,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}

/// What a system call's error number means.
func errorText(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

/// Why the harness itself cannot go on.
package struct RunnerError: Error, Equatable, CustomStringConvertible {
    /// What kind of thing stood in the way.
    package enum Code: Sendable {
        case system
        case backend
        case worker
        case interrupted
    }

    package var code: Code
    package var detail: String

    package init(_ code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    package var description: String { detail }
}
