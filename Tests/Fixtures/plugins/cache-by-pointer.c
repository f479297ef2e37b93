/* SPDX-License-Identifier: Apache-2.0
 *
 * Cheats: skips the work when all pointers are as they were at the last run. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    static const void *last[3];
    FIXTURE_RUN_BEGIN
    if (last[0] == inputs[0] && last[1] == inputs[1] && last[2] == outputs[0]) return ASSAY_OK;
    last[0] = inputs[0], last[1] = inputs[1], last[2] = outputs[0];
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
