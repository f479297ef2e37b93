/* Peak kernels of x86-64: 12 independent accumulators in registers, two rounds a loop, no memory.
 *
 * Assembly, because a compiler that sees through the seeds deletes chains, and because the order
 * of the instructions matters: two dependent ones back to back cost a tenth. 12 accumulators are
 * enough for two pipes of latency 6. Operands come from memory that the compiler cannot see
 * through, and every step adds exactly 1 to each lane, so that lanes count the steps executed. */
typedef float f32x4 __attribute__((vector_size(16)));
typedef double f64x2 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));
typedef float f32x8 __attribute__((vector_size(32)));
typedef double f64x4 __attribute__((vector_size(32)));
typedef int32_t i32x8 __attribute__((vector_size(32)));
typedef float f32x16 __attribute__((vector_size(64)));
typedef double f64x8 __attribute__((vector_size(64)));
typedef int32_t i32x16 __attribute__((vector_size(64)));

/* Steps of accumulator r: x = x * 1 + 1 in each lane. */
#define FMA(suffix, r) "vfmadd213" suffix " %[a], %[a], %" r "\n\t"
#define FMA_SS(r) FMA("ss", r)
#define FMA_SD(r) FMA("sd", r)
#define FMA_PS(r) FMA("ps", r)
#define FMA_PD(r) FMA("pd", r)
#define FMA_PH(r) FMA("ph", r)
/* Without fused multiply-add the same work is a multiplication and an addition. */
#define PAIR(suffix, r) "mul" suffix " %[a], %" r "\n\tadd" suffix " %[a], %" r "\n\t"
#define PAIR_SS(r) PAIR("ss", r)
#define PAIR_SD(r) PAIR("sd", r)
#define PAIR_PS(r) PAIR("ps", r)
#define PAIR_PD(r) PAIR("pd", r)
/* Dot products of 2 or 4 neighbours, added to a lane of 32 bits. */
#define DOT_BF16(r) "vdpbf16ps %[b], %[a], %" r "\n\t"
#define DOT_I16(r) "vpdpwssd %[b], %[a], %" r "\n\t"
#define DOT_I8(r) "vpdpbusd %[b], %[a], %" r "\n\t"
#define DOT_I8_VEX(r) "%{vex%} vpdpbusd %[b], %[a], %" r "\n\t"
/* The same in more than one instruction, where there is none for it. */
#define ADD(r) "vpaddd %[t], %" r ", %" r "\n\t"
#define MADD_I16(r) "vpmaddwd %[b], %[a], %[t]\n\t" ADD(r)
#define MADD_I8(r) "vpmaddubsw %[b], %[a], %[t]\n\tvpmaddwd %[c], %[t], %[t]\n\t" ADD(r)
#define MADD_I16_SSE(r) "movdqa %[a], %[t]\n\tpmaddwd %[b], %[t]\n\tpaddd %[t], %" r "\n\t"
#define MADD_I8_SSE(r)                                                                             \
    "movdqa %[a], %[t]\n\tpmaddubsw %[b], %[t]\n\tpmaddwd %[c], %[t]\n\tpaddd %[t], %" r "\n\t"
/* A product apart from the sum, so that its latency of ten cycles is no chain. */
#define MULADD_I32(r) "vpmulld %[b], %[a], %[t]\n\t" ADD(r)
#define MULADD_I32_SSE(r) "movdqa %[a], %[t]\n\tpmulld %[b], %[t]\n\tpaddd %[t], %" r "\n\t"

#define X86_ROUND(STEP)                                                                            \
    STEP("0") STEP("1") STEP("2") STEP("3") STEP("4") STEP("5")                                    \
    STEP("6") STEP("7") STEP("8") STEP("9") STEP("10") STEP("11")

/* LANE: the type of a lane; A, B: operands; RESTART: rounds that a lane can count; SUM(x): adds an
 * accumulator's lanes to `total`. */
