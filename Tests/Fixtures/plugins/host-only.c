/* SPDX-License-Identifier: Apache-2.0
 *
 * Cheats: says that it is a GPU, and computes on the host's processor. */
#include "fixture.h"

static assay_status describe(void *user, assay_device_props *out, uint64_t *memory_bytes,
                             assay_error *e) {
    (void)user, (void)memory_bytes, (void)e;
    out->type = ASSAY_DEVICE_GPU;
    assay_simple_copy(out->name, sizeof out->name, "a GPU that is none");
    return ASSAY_OK;
}

static assay_status supports(void *user, const assay_op_desc *desc, assay_op_info *info,
                             assay_error *e) {
    assay_status status = fixture_supports(user, desc, info, e);
    assay_simple_copy(info->executed_on, sizeof info->executed_on, "gpu");
    return status;
}

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    assay_simple_backend backend = fixture_backend();
    backend.describe = describe;
    backend.supports = supports;
    return assay_simple_make(&backend, host, e);
}
