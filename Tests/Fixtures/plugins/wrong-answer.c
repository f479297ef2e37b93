/* SPDX-License-Identifier: Apache-2.0
 *
 * One element is off by 1 %. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    fixture_matmul(o, inputs[0], inputs[1], outputs[0]);
    if (o->m * o->n) ((float *)outputs[0])[o->m * o->n / 2] *= 1.01f;
    return ASSAY_OK;
}
FIXTURE_RUN(run)