#define X86_KERNEL_OF(NAME, FEATURES, VECTOR, LANE, A, B, STEP, RESTART, SUM)                      \
    __attribute__((target(FEATURES))) static double NAME(uint64_t rounds) {                        \
        double total = 0;                                                                          \
        VECTOR first, second, third, spare;                                                        \
        repeat(&first, sizeof first, A);                                                           \
        repeat(&second, sizeof second, B);                                                         \
        repeat(&third, sizeof third, peak_ones_i16);                                               \
        __asm__ volatile("" : "+m"(first), "+m"(second), "+m"(third));                             \
        while (rounds > 0) {                                                                       \
            uint64_t loops = (rounds < (RESTART) ? rounds : (RESTART)) / 2;                        \
            rounds -= 2 * loops;                                                                   \
            VECTOR x[12];                                                                          \
            __builtin_memset(x, 0, sizeof x);                                                      \
            __asm__ volatile(                                                                      \
                ".p2align 5\n"                                                                     \
                "1:\n\t" X86_ROUND(STEP) X86_ROUND(STEP) "dec %[n]\n\t"                            \
                "jnz 1b"                                                                           \
                : "+x"(x[0]), "+x"(x[1]), "+x"(x[2]), "+x"(x[3]), "+x"(x[4]), "+x"(x[5]),          \
                  "+x"(x[6]), "+x"(x[7]), "+x"(x[8]), "+x"(x[9]), "+x"(x[10]), "+x"(x[11]),        \
                  [n] "+r"(loops), [t] "=&x"(spare)                                                \
                : [a] "x"(first), [b] "x"(second), [c] "m"(third)                                  \
                : "cc");                                                                           \
            SUM(x, VECTOR, LANE)                                                                   \
        }                                                                                          \
        return total;                                                                              \
    }
#define SUM_LANES(x, VECTOR, LANE)                                                                 \
    for (int i = 0; i < 12; i++)                                                                   \
        for (size_t j = 0; j < sizeof(VECTOR) / sizeof(LANE); j++)                                 \
            total += ((const LANE *)&(x)[i])[j];
#define X86_KERNEL(NAME, FEATURES, VECTOR, LANE, A, B, STEP)                                       \
    X86_KERNEL_OF(NAME, FEATURES, VECTOR, LANE, A, B, STEP, PEAK_RESTART, SUM_LANES)

/* Half precision counts to 2048 only, so its sums must be quick: three instructions for each. */
#define SUM_F16(x, VECTOR, LANE)                                                                   \
    VECTOR sum = {0}, each;                                                                        \
    for (int i = 0; i < 12; i++)                                                                   \
        __asm__("vcvtph2w %[x], %[t]\n\tvpmaddwd %[one], %[t], %[t]\n\tvpaddd %[t], %[s], %[s]"    \
                : [s] "+x"(sum), [t] "=&x"(each)                                                   \
                : [x] "x"((x)[i]), [one] "x"(third));                                              \
    for (size_t j = 0; j < sizeof(VECTOR) / sizeof(LANE); j++) total += ((const LANE *)&sum)[j];

X86_KERNEL(fma_f32_scalar, "fma", float, float, peak_ones_f32, peak_ones_f32, FMA_SS)
X86_KERNEL(fma_f64_scalar, "fma", double, double, peak_ones_f64, peak_ones_f64, FMA_SD)
X86_KERNEL(fma_f32_sse, "fma", f32x4, float, peak_ones_f32, peak_ones_f32, FMA_PS)
X86_KERNEL(fma_f64_sse, "fma", f64x2, double, peak_ones_f64, peak_ones_f64, FMA_PD)
X86_KERNEL(fma_f32_avx2, "avx2,fma", f32x8, float, peak_ones_f32, peak_ones_f32, FMA_PS)
X86_KERNEL(fma_f64_avx2, "avx2,fma", f64x4, double, peak_ones_f64, peak_ones_f64, FMA_PD)
X86_KERNEL(fma_f32_avx512, "avx512f", f32x16, float, peak_ones_f32, peak_ones_f32, FMA_PS)
X86_KERNEL(fma_f64_avx512, "avx512f", f64x8, double, peak_ones_f64, peak_ones_f64, FMA_PD)
X86_KERNEL(muladd_f32_scalar, "sse2", float, float, peak_ones_f32, peak_ones_f32, PAIR_SS)
X86_KERNEL(muladd_f64_scalar, "sse2", double, double, peak_ones_f64, peak_ones_f64, PAIR_SD)
X86_KERNEL(muladd_f32_sse, "sse2", f32x4, float, peak_ones_f32, peak_ones_f32, PAIR_PS)
X86_KERNEL(muladd_f64_sse, "sse2", f64x2, double, peak_ones_f64, peak_ones_f64, PAIR_PD)
X86_KERNEL_OF(fma_f16_avx512, "avx512f,avx512bw", i32x16, int32_t, peak_ones_f16, peak_ones_f16,
              FMA_PH, PEAK_RESTART_F16, SUM_F16)
