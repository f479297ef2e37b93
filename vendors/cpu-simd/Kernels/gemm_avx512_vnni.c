/* Products of bytes by AVX512_VNNI's dot products of four, unsigned by signed. */
#if defined(__x86_64__)
#include <immintrin.h>
#define ISA_NAME avx512_vnni
#define TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma,avx512vnni")))
#define VECTOR_BYTES 64
#define ROWS 12
#include "templates/gemm_common.h"

#define TYPE dot
#define T int32_t
#define I int32_t
#define GROUP 4
#define A_IS_SIGNED 0
#define B_IS_SIGNED 1
#define DOT_ADD(sum, left, right)                                                                  \
    ((V)_mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(left), (__m512i)(right)))
#include "templates/gemm_bytes.h"

const struct gemm_kernels cpusimd_gemm_avx512_vnni =
    BYTES(dot, 4, UNSIGNED_BYTES, SIGNED_BYTES);
#else
typedef int cpusimd_no_gemm_avx512_vnni; /* a translation unit must not be empty */
#endif
