import CAssaySystem
import Glibc
package import Model
import Synchronization

/// Connects over TCP.
package struct TCPConnector: LineConnector {
    /// A connector.
    package init() {}

    /// Tries each address that the name has, until one answers.
    package func connect(
        host: String, port: UInt16, timeMax: Nanoseconds
    ) throws(PowerError) -> any LineConnection {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        guard code == 0, let found = unsafe list else {
            let reason = unsafe String(cString: gai_strerror(code))
            throw PowerError(.unreachable, "\(host) has no address: \(reason)")
        }
        defer { unsafe freeaddrinfo(found) }
        var reason = "no address"
        var next: UnsafeMutablePointer<addrinfo>? = unsafe found
        while let address = unsafe next {
            switch unsafe Self.open(address.pointee, timeMax) {
            case .success(let descriptor): return TCPConnection(descriptor, "\(host):\(port)")
            case .failure(let error): reason = error.detail
            }
            unsafe next = address.pointee.ai_next
        }
        throw PowerError(.unreachable, "\(host):\(port): \(reason)")
    }

    private static func open(
        _ address: addrinfo, _ timeMax: Nanoseconds
    ) -> Result<Int32, PowerError> {
        func failure(_ code: Int32) -> Result<Int32, PowerError> {
            .failure(PowerError(.unreachable, unsafe String(cString: strerror(code))))
        }
        let kind =
            unsafe address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue)
            | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = unsafe socket(address.ai_family, kind, address.ai_protocol)
        guard descriptor >= 0 else { return failure(errno) }
        if unsafe Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else {
                let code = errno
                close(descriptor)
                return failure(code)
            }
            var set = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = unsafe poll(&set, 1, Int32(clamping: timeMax.value / 1_000_000))
            var code: Int32 = ready == 0 ? ETIMEDOUT : 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            if ready > 0 { unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) }
            guard code == 0 else {
                close(descriptor)
                return failure(code)
            }
        }
        // A question is one small packet: waiting to fill it would only make it late.
        var on: Int32 = 1
        unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return .success(descriptor)
    }
}

/// A TCP connection, and the bytes that came after the last whole line.
final class TCPConnection: LineConnection {
    private struct State {
        var descriptor: Int32
        var pending: [UInt8] = []
    }

    private let peer: String
    private let state: Mutex<State>
    /// A line that is longer is no answer of an instrument's.
    private static let lineBytesMax = 1 << 16

    init(_ descriptor: Int32, _ peer: String) {
        self.peer = peer
        state = Mutex(State(descriptor: descriptor))
    }

    deinit { close() }

    func close() {
        state.withLock { state in
            if state.descriptor >= 0 { _ = Glibc.close(state.descriptor) }
            state.descriptor = -1
        }
    }

    func send(_ text: String) throws(PowerError) {
        let isSent = state.withLock { state in
            let bytes = Array(text.utf8)
            // Questions are far smaller than a socket's buffer: one that does not fit is stuck.
            let count = unsafe Glibc.send(
                state.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            return count == bytes.count
        }
        guard isSent else { throw PowerError(.unreachable, "\(peer) closed the connection") }
    }

    func receiveLine(timeMax: Nanoseconds) throws(PowerError) -> String? {
        let deadline = assay_clock_ns(ASSAY_CLOCK_MONOTONIC) + timeMax.value
        let result: Result<String?, PowerError> = state.withLock { state in
            while true {
                if let end = state.pending.firstIndex(of: 0x0a) {
                    let line = state.pending[..<end]
                    state.pending.removeFirst(end + 1)
                    let text = String(decoding: line, as: UTF8.self)
                    return .success(text.last == "\r" ? String(text.dropLast()) : text)
                }
                guard state.pending.count <= Self.lineBytesMax else {
                    return .failure(PowerError(.garbage, "\(peer) sends no end of a line"))
                }
                let now = assay_clock_ns(ASSAY_CLOCK_MONOTONIC)
                let left = deadline > now ? deadline - now : 0
                var set = pollfd(fd: state.descriptor, events: Int16(POLLIN), revents: 0)
                let ready = unsafe poll(&set, 1, Int32(clamping: (left + 999_999) / 1_000_000))
                if ready < 0, errno == EINTR { continue }
                guard ready > 0 else { return .success(nil) }
                var bytes = [UInt8](repeating: 0, count: 4096)
                let count = unsafe read(state.descriptor, &bytes, bytes.count)
                if count < 0, errno == EAGAIN || errno == EINTR { continue }
                guard count > 0 else {
                    return .failure(PowerError(.unreachable, "\(peer) closed the connection"))
                }
                state.pending += bytes.prefix(count)
            }
        }
        return try result.get()
    }
}
