// Written by Tests/Fixtures/abi/layout.py, which knows no compiler.

import AssayABI

extension Layout {
    static let all: [Layout] = [
        Layout(
            assay_head.self, 16,
            [
                (\.size, 0), (\.kind, 4), (\.next, 8),
            ]),
        Layout(
            assay_error.self, 1152,
            [
                (\.h, 0), (\.status, 16), (\.vendor_code, 20), (\.sequence, 24), (\.domain, 32),
                (\.where, 64), (\.message, 128),
            ]),
        Layout(
            assay_str.self, 16,
            [
                (\.ptr, 0), (\.len, 8),
            ]),
        Layout(
            assay_span.self, 16,
            [
                (\.ptr, 0), (\.len, 8),
            ]),
        Layout(
            assay_kv.self, 40,
            [
                (\.key, 0), (\.type, 16), (\.count, 20), (\.v, 24),
            ]),
        Layout(
            assay_timing.self, 32,
            [
                (\.source, 0), (\.flags, 4), (\.resolution_ns, 8), (\.overhead_ns, 16),
                (\.valid_bits, 24), (\.reserved, 28),
            ]),
        Layout(
            assay_sample.self, 24,
            [
                (\.channel, 0), (\.flags, 4), (\.host_ns, 8), (\.value, 16),
            ]),
        Layout(
            assay_host.self, 56,
            [
                (\.h, 0), (\.major, 16), (\.minor, 20), (\.context, 24), (\.log, 32),
                (\.breadcrumb, 40), (\.service, 48),
            ]),
        Layout(
            assay_device_props.self, 608,
            [
                (\.h, 0), (\.index, 16), (\.type, 20), (\.numa_node, 24), (\.compute_units, 28),
                (\.memory_space_count, 32), (\.queue_count_max, 36), (\.event_count_max, 40),
                (\.relaunch, 44), (\.capabilities, 48), (\.timing, 80), (\.clock_hz, 112),
                (\.power_limit_w, 120), (\.uuid, 128), (\.vendor, 144), (\.name, 208),
                (\.architecture, 336), (\.driver, 400), (\.runtime, 464), (\.firmware, 528),
                (\.pci, 592),
            ]),
        Layout(
            assay_plugin.self, 128,
            [
                (\.h, 0), (\.major, 16), (\.minor, 20), (\.id, 24), (\.name, 32), (\.vendor, 40),
                (\.version, 48), (\.built_against, 56), (\.impl, 64), (\.startup, 72),
                (\.shutdown, 80),
                (\.device_count, 88), (\.device_props, 96), (\.device_open, 104),
                (\.device_close, 112),
                (\.extension, 120),
            ]),
        Layout(
            assay_memory_space.self, 96,
            [
                (\.h, 0), (\.id, 16), (\.type, 20), (\.flags, 24), (\.reserved, 28), (\.total, 32),
                (\.available, 40), (\.alignment, 48), (\.allocation_max, 56), (\.name, 64),
            ]),
        Layout(
            assay_memory_v1.self, 88,
            [
                (\.h, 0), (\.space, 16), (\.allocate, 24), (\.release, 32), (\.wrap_host, 40),
                (\.map, 48), (\.unmap, 56), (\.flush, 64), (\.invalidate, 72), (\.native, 80),
            ]),
        Layout(
            assay_queue_v1.self, 152,
            [
                (\.h, 0), (\.create, 16), (\.destroy, 24), (\.sync, 32), (\.query, 40),
                (\.copy, 48),
                (\.write, 56), (\.read, 64), (\.fill, 72), (\.event_create, 80),
                (\.event_destroy, 88),
                (\.event_record, 96), (\.event_wait, 104), (\.event_sync, 112),
                (\.event_query, 120),
                (\.event_elapsed, 128), (\.event_time, 136), (\.clock_pair, 144),
            ]),
        Layout(
            assay_tensor.self, 176,
            [
                (\.h, 0), (\.dtype, 16), (\.rank, 20), (\.layout, 24), (\.flags, 28), (\.dims, 32),
                (\.strides, 96), (\.buffer, 160), (\.offset, 168),
            ]),
        Layout(
            assay_block_scale.self, 48,
            [
                (\.h, 0), (\.scale, 16), (\.block, 24), (\.axis, 28), (\.swizzle, 32),
                (\.reserved, 36),
                (\.global, 40),
            ]),
        Layout(
            assay_op_desc.self, 112,
            [
                (\.h, 0), (\.domain, 16), (\.name, 32), (\.opset, 48), (\.flags, 52),
                (\.math_dtype, 56), (\.accumulate_dtype, 60), (\.inputs, 64), (\.outputs, 72),
                (\.input_count, 80), (\.output_count, 84), (\.attributes, 88),
                (\.attribute_count, 96),
                (\.reserved, 100), (\.workspace_max, 104),
            ]),
        Layout(
            assay_op_info.self, 264,
            [
                (\.h, 0), (\.supported, 16), (\.algorithm_count, 20), (\.math_dtype, 24),
                (\.accumulate_dtype, 28), (\.workspace_bytes, 32), (\.workspace_alignment, 40),
                (\.packed_bytes, 48), (\.workspace_space, 56), (\.reserved, 60), (\.setup_s, 64),
                (\.kernel, 72), (\.executed_on, 200),
            ]),
        Layout(
            assay_workspace.self, 40,
            [
                (\.h, 0), (\.buffer, 16), (\.offset, 24), (\.bytes, 32),
            ]),
        Layout(
            assay_op_v1.self, 48,
            [
                (\.h, 0), (\.query, 16), (\.prepare, 24), (\.enqueue, 32), (\.destroy, 40),
            ]),
        Layout(
            assay_constant.self, 56,
            [
                (\.h, 0), (\.name, 16), (\.tensor, 32), (\.data, 40), (\.bytes, 48),
            ]),
        Layout(
            assay_program.self, 88,
            [
                (\.h, 0), (\.format, 16), (\.code, 32), (\.flags, 48), (\.math_dtype, 52),
                (\.accumulate_dtype, 56), (\.constant_count, 60), (\.constants, 64),
                (\.options, 72),
                (\.option_count, 80), (\.reserved, 84),
            ]),
        Layout(
            assay_io.self, 296,
            [
                (\.h, 0), (\.tensor, 16), (\.dims_min, 24), (\.dims_max, 88), (\.space, 152),
                (\.flags, 156), (\.alias_of, 160), (\.reserved, 164), (\.name, 168),
            ]),
        Layout(
            assay_compile_v1.self, 88,
            [
                (\.h, 0), (\.formats, 16), (\.compile, 24), (\.save, 32), (\.load, 40),
                (\.inputs, 48),
                (\.outputs, 56), (\.info, 64), (\.enqueue, 72), (\.destroy, 80),
            ]),
        Layout(
            assay_channel.self, 176,
            [
                (\.h, 0), (\.id, 16), (\.type, 20), (\.domain, 24), (\.reserved, 28),
                (\.period_s, 32),
                (\.window_s, 40), (\.accuracy, 48), (\.wrap, 56), (\.name, 64), (\.unit, 112),
                (\.source, 128),
            ]),
        Layout(
            assay_telemetry_v1.self, 32,
            [
                (\.h, 0), (\.channels, 16), (\.sample, 24),
            ]),
        Layout(
            assay_link.self, 80,
            [
                (\.h, 0), (\.from, 16), (\.to, 20), (\.type, 24), (\.hops, 28), (\.bandwidth, 32),
                (\.latency_s, 40), (\.name, 48),
            ]),
        Layout(
            assay_peer_v1.self, 40,
            [
                (\.h, 0), (\.link, 16), (\.enable, 24), (\.copy, 32),
            ]),
        Layout(
            assay_collective_v1.self, 64,
            [
                (\.h, 0), (\.unique_id, 16), (\.create, 24), (\.group_begin, 32), (\.group_end, 40),
                (\.enqueue, 48), (\.destroy, 56),
            ]),
        Layout(
            assay_capture_v1.self, 32,
            [
                (\.h, 0), (\.begin, 16), (\.end, 24),
            ]),
    ]
}
