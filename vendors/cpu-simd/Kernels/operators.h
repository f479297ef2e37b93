/* What every instruction set and element type supplies to the operators: one table each. */
#ifndef CPUSIMD_OPERATORS_H
#define CPUSIMD_OPERATORS_H
#include "cpu_simd.h"

/* Columns that one call of softmax_columns and sum_columns takes at most. */
#define COLUMNS_MAX 256

struct operator_kernels {
    void (*exp)(const void *in, void *out, size_t n);
    /* A step of 0 repeats one element. */
    void (*add)(void *out, const void *a, size_t a_step, const void *b, size_t b_step, size_t n);
    void (*softmax_row)(const void *in, void *out, size_t n);
    void (*softmax_columns)(const void *in, void *out, size_t n, size_t stride, size_t columns);
    void (*normalize_row)(const void *in, const void *scale, const void *bias, void *out, size_t n,
                          double epsilon);
    double (*sum)(const void *in, size_t n);
    void (*sum_columns)(const void *in, void *out, size_t rows, size_t stride, size_t columns);
};

/* [single]: 0 f64, 1 f32. */
extern const struct operator_kernels cpusimd_operators_scalar[2];
extern const struct operator_kernels cpusimd_operators_sse[2];
extern const struct operator_kernels cpusimd_operators_avx2[2];
extern const struct operator_kernels cpusimd_operators_avx512[2];
extern const struct operator_kernels cpusimd_operators_neon[2];
const struct operator_kernels *cpusimd_operators(int isa, int single);

static inline size_t element_bytes(int single) { return single ? 4 : 8; }

/* The part of `count` that a thread takes, in whole grains but for the last. */
static inline void cpusimd_share(size_t count, size_t grain, int thread, int threads, size_t *low,
                                 size_t *high) {
    size_t grains = (count + grain - 1) / grain;
    *low = grains * (size_t)thread / (size_t)threads * grain;
    *high = grains * ((size_t)thread + 1) / (size_t)threads * grain;
    if (*low > count) *low = count;
    if (*high > count) *high = count;
}
#endif
