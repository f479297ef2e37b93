/* All operators for one instruction set. Include with ISA_NAME, TARGET, VECTOR_BYTES, ROWS (of a
 * matrix tile); defines the table cpusimd_operators_<ISA_NAME>. */
#include "../operators.h"
#include <math.h>
#include <string.h>

#define PASTE2(a, b, c) a##_##b##_##c
#define PASTE(a, b, c) PASTE2(a, b, c)
#define FORCED __attribute__((always_inline)) static inline
#define UNROLLED _Pragma("unroll")
/* A block of A stays in the second cache level while a panel of B streams past it. */
#define ROW_BLOCK (12 * ROWS)
#define DEPTH_BLOCK 192
#define COLUMN_BLOCK 2048

#define SINGLE 1
#include "element.h"
#include "matmul.h"
#include "element_end.h"

#define SINGLE 0
#include "element.h"
#include "matmul.h"
#include "element_end.h"

#define ROW(type)                                                                                  \
    {PASTE(gemm, type, ISA_NAME), ROWS, 2 * PASTE(LANES, type, ISA_NAME), ROW_BLOCK, DEPTH_BLOCK,  \
     COLUMN_BLOCK}
#define TABLE2(isa) const struct operator_kernels cpusimd_operators_##isa[2]
#define TABLE(isa) TABLE2(isa)
TABLE(ISA_NAME) = {ROW(f64), ROW(f32)};
