/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes the first half of the rows only. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    fixture_op half = *o;
    half.m = o->m / 2;
    fixture_matmul(&half, inputs[0], inputs[1], outputs[0]);
    return ASSAY_OK;
}
FIXTURE_RUN(run)
