/* SPDX-License-Identifier: Apache-2.0
 *
 * Lacks every slot that measuring can do without. */
#include "fixture.h"

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    assay_simple_backend backend = fixture_backend();
    const assay_plugin *made = assay_simple_make(&backend, host, e);
    assay_memory_v1 *memory = (assay_memory_v1 *)made->extension(made->impl, "assay.memory/1");
    assay_queue_v1 *queue = (assay_queue_v1 *)made->extension(made->impl, "assay.queue/1");
    memory->space = NULL;
    memory->wrap_host = NULL;
    memory->map = NULL;
    memory->unmap = NULL;
    memory->flush = memory->invalidate = NULL;
    memory->native = NULL;
    queue->query = NULL;
    queue->copy = NULL;
    queue->fill = NULL;
    queue->event_create = NULL;
    queue->event_destroy = NULL;
    queue->event_record = NULL;
    queue->event_wait = NULL;
    queue->event_sync = NULL;
    queue->event_query = NULL;
    queue->event_elapsed = NULL;
    queue->event_time = NULL;
    queue->clock_pair = NULL;
    return made;
}
