/* Products of bytes by 64-bit Arm's dot products of four, signed by signed. */
#if defined(__aarch64__)
#include <arm_neon.h>
#define ISA_NAME neon_dot
#if defined(__clang__)
#define TARGET __attribute__((target("dotprod")))
#else
#define TARGET __attribute__((target("arch=armv8.2-a+dotprod")))
#endif
#define VECTOR_BYTES 16
#define ROWS 8
#include "templates/gemm_common.h"

#define TYPE dot
#define T int32_t
#define I int32_t
#define GROUP 4
#define A_IS_SIGNED 1
#define B_IS_SIGNED 1
#define DOT_ADD(sum, left, right)                                                                  \
    ((V)vdotq_s32((int32x4_t)(sum), (int8x16_t)(left), (int8x16_t)(right)))
#include "templates/gemm_bytes.h"

const struct gemm_kernels cpusimd_gemm_neon_dot = BYTES(dot, 4, SIGNED_BYTES, SIGNED_BYTES);
#else
typedef int cpusimd_no_gemm_neon_dot; /* a translation unit must not be empty */
#endif
