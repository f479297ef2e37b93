/* SPDX-License-Identifier: Apache-2.0
 *
 * A device with sensors of its own: a power meter that says 42 W, an energy counter that agrees
 * with it, a temperature that cannot be read, and a clock. Sampling needs no open device. */
#include "fixture.h"

static const void *(*others)(void *impl, const char *id);

static assay_channel channels_of[4] = {
    {.h = {.size = sizeof(assay_channel)}, .id = 7, .type = ASSAY_CHANNEL_GAUGE,
     .domain = ASSAY_DOMAIN_CHIP, .period_s = 0.01, .window_s = 0.01, .accuracy = 0.02,
     .name = "power", .unit = "W", .source = "fixture"},
    {.h = {.size = sizeof(assay_channel)}, .id = 3, .type = ASSAY_CHANNEL_COUNTER,
     .domain = ASSAY_DOMAIN_BOARD, .period_s = 0.01, .wrap = 1000, .name = "energy", .unit = "J",
     .source = "fixture"},
    {.h = {.size = sizeof(assay_channel)}, .id = 1, .type = ASSAY_CHANNEL_GAUGE,
     .domain = ASSAY_DOMAIN_CHIP, .name = "temperature", .unit = "Cel", .source = "fixture"},
    {.h = {.size = sizeof(assay_channel)}, .id = 2, .type = ASSAY_CHANNEL_GAUGE,
     .domain = ASSAY_DOMAIN_CHIP, .name = "clock", .unit = "Hz", .source = "fixture"},
};
static assay_status channels(void *impl, uint32_t device, assay_channel *const *out,
                             uint32_t *count, assay_error *e) {
    (void)impl, (void)device, (void)e;
    uint32_t room = *count;
    *count = 4;
    if (room < 4) return ASSAY_E_TOO_SMALL;
    for (int i = 0; i < 4; i++) assay_put(out[i], &channels_of[i], sizeof channels_of[i]);
    return ASSAY_OK;
}

static assay_status sample(void *impl, uint32_t device, const uint32_t *ids, uint32_t count,
                           assay_sample *out, assay_error *e) {
    (void)impl, (void)device, (void)e;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_RAW, &t);
    double seconds = (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
    for (uint32_t i = 0; i < count; i++) {
        out[i].channel = ids[i];
        out[i].flags = ids[i] == 1 ? ASSAY_SAMPLE_MISSING : 0;
        double joules = 42 * seconds;
        out[i].value = ids[i] == 7   ? 42
                       : ids[i] == 3 ? joules - 1000 * (double)(uint64_t)(joules / 1000)
                                     : 1.5e9;
    }
    return ASSAY_OK;
}

static const assay_telemetry_v1 table = {
    .h = {.size = sizeof(assay_telemetry_v1)}, .channels = channels, .sample = sample};

static const void *extension(void *impl, const char *id) {
    return strcmp(id, "assay.telemetry/1") == 0 ? &table : others(impl, id);
}

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    assay_simple_backend backend = fixture_backend();
    const assay_plugin *plugin = assay_simple_make(&backend, host, e);
    if (plugin && !others) {
        others = plugin->extension;
        ((assay_plugin *)plugin)->extension = extension;
    }
    return plugin;
}
