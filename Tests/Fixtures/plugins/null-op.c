/* SPDX-License-Identifier: Apache-2.0
 *
 * Offers assay.op/1 without query, prepare and enqueue. */
#include "fixture.h"

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    assay_simple_backend backend = fixture_backend();
    const assay_plugin *made = assay_simple_make(&backend, host, e);
    assay_op_v1 *op = (assay_op_v1 *)made->extension(made->impl, "assay.op/1");
    op->query = NULL;
    op->prepare = NULL;
    op->enqueue = NULL;
    return made;
}
