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
#define VECTOR_F32(r) "fmla v" r ".4s, v24.4s, v24.4s\n\t"
#define VECTOR_F64(r) "fmla v" r ".2d, v24.2d, v24.2d\n\t"

#define NEON_KERNEL(NAME, LANE, USED, STEP)                                                        \
    static double NAME(uint64_t rounds) {                                                          \
        enum { LANES = 16 / sizeof(LANE) };                                                        \
        double total = 0;                                                                          \
        LANE one[LANES], a[24 * LANES];                                                            \
        for (int i = 0; i < (int)LANES; i++) one[i] = 1;                                           \
        while (rounds > 0) {                                                                       \
            uint64_t loops = (rounds < PEAK_RESTART ? rounds : PEAK_RESTART) / 2;                  \
            rounds -= 2 * loops;                                                                   \
            LANE *to = a;                                                                          \
            __asm__ volatile(                                                                      \
                NEON_STEPS(NEON_CLEAR) "ldr q24, [%[one]]\n"                                       \
                "1:\n\t" NEON_STEPS(STEP) "subs %[n], %[n], #1\n\t"                                \
                "b.ne 1b\n\t" NEON_STEPS(NEON_SAVE)                                                \
                : [n] "+r"(loops), [to] "+r"(to)                                                   \
                : [one] "r"(one)                                                                   \
                : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9",      \
                  "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20",     \
                  "v21", "v22", "v23", "v24");                                                     \
            for (int i = 0; i < 24; i++)                                                           \
                for (int j = 0; j < (USED); j++) total += a[i * (int)LANES + j];                   \
        }                                                                                          \
        return total;                                                                              \
    }

NEON_KERNEL(neon_scalar_f32, float, 1, SCALAR_F32)
NEON_KERNEL(neon_scalar_f64, double, 1, SCALAR_F64)
NEON_KERNEL(neon_vector_f32, float, 4, VECTOR_F32)
NEON_KERNEL(neon_vector_f64, double, 2, VECTOR_F64)
