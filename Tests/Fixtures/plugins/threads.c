/* SPDX-License-Identifier: Apache-2.0
 *
 * Starts eight threads more than it was given, and leaves them after shutdown. */
#include "fixture.h"
#include <pthread.h>

static void *idle(void *argument) {
    (void)argument;
    for (;;) pause();
    return NULL;
}

static assay_status startup(void *user, const assay_kv *options, uint32_t count, assay_error *e) {
    pthread_t thread;
    int64_t given = assay_simple_option_int(options, count, "threads", 1);
    (void)user, (void)e;
    for (int64_t i = 0; i < given + 8; i++)
        if (pthread_create(&thread, NULL, idle, NULL) == 0) pthread_detach(thread);
    return ASSAY_OK;
}

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    assay_simple_backend backend = fixture_backend();
    backend.startup = startup;
    return assay_simple_make(&backend, host, e);
}
