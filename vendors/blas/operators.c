/* SPDX-License-Identifier: Apache-2.0
 *
 * ONNX's MatMul and Gemm as the calls of CBLAS that they are: of level 3 between matrices, of level
 * 2 where one is a vector, of level 1 where both are. */
#include "blas.h"
#include <limits.h>
#include <stdlib.h>

/* One operation, reduced to `batches` products C = alpha op(A) op(B) + beta C. */
typedef struct plan {
    uint32_t dtype;
    int m, n, k, trans_a, trans_b;
    double alpha, beta;
    int64_t batches;
    uint32_t batch_rank;
    int64_t batch_dims[8], a_steps[8], b_steps[8]; /* steps in elements; 0 repeats */
    int64_t c_rows, c_columns;                     /* steps of Gemm's C in elements */
} plan;

/* The level of CBLAS that does it, and the name of its function. */
static int level(const plan *p) {
    return 1 + (p->m != 1) + (p->n != 1);
}

static const char *function_name(const plan *p) {
    static const char *const names[2][3] = {{"cblas_ddot", "cblas_dgemv", "cblas_dgemm"},
                                            {"cblas_sdot", "cblas_sgemv", "cblas_sgemm"}};
    return names[p->dtype == ASSAY_F32][level(p) - 1];
}

static assay_status unsupported(assay_error *e, const char *message) {
    return assay_simple_fail(e, ASSAY_E_UNSUPPORTED, 0, "blas", "supports", message);
}
static assay_status invalid(assay_error *e, const char *message) {
    return assay_simple_fail(e, ASSAY_E_INVALID, 0, "blas", "supports", message);
}

static assay_status check_sizes(int64_t m, int64_t n, int64_t k, plan *p, assay_error *e) {
    if (m > INT_MAX || n > INT_MAX || k > INT_MAX)
        return unsupported(e, "a dimension above 2^31 - 1, the most that CBLAS takes");
    p->m = (int)m;
    p->n = (int)n;
    p->k = (int)k;
    return ASSAY_OK;
}

/* ---- MatMul ---------------------------------------------------------------------------------- */

/* Extent and step of batch dimension i of `rank`, counted from the front of the broadcast shape. */
static int64_t batch_dim(const assay_tensor *t, uint32_t rank, uint32_t i, int64_t matrix,
                         int64_t *step) {
    uint32_t own = t->rank > 2 ? t->rank - 2 : 0;
    int64_t dim;
    *step = 0;
    if (i + own < rank) return 1;
    i = i + own - rank;
    dim = t->dims[i];
    if (dim == 1) return 1;
    *step = matrix;
    while (++i < own) *step *= t->dims[i];
    return dim;
}

static assay_status plan_batches(const assay_op_desc *desc, plan *p, assay_error *e) {
    const assay_tensor *a = desc->inputs[0], *b = desc->inputs[1], *y = desc->outputs[0];
    uint32_t rank = (a->rank > b->rank ? a->rank : b->rank);
    uint32_t expected = 0;
    int64_t shape[9];
    p->batch_rank = rank = rank > 2 ? rank - 2 : 0;
    p->batches = 1;
    for (uint32_t i = 0; i < rank; i++) {
        int64_t da = batch_dim(a, rank, i, (int64_t)p->m * p->k, &p->a_steps[i]);
        int64_t db = batch_dim(b, rank, i, (int64_t)p->k * p->n, &p->b_steps[i]);
        if (da != db && da != 1 && db != 1) return invalid(e, "batch dimensions do not broadcast");
        shape[expected++] = p->batch_dims[i] = da == 1 ? db : da;
        p->batches *= p->batch_dims[i];
    }
    if (a->rank > 1) shape[expected++] = p->m;
    if (b->rank > 1) shape[expected++] = p->n;
    if (y->rank != expected || memcmp(y->dims, shape, expected * sizeof *shape))
        return invalid(e, "the output's shape does not follow from the inputs'");
    /* One matrix B under all of A: the batches are rows of one product. */
    if (b->rank <= 2 && a->rank > 2 && p->batches * p->m <= INT_MAX) {
        p->m = (int)(p->m * p->batches);
        p->batch_rank = 0;
        p->batches = 1;
    }
    return ASSAY_OK;
}

static assay_status plan_matmul(const assay_op_desc *desc, plan *p, assay_error *e) {
    const assay_tensor *a = desc->inputs[0], *b = desc->inputs[1];
    int64_t k = b->rank > 1 ? b->dims[b->rank - 2] : b->dims[0];
    assay_status status;
    if (a->rank == 0 || b->rank == 0) return invalid(e, "MatMul takes no scalars");
    if (desc->attribute_count) return unsupported(e, "MatMul has no attributes");
    if (a->dims[a->rank - 1] != k) return invalid(e, "the inner dimensions differ");
    status = check_sizes(a->rank > 1 ? a->dims[a->rank - 2] : 1,
                         b->rank > 1 ? b->dims[b->rank - 1] : 1, k, p, e);
    return status == ASSAY_OK ? plan_batches(desc, p, e) : status;
}

/* ---- Gemm ------------------------------------------------------------------------------------ */

