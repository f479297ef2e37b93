/* SPDX-License-Identifier: Apache-2.0 */
#include "include/assay_null.h"
#include "assay_simple.h"

static assay_status describe(void *user, assay_device_props *out, uint64_t *memory_bytes,
                             assay_error *e) {
    (void)user, (void)memory_bytes, (void)e;
    assay_simple_copy(out->name, sizeof out->name, "null device");
    return ASSAY_OK;
}

static assay_status supports(void *user, const assay_op_desc *desc, assay_op_info *info,
                             assay_error *e) {
    (void)user;
    if (!assay_simple_is(desc, "assay", "Empty") || desc->opset != 1)
        return assay_simple_fail(e, ASSAY_E_UNSUPPORTED, 0, "null", "supports",
                                 "the null backend executes nothing but assay:Empty version 1");
    if (desc->input_count || desc->output_count)
        return assay_simple_fail(e, ASSAY_E_INVALID, 0, "null", "supports",
                                 "Empty has no inputs and no outputs");
    assay_simple_copy(info->kernel, sizeof info->kernel, "empty");
    assay_simple_copy(info->executed_on, sizeof info->executed_on, "cpu");
    return ASSAY_OK;
}

static assay_status run(void *user, void *state, const void *const *inputs, void *const *outputs,
                        assay_error *e) {
    (void)user, (void)state, (void)inputs, (void)outputs, (void)e;
    return ASSAY_OK;
}

const assay_plugin *assay_null_entry_v1(const assay_host *host, assay_error *e) {
    const assay_simple_backend backend = {
        .id = "null",
        .name = "Null",
        .vendor = "Assay",
        .version = "1.0.0",
        .built_against = "",
        .describe = describe,
        .supports = supports,
        .run = run,
    };
    return assay_simple_make(&backend, host, e);
}
