/* How one matrix product is cut into blocks for the caches and parts for the threads. */
#ifndef CPUSIMD_MATMUL_H
#define CPUSIMD_MATMUL_H
#include "gemm.h"

enum path { TILES, SMALL, PANEL, DOT };

/* How one shape is computed: the same for the same shape, threads and machine. */
struct plan {
    const struct gemm_kernels *kernels;
    enum path path;
    int grid_rows, grid_columns;                 /* threads that share one product */
    int keeps_sums;                              /* Y is stored as something else */
    size_t depth_block, row_block, column_block; /* depth in elements of k */
    /* Workspace of a thread: the panel of A, the block of B or B turned, sums, what codes need
     * for a row and for a column; and all together. */
    size_t a_bytes, b_bytes, sum_bytes, row_bytes, column_bytes, each;
};

struct plan gemm_plan(const cpusimd_pool *pool, const cpusimd_gemm *job);
/* Elements of k in one block. It decides how B lies packed, so only k and the kernels enter. */
size_t gemm_depth_block(const struct gemm_kernels *kernels, size_t k);
/* Whether B would be read packed. */
int gemm_packs(const struct gemm_kernels *kernels, const cpusimd_gemm *job);

static inline size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }
static inline size_t least(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t gemm_groups(const struct gemm_kernels *kernels, size_t depth) {
    return (depth + kernels->group - 1) / kernels->group;
}
static inline int gemm_quantizes(const cpusimd_gemm *job) {
    return job->stored == CPUSIMD_GEMM_BYTES && job->codes.a_scales;
}
static inline size_t gemm_y_bytes(const cpusimd_gemm *job) {
    if (job->stored == CPUSIMD_GEMM_PLAIN) return job->type.single ? 4 : 8;
    if (job->stored == CPUSIMD_GEMM_BYTES) return job->codes.a_scales ? 1 : 4;
    return 2;
}
static inline const char *gemm_at(const void *from, size_t elements, size_t bytes) {
    return (const char *)from + elements * bytes;
}

/* What bytes of a sign become when they are packed: this is added. */
static inline int32_t gemm_moved(enum gemm_sign to, int is_signed) {
    if (to == UNSIGNED_BYTES && is_signed) return 128;
    return to == SIGNED_BYTES && !is_signed ? -128 : 0;
}

/* The ends of products of bytes: sums and zero points of a part's rows and columns, in memory that
 * the plan counted. */
struct gemm_part_codes {
    int any_zeros; /* else the sums are what they should be */
    int32_t *a_zeros, *row_rests, *b_zeros, *column_sums;
    float *row_scales, *column_scales;
};
/* `a` and `b` are the operands where they lie; `sums` those of packed B's columns or null. */
void gemm_codes_make(const cpusimd_gemm *job, const struct plan *plan, const void *a,
                     const void *b, const int32_t *sums, size_t row, size_t rows, size_t column,
                     size_t columns, char *memory, struct gemm_part_codes *made);
#endif
