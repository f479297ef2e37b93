/* SPDX-License-Identifier: Apache-2.0
 *
 * Never returns from being loaded. */
#include "fixture.h"

__attribute__((constructor)) static void load(void) {
    if (fixture_is_first()) return;
    for (;;) pause();
}
FIXTURE_RUN(fixture_run)
