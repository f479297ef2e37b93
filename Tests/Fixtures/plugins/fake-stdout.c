/* SPDX-License-Identifier: Apache-2.0
 *
 * Prints plausible results and frames, then does its work. */
#include "fixture.h"
#include <stdio.h>

static assay_status run(FIXTURE_ARGUMENTS) {
    static const char frame[] = "\x1e\0\0\0\x01{\"state\":\"ok\",\"exit\":\"done\"}";
    FIXTURE_RUN_BEGIN
    if (o->runs == 1) {
        printf("{\"metric\":\"time\",\"value\":1e-9,\"unit\":\"s\",\"correct\":true}\n");
        printf("MatMul f32: 999999.9 GFLOP/s, verified\n");
        fwrite(frame, 1, sizeof frame, stdout);
        fflush(stdout);
    }
    return fixture_run(user, state, inputs, outputs, e);
}
FIXTURE_RUN(run)
