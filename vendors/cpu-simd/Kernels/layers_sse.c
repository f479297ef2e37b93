/* Convolution, pooling and attention with SSE2: what every x86-64 has. */
#if defined(__x86_64__)
#define ISA_NAME sse
#define TARGET_SET
#define VECTOR_BYTES 16
#define FUSED 0
#define ROWS 6
#include "templates/layers.h"
#else
typedef int cpusimd_no_sse_layers; /* a translation unit must not be empty */
#endif
