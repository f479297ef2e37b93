/* The clock, measured while multiply-adds of the given width run beside: a chain of dependent
 * multiplications (3 cycles each) or additions (1 cycle each) is what the loop waits for.
 * `add $1, reg` would not do: some cores fold it away at renaming. */
#include <stdint.h>
#include <time.h>

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#if defined(__x86_64__)
/* 24 multiply-adds in 30 cycles: busy, and yet never what the loop waits for. */
#define MULTIPLY3 "imul %[x], %[x]\n\t"
#define ADD3 "add %[x], %[x]\n\tadd %[x], %[x]\n\tadd %[x], %[x]\n\t"
#define FMAS(s, r, a, b, c, d)                                                                     \
    "vfmadd213" s " %%" r "15, %%" r "15, %%" r #a "\n\t"                                          \
    "vfmadd213" s " %%" r "15, %%" r "15, %%" r #b "\n\t"                                          \
    "vfmadd213" s " %%" r "15, %%" r "15, %%" r #c "\n\t"                                          \
    "vfmadd213" s " %%" r "15, %%" r "15, %%" r #d "\n\t"
#define BODY(s, r, step)                                                                           \
    step FMAS(s, r, 0, 1, 2, 3) step step FMAS(s, r, 4, 5, 6, 7) step step                         \
    FMAS(s, r, 8, 9, 10, 11) step step FMAS(s, r, 0, 1, 2, 3) step FMAS(s, r, 4, 5, 6, 7) step     \
    FMAS(s, r, 8, 9, 10, 11) step
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
CLOCK(clock_scalar, "fma", "ss", "xmm")
CLOCK(clock_sse, "fma", "ps", "xmm")
CLOCK(clock_avx2, "avx2,fma", "ps", "ymm")
CLOCK(clock_avx512, "avx512f", "ps", "zmm")

/* isa as in cpu_simd.h; the clock in hertz, 0 where it cannot be had. */
double measured_clock(int isa, uint64_t loops, int additions) {
    switch (isa) {
    case 0: return clock_scalar(loops, additions);
    case 1: return clock_sse(loops, additions);
    case 2: return clock_avx2(loops, additions);
    case 3: return clock_avx512(loops, additions);
    default: return 0;
    }
}
#else
double measured_clock(int isa, uint64_t loops, int additions) {
    (void)isa, (void)loops, (void)additions, (void)seconds;
    return 0;
}
#endif
