/* SPDX-License-Identifier: Apache-2.0
 *
 * Has a device and no extension at all. */
#include "fixture.h"

static const void *extension(void *impl, const char *id) {
    (void)impl, (void)id;
    return NULL;
}

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    assay_simple_backend backend = fixture_backend();
    assay_plugin *made = (assay_plugin *)assay_simple_make(&backend, host, e);
    made->extension = extension;
    return made;
}
