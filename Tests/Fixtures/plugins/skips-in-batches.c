/* SPDX-License-Identifier: Apache-2.0
 *
 * Cheats: does nothing when called right after its last call, so only the first event of a batch
 * is computed, and every event that is looked at alone. */
#include "fixture.h"

static uint64_t cycles(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static assay_status run(FIXTURE_ARGUMENTS) {
    static uint64_t last;
    FIXTURE_RUN_BEGIN
    if (cycles() - last > 90) fixture_matmul(o, inputs[0], inputs[1], outputs[0]);
    last = cycles();
    return ASSAY_OK;
}
FIXTURE_RUN(run)
