/* Matrix products with the 128-bit vectors of 64-bit Arm. */
#if defined(__aarch64__)
#include <arm_neon.h>
#define ISA_NAME neon
#define TARGET
#define VECTOR_BYTES 16
#define ROWS 8
#define PANEL_ROWS 4
#include "templates/gemm.h"
#else
typedef int cpusimd_no_gemm_neon; /* a translation unit must not be empty */
#endif
