/* Convolution, pooling and attention with AVX-512. */
#if defined(__x86_64__)
#include <immintrin.h>
#define ISA_NAME avx512
#define TARGET_SET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma")))
#define VECTOR_BYTES 64
#define FUSED 1
#define ROWS 12
#include "templates/layers.h"
#else
typedef int cpusimd_no_avx512_layers; /* a translation unit must not be empty */
#endif
