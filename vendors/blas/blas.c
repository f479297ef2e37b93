/* SPDX-License-Identifier: Apache-2.0 */
#include "include/assay_blas.h"
#include "blas.h"
#include <limits.h>
#include <stdio.h>

static blas_library library;

static assay_status startup(void *user, const assay_kv *options, uint32_t count, assay_error *e) {
    const assay_kv *role = assay_simple_find(options, count, "role");
    int64_t threads = assay_simple_option_int(options, count, "threads", 0);
    if (role && role->type == ASSAY_KV_STRING && assay_str_equal(role->v.s, "telemetry"))
        return ASSAY_OK;
    if (threads < 0 || threads > INT_MAX)
        return assay_simple_fail(e, ASSAY_E_INVALID, 0, "blas", "startup",
                                 "a number of threads that cannot be");
    return blas_library_load((blas_library *)user, (int)threads, e);
}

static void shutdown(void *user) {
    blas_library_unload((blas_library *)user);
}

/* The value of a line of /proc/cpuinfo; empty when there is none. */
static void processor(const char *key, char *to, size_t capacity) {
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file && fgets(line, sizeof line, file)) {
        char *value = strchr(line, ':');
        if (strncmp(line, key, strlen(key)) || !value) continue;
        value += 1 + (value[1] == ' ');
        value[strcspn(value, "\n")] = 0;
        assay_simple_copy(to, capacity, value);
        break;
    }
    if (file) fclose(file);
}

static assay_status describe(void *user, assay_device_props *out, uint64_t *memory_bytes,
                             assay_error *e) {
    const blas_library *loaded = (const blas_library *)user;
    (void)memory_bytes, (void)e;
    out->type = ASSAY_DEVICE_CPU;
    out->compute_units = (uint32_t)loaded->threads;
    processor("model name", out->name, sizeof out->name);
    processor("vendor_id", out->vendor, sizeof out->vendor);
    assay_simple_copy(out->architecture, sizeof out->architecture, loaded->core);
    assay_simple_copy(out->driver, sizeof out->driver, loaded->file);
    assay_simple_copy(out->runtime, sizeof out->runtime, loaded->runtime);
    return ASSAY_OK;
}

const assay_plugin *assay_blas_entry_v1(const assay_host *host, assay_error *e) {
    const assay_simple_backend backend = {
        .id = "blas",
        .name = "BLAS",
        .vendor = "Assay",
        .version = "1.0.0",
        .built_against = "CBLAS",
        .user = &library,
        .startup = startup,
        .shutdown = shutdown,
        .describe = describe,
        .supports = blas_supports,
        .prepare = blas_prepare,
        .run = blas_run,
        .destroy = blas_destroy,
    };
    return assay_simple_make(&backend, host, e);
}
