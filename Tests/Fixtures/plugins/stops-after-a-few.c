/* SPDX-License-Identifier: Apache-2.0
 *
 * Works for 20 runs, then writes through a null pointer. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    if (o->runs > 20) *(volatile int *)NULL = 1;
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
