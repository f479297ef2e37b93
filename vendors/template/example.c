/* SPDX-License-Identifier: Apache-2.0
 *
 * A complete plug-in: MatMul and Add in f32 on the processor. Copy it, put your library's calls in
 * place of the loops, change the names, and try it with `assay run op/add --backend`. */
#define ASSAY_SIMPLE_IMPLEMENTATION
#include "assay_simple.h"

typedef struct operation {
    int is_matmul;
    int64_t m, n, k; /* MatMul: [m, k] x [k, n]; Add: n elements */
} operation;

static assay_status unsupported(assay_error *e, const char *message) {
    return assay_simple_fail(e, ASSAY_E_UNSUPPORTED, 0, "example", "supports", message);
}

/* What the device is. Leave out what you do not know: it shows as not known. */
static assay_status describe(void *user, assay_device_props *out, uint64_t *memory_bytes,
                             assay_error *e) {
    (void)user, (void)memory_bytes, (void)e;
    out->type = ASSAY_DEVICE_CPU;
    out->compute_units = 1;
    assay_simple_copy(out->name, sizeof out->name, "Example device");
    assay_simple_copy(out->runtime, sizeof out->runtime, "example 1.0");
    return ASSAY_OK;
}

/* Refuse what you would not do exactly as asked: a difference is no defect, a wrong answer is. */
static assay_status read_shapes(const assay_op_desc *desc, operation *o, assay_error *e) {
    const assay_tensor *a, *b, *y;
    o->is_matmul = assay_simple_is(desc, "", "MatMul");
    if (!o->is_matmul && !assay_simple_is(desc, "", "Add"))
        return unsupported(e, "operations other than MatMul and Add");
    if (desc->input_count != 2 || desc->output_count != 1 || !desc->inputs[0] || !desc->inputs[1] ||
        !desc->outputs[0])
        return unsupported(e, "other than two inputs and one output");
    a = desc->inputs[0], b = desc->inputs[1], y = desc->outputs[0];
    if (a->dtype != ASSAY_F32 || b->dtype != ASSAY_F32 || y->dtype != ASSAY_F32 ||
        !assay_simple_computes_in(desc, ASSAY_F32))
        return unsupported(e, "types other than f32");
    if (!o->is_matmul) {
        size_t size = a->rank * sizeof *a->dims;
        if (a->rank != b->rank || a->rank != y->rank || memcmp(a->dims, b->dims, size) ||
            memcmp(a->dims, y->dims, size))
            return unsupported(e, "broadcasting");
        o->n = assay_simple_count(y);
        return ASSAY_OK;
    }
    if (a->rank != 2 || b->rank != 2 || y->rank != 2 || a->dims[1] != b->dims[0] ||
        y->dims[0] != a->dims[0] || y->dims[1] != b->dims[1])
        return unsupported(e, "shapes other than [m, k] x [k, n] = [m, n]");
    o->m = a->dims[0], o->k = a->dims[1], o->n = b->dims[1];
    return ASSAY_OK;
}

static assay_status supports(void *user, const assay_op_desc *desc, assay_op_info *info,
                             assay_error *e) {
    operation o;
    assay_status status = read_shapes(desc, &o, e);
    (void)user;
    if (status != ASSAY_OK) return status;
    info->math_dtype = info->accumulate_dtype = ASSAY_F32; /* what really happens below */
    assay_simple_copy(info->kernel, sizeof info->kernel, o.is_matmul ? "matmul_loops" : "add_loop");
    assay_simple_copy(info->executed_on, sizeof info->executed_on, "cpu");
    return ASSAY_OK;
}

/* Whatever need not be done again at each call: choosing, compiling, packing constants. */
static assay_status prepare(void *user, const assay_op_desc *desc, void *const *constants,
                            assay_op_info *info, void **state, assay_error *e) {
    operation o, *kept;
    assay_status status = read_shapes(desc, &o, e);
    (void)user, (void)constants, (void)info;
    if (status != ASSAY_OK) return status;
    kept = (operation *)malloc(sizeof *kept);
    if (!kept) return assay_simple_fail(e, ASSAY_E_NO_MEMORY, 0, "example", "prepare", "no memory");
    *kept = o;
    *state = kept;
    return ASSAY_OK;
}

static assay_status run(void *user, void *state, const void *const *inputs, void *const *outputs,
                        assay_error *e) {
    const operation *o = (const operation *)state;
    const float *a = (const float *)inputs[0], *b = (const float *)inputs[1];
    float *y = (float *)outputs[0];
    (void)user, (void)e;
    if (!o->is_matmul) {
        for (int64_t i = 0; i < o->n; i++) y[i] = a[i] + b[i];
        return ASSAY_OK;
    }
    memset(y, 0, (size_t)(o->m * o->n) * sizeof *y);
    for (int64_t i = 0; i < o->m; i++)
        for (int64_t l = 0; l < o->k; l++)
            for (int64_t j = 0; j < o->n; j++) y[i * o->n + j] += a[i * o->k + l] * b[l * o->n + j];
    return ASSAY_OK;
}

static void destroy(void *user, void *state) {
    (void)user;
    free(state);
}

ASSAY_EXPORT const assay_plugin *assay_entry_v1(const assay_host *host, assay_error *e) {
    assay_simple_backend backend = {0};
    backend.id = "example";
    backend.name = "Example";
    backend.vendor = "Your company";
    backend.version = "1.0.0";
    backend.built_against = "";
    backend.describe = describe;
    backend.supports = supports;
    backend.prepare = prepare;
    backend.run = run;
    backend.destroy = destroy;
    return assay_simple_make(&backend, host, e);
}
