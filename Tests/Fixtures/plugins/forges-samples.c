/* SPDX-License-Identifier: Apache-2.0
 *
 * Cheats: finds the memory that samples are written to, and halves what it finds there. */
#include "fixture.h"
#include <stdio.h>

static uint64_t *samples(size_t *count) {
    char line[512];
    unsigned long start = 0, end = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    uint64_t *found = NULL;
    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, "assay-samples") && sscanf(line, "%lx-%lx", &start, &end) == 2) {
            found = (uint64_t *)start;
            *count = (end - start) / 16;
        }
    if (maps) fclose(maps);
    return found;
}

static assay_status run(FIXTURE_ARGUMENTS) {
    static uint64_t *from;
    static size_t count, done;
    FIXTURE_RUN_BEGIN
    if (!from) from = samples(&count);
    while (from && done < count && from[done]) from[done++] /= 2;
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
