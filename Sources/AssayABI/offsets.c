/* SPDX-License-Identifier: Apache-2.0
 *
 * The layout of version 1.0, frozen: a change of any line breaks every plug-in there is.
 * Written by Tests/Fixtures/abi/layout.py, which knows no compiler. */
#include "assay_plugin.h"

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#define AT(type, field, bytes) \
    _Static_assert(offsetof(type, field) == (bytes), #type "." #field)

SIZE(assay_head, 16);
AT(assay_head, size, 0);
AT(assay_head, kind, 4);
AT(assay_head, next, 8);

SIZE(assay_error, 1152);
AT(assay_error, h, 0);
AT(assay_error, status, 16);
AT(assay_error, vendor_code, 20);
AT(assay_error, sequence, 24);
AT(assay_error, domain, 32);
AT(assay_error, where, 64);
AT(assay_error, message, 128);

SIZE(assay_str, 16);
AT(assay_str, ptr, 0);
AT(assay_str, len, 8);

SIZE(assay_span, 16);
AT(assay_span, ptr, 0);
AT(assay_span, len, 8);

SIZE(assay_kv, 40);
AT(assay_kv, key, 0);
AT(assay_kv, type, 16);
AT(assay_kv, count, 20);
AT(assay_kv, v, 24);

SIZE(assay_timing, 32);
AT(assay_timing, source, 0);
AT(assay_timing, flags, 4);
AT(assay_timing, resolution_ns, 8);
AT(assay_timing, overhead_ns, 16);
AT(assay_timing, valid_bits, 24);
AT(assay_timing, reserved, 28);

SIZE(assay_sample, 24);
AT(assay_sample, channel, 0);
AT(assay_sample, flags, 4);
AT(assay_sample, host_ns, 8);
AT(assay_sample, value, 16);

SIZE(assay_host, 56);
AT(assay_host, h, 0);
AT(assay_host, major, 16);
AT(assay_host, minor, 20);
AT(assay_host, context, 24);
AT(assay_host, log, 32);
AT(assay_host, breadcrumb, 40);
AT(assay_host, service, 48);

SIZE(assay_device_props, 608);
AT(assay_device_props, h, 0);
AT(assay_device_props, index, 16);
AT(assay_device_props, type, 20);
AT(assay_device_props, numa_node, 24);
AT(assay_device_props, compute_units, 28);
AT(assay_device_props, memory_space_count, 32);
AT(assay_device_props, queue_count_max, 36);
AT(assay_device_props, event_count_max, 40);
AT(assay_device_props, relaunch, 44);
AT(assay_device_props, capabilities, 48);
AT(assay_device_props, timing, 80);
AT(assay_device_props, clock_hz, 112);
AT(assay_device_props, power_limit_w, 120);
AT(assay_device_props, uuid, 128);
AT(assay_device_props, vendor, 144);
AT(assay_device_props, name, 208);
AT(assay_device_props, architecture, 336);
AT(assay_device_props, driver, 400);
AT(assay_device_props, runtime, 464);
AT(assay_device_props, firmware, 528);
AT(assay_device_props, pci, 592);

SIZE(assay_plugin, 128);
AT(assay_plugin, h, 0);
AT(assay_plugin, major, 16);
AT(assay_plugin, minor, 20);
AT(assay_plugin, id, 24);
AT(assay_plugin, name, 32);
AT(assay_plugin, vendor, 40);
AT(assay_plugin, version, 48);
AT(assay_plugin, built_against, 56);
AT(assay_plugin, impl, 64);
AT(assay_plugin, startup, 72);
AT(assay_plugin, shutdown, 80);
AT(assay_plugin, device_count, 88);
AT(assay_plugin, device_props, 96);
AT(assay_plugin, device_open, 104);
AT(assay_plugin, device_close, 112);
AT(assay_plugin, extension, 120);

SIZE(assay_memory_space, 96);
AT(assay_memory_space, h, 0);
AT(assay_memory_space, id, 16);
AT(assay_memory_space, type, 20);
AT(assay_memory_space, flags, 24);
AT(assay_memory_space, reserved, 28);
AT(assay_memory_space, total, 32);
AT(assay_memory_space, available, 40);
AT(assay_memory_space, alignment, 48);
AT(assay_memory_space, allocation_max, 56);
AT(assay_memory_space, name, 64);

SIZE(assay_memory_v1, 88);
AT(assay_memory_v1, h, 0);
AT(assay_memory_v1, space, 16);
AT(assay_memory_v1, allocate, 24);
AT(assay_memory_v1, release, 32);
AT(assay_memory_v1, wrap_host, 40);
AT(assay_memory_v1, map, 48);
AT(assay_memory_v1, unmap, 56);
AT(assay_memory_v1, flush, 64);
AT(assay_memory_v1, invalidate, 72);
AT(assay_memory_v1, native, 80);

SIZE(assay_queue_v1, 152);
AT(assay_queue_v1, h, 0);
AT(assay_queue_v1, create, 16);
AT(assay_queue_v1, destroy, 24);
AT(assay_queue_v1, sync, 32);
AT(assay_queue_v1, query, 40);
AT(assay_queue_v1, copy, 48);
AT(assay_queue_v1, write, 56);
AT(assay_queue_v1, read, 64);
AT(assay_queue_v1, fill, 72);
AT(assay_queue_v1, event_create, 80);
AT(assay_queue_v1, event_destroy, 88);
AT(assay_queue_v1, event_record, 96);
AT(assay_queue_v1, event_wait, 104);
AT(assay_queue_v1, event_sync, 112);
AT(assay_queue_v1, event_query, 120);
AT(assay_queue_v1, event_elapsed, 128);
AT(assay_queue_v1, event_time, 136);
AT(assay_queue_v1, clock_pair, 144);

SIZE(assay_tensor, 176);
AT(assay_tensor, h, 0);
AT(assay_tensor, dtype, 16);
AT(assay_tensor, rank, 20);
AT(assay_tensor, layout, 24);
AT(assay_tensor, flags, 28);
AT(assay_tensor, dims, 32);
AT(assay_tensor, strides, 96);
AT(assay_tensor, buffer, 160);
AT(assay_tensor, offset, 168);

SIZE(assay_block_scale, 48);
AT(assay_block_scale, h, 0);
AT(assay_block_scale, scale, 16);
AT(assay_block_scale, block, 24);
AT(assay_block_scale, axis, 28);
AT(assay_block_scale, swizzle, 32);
AT(assay_block_scale, reserved, 36);
AT(assay_block_scale, global, 40);

SIZE(assay_op_desc, 112);
AT(assay_op_desc, h, 0);
AT(assay_op_desc, domain, 16);
AT(assay_op_desc, name, 32);
AT(assay_op_desc, opset, 48);
AT(assay_op_desc, flags, 52);
AT(assay_op_desc, math_dtype, 56);
AT(assay_op_desc, accumulate_dtype, 60);
AT(assay_op_desc, inputs, 64);
AT(assay_op_desc, outputs, 72);
AT(assay_op_desc, input_count, 80);
AT(assay_op_desc, output_count, 84);
AT(assay_op_desc, attributes, 88);
AT(assay_op_desc, attribute_count, 96);
AT(assay_op_desc, reserved, 100);
AT(assay_op_desc, workspace_max, 104);

SIZE(assay_op_info, 264);
AT(assay_op_info, h, 0);
AT(assay_op_info, supported, 16);
AT(assay_op_info, algorithm_count, 20);
AT(assay_op_info, math_dtype, 24);
AT(assay_op_info, accumulate_dtype, 28);
AT(assay_op_info, workspace_bytes, 32);
AT(assay_op_info, workspace_alignment, 40);
AT(assay_op_info, packed_bytes, 48);
AT(assay_op_info, workspace_space, 56);
AT(assay_op_info, reserved, 60);
AT(assay_op_info, setup_s, 64);
AT(assay_op_info, kernel, 72);
AT(assay_op_info, executed_on, 200);

SIZE(assay_workspace, 40);
AT(assay_workspace, h, 0);
AT(assay_workspace, buffer, 16);
AT(assay_workspace, offset, 24);
AT(assay_workspace, bytes, 32);

SIZE(assay_op_v1, 48);
AT(assay_op_v1, h, 0);
AT(assay_op_v1, query, 16);
AT(assay_op_v1, prepare, 24);
AT(assay_op_v1, enqueue, 32);
AT(assay_op_v1, destroy, 40);

SIZE(assay_constant, 56);
AT(assay_constant, h, 0);
AT(assay_constant, name, 16);
AT(assay_constant, tensor, 32);
AT(assay_constant, data, 40);
AT(assay_constant, bytes, 48);

SIZE(assay_program, 88);
AT(assay_program, h, 0);
AT(assay_program, format, 16);
AT(assay_program, code, 32);
AT(assay_program, flags, 48);
AT(assay_program, math_dtype, 52);
AT(assay_program, accumulate_dtype, 56);
AT(assay_program, constant_count, 60);
AT(assay_program, constants, 64);
AT(assay_program, options, 72);
AT(assay_program, option_count, 80);
AT(assay_program, reserved, 84);

SIZE(assay_io, 296);
AT(assay_io, h, 0);
AT(assay_io, tensor, 16);
AT(assay_io, dims_min, 24);
AT(assay_io, dims_max, 88);
AT(assay_io, space, 152);
AT(assay_io, flags, 156);
AT(assay_io, alias_of, 160);
AT(assay_io, reserved, 164);
AT(assay_io, name, 168);

SIZE(assay_compile_v1, 88);
AT(assay_compile_v1, h, 0);
AT(assay_compile_v1, formats, 16);
AT(assay_compile_v1, compile, 24);
AT(assay_compile_v1, save, 32);
AT(assay_compile_v1, load, 40);
AT(assay_compile_v1, inputs, 48);
AT(assay_compile_v1, outputs, 56);
AT(assay_compile_v1, info, 64);
AT(assay_compile_v1, enqueue, 72);
AT(assay_compile_v1, destroy, 80);

SIZE(assay_channel, 176);
AT(assay_channel, h, 0);
AT(assay_channel, id, 16);
AT(assay_channel, type, 20);
AT(assay_channel, domain, 24);
AT(assay_channel, reserved, 28);
AT(assay_channel, period_s, 32);
AT(assay_channel, window_s, 40);
AT(assay_channel, accuracy, 48);
AT(assay_channel, wrap, 56);
AT(assay_channel, name, 64);
AT(assay_channel, unit, 112);
AT(assay_channel, source, 128);

SIZE(assay_telemetry_v1, 32);
AT(assay_telemetry_v1, h, 0);
AT(assay_telemetry_v1, channels, 16);
AT(assay_telemetry_v1, sample, 24);

SIZE(assay_link, 80);
AT(assay_link, h, 0);
AT(assay_link, from, 16);
AT(assay_link, to, 20);
AT(assay_link, type, 24);
AT(assay_link, hops, 28);
AT(assay_link, bandwidth, 32);
AT(assay_link, latency_s, 40);
AT(assay_link, name, 48);

SIZE(assay_peer_v1, 40);
AT(assay_peer_v1, h, 0);
AT(assay_peer_v1, link, 16);
AT(assay_peer_v1, enable, 24);
AT(assay_peer_v1, copy, 32);

SIZE(assay_collective_v1, 64);
AT(assay_collective_v1, h, 0);
AT(assay_collective_v1, unique_id, 16);
AT(assay_collective_v1, create, 24);
AT(assay_collective_v1, group_begin, 32);
AT(assay_collective_v1, group_end, 40);
AT(assay_collective_v1, enqueue, 48);
AT(assay_collective_v1, destroy, 56);

SIZE(assay_capture_v1, 32);
AT(assay_capture_v1, h, 0);
AT(assay_capture_v1, begin, 16);
AT(assay_capture_v1, end, 24);

