/* SPDX-License-Identifier: Apache-2.0
 *
 * Leaves a child behind, in its process group, that holds all descriptors for a minute. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    if (o->runs == 1 && fork() == 0) {
        sleep(60);
        _exit(0);
    }
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
