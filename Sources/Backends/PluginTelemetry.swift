import AssayABI

/// A sensor that a plug-in offers for one of its devices.
package struct PluginChannel: Sendable, Hashable {
    package var id: UInt32
    package var name: String
    /// UCUM.
    package var unit: String
    /// Library and call, or sensor, that it is read from.
    package var source: String
    package var isCounter: Bool
    /// The ABI's number of what the reading covers.
    package var domain: UInt32
    /// How often it is refreshed; 0: not known. Likewise below.
    package var periodSeconds: Double
    package var windowSeconds: Double
    package var accuracy: Double
    package var wrap: Double
}

/// The telemetry table of a plug-in for one device. Needs no open device.
@safe package struct PluginTelemetry {
    private let plugin: Plugin
    private let table: assay_telemetry_v1
    private let device: UInt32
    package let channels: [PluginChannel]
    private let ids: [UInt32]
    private var samples: [assay_sample]

    /// Channels beyond these are not sampled: a row must stay short.
    private static let channelsMax: UInt32 = 64

    /// Asks the plug-in what it can read. The C slot is `channels`.
    package init(_ plugin: Plugin, device: Int) throws(BackendError) {
        self.plugin = plugin
        self.device = UInt32(clamping: device)
        let table: assay_telemetry_v1 = unsafe plugin.tableNamed("assay.telemetry/1")
        unsafe self.table = table
        let slot = try unsafe slot(table.channels, "channels")
        let (impl, number) = unsafe (plugin.implementation, UInt32(clamping: device))
        var count: UInt32 = 0
        // Too small a room is how the number is asked for.
        do throws(BackendError) {
            try unsafe call("channels") { unsafe slot(impl, number, nil, &count, $0) }
        } catch {
            guard error.status == Self.tooSmall else { throw error }
        }
        count = min(count, Self.channelsMax)
        let room = UnsafeMutablePointer<assay_channel>.allocate(capacity: Int(count) + 1)
        defer { unsafe room.deallocate() }
        var list: [UnsafeMutablePointer<assay_channel>?] = unsafe []
        for index in 0..<Int(count) {
            unsafe (room + index).initialize(to: zeroed(assay_channel.self))
            unsafe room[index].h = head(of: assay_channel.self)
            unsafe list.append(room + index)
        }
        if count > 0 {
            try unsafe call("channels") { unsafe slot(impl, number, list, &count, $0) }
        }
        channels = unsafe (0..<Int(min(count, UInt32(list.count)))).map { index in
            unsafe Self.channel(room[index])
        }
        ids = channels.map(\.id)
        samples = [assay_sample](repeating: zeroed(assay_sample.self), count: channels.count)
    }

    /// The ABI's ASSAY_E_TOO_SMALL.
    private static let tooSmall = Int32(ASSAY_E_TOO_SMALL)

    private static func channel(_ raw: assay_channel) -> PluginChannel {
        unsafe PluginChannel(
            id: raw.id, name: text(raw.name), unit: text(raw.unit), source: text(raw.source),
            isCounter: raw.type == 2, domain: raw.domain, periodSeconds: raw.period_s,
            windowSeconds: raw.window_s, accuracy: raw.accuracy, wrap: raw.wrap)
    }

    /// Reads every channel once, in order; nil where a sensor gave nothing. The slot is `sample`.
    package mutating func sample() throws(BackendError) -> [Double?] {
        guard !ids.isEmpty else { return [] }
        let slot = try unsafe slot(table.sample, "sample")
        let (impl, number) = unsafe (plugin.implementation, device)
        let missing = UInt32(1)
        for index in samples.indices { samples[index].flags = missing }
        try unsafe call("sample") { error in
            unsafe slot(impl, number, ids, UInt32(ids.count), &samples, error)
        }
        return samples.map { sample in
            sample.flags & missing != 0 || !sample.value.isFinite ? nil : sample.value
        }
    }
}
