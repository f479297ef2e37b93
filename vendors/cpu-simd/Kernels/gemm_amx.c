/* Products of bf16 and of bytes by AMX tiles: 32 rows by 32 columns in four of them.
 *
 * No machine at hand has the unit. What is checked is the arithmetic around it: with
 * CPUSIMD_EMULATED_TILES, a header that does in C what the instructions do. */
#if defined(__x86_64__)
#include <immintrin.h>
#ifdef CPUSIMD_EMULATED_TILES
#include CPUSIMD_EMULATED_TILES
#endif
#define ISA_NAME amx
#define TARGET                                                                                     \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma,avx512bf16,amx-tile,amx-int8,"   \
                          "amx-bf16")))
#define VECTOR_BYTES 64
#define ROWS 32
#define PANEL_ROWS 4
#include "templates/gemm_common.h"

/* What a tile holds: 16 rows of 16 packed elements. */
enum { SIDE = 16 };

struct tile_shapes {
    uint8_t palette, start, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
};

FORCED TARGET void begin_tiles(void) {
    struct tile_shapes shapes = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        shapes.row_bytes[i] = 64;
        shapes.rows[i] = SIDE;
    }
    _tile_loadconfig(&shapes);
}

/* One step along k: two tiles of A, one below the other, and two of B, side by side. */
struct tile_step {
    const int32_t *a, *b;
    size_t a_step; /* bytes from row to row */
};

#define MULTIPLY(name, instruction)                                                                \
    FORCED TARGET void name(const struct tile_step *step) {                                        \
        _tile_loadd(4, step->a, step->a_step);                                                     \
        _tile_loadd(6, step->b, 2 * SIDE * 4);                                                     \
        _tile_loadd(7, step->b + SIDE, 2 * SIDE * 4);                                              \
        _tile_loadd(5, (const char *)step->a + SIDE * step->a_step, step->a_step);                 \
        instruction(0, 4, 6);                                                                      \
        instruction(1, 4, 7);                                                                      \
        instruction(2, 5, 6);                                                                      \
        instruction(3, 5, 7);                                                                      \
    }
MULTIPLY(multiply_bf16, _tile_dpbf16ps)
MULTIPLY(multiply_bytes, _tile_dpbusd)

/* One strip of A times one of B, into 32 rows of 32 sums. What is left of k is filled with 0. */
#define PRODUCT(name, multiply)                                                                    \
    TARGET static void name(const int32_t *a, const int32_t *b, size_t depth, int32_t *c,          \
                            size_t c_step) {                                                       \
        _tile_zero(0);                                                                             \
        _tile_zero(1);                                                                             \
        _tile_zero(2);                                                                             \
        _tile_zero(3);                                                                             \
        size_t g = 0;                                                                              \
        for (; g + SIDE <= depth; g += SIDE) {                                                     \
            struct tile_step step = {a + g, b + g * 2 * SIDE, depth * 4};                          \
            multiply(&step);                                                                       \
        }                                                                                          \
        if (g < depth) {                                                                           \
            int32_t left[2 * SIDE][SIDE] = {{0}}, right[SIDE][2 * SIDE] = {{0}};                   \
            for (size_t i = 0; i < 2 * SIDE; i++)                                                  \
                memcpy(left[i], a + i * depth + g, (depth - g) * 4);                               \
            memcpy(right, b + g * 2 * SIDE, (depth - g) * sizeof right[0]);                        \
            struct tile_step step = {left[0], right[0], sizeof left[0]};                           \
            multiply(&step);                                                                       \
        }                                                                                          \
        _tile_stored(0, c, c_step);                                                                \
        _tile_stored(1, c + SIDE, c_step);                                                         \
        _tile_stored(2, (char *)c + SIDE * c_step, c_step);                                        \
        _tile_stored(3, (char *)c + SIDE * c_step + SIDE * 4, c_step);                             \
    }
PRODUCT(product_bf16, multiply_bf16)
PRODUCT(product_bytes, multiply_bytes)

/* Sums of a strip that is not whole, or is added to what is there, pass through `sums`. */
#define TILES(name, T, product)                                                                    \
    TARGET static void name(const struct gemm_tiles *job) {                                        \
        const int32_t *a = job->a, *b = job->b;                                                    \
        begin_tiles();                                                                             \
        for (size_t i = 0; i < job->rows; i += 2 * SIDE) {                                         \
            for (size_t j = 0; j < job->columns; j += 2 * SIDE) {                                  \
                size_t rows = job->rows - i < 2 * SIDE ? job->rows - i : 2 * SIDE;                 \
                size_t columns = job->columns - j < 2 * SIDE ? job->columns - j : 2 * SIDE;        \
                T *c = (T *)job->c + i * job->ldc + j, sums[2 * SIDE][2 * SIDE];                   \
                const int32_t *left = a + i * job->depth, *right = b + j * job->depth;             \
                if (rows == 2 * SIDE && columns == 2 * SIDE && !job->accumulate) {                 \
                    product(left, right, job->depth, (int32_t *)(void *)c, job->ldc * 4);          \
                    continue;                                                                      \
                }                                                                                  \
                product(left, right, job->depth, (int32_t *)(void *)sums, sizeof sums[0]);         \
                for (size_t r = 0; r < rows; r++, c += job->ldc)                                   \
                    for (size_t x = 0; x < columns; x++)                                           \
                        c[x] = job->accumulate ? c[x] + sums[r][x] : sums[r][x];                   \
            }                                                                                      \
        }                                                                                          \
        _tile_release();                                                                           \
    }
TILES(tiles_bf16_amx, float, product_bf16)
TILES(tiles_bytes_amx, int32_t, product_bytes)

/* Rows of A one after another in strips of 32, each as long as the packed depth. */
TARGET static void pack_a_rows(const struct gemm_pack *job, size_t group, unsigned flip) {
    size_t bytes = 4 / group, depth = (job->depth + group - 1) / group;
    size_t rows = (job->count + 2 * SIDE - 1) / (2 * SIDE) * (2 * SIDE);
    uint8_t *to = job->to;
    for (size_t i = 0; i < rows; i++, to += depth * 4) {
        size_t length = i < job->count ? job->depth * bytes : 0;
        const uint8_t *from = (const uint8_t *)job->from + i * job->across * bytes;
        if (job->along == 1)
            for (size_t p = 0; p < length; p++) to[p] = (uint8_t)(from[p] ^ flip);
        else
            for (size_t p = 0; p * bytes < length; p++)
                memcpy(to + p * bytes, from + p * job->along * bytes, bytes);
        memset(to + length, 0, depth * 4 - length);
    }
}
TARGET static void pack_a_bf16_amx(const struct gemm_pack *job) { pack_a_rows(job, 2, 0); }
TARGET static void pack_a_bytes_amx(const struct gemm_pack *job) {
    pack_a_rows(job, 4, job->is_signed ? 0x80 : 0);
}

/* All but packing A and multiplying is as with vectors. */
#define OWN_TILES
#define TYPE bytes
#define T int32_t
#define I int32_t
#define GROUP 4
#define A_IS_SIGNED 0
#define B_IS_SIGNED 1
#include "templates/gemm_bytes.h"

#define TYPE bf16
#define T float
#define I int32_t
#include "templates/gemm_pairs.h"

const struct gemm_kernels cpusimd_gemm_amx_bytes = BYTES(bytes, 4, UNSIGNED_BYTES, SIGNED_BYTES);
const struct gemm_kernels cpusimd_gemm_amx_bf16 = PAIRS;
#else
typedef int cpusimd_no_gemm_amx; /* a translation unit must not be empty */
#endif