X86_KERNEL(dot_bf16_avx512, "avx512f", f32x16, float, peak_bf16_a, peak_bf16_b, DOT_BF16)
X86_KERNEL(muladd_i32_sse, "sse4.1", i32x4, int32_t, peak_i32_a, peak_i32_b, MULADD_I32_SSE)
X86_KERNEL(muladd_i32_avx2, "avx2", i32x8, int32_t, peak_i32_a, peak_i32_b, MULADD_I32)
X86_KERNEL(muladd_i32_avx512, "avx512f", i32x16, int32_t, peak_i32_a, peak_i32_b, MULADD_I32)
X86_KERNEL(madd_i16_sse, "sse2", i32x4, int32_t, peak_i16_a, peak_i16_b, MADD_I16_SSE)
X86_KERNEL(madd_i16_avx2, "avx2", i32x8, int32_t, peak_i16_a, peak_i16_b, MADD_I16)
X86_KERNEL(madd_i16_avx512, "avx512f", i32x16, int32_t, peak_i16_a, peak_i16_b, MADD_I16)
X86_KERNEL(dot_i16_avx512, "avx512f", i32x16, int32_t, peak_i16_a, peak_i16_b, DOT_I16)
X86_KERNEL(madd_i8_sse, "ssse3", i32x4, int32_t, peak_u8_a, peak_i8_b, MADD_I8_SSE)
X86_KERNEL(madd_i8_avx2, "avx2", i32x8, int32_t, peak_u8_a, peak_i8_b, MADD_I8)
X86_KERNEL(madd_i8_avx512, "avx512f", i32x16, int32_t, peak_u8_a, peak_i8_b, MADD_I8)
X86_KERNEL(dot_i8_avx2, "avx2", i32x8, int32_t, peak_u8_a, peak_i8_b, DOT_I8_VEX)
X86_KERNEL(dot_i8_avx512, "avx512f", i32x16, int32_t, peak_u8_a, peak_i8_b, DOT_I8)

/* Six chains twice are a round here: one multiplier of latency 3 or 4 needs no more, and there are
 * not twelve general registers. */
#define SCALAR_STEP(r) "mov %k[a], %k[t]\n\timul %k[b], %k[t]\n\tadd %k[t], %k" r "\n\t"
#define SCALAR_SIX                                                                                 \
    SCALAR_STEP("0") SCALAR_STEP("1") SCALAR_STEP("2") SCALAR_STEP("3") SCALAR_STEP("4")           \
    SCALAR_STEP("5")

static double muladd_i32_scalar(uint64_t rounds) {
    double total = 0;
    while (rounds > 0) {
        uint64_t loops = (rounds < PEAK_RESTART ? rounds : PEAK_RESTART) / 2;
        rounds -= 2 * loops;
        uint64_t x0 = 0, x1 = 0, x2 = 0, x3 = 0, x4 = 0, x5 = 0, spare;
        uint32_t a = peak_i32_a[0], b = peak_i32_b[0];
        __asm__ volatile(".p2align 5\n"
                         "1:\n\t" SCALAR_SIX SCALAR_SIX SCALAR_SIX SCALAR_SIX "dec %[n]\n\t"
                         "jnz 1b"
                         : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5),
                           [n] "+r"(loops), [t] "=&r"(spare)
                         : [a] "r"(a), [b] "r"(b)
                         : "cc");
        total += (double)(x0 + x1 + x2 + x3 + x4 + x5);
    }
    return total;
}

