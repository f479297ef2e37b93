/* What every instruction set supplies to the matrix products: a table for each element type. */
#ifndef CPUSIMD_GEMM_H
#define CPUSIMD_GEMM_H
#include "cpu_simd.h"

/* C (+)= A * B by tiles. A lies packed in strips of a tile's rows, B in strips of its columns. */
struct gemm_tiles {
    const void *a, *b;
    void *c;
    size_t rows, columns, depth; /* depth in packed elements */
    size_t ldc;                  /* elements from row to row */
    int accumulate;
};

/* C (+)= A * B read where they lie. In a panel B's rows are contiguous; in a dot product the rows
 * of A and the columns of B are, and b_step leads from column to column. */
struct gemm_direct {
    const void *a, *b;
    void *c;
    size_t rows, columns, depth;
    size_t a_row, a_column, b_step, ldc;
    int accumulate;
};

/* Y = alpha * Y + beta * C, where steps of 0 repeat an element of C. */
struct gemm_finish {
    void *y;
    const void *c;
    size_t rows, columns, ldy, c_row, c_column;
    double alpha, beta;
};

struct gemm_kernels {
    size_t rows, columns;      /* of a tile */
    size_t group;              /* elements along k in one packed element */
    size_t packed_bytes;       /* of a packed element and of a sum */
    size_t a_bytes, b_bytes;   /* of the operands' elements */
    /* Strips along `count`, padded with zeros: `across` leads to the next of a strip, `along` to
     * the next along k; both in elements, as is `depth`. */
    void (*pack_a)(const void *from, size_t across, size_t along, size_t count, size_t depth,
                   void *to);
    void (*pack_b)(const void *from, size_t across, size_t along, size_t count, size_t depth,
                   void *to);
    void (*tiles)(const struct gemm_tiles *job);
    /* Null where there is none. */
    void (*panel)(const struct gemm_direct *job);
    void (*dot)(const struct gemm_direct *job);
    void (*finish)(const struct gemm_finish *job);
};

extern const struct gemm_kernels cpusimd_gemm_scalar[2];
extern const struct gemm_kernels cpusimd_gemm_sse[2];
extern const struct gemm_kernels cpusimd_gemm_avx2[2];
extern const struct gemm_kernels cpusimd_gemm_avx512[2];
extern const struct gemm_kernels cpusimd_gemm_neon[2];

const struct gemm_kernels *cpusimd_product_kernels(cpusimd_numeric type);
/* Elements of k in one block, a multiple of the group but for the last. */
size_t cpusimd_product_depth(const struct gemm_kernels *kernels, size_t k);
/* Bytes of a core's data cache of level 1 or 2. */
size_t cpusimd_cache_bytes(int level);
#endif
