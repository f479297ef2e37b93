/* Peak kernels of 64-bit Arm: 24 accumulators, since up to four pipes of latency 4 must be fed.
 * A round here is 12 steps as elsewhere; the loop makes two, one for each dozen. */
#define NEON_STEPS(text)                                                                           \
    text("0") text("1") text("2") text("3") text("4") text("5") text("6") text("7") text("8")      \
    text("9") text("10") text("11") text("12") text("13") text("14") text("15") text("16")         \
    text("17") text("18") text("19") text("20") text("21") text("22") text("23")
#define NEON_CLEAR(r) "movi v" r ".2d, #0\n\t"
#define NEON_SAVE(r) "str q" r ", [%[to]], #16\n\t"
#define SCALAR_F32(r) "fmadd s" r ", s24, s" r ", s24\n\t"
#define SCALAR_F64(r) "fmadd d" r ", d24, d" r ", d24\n\t"
/* fmla adds to its destination: x = x + 1 * 1, the same work and the same sum. */
#define VECTOR_F16(r) "fmla v" r ".8h, v24.8h, v25.8h\n\t"
#define VECTOR_F32(r) "fmla v" r ".4s, v24.4s, v25.4s\n\t"
#define VECTOR_F64(r) "fmla v" r ".2d, v24.2d, v25.2d\n\t"
#define VECTOR_I32(r) "mla v" r ".4s, v24.4s, v25.4s\n\t"
#define DOT_BF16(r) "bfdot v" r ".4s, v24.8h, v25.8h\n\t"
#define DOT_I8(r) "sdot v" r ".4s, v24.16b, v25.16b\n\t"

/* EXTENSION: a directive that lets the assembler know the instructions, or nothing. */
#define NEON_KERNEL(NAME, EXTENSION, LANE, USED, A, B, STEP, RESTART)                              \
    static double NAME(uint64_t rounds) {                                                          \
        enum { LANES = 16 / sizeof(LANE) };                                                        \
        int64_t total = 0;                                                                         \
        LANE x[24 * LANES];                                                                        \
        while (rounds > 0) {                                                                       \
            uint64_t loops = (rounds < (RESTART) ? rounds : (RESTART)) / 2;                        \
            rounds -= 2 * loops;                                                                   \
            LANE *to = x;                                                                          \
            __asm__ volatile(                                                                      \
                EXTENSION NEON_STEPS(NEON_CLEAR) "ldr q24, [%[a]]\n\tldr q25, [%[b]]\n"            \
                "1:\n\t" NEON_STEPS(STEP) "subs %[n], %[n], #1\n\t"                                \
                "b.ne 1b\n\t" NEON_STEPS(NEON_SAVE)                                                \
                : [n] "+r"(loops), [to] "+r"(to)                                                   \
                : [a] "r"(A), [b] "r"(B)                                                           \
                : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9",      \
                  "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20",     \
                  "v21", "v22", "v23", "v24", "v25");                                              \
            for (int i = 0; i < 24; i++)                                                           \
                for (int j = 0; j < (USED); j++) total += (int64_t)x[i * (int)LANES + j];          \
        }                                                                                          \
        return (double)total;                                                                      \
    }

NEON_KERNEL(fma_f32_scalar, "", float, 1, peak_ones_f32, peak_ones_f32, SCALAR_F32, PEAK_RESTART)
NEON_KERNEL(fma_f64_scalar, "", double, 1, peak_ones_f64, peak_ones_f64, SCALAR_F64, PEAK_RESTART)
NEON_KERNEL(fma_f32_neon, "", float, 4, peak_ones_f32, peak_ones_f32, VECTOR_F32, PEAK_RESTART)
NEON_KERNEL(fma_f64_neon, "", double, 2, peak_ones_f64, peak_ones_f64, VECTOR_F64, PEAK_RESTART)
NEON_KERNEL(fma_f16_neon, ".arch armv8.2-a+fp16\n\t", __fp16, 8, peak_ones_f16, peak_ones_f16,
            VECTOR_F16, PEAK_RESTART_F16)
NEON_KERNEL(dot_bf16_neon, ".arch armv8.2-a+bf16\n\t", float, 4, peak_bf16_a, peak_bf16_b,
            DOT_BF16, PEAK_RESTART)
NEON_KERNEL(muladd_i32_neon, "", int32_t, 4, peak_i32_a, peak_i32_b, VECTOR_I32, PEAK_RESTART)
NEON_KERNEL(dot_i8_neon, ".arch armv8.2-a+dotprod\n\t", int32_t, 4, peak_u8_a, peak_i8_b, DOT_I8,
            PEAK_RESTART)
