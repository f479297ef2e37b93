/* What every instruction set supplies to the matrix products: a table for each element type. */
#ifndef CPUSIMD_GEMM_H
#define CPUSIMD_GEMM_H
#include "cpu_simd.h"

/* Strips along `count`, padded with zeros: `across` leads to the next of a strip, `along` to the
 * next along k; both in elements, as is `depth`. */
struct gemm_pack {
    const void *from;
    size_t across, along, count, depth;
    void *to;
    int is_signed; /* of bytes */
    /* Of four-bit weights: `from` and the scales start at k = 0 of the first column, packing at
     * `first`, and `across` is the whole length of k. */
    const void *scales;
    size_t block, first;
};

/* C (+)= A * B by tiles. A lies packed in strips of a tile's rows, B in strips of its columns. */
struct gemm_tiles {
    const void *a, *b;
    void *c;
    size_t rows, columns, depth; /* depth in packed elements */
    size_t ldc;                  /* elements from row to row */
    int accumulate;
};

/* C (+)= A * B read where they lie. In a panel and in a small product B's rows are contiguous and
 * b_step leads from row to row; in a dot product the rows of A and the columns of B are, and b_step
 * leads from column to column. */
struct gemm_direct {
    const void *a, *b;
    void *c;
    size_t rows, columns, depth;
    size_t a_row, a_column, b_step, ldc;
    int accumulate;
    const void *scales; /* of four-bit weights, whose b_step is the length of k */
    size_t block;
};

/* What products of bytes need at their end. Codes may have been moved into the range of another
 * sign when they were packed; zero points are then moved with them, so that
 * y[i, j] = sum - a_zeros[i] * column_sums[j] - row_rests[i] * b_zeros[j], modulo 2^32. */
struct gemm_codes {
    const int32_t *a_zeros, *row_rests, *b_zeros, *column_sums;
    const float *row_scales, *column_scales; /* null: y is the sum itself */
    int32_t y_zero, least, most;
};

/* Y = alpha * sums + beta * C, where steps of 0 repeat an element of C; or with codes as above. */
struct gemm_finish {
    const void *sums;
    void *y;
    const void *c;
    size_t rows, columns, sums_step, ldy, c_row, c_column;
    double alpha, beta;
    struct gemm_codes codes;
};

/* Sums of bytes along the rows, or down the columns, of a matrix with `step` from row to row. */
typedef void (*gemm_byte_sums)(const void *from, size_t step, size_t rows, size_t columns,
                               int is_signed, int32_t *to);

enum gemm_sign { AS_IT_IS, SIGNED_BYTES, UNSIGNED_BYTES };

struct gemm_kernels {
    const char *name;          /* of the instructions */
    size_t rows, columns;      /* of a tile */
    size_t group;              /* elements along k in one packed element */
    size_t packed_bytes;       /* of a packed element and of a sum */
    size_t bytes;              /* of the operands' elements */
    enum gemm_sign a_sign, b_sign; /* to which packing moves bytes */
    void (*pack_a)(const struct gemm_pack *job);
    void (*pack_b)(const struct gemm_pack *job);
    void (*tiles)(const struct gemm_tiles *job);
    /* Null where there is none. */
    void (*small)(const struct gemm_direct *job);
    void (*panel)(const struct gemm_direct *job);
    void (*dot)(const struct gemm_direct *job);
    void (*pack_nibbles)(const struct gemm_pack *job);
    void (*dot_nibbles)(const struct gemm_direct *job);
    void (*finish)(const struct gemm_finish *job);
    gemm_byte_sums row_sums, column_sums;
};

/* Element types as tables have them. */
enum { GEMM_F64, GEMM_F32, GEMM_F16, GEMM_BF16, GEMM_BYTES, GEMM_TYPE_COUNT };
extern const struct gemm_kernels cpusimd_gemm_scalar[GEMM_TYPE_COUNT];
extern const struct gemm_kernels cpusimd_gemm_sse[GEMM_TYPE_COUNT];
extern const struct gemm_kernels cpusimd_gemm_avx2[GEMM_TYPE_COUNT];
extern const struct gemm_kernels cpusimd_gemm_avx512[GEMM_TYPE_COUNT];
extern const struct gemm_kernels cpusimd_gemm_neon[GEMM_TYPE_COUNT];
/* With instructions for one element type that a set may have or lack. */
extern const struct gemm_kernels cpusimd_gemm_avx512_bf16, cpusimd_gemm_avx512_vnni;
extern const struct gemm_kernels cpusimd_gemm_amx_bf16, cpusimd_gemm_amx_bytes;
extern const struct gemm_kernels cpusimd_gemm_neon_dot;

/* The table for a job on this machine: the same at each call. */
const struct gemm_kernels *cpusimd_gemm_kernels(const cpusimd_gemm *job);

/* For kernels that multiply in tiles of their own, of f32 and f64. */
const struct gemm_kernels *cpusimd_product_kernels(cpusimd_numeric type);
/* Elements of k in one block, a multiple of the group but for the last. */
size_t cpusimd_product_depth(const struct gemm_kernels *kernels, size_t k);
/* Bytes of a core's data cache of level 1 or 2. */
size_t cpusimd_cache_bytes(int level);
#endif
