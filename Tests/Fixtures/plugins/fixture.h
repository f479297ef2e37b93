/* SPDX-License-Identifier: Apache-2.0
 *
 * What the fixtures share: a correct backend for assay:Empty and for MatMul of f32 matrices. A
 * fixture replaces a piece of it. Misbehaviour "in run" happens in MatMul; Empty stays good, unless
 * the fixture says otherwise. */
#ifndef FIXTURE_H
#define FIXTURE_H
#define _GNU_SOURCE
#include "assay_simple.h" /* the implementation is compiled once, by build.sh */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

typedef struct fixture_op {
    int empty;
    int64_t m, n, k;
    uint64_t runs; /* of this operation, for the fixture to count */
} fixture_op;

typedef assay_status (*fixture_run_fn)(void *user, void *state, const void *const *inputs,
                                       void *const *outputs, assay_error *e);

static inline void fixture_matmul(const fixture_op *o, const float *a, const float *b, float *y) {
    memset(y, 0, (size_t)(o->m * o->n) * sizeof *y);
    for (int64_t i = 0; i < o->m; i++)
        for (int64_t l = 0; l < o->k; l++)
            for (int64_t j = 0; j < o->n; j++) y[i * o->n + j] += a[i * o->k + l] * b[l * o->n + j];
}

static inline assay_status fixture_run(void *user, void *state, const void *const *inputs,
                                       void *const *outputs, assay_error *e) {
    const fixture_op *o = state;
    (void)user, (void)e;
    if (!o->empty) fixture_matmul(o, inputs[0], inputs[1], outputs[0]);
    return ASSAY_OK;
}

static inline assay_status fixture_supports(void *user, const assay_op_desc *desc,
                                            assay_op_info *info, assay_error *e) {
    const assay_tensor *a, *b, *y;
    (void)user;
    assay_simple_copy(info->executed_on, sizeof info->executed_on, "cpu");
    assay_simple_copy(info->kernel, sizeof info->kernel, "fixture");
    if (assay_simple_is(desc, "assay", "Empty")) return ASSAY_OK;
    if (!assay_simple_is(desc, "", "MatMul") || desc->input_count != 2 || desc->output_count != 1)
        return assay_simple_fail(e, ASSAY_E_UNSUPPORTED, 0, "fixture", "supports",
                                 "operations other than Empty and MatMul");
    a = desc->inputs[0], b = desc->inputs[1], y = desc->outputs[0];
    if (!a || !b || !y || a->dtype != ASSAY_F32 || b->dtype != ASSAY_F32 || y->dtype != ASSAY_F32 ||
        a->rank != 2 || b->rank != 2 || y->rank != 2 || a->dims[1] != b->dims[0] ||
        y->dims[0] != a->dims[0] || y->dims[1] != b->dims[1] ||
        !assay_simple_computes_in(desc, ASSAY_F32))
        return assay_simple_fail(e, ASSAY_E_UNSUPPORTED, 0, "fixture", "supports",
                                 "other than matrices of f32");
    info->math_dtype = info->accumulate_dtype = ASSAY_F32;
    return ASSAY_OK;
}

static inline assay_status fixture_prepare(void *user, const assay_op_desc *desc,
                                           void *const *constants, assay_op_info *info,
                                           void **state, assay_error *e) {
    fixture_op *o = calloc(1, sizeof *o);
    (void)user, (void)constants, (void)info, (void)e;
    o->empty = desc->input_count == 0;
    if (!o->empty) {
        o->m = desc->inputs[0]->dims[0];
        o->k = desc->inputs[0]->dims[1];
        o->n = desc->inputs[1]->dims[1];
    }
    *state = o;
    return ASSAY_OK;
}

static inline void fixture_destroy(void *user, void *state) {
    (void)user;
    free(state);
}

/* The good backend, for a fixture to change before it is made. */
static inline assay_simple_backend fixture_backend(void) {
    assay_simple_backend backend = {
        .id = FIXTURE_ID, /* set by build.sh: the file's name */
        .name = FIXTURE_ID,
        .vendor = "Assay's tests",
        .version = "1.0.0",
        .built_against = "",
        .supports = fixture_supports,
        .prepare = fixture_prepare,
        .run = fixture_run,
        .destroy = fixture_destroy,
    };
    return backend;
}

/* The queue's table of a plug-in that assay_simple made, for a fixture to change. */
static inline assay_queue_v1 *fixture_queue(const assay_plugin *plugin) {
    return (assay_queue_v1 *)(uintptr_t)plugin->extension(plugin->impl, "assay.queue/1");
}

/* The entry of a fixture that only replaces run. */
#define FIXTURE_RUN(function)                                                                      \
    ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {      \
        assay_simple_backend backend = fixture_backend();                                          \
        backend.run = function;                                                                    \
        return assay_simple_make(&backend, host, e);                                               \
    }

/* The head of such a run function: Empty is done, and `o` is the operation. */
#define FIXTURE_RUN_BEGIN                                                                          \
    fixture_op *o = state;                                                                         \
    (void)user, (void)inputs, (void)outputs, (void)e;                                              \
    if (o->empty) return ASSAY_OK;                                                                 \
    o->runs++;
#define FIXTURE_ARGUMENTS                                                                          \
    void *user, void *state, const void *const *inputs, void *const *outputs, assay_error *e

/* Whether no process before this one made the file that ASSAY_FIXTURE_ONCE names; it is made now.
 * A fixture that misbehaves while it is loaded behaves then: it can be listed, and misbehaves in
 * the launches. */
static inline int fixture_is_first(void) {
    const char *path = getenv("ASSAY_FIXTURE_ONCE");
    int file = path ? open(path, O_CREAT | O_EXCL | O_WRONLY, 0600) : -1;
    if (file >= 0) close(file);
    return file >= 0;
}

/* A copy of the first `size` bytes of a table that ends where its page ends: whoever reads on, or
 * writes, is caught. */
static inline void *fixture_at_page_end(const void *table, uint32_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assay_head *copy = (assay_head *)(void *)(pages + page - size);
    memcpy(copy, table, size);
    copy->size = size;
    mprotect(pages + page, page, PROT_NONE);
    mprotect(pages, page, PROT_READ);
    return copy;
}
#endif
