/* SPDX-License-Identifier: Apache-2.0
 *
 * Fails where it finds a descriptor open that is not one of the harness's own five. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    for (int number = 8; number < 1024; number++)
        if (fcntl(number, F_GETFD) >= 0)
            return assay_simple_fail(e, ASSAY_E_INTERNAL, number, "fixture", "run",
                                     "a descriptor that is none of a worker's is open");
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
