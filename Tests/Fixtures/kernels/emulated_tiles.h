/* What the instructions for tiles do, in C: whole tiles only, as gemm_amx.c uses them. */
#include <stdint.h>
#include <string.h>

static _Thread_local char emulated[8][16][64];

#undef _tile_loadconfig
#undef _tile_release
#undef _tile_zero
#undef _tile_loadd
#undef _tile_stored
#undef _tile_dpbf16ps
#undef _tile_dpbusd
#define _tile_loadconfig(shapes) ((void)(shapes))
#define _tile_release() ((void)0)
#define _tile_zero(tile) memset(emulated[tile], 0, sizeof emulated[tile])
#define _tile_loadd(tile, from, step) emulated_move(tile, (char *)(from), step, 1)
#define _tile_stored(tile, to, step) emulated_move(tile, (char *)(to), step, 0)
#define _tile_dpbf16ps(c, a, b) emulated_product(c, a, b, 1)
#define _tile_dpbusd(c, a, b) emulated_product(c, a, b, 0)

static void emulated_move(int tile, char *memory, size_t step, int loads) {
    for (int i = 0; i < 16; i++) {
        if (loads) memcpy(emulated[tile][i], memory + (size_t)i * step, 64);
        else memcpy(memory + (size_t)i * step, emulated[tile][i], 64);
    }
}

static float emulated_single(const void *cell, int half) {
    uint16_t stored;
    memcpy(&stored, (const char *)cell + 2 * half, 2);
    uint32_t bits = (uint32_t)stored << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

static void emulated_product(int c, int a, int b, int floats) {
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 16; j++)
            for (int k = 0; k < 16; k++) {
                const char *left = emulated[a][i] + 4 * k, *right = emulated[b][k] + 4 * j;
                char *to = emulated[c][i] + 4 * j;
                float single;
                int32_t whole;
                memcpy(&single, to, 4), memcpy(&whole, to, 4);
                for (int t = 0; t < (floats ? 2 : 4); t++) {
                    if (floats) single += emulated_single(left, t) * emulated_single(right, t);
                    else whole += (uint8_t)left[t] * (int8_t)right[t];
                }
                if (floats) memcpy(to, &single, 4);
                else memcpy(to, &whole, 4);
            }
}
