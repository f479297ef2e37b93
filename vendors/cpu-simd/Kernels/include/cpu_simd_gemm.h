/* cpu_simd_gemm.h - matrix products of the reference backend; included by cpu_simd.h. */
#ifndef CPU_SIMD_GEMM_H
#define CPU_SIMD_GEMM_H
#include "cpu_simd.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/* How A, B, C and Y are stored: as the arithmetic's type, in two bytes with f32 as the arithmetic
 * (`type.single` is 1), or as bytes with sums of 32 bits, which Y holds unless it is bytes too. */
#define CPUSIMD_GEMM_PLAIN 0
#define CPUSIMD_GEMM_F16 1
#define CPUSIMD_GEMM_BF16 2
#define CPUSIMD_GEMM_BYTES 3

/* What bytes stand for. Each zero point is of its matrix's sign; those with a step of 1 differ from
 * row to row of A or from column to column of B, as do the scales. A and B are row-major. */
typedef struct cpusimd_gemm_codes {
    int a_signed, b_signed, y_signed;
    const void *_Nullable a_zeros; /* null: 0 */
    const void *_Nullable b_zeros;
    uint64_t a_zero_step, b_zero_step;
    /* Null: Y is the sums. Else Y is sums * a_scale * b_scale / y_scale, rounded to nearest, plus
     * y_zero, and saturated. */
    const float *_Nullable a_scales;
    const float *_Nullable b_scales;
    uint64_t a_scale_step, b_scale_step;
    float y_scale;
    int32_t y_zero;
} cpusimd_gemm_codes;

/* Y[i] = alpha * A[i] * B[i] + beta * C for each of `batches` pairs, which start at the given
 * elements. Y is dense and row-major; the operands' steps are in elements, and one of each
 * operand's two is 1. */
typedef struct cpusimd_gemm {
    cpusimd_numeric type;
    uint64_t m, n, k, batches;
    const uint64_t *a_starts, *b_starts;
    uint64_t a_row, a_column, b_row, b_column;
    double alpha, beta;
    const void *_Nullable c;     /* null: nothing is added */
    uint64_t c_row, c_column;    /* 0 where C repeats */
    const void *_Nullable packed; /* from cpusimd_gemm_pack; null: B is read where it lies */
    uint64_t packed_step;        /* bytes between two packed B; b_starts then count those */
    int stored;
    int basic; /* 1: as if the CPU had no instructions for products of short types */
    cpusimd_gemm_codes codes;    /* for bytes; alpha, beta and c then mean nothing */
    /* Not 0: B's columns are four-bit numbers, 8 standing for 0, and each `block` of them along k
     * has a scale of A's type. Two are a byte, that of the lower k in the lower half; block and k
     * are even, b_row is 1 and b_column is k. */
    uint64_t block;
    const void *_Nullable b_scales;
} cpusimd_gemm;

/* The instructions that compute it, such as "avx512_vnni". */
const char *cpusimd_gemm_instructions(const cpusimd_gemm *job);
/* Bytes of one B packed; 0 where this shape would not use it. */
uint64_t cpusimd_gemm_packed_bytes(const cpusimd_gemm *job);
/* Packs one B of that shape into memory aligned to 64, shared over the pool. */
void cpusimd_gemm_pack(cpusimd_pool *pool, const cpusimd_gemm *job, const void *b, void *to);
/* Bytes that cpusimd_gemm_run needs beside its operands, aligned to 64. */
uint64_t cpusimd_gemm_workspace(const cpusimd_pool *pool, const cpusimd_gemm *job);
/* The same bits at each call with the same shape, number of threads and instruction set. */
void cpusimd_gemm_run(cpusimd_pool *pool, const cpusimd_gemm *job, const void *a, const void *b,
                      void *y, void *_Nullable workspace);

/* C[i] = A[i] * B[i] for each of `batches` pairs, which start at the given elements. */
typedef struct cpusimd_matmul {
    uint64_t m, n, k, batches;
    const uint64_t *a_starts, *b_starts;
} cpusimd_matmul;
/* Bytes that cpusimd_matmul_run needs beside its operands, aligned to 64. */
uint64_t cpusimd_matmul_workspace(const cpusimd_pool *pool, cpusimd_numeric type,
                                  const cpusimd_matmul *shape);
void cpusimd_matmul_run(cpusimd_pool *pool, cpusimd_numeric type, const cpusimd_matmul *shape,
                        const void *a, const void *b, void *c, void *workspace);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#endif
