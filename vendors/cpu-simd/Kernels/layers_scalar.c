/* Convolution, pooling and attention with no explicit vectors. */
#define ISA_NAME scalar
#define TARGET_SET
#define VECTOR_BYTES 8
#define FUSED 0
#define ROWS 4
#include "templates/layers.h"
