/* SPDX-License-Identifier: Apache-2.0
 *
 * Speaks the next major version only: its one symbol is another. */
#include "fixture.h"

ASSAY_EXPORT const assay_plugin *assay_entry_v2(const assay_host *host, assay_error *e);
const assay_plugin *assay_entry_v2(const assay_host *host, assay_error *e) {
    assay_simple_backend backend = fixture_backend();
    return assay_simple_make(&backend, host, e);
}
