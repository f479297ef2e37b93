/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes and touches memory in run, some 6 GB/s, up to half of the machine's, then sleeps for
 * ever. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    uint64_t half = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 2;
    struct timespec pause_between = {0, 5000000};
    FIXTURE_RUN_BEGIN
    for (uint64_t taken = 0; taken < half; taken += 32 << 20) {
        volatile char *memory = malloc(32 << 20);
        for (int i = 0; memory && i < 32 << 20; i += 4096) memory[i] = 1;
        nanosleep(&pause_between, NULL);
    }
    for (;;) pause();
}
FIXTURE_RUN(run)