static assay_status plan_gemm(const assay_op_desc *desc, plan *p, assay_error *e) {
    static const char *const known[] = {"alpha", "beta", "transA", "transB"};
    const assay_tensor *a = desc->inputs[0], *b = desc->inputs[1], *y = desc->outputs[0];
    const assay_tensor *c = desc->input_count > 2 ? desc->inputs[2] : NULL;
    assay_status status;
    for (uint32_t i = 0; i < desc->attribute_count; i++) {
        int found = 0;
        for (int j = 0; j < 4; j++) found |= assay_str_equal(desc->attributes[i].key, known[j]);
        if (!found) return unsupported(e, "an attribute that Gemm does not have since opset 7");
    }
    if (desc->opset < 7) return unsupported(e, "Gemm before opset 7");
    if (a->rank != 2 || b->rank != 2 || y->rank != 2) return invalid(e, "Gemm takes matrices");
    p->trans_a = assay_simple_attribute_int(desc, "transA", 0) != 0;
    p->trans_b = assay_simple_attribute_int(desc, "transB", 0) != 0;
    p->alpha = assay_simple_attribute_float(desc, "alpha", 1);
    p->beta = c ? assay_simple_attribute_float(desc, "beta", 1) : 0;
    if (a->dims[!p->trans_a] != b->dims[p->trans_b])
        return invalid(e, "the inner dimensions differ");
    status = check_sizes(a->dims[p->trans_a], b->dims[!p->trans_b], a->dims[!p->trans_a], p, e);
    if (status != ASSAY_OK) return status;
    if (y->dims[0] != p->m || y->dims[1] != p->n)
        return invalid(e, "the output's shape does not follow from the inputs'");
    if (c) {
        int64_t rows = c->rank > 1 ? c->dims[0] : 1, columns = c->rank ? c->dims[c->rank - 1] : 1;
        if (c->rank > 2 || (rows != 1 && rows != p->m) || (columns != 1 && columns != p->n))
            return invalid(e, "C does not broadcast to the output");
        p->c_columns = columns != 1;
        p->c_rows = rows != 1 ? columns : 0;
    }
    return ASSAY_OK;
}

/* ---- slots ----------------------------------------------------------------------------------- */

static assay_status make_plan(const assay_op_desc *desc, plan *p, assay_error *e) {
    int matmul = assay_simple_is(desc, "", "MatMul");
    memset(p, 0, sizeof *p);
    p->alpha = 1;
    p->batches = 1;
    if (!matmul && !assay_simple_is(desc, "", "Gemm"))
        return unsupported(e, "BLAS does MatMul and Gemm");
    if (desc->input_count < 2 || desc->input_count > (matmul ? 2u : 3u) ||
        desc->output_count != 1 || !desc->inputs[0] || !desc->inputs[1] || !desc->outputs[0])
        return invalid(e, "a wrong number of tensors");
    p->dtype = desc->inputs[0]->dtype;
    if (p->dtype != ASSAY_F32 && p->dtype != ASSAY_F64)
        return unsupported(e, "element types other than f32 and f64");
    for (uint32_t i = 0; i < desc->input_count; i++)
        if (desc->inputs[i] && desc->inputs[i]->dtype != p->dtype)
            return unsupported(e, "inputs of different element types");
    if (desc->outputs[0]->dtype != p->dtype)
        return unsupported(e, "an output of another element type than the inputs'");
    if (!assay_simple_computes_in(desc, p->dtype))
        return unsupported(e, "arithmetic in another type than the tensors'");
    if (desc->flags & ASSAY_DETERMINISTIC)
        return unsupported(e, "CBLAS does not promise the same bits at every call");
    return matmul ? plan_matmul(desc, p, e) : plan_gemm(desc, p, e);
}

assay_status blas_supports(void *user, const assay_op_desc *desc, assay_op_info *info,
                           assay_error *e) {
    const blas_library *library = (const blas_library *)user;
    plan p;
    assay_status status = make_plan(desc, &p, e);
    if (status != ASSAY_OK) return status;
    if (!library->handle) return invalid(e, "no library is loaded in this role");
    info->math_dtype = p.dtype; /* of sums the standard says nothing */
    assay_simple_copy(info->kernel, sizeof info->kernel, function_name(&p));
    assay_simple_copy(info->executed_on, sizeof info->executed_on, "cpu");
    return ASSAY_OK;
}

assay_status blas_prepare(void *user, const assay_op_desc *desc, void *const *constants,
                          assay_op_info *info, void **state, assay_error *e) {
    plan p, *kept;
    assay_status status = make_plan(desc, &p, e);
    (void)user, (void)constants, (void)info;
    if (status != ASSAY_OK) return status;
    kept = (plan *)malloc(sizeof *kept);
    if (!kept)
        return assay_simple_fail(e, ASSAY_E_NO_MEMORY, 0, "blas", "prepare", "out of memory");
    *kept = p;
    *state = kept;
    return ASSAY_OK;
}

void blas_destroy(void *user, void *state) {
    (void)user;
    free(state);
}

