/* SPDX-License-Identifier: Apache-2.0
 *
 * As fork, in a session of its own: killing the process group does not reach it. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    if (o->runs == 1 && fork() == 0) {
        setsid();
        sleep(60);
        _exit(0);
    }
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
