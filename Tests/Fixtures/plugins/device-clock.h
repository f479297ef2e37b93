/* SPDX-License-Identifier: Apache-2.0
 *
 * A backend whose device has a clock of its own: the host's, bent by DEVICE_CLOCK(ns), where ns is
 * the time since the first reading. */
#include "fixture.h"

static assay_status (*props_of)(void *impl, uint32_t index, assay_device_props *out,
                                assay_error *e);
static assay_queue_v1 original;

static double bent(assay_event v, assay_error *e, assay_status *status) {
    static uint64_t first;
    uint64_t now = 0;
    *status = original.event_time(v, &now, e);
    if (!first) first = now;
    double ns = (double)(now - first);
    return DEVICE_CLOCK(ns);
}

static assay_status elapsed(assay_event from, assay_event to, double *ns, assay_error *e) {
    assay_status status = ASSAY_OK;
    double start = bent(from, e, &status);
    if (status == ASSAY_OK) *ns = bent(to, e, &status) - start;
    return status;
}

static assay_status props(void *impl, uint32_t index, assay_device_props *out, assay_error *e) {
    assay_device_props own = {.h = {.size = sizeof own}};
    assay_status status = props_of(impl, index, &own, e);
    own.timing.source = ASSAY_TIME_QUEUE;
    if (status == ASSAY_OK) assay_put(out, &own, sizeof own);
    return status;
}

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    assay_simple_backend backend = fixture_backend();
    const assay_plugin *plugin = assay_simple_make(&backend, host, e);
    if (plugin && !props_of) {
        props_of = plugin->device_props;
        ((assay_plugin *)plugin)->device_props = props;
        original = *fixture_queue(plugin);
        fixture_queue(plugin)->event_elapsed = elapsed;
    }
    return plugin;
}
