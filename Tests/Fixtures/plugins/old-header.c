/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiled against a header from before several slots and fields: its structs are shorter. */
#include "fixture.h"

static const assay_plugin *full;
static const void *memory, *queue, *op;

/* Copies what it knows of a struct, up to `size`, through a struct that ends there. */
static assay_status device_props(void *impl, uint32_t index, assay_device_props *out,
                                 assay_error *e) {
    assay_device_props filled = {.h = {sizeof filled, ASSAY_KIND_DEVICE_PROPS, NULL}};
    assay_status status = full->device_props(impl, index, &filled, e);
    if (status == ASSAY_OK) assay_put(out, &filled, offsetof(assay_device_props, architecture));
    return status;
}

static assay_status query(assay_device d, const assay_op_desc *desc, assay_op_info *out,
                          assay_error *e) {
    const assay_op_v1 *whole = full->extension(full->impl, "assay.op/1");
    assay_op_info filled = {.h = {sizeof filled, ASSAY_KIND_OP_INFO, NULL}};
    assay_status status = whole->query(d, desc, &filled, e);
    assay_put(out, &filled, offsetof(assay_op_info, packed_bytes));
    return status;
}

static const void *extension(void *impl, const char *id) {
    (void)impl;
    if (!strcmp(id, "assay.memory/1")) return memory;
    if (!strcmp(id, "assay.queue/1")) return queue;
    return strcmp(id, "assay.op/1") ? NULL : op;
}

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    static const assay_plugin *mine;
    assay_simple_backend backend = fixture_backend();
    if (mine) return mine;
    full = assay_simple_make(&backend, host, e);
    memory = fixture_at_page_end(full->extension(full->impl, "assay.memory/1"),
                                 offsetof(assay_memory_v1, wrap_host));
    queue = fixture_at_page_end(full->extension(full->impl, "assay.queue/1"),
                                offsetof(assay_queue_v1, event_create));
    assay_op_v1 changed = *(const assay_op_v1 *)full->extension(full->impl, "assay.op/1");
    changed.query = query;
    op = fixture_at_page_end(&changed, sizeof changed);
    assay_plugin plugin = *full;
    plugin.device_props = device_props;
    plugin.extension = extension;
    mine = fixture_at_page_end(&plugin, sizeof plugin);
    return mine;
}
