/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes through a null pointer in run. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    *(volatile int *)NULL = 1;
    return ASSAY_OK;
}
FIXTURE_RUN(run)
