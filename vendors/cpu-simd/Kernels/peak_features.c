/* Which of the features behind peak kernels this process may use. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "peak_features.h"
#include "cpu_simd.h"
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *peak_missing(uint32_t wanted, uint32_t had) {
#define PEAK_ROW(name, bit, text)                                                                  \
    if (wanted & ~had & PEAK_##name) return text;
    PEAK_FEATURES(PEAK_ROW)
#undef PEAK_ROW
    return NULL;
}

#if defined(__x86_64__)
#include <cpuid.h>

/* XCR0: bits 1-2 SSE and AVX, 5-7 AVX-512, 17-18 tiles. */
#define SAVED_AVX 0x6u
#define SAVED_AVX512 0xe6u
#define SAVED_TILES 0x60000u

static uint64_t saved_state(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 27))) return 0;
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

/* Linux saves tiles only for a process that asked: arch_prctl(ARCH_REQ_XCOMP_PERM, XTILEDATA). */
static int tiles_granted(void) { return syscall(SYS_arch_prctl, 0x1023, 18) == 0; }

static uint32_t tile_features(unsigned leaf7_d, unsigned leaf7_1_a) {
    uint32_t found = PEAK_AMX;
    if (leaf7_d & (1u << 22)) found |= PEAK_AMX_BF16;
    if (leaf7_d & (1u << 25)) found |= PEAK_AMX_INT8;
    if (leaf7_1_a & (1u << 21)) found |= PEAK_AMX_FP16;
    return found | (tiles_granted() ? PEAK_TILES : 0);
}

uint32_t peak_features(void) {
    unsigned a, b, c, d, first_c, second_a = 0;
    uint32_t found = 0;
    uint64_t saved = saved_state();
    if (!__get_cpuid(1, &a, &b, &first_c, &d)) return 0;
    if (first_c & (1u << 9)) found |= PEAK_SSSE3;
    if (first_c & (1u << 19)) found |= PEAK_SSE41;
    if ((saved & SAVED_AVX) != SAVED_AVX) return found;
    if (first_c & (1u << 12)) found |= PEAK_FMA;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return found;
    unsigned subleaves = a, ignored;
    if (subleaves >= 1) __get_cpuid_count(7, 1, &second_a, &ignored, &ignored, &ignored);
    if (b & (1u << 5)) found |= PEAK_AVX2;
    if (second_a & (1u << 4)) found |= PEAK_AVX_VNNI;
    /* Foundation, doubleword, byte and vector-length instructions, as for the set "avx512". */
    const unsigned wanted = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
    if ((b & wanted) == wanted && (saved & SAVED_AVX512) == SAVED_AVX512) {
        found |= PEAK_AVX512;
        if (c & (1u << 11)) found |= PEAK_VNNI;
        if (second_a & (1u << 5)) found |= PEAK_BF16;
        if (d & (1u << 23)) found |= PEAK_FP16;
    }
    if ((d & (1u << 24)) && (saved & SAVED_TILES) == SAVED_TILES)
        found |= tile_features(d, second_a);
    return found;
}
#elif defined(__aarch64__)
#include <sys/auxv.h>

uint32_t peak_features(void) {
    unsigned long first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
    uint32_t found = PEAK_FMA;
    if (first & (1ul << 10)) found |= PEAK_NEON_FP16;
    if (first & (1ul << 20)) found |= PEAK_NEON_DOT;
    if (second & (1ul << 14)) found |= PEAK_NEON_BF16;
    return found;
}
#else
uint32_t peak_features(void) { return 0; }
#endif
