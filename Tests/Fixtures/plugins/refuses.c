/* SPDX-License-Identifier: Apache-2.0
 *
 * Its entry refuses the host. */
#include "fixture.h"

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    if (fixture_is_first()) {
        assay_simple_backend backend = fixture_backend();
        return assay_simple_make(&backend, host, e);
    }
    assay_simple_fail(e, ASSAY_E_VERSION, 35, "fixture", "entry", "the driver is too old");
    return NULL;
}
