/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiled against a later header: its structs are longer, and it checks that what the host
 * does not know reads as zero. */
#include "fixture.h"

#define GROWN(type)                                                                                \
    struct {                                                                                       \
        type now;                                                                                  \
        uint64_t later[8];                                                                         \
    }

static const assay_plugin *full;
static const assay_op_v1 *whole;
static const void *memory, *queue, *op;

static int is_zero(const uint64_t later[8]) {
    for (int i = 0; i < 8; i++)
        if (later[i]) return 0;
    return 1;
}

static assay_status check(const assay_op_desc *desc, assay_error *e) {
    GROWN(assay_op_desc) read;
    int good;
    assay_get(&read, desc, sizeof read);
    good = is_zero(read.later);
    for (uint32_t i = 0; good && i < read.now.input_count; i++) {
        GROWN(assay_tensor) tensor;
        if (!read.now.inputs[i]) continue;
        assay_get(&tensor, read.now.inputs[i], sizeof tensor);
        good = is_zero(tensor.later) && tensor.now.rank <= 8;
    }
    return good ? ASSAY_OK
                : assay_simple_fail(e, ASSAY_E_INTERNAL, 0, "fixture", "read",
                                    "the tail that the host does not know is not zero");
}

static assay_status device_props(void *impl, uint32_t index, assay_device_props *out,
                                 assay_error *e) {
    GROWN(assay_device_props) filled;
    memset(&filled, 0xa5, sizeof filled);
    filled.now.h.size = sizeof filled.now;
    assay_status status = full->device_props(impl, index, &filled.now, e);
    if (status == ASSAY_OK) assay_put(out, &filled, sizeof filled);
    return status;
}

static assay_status put_info(assay_op_info *out, assay_op_info *known, assay_status status) {
    GROWN(assay_op_info) filled;
    memset(&filled, 0xa5, sizeof filled);
    filled.now = *known;
    if (out && status == ASSAY_OK) assay_put(out, &filled, sizeof filled);
    return status;
}

static assay_status query(assay_device d, const assay_op_desc *desc, assay_op_info *out,
                          assay_error *e) {
    assay_op_info info = {.h = {sizeof info, ASSAY_KIND_OP_INFO, NULL}};
    assay_status status = check(desc, e);
    if (status == ASSAY_OK) status = whole->query(d, desc, &info, e);
    return put_info(out, &info, status);
}

static assay_status prepare(assay_device d, const assay_op_desc *desc, uint32_t algorithm,
                            assay_op *out, assay_op_info *info_out, assay_error *e) {
    assay_op_info info = {.h = {sizeof info, ASSAY_KIND_OP_INFO, NULL}};
    assay_status status = check(desc, e);
    if (status == ASSAY_OK) status = whole->prepare(d, desc, algorithm, out, &info, e);
    return put_info(info_out, &info, status);
}

static const void *extension(void *impl, const char *id) {
    (void)impl;
    if (!strcmp(id, "assay.memory/1")) return memory;
    if (!strcmp(id, "assay.queue/1")) return queue;
    return strcmp(id, "assay.op/1") ? NULL : op;
}

/* A longer copy of a table; what the host does not know would crash if it were called. */
static const void *grown(const void *table, uint32_t size) {
    char *copy = malloc(size + 64);
    memcpy(copy, table, size);
    memset(copy + size, 0xa5, 64);
    ((assay_head *)(void *)copy)->size = size + 64;
    return copy;
}

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    static const assay_plugin *mine;
    assay_simple_backend backend = fixture_backend();
    GROWN(assay_host) service;
    if (mine) return mine;
    assay_get(&service, host, sizeof service);
    full = assay_simple_make(&backend, host, e);
    if (!full || !is_zero(service.later)) return NULL;
    whole = full->extension(full->impl, "assay.op/1");
    assay_op_v1 changed = *whole;
    changed.query = query;
    changed.prepare = prepare;
    op = grown(&changed, sizeof changed);
    memory = grown(full->extension(full->impl, "assay.memory/1"), sizeof(assay_memory_v1));
    queue = grown(full->extension(full->impl, "assay.queue/1"), sizeof(assay_queue_v1));
    assay_plugin plugin = *full;
    plugin.minor = ASSAY_MINOR + 7;
    plugin.device_props = device_props;
    plugin.extension = extension;
    mine = grown(&plugin, sizeof plugin);
    return mine;
}
