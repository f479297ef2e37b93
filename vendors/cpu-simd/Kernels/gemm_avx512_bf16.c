/* Products of bf16 by AVX512_BF16's dot products of pairs, with sums in f32. */
#if defined(__x86_64__)
#include <immintrin.h>
#define ISA_NAME avx512_bf16
#define TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma,avx512bf16")))
#define VECTOR_BYTES 64
#define ROWS 12
#define PANEL_ROWS 4
#include "templates/gemm_common.h"

#define TYPE bf16
#define T float
#define I int32_t
#include "templates/gemm_pairs.h"

const struct gemm_kernels cpusimd_gemm_avx512_bf16 = PAIRS;
#else
typedef int cpusimd_no_gemm_avx512_bf16; /* a translation unit must not be empty */
#endif
