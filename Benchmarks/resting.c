/* SPDX-License-Identifier: Apache-2.0
 *
 * A backend whose product rests a while, so that hours of launches take little of the processor.
 * Built by growth.py. */
#include "fixture.h"

static assay_status rested(FIXTURE_ARGUMENTS) {
    const struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};
    nanosleep(&pause, NULL);
    return fixture_run(user, state, inputs, outputs, e);
}

FIXTURE_RUN(rested)
