/* SPDX-License-Identifier: Apache-2.0
 *
 * Logs without end. */
#include "fixture.h"

static const assay_host *services;

static assay_status run(FIXTURE_ARGUMENTS) {
    assay_str line = {"still here", 10};
    FIXTURE_RUN_BEGIN
    for (;;) services->log(services->context, ASSAY_LOG_INFO, line);
}

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    assay_simple_backend backend = fixture_backend();
    services = host;
    backend.run = run;
    return assay_simple_make(&backend, host, e);
}
