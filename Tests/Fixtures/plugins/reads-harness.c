/* SPDX-License-Identifier: Apache-2.0
 *
 * Tries every way into the harness's memory and descriptors, where what is expected of it may lie,
 * and fails with the way that it found. */
#include "fixture.h"
#include <errno.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static const char *way_in(pid_t harness) {
    char path[64], byte;
    struct iovec here = {&byte, 1}, there = {&byte, 1};
    if (fcntl(7, F_GETFD) >= 0) return "what is expected, on a descriptor that it was born with";
    snprintf(path, sizeof path, "/proc/%d/mem", harness);
    if (open(path, O_RDONLY) >= 0) return "its memory file";
    for (int number = 3; number < 64; number++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%d", harness, number);
        if (open(path, O_RDONLY) >= 0) return "a descriptor of its own";
    }
    if (process_vm_readv(harness, &here, 1, &there, 1, 0) == 1 || errno == EFAULT)
        return "a copy across processes";
    if (ptrace(PTRACE_SEIZE, harness, NULL, NULL) == 0) return "tracing";
    int handle = (int)syscall(SYS_pidfd_open, harness, 0);
    if (handle >= 0 && syscall(SYS_pidfd_getfd, handle, 5, 0) >= 0) return "a stolen descriptor";
    return NULL;
}

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN
    const char *way = o->runs == 1 ? way_in(getppid()) : NULL;
    if (way) return assay_simple_fail(e, ASSAY_E_INTERNAL, 1, "fixture", "run", way);
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
