/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes garbage to every descriptor from 3 on that it finds, then does its work. */
#include "fixture.h"
#include <dirent.h>

static assay_status run(FIXTURE_ARGUMENTS) {
    char garbage[64];
    struct dirent *entry;
    FIXTURE_RUN_BEGIN
    DIR *descriptors = o->runs == 1 ? opendir("/proc/self/fd") : NULL;
    memset(garbage, 0xa5, sizeof garbage);
    while (descriptors && (entry = readdir(descriptors))) {
        int number = atoi(entry->d_name);
        if (number >= 3 && number != dirfd(descriptors))
            (void)!write(number, garbage, sizeof garbage);
    }
    if (descriptors) closedir(descriptors);
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
