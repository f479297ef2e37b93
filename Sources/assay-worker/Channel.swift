import Glibc
import LaunchProtocol

/// The worker's end of the control socket: length-prefixed frames, each with the launch's nonce.
struct Channel {
    let descriptor: Int32
    var nonce: UInt64 = 0

    /// Sends a frame; nothing can be done here when the runner is gone.
    func send(_ frame: Frame) {
        var writer = ByteWriter()
        let body = frame.encoded(nonce: nonce)
        writer.integer(UInt32(body.count))
        let message = writer.bytes + body
        var sent = 0
        while sent < message.count {
            let count = unsafe message.withUnsafeBytes { bytes in
                unsafe Glibc.send(
                    descriptor, bytes.baseAddress! + sent, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Receives one message; nil at the end or when it is longer than a request can be.
    func receive() -> [UInt8]? {
        guard let prefix = read(4) else { return nil }
        let count = prefix.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        guard count <= Frame.byteCountMax else { return nil }
        return read(count)
    }

    private func read(_ wanted: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: wanted)
        var filled = 0
        while filled < wanted {
            let count = unsafe bytes.withUnsafeMutableBytes { room in
                unsafe Glibc.read(descriptor, room.baseAddress! + filled, wanted - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            filled += count
        }
        return bytes
    }
}
