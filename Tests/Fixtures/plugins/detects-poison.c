/* SPDX-License-Identifier: Apache-2.0
 *
 * Cheats: takes outputs that begin with overwritten bytes for the verification, works then, and
 * does nothing otherwise. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    static const uint8_t mark[8] = {255, 255, 255, 255, 255, 255, 255, 255};
    FIXTURE_RUN_BEGIN
    if (o->runs > 1 && memcmp(outputs[0], mark, sizeof mark)) return ASSAY_OK;
    fixture_matmul(o, inputs[0], inputs[1], outputs[0]);
    return ASSAY_OK;
}
FIXTURE_RUN(run)
