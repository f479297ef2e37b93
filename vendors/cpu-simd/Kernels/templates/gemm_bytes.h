/* Products of bytes with sums in 32 bits. Include with TYPE, T and I (int32_t), and GROUP: 2 widens
 * bytes to 16 bits; with 4 DOT_ADD(sum, left, right) adds four, of signs A_IS_SIGNED and
 * B_IS_SIGNED. */
#define SINGLE 1
#define FLOATING 0
#define SIGNED 1
#define P T
#define U uint8_t
#define BYTE_ELEMENTS 1
#if GROUP == 2
#define E int16_t
#else
#define E uint8_t
#endif
#include "lanes.h"
#define VP V

#if GROUP == 4
#define MULTIPLY_ADD DOT_ADD
#elif VECTOR_BYTES == 64
#define MULTIPLY_ADD(sum, left, right)                                                             \
    ((sum) + (V)_mm512_madd_epi16((__m512i)(left), (__m512i)(right)))
#elif VECTOR_BYTES == 32
#define MULTIPLY_ADD(sum, left, right)                                                             \
    ((sum) + (V)_mm256_madd_epi16((__m256i)(left), (__m256i)(right)))
#elif VECTOR_BYTES == 16 && defined(__x86_64__)
#define MULTIPLY_ADD(sum, left, right)                                                             \
    ((sum) + (V)_mm_madd_epi16((__m128i)(left), (__m128i)(right)))
#elif VECTOR_BYTES == 16
FORCED TARGET V N(pairs_added)(V sum, V left, V right) {
    int16x8_t a = (int16x8_t)left, b = (int16x8_t)right;
    int32x4_t low = vmull_s16(vget_low_s16(a), vget_low_s16(b)), high = vmull_high_s16(a, b);
    return sum + (V)vpaddq_s32(low, high);
}
#define MULTIPLY_ADD N(pairs_added)
#else
FORCED TARGET V N(pairs_added)(V sum, V left, V right) {
    int16_t a[2 * W], b[2 * W];
    __builtin_memcpy(a, &left, sizeof a);
    __builtin_memcpy(b, &right, sizeof b);
    for (size_t i = 0; i < W; i++) sum[i] += a[2 * i] * b[2 * i] + a[2 * i + 1] * b[2 * i + 1];
    return sum;
}
#define MULTIPLY_ADD N(pairs_added)
#endif

#include "gemm_square.h"
#include "gemm_group.h"
#ifndef OWN_TILES
#include "gemm_tile.h"
#endif
#include "gemm_codes.h"

#if GROUP == 2
#define A_SIGN_FLIP 0
#define B_SIGN_FLIP 0
#else
#define A_SIGN_FLIP (job->is_signed == A_IS_SIGNED ? 0 : 0x80)
#define B_SIGN_FLIP (job->is_signed == B_IS_SIGNED ? 0 : 0x80)
#endif
#ifndef OWN_TILES
TARGET static void N(pack_a)(const struct gemm_pack *job) { N(pack)(job, A_SIGN_FLIP, ROWS); }
#endif
TARGET static void N(pack_b)(const struct gemm_pack *job) { N(pack)(job, B_SIGN_FLIP, 2 * W); }
#undef A_SIGN_FLIP
#undef B_SIGN_FLIP
#undef E
#undef BYTE_ELEMENTS
#include "gemm_end.h"
