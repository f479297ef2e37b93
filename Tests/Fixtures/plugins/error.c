/* SPDX-License-Identifier: Apache-2.0
 *
 * Loses its device at the third run, and says so. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    if (o->runs >= 3)
        return assay_simple_fail(e, ASSAY_E_DEVICE_LOST, 719, "fixture", "run",
                                 "the device fell off the bus");
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
