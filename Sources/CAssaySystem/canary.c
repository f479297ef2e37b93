#include "assay_system.h"

void assay_clock_pairs(int32_t clock, uint32_t *cost, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint64_t before = assay_clock_ns(clock);
        uint64_t after = assay_clock_ns(clock);
        uint64_t difference = after - before;
        cost[i] = difference > UINT32_MAX ? UINT32_MAX : (uint32_t)difference;
    }
}

uint64_t assay_canary_chain(uint64_t steps, int32_t clock) {
    uint64_t x = 3;
    uint64_t before = assay_clock_ns(clock);
    for (uint64_t i = 0; i < steps; i += 8) {
#if defined(__x86_64__)
        /* imul of a register by itself: no rename-time folding can shorten the chain */
        __asm__ volatile(
            "imul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0\n\t"
            "imul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0"
            : "+r"(x));
#elif defined(__aarch64__)
        __asm__ volatile(
            "mul %0, %0, %0\n\tmul %0, %0, %0\n\tmul %0, %0, %0\n\tmul %0, %0, %0\n\t"
            "mul %0, %0, %0\n\tmul %0, %0, %0\n\tmul %0, %0, %0\n\tmul %0, %0, %0"
            : "+r"(x));
#else
        for (int k = 0; k < 8; k++) x *= x | 1;
#endif
    }
    uint64_t after = assay_clock_ns(clock);
    __asm__ volatile("" : : "r"(x));
    return after - before;
}

#if defined(__x86_64__)
#define VECTOR(v) "+x"(v)
#else
#define VECTOR(v) "+w"(v)
#endif

typedef float lanes __attribute__((vector_size(16)));

uint64_t assay_canary_throughput(uint64_t rounds, int32_t clock) {
    /* Twelve chains of a multiplication and an addition: enough to keep two units busy, so that a
     * neighbour on the same core's units halves the rate. */
    lanes a[12];
    for (int k = 0; k < 12; k++) a[k] = (lanes){(float)k, 1, 2, 3};
    lanes b = {0.5f, 0.25f, 0.5f, 0.25f};
    uint64_t before = assay_clock_ns(clock);
    for (uint64_t i = 0; i < rounds; i++) {
        /* opaque operands each round, or the compiler would fold the recurrences */
        __asm__ volatile("" : VECTOR(a[0]), VECTOR(a[1]), VECTOR(a[2]), VECTOR(a[3]), VECTOR(b));
        for (int k = 0; k < 12; k++) a[k] = a[k] * b + b;
    }
    uint64_t after = assay_clock_ns(clock);
    for (int k = 0; k < 12; k++) __asm__ volatile("" : VECTOR(a[k]));
    return after - before;
}

uint64_t assay_canary_memory(const void *buffer, uint64_t bytes, int32_t clock) {
    const volatile uint64_t *words = (const volatile uint64_t *)buffer;
    uint64_t sum = 0;
    uint64_t before = assay_clock_ns(clock);
    for (uint64_t i = 0; i < bytes / 8; i += 8) sum += words[i];
    uint64_t after = assay_clock_ns(clock);
    __asm__ volatile("" : : "r"(sum));
    return after - before;
}

uint32_t assay_float_control(void) {
#if defined(__x86_64__)
    uint32_t word;
    __asm__ volatile("stmxcsr %0" : "=m"(word));
    return word & ~0x3fu; /* without the sticky exception flags, which any arithmetic sets */
#elif defined(__aarch64__)
    uint64_t word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    return (uint32_t)word;
#else
    return 0;
#endif
}
