/* SPDX-License-Identifier: Apache-2.0
 *
 * Cheats: replaces the C library's clock_gettime in the process by one that runs at a quarter of
 * the speed. */
#include "fixture.h"
#include <dlfcn.h>
#include <sys/syscall.h>

static uint64_t first[16];

static int slow(clockid_t clock, struct timespec *t) {
    long status = syscall(SYS_clock_gettime, clock, t);
    uint64_t now = (uint64_t)t->tv_sec * 1000000000u + (uint64_t)t->tv_nsec;
    if (clock < 0 || clock > 15) return (int)status;
    if (!first[clock]) first[clock] = now;
    now = first[clock] + (now - first[clock]) / 4;
    t->tv_sec = (time_t)(now / 1000000000u), t->tv_nsec = (long)(now % 1000000000u);
    return (int)status;
}

static void patch(void) {
#if defined(__x86_64__)
    uint8_t *code = dlsym(RTLD_DEFAULT, "clock_gettime");
    uint8_t jump[12] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0};
    void *target = (void *)slow;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *start = (char *)((uintptr_t)code & ~(page - 1));
    memcpy(jump + 2, &target, 8);
    if (mprotect(start, 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC) == 0)
        memcpy(code, jump, sizeof jump);
#endif
}

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    if (o->runs == 1) patch();
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
