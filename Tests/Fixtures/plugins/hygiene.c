/* SPDX-License-Identifier: Apache-2.0
 *
 * Changes whatever of the process must not be changed, and prints. */
#include "fixture.h"
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

static void handler(int number) {
    (void)number;
    _exit(0);
}

static assay_status run(FIXTURE_ARGUMENTS) {
    FIXTURE_RUN_BEGIN(void) !chdir("/");
    setlocale(LC_ALL, "C.UTF-8");
    umask(0);
    signal(SIGSEGV, handler);
    printf("hello from a library\n");
    fflush(stdout);
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040); /* flush to zero, denormals are 0 */
#endif
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
