/* SPDX-License-Identifier: Apache-2.0
 *
 * A backend whose operation is STEPS dependent multiplications and nothing else, so that a build
 * with 5 % more steps is slower by exactly 5 %. Built by slowed.py. */
#include "fixture.h"

static assay_status paced(FIXTURE_ARGUMENTS) {
    uint64_t value = 1;
    (void)user, (void)state, (void)inputs, (void)outputs, (void)e;
    for (uint64_t step = 0; step < STEPS; step++)
        __asm__ volatile("imul %1, %0" : "+r"(value) : "r"((uint64_t)0x9E3779B97F4A7C15));
    return ASSAY_OK;
}

FIXTURE_RUN(paced)
