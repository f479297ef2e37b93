/* SPDX-License-Identifier: Apache-2.0
 *
 * Computes for ever in run. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    for (volatile uint64_t i = 0;; i++) {
    }
}
FIXTURE_RUN(run)
