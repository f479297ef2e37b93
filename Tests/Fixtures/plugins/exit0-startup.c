/* SPDX-License-Identifier: Apache-2.0
 *
 * Ends the process in startup, as if all had gone well. */
#include "fixture.h"

static assay_status startup(void *user, const assay_kv *options, uint32_t count, assay_error *e) {
    (void)user, (void)options, (void)count, (void)e;
    if (!fixture_is_first()) exit(0);
    return ASSAY_OK;
}

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    assay_simple_backend backend = fixture_backend();
    backend.startup = startup;
    return assay_simple_make(&backend, host, e);
}
