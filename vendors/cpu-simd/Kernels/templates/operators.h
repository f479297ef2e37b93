/* All operators for one instruction set. Include with ISA_NAME, TARGET and VECTOR_BYTES;
 * defines the table cpusimd_operators_<ISA_NAME>. */
#include "../operators.h"
#include <math.h>
#include <string.h>

#define PASTE2(a, b, c) a##_##b##_##c
#define PASTE(a, b, c) PASTE2(a, b, c)
#define FORCED __attribute__((always_inline)) static inline
#define UNROLLED _Pragma("unroll")
#define SINGLE 1
#include "element.h"
#include "reduction.h"
#include "elementwise.h"
#include "softmax.h"
#include "normalization.h"
#include "element_end.h"

#define SINGLE 0
#include "element.h"
#include "reduction.h"
#include "elementwise.h"
#include "softmax.h"
#include "normalization.h"
#include "element_end.h"

#define ROW(type)                                                                                  \
    {PASTE(exp, type, ISA_NAME), PASTE(add, type, ISA_NAME), PASTE(softmax_row, type, ISA_NAME),   \
     PASTE(softmax_columns, type, ISA_NAME), PASTE(normalize_row, type, ISA_NAME),                 \
     PASTE(sum, type, ISA_NAME), PASTE(sum_columns, type, ISA_NAME)}
#define TABLE2(isa) const struct operator_kernels cpusimd_operators_##isa[2]
#define TABLE(isa) TABLE2(isa)
TABLE(ISA_NAME) = {ROW(f64), ROW(f32)};
