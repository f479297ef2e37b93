/* Products of bf16 by AVX512_BF16's dot products of pairs, with sums in f32. */
#if defined(__x86_64__)
#include <immintrin.h>
#define ISA_NAME avx512_bf16
#define TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma,avx512bf16")))
#define VECTOR_BYTES 64
#define ROWS 12
#define PANEL_ROWS 4
#include "templates/gemm_common.h"

#define TYPE bf16
#define T float
#define I int32_t
#define SINGLE 1
#define FLOATING 1
#define SIGNED 1
#define STORAGE bf16
#define U uint16_t
#define HALF 2
#include "templates/lanes.h"
#include "templates/storage.h"
FORCED TARGET T N(one)(const U *from) { return S(get_part)(from, 1, 0)[0]; }
#define P int32_t
#define VP VI
#define E uint16_t
#define GROUP 2
#define BYTE_ELEMENTS 0
#define MULTIPLY_ADD(sum, left, right)                                                             \
    ((V)_mm512_dpbf16_ps((__m512)(sum), (__m512bh)(left), (__m512bh)(right)))
#include "templates/gemm_square.h"
#include "templates/gemm_group.h"
#include "templates/gemm_tile.h"
#include "templates/gemm_direct.h"
TARGET static void N(pack_a)(const struct gemm_pack *job) { N(pack)(job, 0, ROWS); }
TARGET static void N(pack_b)(const struct gemm_pack *job) { N(pack)(job, 0, 2 * W); }
#include "templates/gemm_end.h"

const struct gemm_kernels cpusimd_gemm_avx512_bf16 = {
    .name = "avx512_bf16", .rows = ROWS, .columns = 2 * K(LANES, bf16), .group = 2,
    .packed_bytes = 4, .bytes = 2, .pack_a = K(pack_a, bf16), .pack_b = K(pack_b, bf16),
    .tiles = K(tiles, bf16), .panel = K(panel, bf16), .dot = K(dot, bf16),
    .finish = K(finish, bf16)};
#else
typedef int cpusimd_no_gemm_avx512_bf16; /* a translation unit must not be empty */
#endif
