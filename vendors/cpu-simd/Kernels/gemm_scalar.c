/* Matrix products with no explicit vectors. */
#define ISA_NAME scalar
#define TARGET
#define VECTOR_BYTES 8
#define ROWS 4
#define PANEL_ROWS 2
#include "templates/gemm.h"
