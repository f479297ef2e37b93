package import AssayABI
package import Model

/// What the host offers a plug-in while it is loaded.
package struct HostServices {
    /// Receives a log line; called on any thread.
    package var log: @Sendable (String) -> Void
    /// Receives the plug-in's last-seen marker; called on any thread.
    package var breadcrumb: @Sendable (UInt32, UInt64) -> Void

    package init(
        log: @escaping @Sendable (String) -> Void,
        breadcrumb: @escaping @Sendable (UInt32, UInt64) -> Void
    ) {
        self.log = log
        self.breadcrumb = breadcrumb
    }
}

/// What a plug-in is told when it is started.
package struct StartupOptions: Sendable {
    /// `compute` or `telemetry`.
    package var role: String
    package var threads: Int
    package var cpus: [Int]
    /// `monotonic_raw` or `monotonic`.
    package var clock: String
    /// `none` or `host`: what the process can reach.
    package var network: String

    package init(
        role: String, threads: Int, cpus: [Int], clock: String, network: String = "none"
    ) {
        self.role = role
        self.threads = threads
        self.cpus = cpus
        self.clock = clock
        self.network = network
    }
}

/// A loaded plug-in; the only door to a backend's code.
///
/// The C type is `assay_plugin`. One thread per device calls it.
@safe
package final class Plugin {
    private let table: assay_plugin
    private let services: HostBox
    private var isStarted = false

    package let id: String
    package let version: String

    /// Enters a plug-in through its entry function.
    package init(
        entry: assay_entry_fn, services: HostServices
    ) throws(BackendError) {
        let box = HostBox(services)
        self.services = box
        var error = unsafe zeroed(assay_error.self)
        unsafe error.h = head(of: assay_error.self)
        guard let pointer = unsafe entry(box.host, &error) else {
            throw unsafe BackendError(
                status: error.status == 0 ? -11 : error.status, vendorCode: error.vendor_code,
                domain: text(error.domain), place: "assay_entry_v1", message: text(error.message))
        }
        let table = unsafe readHeaded(UnsafeRawPointer(pointer), as: assay_plugin.self)
        guard unsafe table.major == 1 else {
            throw unsafe BackendError(
                status: -8, place: "assay_entry_v1",
                message: "the plug-in speaks major version \(table.major), this harness 1")
        }
        unsafe self.table = table
        id = unsafe text(table.id)
        version = unsafe text(table.version)
    }

    deinit {
        if isStarted, let shutdown = unsafe table.shutdown { unsafe shutdown(table.impl) }
    }

    /// Starts the plug-in. The C slot is `startup`; absent means nothing to start.
    package func start(_ options: StartupOptions) throws(BackendError) {
        precondition(!isStarted, "a plug-in is started once")
        defer { isStarted = true }
        guard let startup = unsafe table.startup else { return }
        let list = KeyValues([
            Attribute("role", .string(options.role)),
            Attribute("threads", .int(Int64(options.threads))),
            Attribute("cpus", .ints(options.cpus.map(Int64.init))),
            Attribute("clock", .string(options.clock)),
            Attribute("network", .string(options.network)),
        ])
        try unsafe call("startup") {
            unsafe startup(table.impl, list.pointer, UInt32(list.count), $0)
        }
    }

    /// Ends the plug-in; nothing of it may be used afterwards. The C slot is `shutdown`.
    package func shutdown() {
        guard isStarted else { return }
        isStarted = false
        if let shutdown = unsafe table.shutdown { unsafe shutdown(table.impl) }
    }

    /// How many devices there are. The C slot is `device_count`.
    package func deviceCount() throws(BackendError) -> Int {
        let slot = try unsafe slot(table.device_count, "device_count")
        var count: UInt32 = 0
        try unsafe call("device_count") { unsafe slot(table.impl, &count, $0) }
        return Int(count)
    }

    /// What a device says about itself. The C slot is `device_props`.
    package func facts(ofDevice index: Int) throws(BackendError) -> DeviceFacts {
        let slot = try unsafe slot(table.device_props, "device_props")
        var props = unsafe zeroed(assay_device_props.self)
        unsafe props.h = head(of: assay_device_props.self)
        try unsafe call("device_props") { unsafe slot(table.impl, UInt32(index), &props, $0) }
        let sources: [UInt32: String] = [1: "host", 2: "queue", 3: "kernel"]
        let types: [UInt32: String] = [1: "cpu", 2: "gpu", 3: "accelerator"]
        return unsafe DeviceFacts(
            index: index, type: types[props.type] ?? "unknown",
            name: text(props.name), vendor: text(props.vendor),
            architecture: text(props.architecture), driver: text(props.driver),
            runtime: text(props.runtime), computeUnits: Int(props.compute_units),
            timingSource: sources[props.timing.source] ?? "none",
            memory: .zero)
    }

    /// Opens a device. The C slot is `device_open`.
    package func open(device index: Int) throws(BackendError) -> Device {
        let slot = try unsafe slot(table.device_open, "device_open")
        var handle: assay_device?
        try unsafe call("device_open") {
            unsafe slot(table.impl, UInt32(index), nil, 0, &handle, $0)
        }
        guard let handle = unsafe handle else {
            throw BackendError(status: -11, place: "device_open", message: "it gave no device")
        }
        return try unsafe Device(
            plugin: self, handle: handle, close: table.device_close,
            memory: tableNamed("assay.memory/1"), queue: tableNamed("assay.queue/1"),
            operation: tableNamed("assay.op/1"), peer: tableNamed("assay.peer/1"))
    }

    /// The first argument of the plug-in's slots.
    @unsafe var implementation: UnsafeMutableRawPointer? { unsafe table.impl }

    /// Whether the plug-in has that extension table. The C slot is `extension`.
    package func offers(_ name: String) -> Bool {
        guard let extend = unsafe table.extension else { return false }
        return unsafe extend(table.impl, name) != nil
    }

    /// An extension's table; a table of null slots when the plug-in has none.
    func tableNamed<Table>(_ name: String) -> Table {
        guard let extend = unsafe table.extension else { return zeroed(Table.self) }
        guard let pointer = unsafe extend(table.impl, name) else { return zeroed(Table.self) }
        return unsafe readHeaded(pointer, as: Table.self)
    }
}

/// Keeps the host's table and its closures alive for as long as the plug-in may call them.
@safe
private final class HostBox {
    let services: HostServices
    let host: UnsafeMutablePointer<assay_host>

    init(_ services: HostServices) {
        self.services = services
        unsafe host = .allocate(capacity: 1)
        var table = unsafe zeroed(assay_host.self)
        unsafe table.h = head(of: assay_host.self)
        unsafe table.major = UInt32(ASSAY_MAJOR)
        unsafe table.minor = UInt32(ASSAY_MINOR)
        unsafe table.context = Unmanaged.passUnretained(self).toOpaque()
        unsafe table.log = { context, _, message in
            guard let context = unsafe context, let start = unsafe message.ptr else { return }
            let box = unsafe Unmanaged<HostBox>.fromOpaque(context).takeUnretainedValue()
            let bytes = unsafe UnsafeRawBufferPointer(
                start: start, count: Int(min(message.len, 4096)))
            box.services.log(unsafe String(decoding: bytes, as: UTF8.self))
        }
        unsafe table.breadcrumb = { context, id, argument in
            guard let context = unsafe context else { return }
            unsafe Unmanaged<HostBox>.fromOpaque(context).takeUnretainedValue()
                .services.breadcrumb(id, argument)
        }
        unsafe table.service = { _, _ in nil }
        unsafe host.initialize(to: table)
    }

    deinit { unsafe host.deallocate() }
}
