import CHwloc
import CNuma
import Glibc

/// What system calls and processor instructions say, as values that a test can script.
package struct SystemCalls: Sendable {
    /// The machine name of the kernel, such as `x86_64` or `aarch64`.
    package var architecture: String
    /// The C library with its version; nil when it does not say.
    package var libc: String?
    package var pageBytes: Int
    /// Logical processors the calling thread may run on, ascending.
    package var allowedCPUs: [Int]
    /// The signature of the hypervisor's processor leaf; nil when none announces itself.
    package var hypervisorSignature: String?
    /// The register states enabled by the system (XCR0); nil when it cannot be read.
    package var enabledStates: UInt64?
    /// What the NUMA library says; nil when the kernel has no NUMA support.
    package var numa: NumaReading?

    package init(
        architecture: String, libc: String?, pageBytes: Int, allowedCPUs: [Int],
        hypervisorSignature: String?, enabledStates: UInt64?, numa: NumaReading?
    ) {
        self.architecture = architecture
        self.libc = libc
        self.pageBytes = pageBytes
        self.allowedCPUs = allowedCPUs
        self.hypervisorSignature = hypervisorSignature
        self.enabledStates = enabledStates
        self.numa = numa
    }

    /// Asks this machine.
    package static func live() -> SystemCalls {
        SystemCalls(
            architecture: machineName(), libc: libraryVersion(),
            pageBytes: Int(sysconf(Int32(_SC_PAGESIZE))), allowedCPUs: affinity(),
            hypervisorSignature: signature(),
            enabledStates: assay_enabled_states() == 0 ? nil : assay_enabled_states(),
            numa: NumaReading.live())
    }

    private static func machineName() -> String {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return "unknown" }
        return unsafe withUnsafeBytes(of: &name.machine) { unsafe text($0) }
    }

    /// The text before the first NUL.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func libraryVersion() -> String? {
        var bytes = [CChar](repeating: 0, count: 64)
        let name = Int32(_CS_GNU_LIBC_VERSION)
        guard unsafe confstr(name, &bytes, bytes.count) > 0 else { return nil }
        return unsafe bytes.withUnsafeBytes { unsafe text($0) }
    }

    private static func signature() -> String? {
        var bytes = [CChar](repeating: 0, count: 13)
        guard unsafe assay_hypervisor_signature(&bytes) != 0 else { return nil }
        return unsafe bytes.withUnsafeBytes { unsafe text($0) }
    }

    /// The allowed processors, by a mask that grows until the kernel's own fits.
    ///
    /// The fixed mask of the C library ends at 1024 processors.
    private static func affinity() -> [Int] {
        var wordCount = 16
        while wordCount <= 1 << 14 {
            var words = [UInt](repeating: 0, count: wordCount)
            if unsafe assay_allowed_processors(&words, wordCount * 8) > 0 {
                return words.indices.flatMap { word in
                    (0..<64).filter { words[word] >> UInt($0) & 1 == 1 }.map { word * 64 + $0 }
                }
            }
            wordCount *= 2
        }
        return []
    }
}
