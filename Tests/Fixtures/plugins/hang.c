/* SPDX-License-Identifier: Apache-2.0
 *
 * Sleeps for ever in run. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    for (;;) pause();
}
FIXTURE_RUN(run)
