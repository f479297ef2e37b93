/* Products of bf16 by instructions that add pairs of products to f32. Include with TYPE (bf16), T
 * and I; PAIRS is then the row of a table. With OWN_TILES the includer packs A and multiplies.
 * These instructions take subnormal numbers for 0, which tolerances admit. */
#define SINGLE 1
#define FLOATING 1
#define SIGNED 1
#define STORAGE bf16
#define U uint16_t
#define HALF 2
#define NARROW_BF16(v) _mm512_cvtneps_pbh((__m512)(v))
#include "lanes.h"
#include "storage.h"
#undef NARROW_BF16
FORCED TARGET T N(one)(const U *from) { return S(get_part)(from, 1, 0)[0]; }
#define P int32_t
#define VP VI
#define E uint16_t
#define GROUP 2
#define BYTE_ELEMENTS 0
#define MULTIPLY_ADD(sum, left, right)                                                             \
    ((V)_mm512_dpbf16_ps((__m512)(sum), (__m512bh)(left), (__m512bh)(right)))
#include "gemm_square.h"
#include "gemm_group.h"
#ifndef OWN_TILES
#include "gemm_tile.h"
#endif
#include "gemm_direct.h"
#ifndef OWN_TILES
TARGET static void N(pack_a)(const struct gemm_pack *job) { N(pack)(job, 0, ROWS); }
#endif
TARGET static void N(pack_b)(const struct gemm_pack *job) { N(pack)(job, 0, 2 * W); }
#include "gemm_end.h"

#define PAIRS                                                                                      \
    {.name = NAME(ISA_NAME), .rows = ROWS, .columns = 2 * K(LANES, bf16), .group = 2,              \
     .packed_bytes = 4, .bytes = 2, .pack_a = K(pack_a, bf16), .pack_b = K(pack_b, bf16),          \
     .tiles = K(tiles, bf16), .panel = K(panel, bf16), .dot = K(dot, bf16),                        \
     .finish = K(finish, bf16)}
