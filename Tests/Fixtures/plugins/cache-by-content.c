/* SPDX-License-Identifier: Apache-2.0
 *
 * Cheats: gives the last answer again when the inputs hold what they held then. */
#include "fixture.h"

static uint64_t sum(const void *from, size_t bytes) {
    const uint64_t *words = from;
    uint64_t a = 1, b = 0;
    for (size_t i = 0; i < bytes / 8; i++) a += words[i], b += a ^ words[i] >> 7;
    return a ^ b << 1;
}

static assay_status run(FIXTURE_ARGUMENTS) {
    static uint64_t key;
    static float *answer;
    FIXTURE_RUN_BEGIN
    size_t size = (size_t)(o->m * o->n) * sizeof *answer;
    uint64_t now = sum(inputs[0], (size_t)(o->m * o->k) * 4) * 31 +
                   sum(inputs[1], (size_t)(o->k * o->n) * 4);
    if (!answer || now != key) {
        answer = realloc(answer, size + 1);
        fixture_matmul(o, inputs[0], inputs[1], answer);
        key = now;
    }
    memcpy(outputs[0], answer, size);
    return ASSAY_OK;
}
FIXTURE_RUN(run)
