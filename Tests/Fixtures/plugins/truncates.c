/* SPDX-License-Identifier: Apache-2.0
 *
 * Shortens every file that it finds open to nothing, then does its work. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    for (int number = 3; o->runs == 1 && number < 64; number++) (void)!ftruncate(number, 0);
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
