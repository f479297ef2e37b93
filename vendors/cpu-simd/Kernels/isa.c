/* Which instruction sets this process may use. Feature bits and XCR0 decide, never the family or
 * model number: virtual machines lie about those. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cpu_simd.h"
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const names[CPUSIMD_ISA_COUNT] = {"scalar", "sse", "avx2", "avx512", "neon"};

const char *cpusimd_isa_name(int isa) {
    return isa >= 0 && isa < CPUSIMD_ISA_COUNT ? names[isa] : "unknown";
}

int cpusimd_isa_named(const char *name) {
    for (int i = 0; i < CPUSIMD_ISA_COUNT; i++)
        if (strcmp(names[i], name) == 0) return i;
    return -1;
}

#if defined(__x86_64__)
#include <cpuid.h>

/* XCR0 says which registers the operating system saves: bits 1-2 SSE and AVX, 5-7 AVX-512. */
static uint64_t saved_state(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return 0;
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

int cpusimd_has_fma(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    return (c & bit_FMA) && (c & bit_AVX) && (saved_state() & 0x6) == 0x6;
}

int cpusimd_isa_best(void) {
    unsigned a, b, c, d;
    const unsigned wanted512 = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
    if (!cpusimd_has_fma() || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return CPUSIMD_SSE;
    if (!(b & bit_AVX2)) return CPUSIMD_SSE;
    int wide = (b & wanted512) == wanted512 && (saved_state() & 0xe6) == 0xe6;
    return wide ? CPUSIMD_AVX512 : CPUSIMD_AVX2;
}
#elif defined(__aarch64__)
int cpusimd_has_fma(void) { return 1; }
int cpusimd_isa_best(void) { return CPUSIMD_NEON; }
#else
int cpusimd_has_fma(void) { return 0; }
int cpusimd_isa_best(void) { return CPUSIMD_SCALAR; }
#endif

int cpusimd_isa_allowed(int isa, int limit) {
    if (isa == CPUSIMD_SCALAR) return 1;
    if (isa == CPUSIMD_NEON || limit == CPUSIMD_NEON) return isa == limit;
    return isa > 0 && isa <= limit && isa <= cpusimd_isa_best();
}

void cpusimd_processor_name(char *out, size_t capacity) {
    snprintf(out, capacity, "CPU");
    FILE *file = fopen("/proc/cpuinfo", "re");
    if (!file) return;
    char line[512];
    while (fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon) continue;
        line[strcspn(line, "\n")] = 0;
        snprintf(out, capacity, "%s", colon + (colon[1] == ' ' ? 2 : 1));
        break;
    }
    fclose(file);
}

int cpusimd_cpus_allowed(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

uint64_t cpusimd_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
