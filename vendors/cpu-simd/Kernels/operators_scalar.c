/* Operators with no explicit vectors. */
#define ISA_NAME scalar
#define TARGET
#define VECTOR_BYTES 8
#include "templates/operators.h"
