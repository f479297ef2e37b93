/* SPDX-License-Identifier: Apache-2.0
 *
 * Slows down to a sixth of its speed: ASSAY_FIXTURE_SLOW_MS after its first call, or without that
 * as soon as it sees that its outputs were overwritten, which happens while measuring only. */
#include "fixture.h"

static uint64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static int is_overwritten(const uint8_t *bytes, size_t count) {
    static const uint8_t mark[64] = {[0 ... 63] = 255};
    for (size_t i = 0; i + sizeof mark <= count; i += 4)
        if (!memcmp(bytes + i, mark, sizeof mark)) return 1;
    return 0;
}

static assay_status run(FIXTURE_ARGUMENTS) {
    static uint64_t first;
    static int slow;
    const char *limit = getenv("ASSAY_FIXTURE_SLOW_MS");
    FIXTURE_RUN_BEGIN
    if (!first) first = milliseconds();
    if (limit)
        slow = milliseconds() - first > (uint64_t)atoi(limit);
    else if (o->runs > 1 && !slow)
        slow = is_overwritten(outputs[0], (size_t)(o->m * o->n) * 4);
    for (int i = 0; i < (slow ? 6 : 1); i++) fixture_matmul(o, inputs[0], inputs[1], outputs[0]);
    return ASSAY_OK;
}
FIXTURE_RUN(run)
