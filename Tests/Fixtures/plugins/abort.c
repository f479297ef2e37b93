/* SPDX-License-Identifier: Apache-2.0
 *
 * Aborts in run. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    abort();
}
FIXTURE_RUN(run)
