/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes through a null pointer while it is loaded. */
#include "fixture.h"

__attribute__((constructor)) static void load(void) {
    if (!fixture_is_first()) *(volatile int *)NULL = 1;
}
FIXTURE_RUN(fixture_run)
