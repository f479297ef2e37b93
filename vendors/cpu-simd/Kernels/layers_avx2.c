/* Convolution, pooling and attention with AVX2 and fused multiply-add. */
#if defined(__x86_64__)
#define ISA_NAME avx2
#define TARGET_SET __attribute__((target("avx2,fma")))
#define VECTOR_BYTES 32
#define FUSED 1
#define ROWS 6
#include "templates/layers.h"
#else
typedef int cpusimd_no_avx2_layers; /* a translation unit must not be empty */
#endif
