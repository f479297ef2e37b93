/* What peak kernels need beyond an instruction set's name. Feature bits and the state that the
 * operating system saves decide, never the family or model number. */
#include <stdint.h>

/* Sorted so that a missing feature of a kernel is named by its lowest bit. */
#define PEAK_FEATURES(row)                                                                         \
    row(FMA, 0, "FMA") row(SSSE3, 1, "SSSE3") row(SSE41, 2, "SSE4.1") row(AVX2, 3, "AVX2")         \
    row(AVX512, 4, "AVX-512") row(AVX_VNNI, 5, "AVX-VNNI") row(VNNI, 6, "AVX512_VNNI")             \
    row(BF16, 7, "AVX512_BF16") row(FP16, 8, "AVX512_FP16") row(AMX, 9, "AMX-TILE")                \
    row(AMX_BF16, 10, "AMX-BF16") row(AMX_INT8, 11, "AMX-INT8") row(AMX_FP16, 12, "AMX-FP16")      \
    row(TILES, 13, "the operating system's leave to use tiles")                                    \
    row(NEON_FP16, 16, "FEAT_FP16") row(NEON_DOT, 17, "FEAT_DotProd")                              \
    row(NEON_BF16, 18, "FEAT_BF16")
#define PEAK_FEATURE(name, bit, text) PEAK_##name = 1 << (bit),
enum peak_feature { PEAK_FEATURES(PEAK_FEATURE) PEAK_NOTHING = 0 };
#undef PEAK_FEATURE

/* The features of this CPU that this process may use. */
uint32_t peak_features(void);
/* The name of the first feature of `wanted` that is not in `had`; null where none is missing. */
const char *peak_missing(uint32_t wanted, uint32_t had);