/* ---- tiles ---------------------------------------------------------------------------------- */
/* Products of two tiles of 16 rows of 64 bytes, added to a tile of 16 x 16 lanes: four accumulators
 * hide the latency of 52 cycles at one product in 16. A round is each of them four times. */
struct tile_config {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
};

/* Row k of the second factor holds, for each column, the neighbours that meet the first factor's
 * k-th group of four bytes; so groups of 16 bytes repeat along k in both. */
static void fill_tiles(uint8_t *first, uint8_t *second, const void *a, const void *b) {
    for (int row = 0; row < 16; row++)
        for (int i = 0; i < 64; i++) {
            first[64 * row + i] = ((const uint8_t *)a)[i % 16];
            second[64 * row + i] = ((const uint8_t *)b)[4 * (row % 4) + i % 4];
        }
}

#define TILE_FOUR(text)                                                                            \
    text " %%tmm6, %%tmm4, %%tmm0\n\t" text " %%tmm7, %%tmm4, %%tmm1\n\t"                          \
    text " %%tmm6, %%tmm5, %%tmm2\n\t" text " %%tmm7, %%tmm5, %%tmm3\n\t"
#define TILE_KERNEL(NAME, LANE, A, B, TEXT)                                                        \
    static double NAME(uint64_t rounds) {                                                          \
        double total = 0;                                                                          \
        _Alignas(64) uint8_t first[1024], second[1024];                                            \
        _Alignas(64) LANE sums[4][256];                                                            \
        _Alignas(64) struct tile_config config = {.palette = 1};                                   \
        for (int i = 0; i < 8; i++) config.row_bytes[i] = 64, config.rows[i] = 16;                 \
        fill_tiles(first, second, A, B);                                                           \
        while (rounds > 0) {                                                                       \
            /* A step adds 16 to each lane. */                                                     \
            uint64_t loops = rounds < PEAK_RESTART / 64 ? rounds : PEAK_RESTART / 64;              \
            rounds -= loops;                                                                       \
            LANE *to = sums[0];                                                                    \
            __asm__ volatile(                                                                      \
                "ldtilecfg (%[config])\n\t"                                                        \
                "tilezero %%tmm0\n\ttilezero %%tmm1\n\ttilezero %%tmm2\n\ttilezero %%tmm3\n\t"     \
                "tileloadd (%[a], %[s], 1), %%tmm4\n\ttileloadd (%[a], %[s], 1), %%tmm5\n\t"       \
                "tileloadd (%[b], %[s], 1), %%tmm6\n\ttileloadd (%[b], %[s], 1), %%tmm7\n\t"       \
                ".p2align 5\n"                                                                     \
                "1:\n\t" TILE_FOUR(TEXT) TILE_FOUR(TEXT) TILE_FOUR(TEXT) TILE_FOUR(TEXT)           \
                "dec %[n]\n\tjnz 1b\n\t"                                                           \
                "tilestored %%tmm0, (%[to], %[s], 1)\n\t"                                          \
                "tilestored %%tmm1, 1024(%[to], %[s], 1)\n\t"                                      \
                "tilestored %%tmm2, 2048(%[to], %[s], 1)\n\t"                                      \
                "tilestored %%tmm3, 3072(%[to], %[s], 1)\n\t"                                      \
                "tilerelease"                                                                      \
                : [n] "+r"(loops)                                                                  \
                : [config] "r"(&config), [a] "r"(first), [b] "r"(second), [to] "r"(to),            \
                  [s] "r"((uint64_t)64)                                                            \
                : "cc", "memory");                                                                 \
            for (int i = 0; i < 4; i++)                                                            \
                for (int j = 0; j < 256; j++) total += sums[i][j];                                 \
        }                                                                                          \
        return total;                                                                              \
    }
TILE_KERNEL(tile_bf16_amx, float, peak_bf16_a, peak_bf16_b, "tdpbf16ps")
TILE_KERNEL(tile_f16_amx, float, peak_f16_a, peak_f16_b, "tdpfp16ps")
TILE_KERNEL(tile_i8_amx, int32_t, peak_u8_a, peak_i8_b, "tdpbusd")
