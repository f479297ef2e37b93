/* Matrix products for one instruction set. Include with ISA_NAME, TARGET, VECTOR_BYTES, ROWS (of a
 * tile) and PANEL_ROWS; defines the table cpusimd_gemm_<ISA_NAME>. */
#include "gemm_common.h"

#define TYPE f64
#define T double
#define I int64_t
#define U double
#define HALF 0
#include "gemm_floats.h"

#define TYPE f32
#define T float
#define I int32_t
#define SINGLE 1
#define U float
#define HALF 0
#include "gemm_floats.h"

/* Stored in two bytes, packed and computed as f32. */
#define TYPE f16
#define T float
#define I int32_t
#define SINGLE 1
#define U uint16_t
#define HALF 1
#include "gemm_floats.h"

#define TYPE bf16
#define T float
#define I int32_t
#define SINGLE 1
#define U uint16_t
#define HALF 2
#include "gemm_floats.h"

/* Bytes widened to pairs of 16 bits. */
#define TYPE pairs
#define T int32_t
#define I int32_t
#define GROUP 2
#include "gemm_bytes.h"

#define FLOATS(type, packed, stored)                                                               \
    {.name = NAME(ISA_NAME), .rows = ROWS, .columns = 2 * K(LANES, type), .group = 1,              \
     .packed_bytes = packed, .bytes = stored, .pack_a = K(pack_a, type),                           \
     .pack_b = K(pack_b, type), .tiles = K(tiles, type), .small = K(small, type),                  \
     .panel = K(panel, type), .dot = K(dot, type),                                         \
     .pack_nibbles = K(pack_nibbles, type), .dot_nibbles = K(dot_nibbles, type),                   \
     .finish = K(finish, type)}
#define TABLE2(isa) const struct gemm_kernels cpusimd_gemm_##isa[GEMM_TYPE_COUNT]
#define TABLE(isa) TABLE2(isa)
TABLE(ISA_NAME) = {FLOATS(f64, 8, 8), FLOATS(f32, 4, 4), FLOATS(f16, 4, 2), FLOATS(bf16, 4, 2),
                   BYTES(pairs, 2, AS_IT_IS, AS_IT_IS)};
