/* SPDX-License-Identifier: Apache-2.0
 *
 * Cheats: skips the work when the output still holds its last answer. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    static float *last;
    static size_t last_size;
    FIXTURE_RUN_BEGIN
    size_t size = (size_t)(o->m * o->n) * sizeof *last;
    if (last && size == last_size && !memcmp(last, outputs[0], size)) return ASSAY_OK;
    fixture_matmul(o, inputs[0], inputs[1], outputs[0]);
    last = realloc(last, size + 1);
    last_size = size;
    memcpy(last, outputs[0], size);
    return ASSAY_OK;
}
FIXTURE_RUN(run)
