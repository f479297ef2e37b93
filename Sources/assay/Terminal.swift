import Glibc

/// What people see: data on standard output, progress and errors on standard error.
enum Terminal {
    static func print(_ text: String) { write(text + (text.hasSuffix("\n") ? "" : "\n"), to: 1) }

    static func error(_ text: String) { write(text + (text.hasSuffix("\n") ? "" : "\n"), to: 2) }

    /// Replaces the live line, or adds a plain one where standard error is no terminal.
    static func status(_ text: String) {
        if isErrorTerminal {
            write("\r\u{1b}[2K" + String(text.prefix(max(20, width - 1))), to: 2)
        } else {
            write(text + "\n", to: 2)
        }
    }

    /// Removes the live line.
    static func endStatus() { if isErrorTerminal { write("\r\u{1b}[2K", to: 2) } }

    static var isErrorTerminal: Bool { isatty(2) != 0 }

    /// Colour only where a terminal shows it and the user did not decline (NO_COLOR).
    static var isColorful: Bool { unsafe getenv("NO_COLOR") == nil && isatty(1) != 0 }

    /// Columns of the terminal; 100 where there is none.
    static var width: Int {
        var size = winsize()
        for descriptor in [1, 2] as [Int32]
        where unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 {
            return Int(size.ws_col)
        }
        return 100
    }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { room in
                unsafe Glibc.write(descriptor, room.baseAddress! + written, room.count - written)
            }
            if count < 0, errno == EINTR { continue }
            // A reader that left, such as head, is no error.
            guard count > 0 else { return }
            written += count
        }
    }
}