/* Y = C, broadcast: BLAS adds to what it finds. */
static void spread(const plan *p, size_t size, const char *c, char *y) {
    for (int64_t row = 0; row < p->m; row++, y += (size_t)p->n * size) {
        const char *from = c + (size_t)(row * p->c_rows) * size;
        if (p->c_columns)
            memcpy(y, from, (size_t)p->n * size);
        else
            for (int64_t column = 0; column < p->n; column++)
                memcpy(y + (size_t)column * size, from, size);
    }
}

/* Y = beta Y: what is left of Gemm without an inner dimension; ONNX says zeros for MatMul. */
static void scale(const plan *p, void *y) {
    int64_t count = p->batches * p->m * p->n;
    for (int64_t i = 0; i < count; i++) {
        if (p->dtype == ASSAY_F32)
            ((float *)y)[i] *= (float)p->beta;
        else
            ((double *)y)[i] *= p->beta;
    }
}

/* y = alpha op(M) x + beta y, where the matrix M is A, or B and then seen from its other side. */
static void multiply_vector(const blas_library *library, const plan *p, const void *a,
                            const void *b, void *y) {
    const void *matrix = p->n == 1 ? a : b, *x = p->n == 1 ? b : a;
    int flipped = p->n == 1 ? p->trans_a : !p->trans_b;
    int outer = p->n == 1 ? p->m : p->n; /* extent of y */
    int rows = flipped ? p->k : outer, columns = flipped ? outer : p->k;
    int trans = flipped ? BLAS_TRANSPOSE : BLAS_NO_TRANSPOSE;
    if (p->dtype == ASSAY_F32)
        library->sgemv(BLAS_ROW_MAJOR, trans, rows, columns, (float)p->alpha,
                       (const float *)matrix, columns, (const float *)x, 1, (float)p->beta,
                       (float *)y, 1);
    else
        library->dgemv(BLAS_ROW_MAJOR, trans, rows, columns, p->alpha, (const double *)matrix,
                       columns, (const double *)x, 1, p->beta, (double *)y, 1);
}

static void multiply_vectors(const blas_library *library, const plan *p, const void *a,
                             const void *b, void *y) {
    if (p->dtype == ASSAY_F32) {
        float *out = (float *)y, kept = p->beta != 0 ? (float)p->beta * *out : 0;
        *out = (float)p->alpha * library->sdot(p->k, (const float *)a, 1, (const float *)b, 1) +
               kept;
    } else {
        double *out = (double *)y, kept = p->beta != 0 ? p->beta * *out : 0;
        *out = p->alpha * library->ddot(p->k, (const double *)a, 1, (const double *)b, 1) + kept;
    }
}

static void multiply(const blas_library *library, const plan *p, const void *a, const void *b,
                     void *y) {
    if (level(p) == 1) {
        multiply_vectors(library, p, a, b, y);
        return;
    }
    if (level(p) == 2) {
        multiply_vector(library, p, a, b, y);
        return;
    }
    int trans_a = p->trans_a ? BLAS_TRANSPOSE : BLAS_NO_TRANSPOSE;
    int trans_b = p->trans_b ? BLAS_TRANSPOSE : BLAS_NO_TRANSPOSE;
    int lda = p->trans_a ? p->m : p->k, ldb = p->trans_b ? p->k : p->n;
    if (p->dtype == ASSAY_F32)
        library->sgemm(BLAS_ROW_MAJOR, trans_a, trans_b, p->m, p->n, p->k, (float)p->alpha,
                       (const float *)a, lda, (const float *)b, ldb, (float)p->beta, (float *)y,
                       p->n);
    else
        library->dgemm(BLAS_ROW_MAJOR, trans_a, trans_b, p->m, p->n, p->k, p->alpha,
                       (const double *)a, lda, (const double *)b, ldb, p->beta, (double *)y, p->n);
}

assay_status blas_run(void *user, void *state, const void *const *inputs, void *const *outputs,
                      assay_error *e) {
    const blas_library *library = (const blas_library *)user;
    const plan *p = (const plan *)state;
    const char *a = (const char *)inputs[0], *b = (const char *)inputs[1];
    char *y = (char *)outputs[0];
    size_t size = p->dtype == ASSAY_F32 ? 4 : 8, step = (size_t)p->m * (size_t)p->n * size;
    int64_t index[8] = {0};
    (void)e;
    if (!step || !p->batches) return ASSAY_OK;
    if (p->beta != 0) spread(p, size, (const char *)inputs[2], y);
    if (!p->k) {
        if (p->beta != 0)
            scale(p, y);
        else
            memset(y, 0, step * (size_t)p->batches);
        return ASSAY_OK;
    }
    for (int64_t batch = 0; batch < p->batches; batch++, y += step) {
        int64_t at_a = 0, at_b = 0;
        for (uint32_t i = 0; i < p->batch_rank; i++) {
            at_a += index[i] * p->a_steps[i];
            at_b += index[i] * p->b_steps[i];
        }
        multiply(library, p, a + (size_t)at_a * size, b + (size_t)at_b * size, y);
        for (uint32_t i = p->batch_rank; i-- > 0 && ++index[i] == p->batch_dims[i];) index[i] = 0;
    }
    return ASSAY_OK;
}
