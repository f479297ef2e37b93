/* SPDX-License-Identifier: Apache-2.0
 *
 * Prints without end, as fast as it is read. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    static char page[65536];
    FIXTURE_RUN_BEGIN
    memset(page, 'x', sizeof page);
    for (;;) (void)!write(1, page, sizeof page);
}
FIXTURE_RUN(run)
