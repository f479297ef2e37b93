/* Matrix products with AVX-512. */
#if defined(__x86_64__)
#include <immintrin.h>
#define ISA_NAME avx512
#define TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma")))
#define VECTOR_BYTES 64
#define ROWS 12
#define PANEL_ROWS 4
#include "templates/gemm.h"
#else
typedef int cpusimd_no_gemm_avx512; /* a translation unit must not be empty */
#endif
