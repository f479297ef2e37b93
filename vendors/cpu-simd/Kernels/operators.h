/* What every instruction set and element type supplies to the operators: one table each. */
#ifndef CPUSIMD_OPERATORS_H
#define CPUSIMD_OPERATORS_H
#include "cpu_simd.h"

/* One block of C += A * B, from packed panels; see templates/matmul.h. */
struct gemm_task {
    const void *a, *b;
    void *c, *packed_a, *packed_b;
    size_t m, n, k;        /* of this task's part of C */
    size_t lda, ldb, ldc;  /* elements from row to row */
};

struct operator_kernels {
    void (*gemm)(const struct gemm_task *task);
    size_t rows_per_tile, columns_per_tile, rows_per_block, depth_per_block, columns_per_block;
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
