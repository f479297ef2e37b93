/* Matrix products for one instruction set. Include with ISA_NAME, TARGET, VECTOR_BYTES, ROWS (of a
 * tile) and PANEL_ROWS; defines the table cpusimd_gemm_<ISA_NAME>. */
#include "../gemm.h"
#include <string.h>

#define PASTE2(a, b, c) a##_##b##_##c
#define PASTE(a, b, c) PASTE2(a, b, c)
#define FORCED __attribute__((always_inline)) static inline
#define UNROLLED _Pragma("unroll")
/* Elements that B is fetched ahead of its use: 1 KiB or more. */
#ifndef AHEAD
#define AHEAD (32 * W)
#endif

#define SINGLE 1
#include "element.h"
#include "gemm_pack.h"
#include "gemm_tile.h"
#include "gemm_direct.h"
#include "element_end.h"

#define SINGLE 0
#include "element.h"
#include "gemm_pack.h"
#include "gemm_tile.h"
#include "gemm_direct.h"
#include "element_end.h"

#define ROW(type, bytes)                                                                           \
    {ROWS, 2 * PASTE(LANES, type, ISA_NAME), 1, bytes, bytes, bytes,                               \
     PASTE(pack_a, type, ISA_NAME), PASTE(pack_b, type, ISA_NAME), PASTE(tiles, type, ISA_NAME),   \
     PASTE(panel, type, ISA_NAME), PASTE(dot, type, ISA_NAME), PASTE(finish, type, ISA_NAME)}
#define TABLE2(isa) const struct gemm_kernels cpusimd_gemm_##isa[2]
#define TABLE(isa) TABLE2(isa)
TABLE(ISA_NAME) = {ROW(f64, 8), ROW(f32, 4)};
