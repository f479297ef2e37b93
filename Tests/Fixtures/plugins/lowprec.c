/* SPDX-License-Identifier: Apache-2.0
 *
 * Rounds the inputs to bf16 and claims f32. */
#include "fixture.h"

static float *rounded(const float *from, int64_t count) {
    float *to = malloc((size_t)count * sizeof *to + 1);
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &from[i], 4);
        bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
        memcpy(&to[i], &bits, 4);
    }
    return to;
}

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    float *a = rounded(inputs[0], o->m * o->k), *b = rounded(inputs[1], o->k * o->n);
    fixture_matmul(o, a, b, outputs[0]);
    free(a);
    free(b);
    return ASSAY_OK;
}
FIXTURE_RUN(run)
