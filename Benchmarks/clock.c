/* The clock, measured while a peak kernel's own instructions run beside: a chain of dependent
 * multiplications (3 cycles each) or additions (1 cycle each) is what the loop waits for.
 * `add $1, reg` would not do: some cores fold it away at renaming. */
#include <stdint.h>
#include <string.h>
#include <time.h>

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#if defined(__x86_64__)
/* 24 instructions in 30 cycles: busy, and yet never what the loop waits for. */
#define MULTIPLY3 "imul %[x], %[x]\n\t"
#define ADD3 "add %[x], %[x]\n\tadd %[x], %[x]\n\tadd %[x], %[x]\n\t"
#define FILL(s, r, a, b, c, d)                                                                     \
    s " %%" r "15, %%" r "15, %%" r #a "\n\t" s " %%" r "15, %%" r "15, %%" r #b "\n\t"            \
    s " %%" r "15, %%" r "15, %%" r #c "\n\t" s " %%" r "15, %%" r "15, %%" r #d "\n\t"
#define BODY(s, r, step)                                                                           \
    step FILL(s, r, 0, 1, 2, 3) step step FILL(s, r, 4, 5, 6, 7) step step                         \
    FILL(s, r, 8, 9, 10, 11) step step FILL(s, r, 0, 1, 2, 3) step FILL(s, r, 4, 5, 6, 7) step     \
    FILL(s, r, 8, 9, 10, 11) step
#define LOOP(target, s, r, step)                                                                   \
    __asm__ volatile("1:\n\t" BODY(s, r, step) "dec %[n]\n\tjnz 1b"                                \
                     : [n] "+r"(n), [x] "+r"(x)                                                    \
                     :                                                                             \
                     : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",       \
                       "xmm8", "xmm9", "xmm10", "xmm11", "xmm15")
#define CLOCK(name, target_name, s, r)                                                             \
    __attribute__((target(target_name))) static double name(uint64_t loops, int additions) {       \
        uint64_t n = loops, x = 3;                                                                 \
        __asm__ volatile("vxorps %%xmm0, %%xmm0, %%xmm0\n\tvzeroall" ::                            \
                             : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",     \
                               "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",        \
                               "xmm15");                                                           \
        double start = seconds();                                                                  \
        if (additions) LOOP(target_name, s, r, ADD3);                                              \
        else LOOP(target_name, s, r, MULTIPLY3);                                                   \
        double hertz = 30.0 * (double)loops / (seconds() - start);                                 \
        __asm__ volatile("vzeroupper");                                                            \
        return hertz;                                                                              \
    }
CLOCK(clock_scalar, "fma", "vfmadd213ss", "xmm")
CLOCK(clock_sse, "fma", "vfmadd213ps", "xmm")
CLOCK(clock_avx2, "avx2,fma", "vfmadd213ps", "ymm")
CLOCK(clock_avx512, "avx512f", "vfmadd213ps", "zmm")
CLOCK(clock_f16, "avx512f", "vfmadd213ph", "zmm")
CLOCK(clock_bf16, "avx512f", "vdpbf16ps", "zmm")
CLOCK(clock_i8, "avx512f", "vpdpbusd", "zmm")
CLOCK(clock_i16, "avx512f", "vpdpwssd", "zmm")
CLOCK(clock_i32, "avx512f", "vpmulld", "zmm")
CLOCK(clock_i8_avx2, "avx2", "vpmaddubsw", "ymm")
CLOCK(clock_i16_avx2, "avx2", "vpmaddwd", "ymm")
CLOCK(clock_i32_avx2, "avx2", "vpmulld", "ymm")

/* A product of tiles takes 16 cycles: two of them in 36. */
#define TILE_CHAIN(step) step step step step step step step step step step step step
#define TILE_LOOP(step)                                                                            \
    __asm__ volatile("ldtilecfg (%[config])\n\ttilezero %%tmm0\n\ttilezero %%tmm1\n\t"             \
                     "tilezero %%tmm2\n\ttilezero %%tmm3\n1:\n\t"                                  \
                     "tdpbf16ps %%tmm3, %%tmm2, %%tmm0\n\t"                                        \
                     "tdpbf16ps %%tmm3, %%tmm2, %%tmm1\n\t" TILE_CHAIN(step)                       \
                     "dec %[n]\n\tjnz 1b\n\ttilerelease"                                           \
                     : [n] "+r"(n), [x] "+r"(x)                                                    \
                     : [config] "r"(config)                                                        \
                     : "cc", "memory")
static double clock_tile(uint64_t loops, int additions) {
    _Alignas(64) uint8_t config[64] = {1};
    for (int i = 0; i < 8; i++) config[16 + 2 * i] = 64, config[48 + i] = 16;
    uint64_t n = loops, x = 3;
    double start = seconds();
    if (additions) TILE_LOOP(ADD3);
    else TILE_LOOP(MULTIPLY3);
    return 36.0 * (double)loops / (seconds() - start);
}

static const struct {
    const char *kernel;
    double (*clock)(uint64_t loops, int additions);
} clocks[] = {
    {"fma-f16-avx512", clock_f16},       {"dot-bf16-avx512", clock_bf16},
    {"dot-i8-avx512", clock_i8},         {"dot-i16-avx512", clock_i16},
    {"muladd-i32-avx512", clock_i32},    {"madd-i8-avx2", clock_i8_avx2},
    {"madd-i16-avx2", clock_i16_avx2},   {"muladd-i32-avx2", clock_i32_avx2},
    {"-amx", clock_tile},                {"-avx512", clock_avx512},
    {"-avx2", clock_avx2},               {"-sse", clock_sse},
    {"-scalar", clock_scalar},
};

/* The clock in hertz beside the first kernel whose name ends like that; 0 where there is none. */
double measured_clock(const char *kernel, uint64_t loops, int additions) {
    for (unsigned i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        size_t length = strlen(kernel), end = strlen(clocks[i].kernel);
        if (length >= end && strcmp(kernel + length - end, clocks[i].kernel) == 0)
            return clocks[i].clock(loops, additions);
    }
    return 0;
}
#else
double measured_clock(const char *kernel, uint64_t loops, int additions) {
    (void)kernel, (void)loops, (void)additions, (void)seconds;
    return 0;
}
#endif
