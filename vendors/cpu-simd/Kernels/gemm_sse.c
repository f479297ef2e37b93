/* Matrix products with SSE2: what every x86-64 has. */
#if defined(__x86_64__)
#include <immintrin.h>
#define ISA_NAME sse
#define TARGET
#define VECTOR_BYTES 16
#define ROWS 6
#define PANEL_ROWS 2
#include "templates/gemm.h"
#else
typedef int cpusimd_no_gemm_sse; /* a translation unit must not be empty */
#endif
