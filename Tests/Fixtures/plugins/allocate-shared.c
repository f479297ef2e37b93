/* SPDX-License-Identifier: Apache-2.0
 *
 * As allocate, in memory that is marked as shared, which counts apart. */
#include "fixture.h"

static assay_status run(FIXTURE_ARGUMENTS) {
    uint64_t half = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 2;
    struct timespec pause_between = {0, 5000000};
    FIXTURE_RUN_BEGIN
    for (uint64_t taken = 0; taken < half; taken += 32 << 20) {
        volatile char *memory = mmap(NULL, 32 << 20, PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        for (int i = 0; memory != MAP_FAILED && i < 32 << 20; i += 4096) memory[i] = 1;
        nanosleep(&pause_between, NULL);
    }
    for (;;) pause();
}
FIXTURE_RUN(run)
