/* Convolution, pooling and attention with the 128-bit vectors of 64-bit Arm. */
#if defined(__aarch64__)
#define ISA_NAME neon
#define TARGET_SET
#define VECTOR_BYTES 16
#define FUSED 1
#define ROWS 8
#include "templates/layers.h"
#else
typedef int cpusimd_no_neon_layers; /* a translation unit must not be empty */
#endif
