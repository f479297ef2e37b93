/* SPDX-License-Identifier: Apache-2.0
 *
 * Fails as memory does: of every 100,003 output elements one has its lowest bit flipped, which is
 * within any tolerance. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    static uint64_t written;
    FIXTURE_RUN_BEGIN
    fixture_matmul(o, inputs[0], inputs[1], outputs[0]);
    uint32_t *bits = outputs[0];
    for (int64_t i = 0; i < o->m * o->n; i++)
        if (++written % 100003 == 0) bits[i] ^= 1;
    return ASSAY_OK;
}
FIXTURE_RUN(run)
