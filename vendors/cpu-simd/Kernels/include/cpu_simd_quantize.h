/* cpu_simd_quantize.h - numbers to bytes and back, by scales and zero points. */
#ifndef CPU_SIMD_QUANTIZE_H
#define CPU_SIMD_QUANTIZE_H
#include "cpu_simd_tensors.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/* Numbers [outer, n, inner] of `kind` and codes of `code_type`: i8 or u8, from which is
 * dequantized i32 as well. */
typedef struct cpusimd_scaling {
    cpusimd_kind kind; /* of the numbers and scales */
    int code_type;
    cpusimd_axis shape;
    uint64_t scale_count; /* 1: one scale for all, and then `block` is 0 */
    uint64_t block;       /* positions along n that share scales; 0: each has its own */
    const void *_Nullable scales;
    const void *_Nullable zeros; /* of code_type; null where they are 0 */
} cpusimd_scaling;
/* Bytes of workspace, aligned to 64. */
uint64_t cpusimd_scaling_workspace(const cpusimd_scaling *scaling);
void cpusimd_quantize_run(cpusimd_pool *pool, const cpusimd_scaling *scaling, const void *in,
                          void *out, void *workspace);
void cpusimd_dequantize_run(cpusimd_pool *pool, const cpusimd_scaling *scaling, const void *in,
                            void *out, void *workspace);
/* To u8 by the range of the numbers, zero included; f32. Workspace as cpusimd_reduce_workspace of
 * {1, count, 1}. */
void cpusimd_dynamic_quantize_run(cpusimd_pool *pool, int isa, uint64_t count, const float *in,
                                  uint8_t *out, float *scale, uint8_t *zero, void *workspace);

/* Bytes of workspace, aligned to 64. */
uint64_t cpusimd_add_norm_quantize_workspace(const cpusimd_pool *pool, uint64_t n);
/* Rows of n: in + residual, which is an output, divided by its root mean square, times scale; that
 * to i8 by a scale of each row. */
void cpusimd_add_norm_quantize_run(cpusimd_pool *pool, cpusimd_kind kind, uint64_t rows,
                                   uint64_t n, double epsilon, const void *in,
                                   const void *residual, const void *scale, void *codes,
                                   void *code_scales, void *sums, void *workspace);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#endif
