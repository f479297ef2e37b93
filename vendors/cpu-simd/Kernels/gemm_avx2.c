/* Matrix products with AVX2 and fused multiply-add. */
#if defined(__x86_64__)
#include <immintrin.h>
#define ISA_NAME avx2
#define TARGET __attribute__((target("avx2,fma")))
#define VECTOR_BYTES 32
#define ROWS 6
#define PANEL_ROWS 2
#include "templates/gemm.h"
#else
typedef int cpusimd_no_gemm_avx2; /* a translation unit must not be empty */
#endif
