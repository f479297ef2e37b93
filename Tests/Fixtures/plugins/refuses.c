/* SPDX-License-Identifier: Apache-2.0
 *
 * Its entry refuses the host. */
#include "fixture.h"

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    (void)host;
    assay_simple_fail(e, ASSAY_E_VERSION, 35, "fixture", "entry", "the driver is too old");
    return NULL;
}
