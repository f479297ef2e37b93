#ifndef ASSAY_CHWLOC_SHIM_H
#define ASSAY_CHWLOC_SHIM_H

#include <hwloc.h>

// Processor instructions that Swift cannot issue. Each reports absence instead of trapping.

#if defined(__x86_64__)
#include <cpuid.h>

/// Writes the hypervisor's 12-character signature and a NUL; returns 0 where none announces itself.
static inline int assay_hypervisor_signature(char signature[13]) {
    unsigned int eax, ebx, ecx, edx;
    signature[0] = 0;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & (1u << 31))) return 0;
    __cpuid(0x40000000, eax, ebx, ecx, edx);
    unsigned int words[3] = {ebx, ecx, edx};
    __builtin_memcpy(signature, words, 12);
    signature[12] = 0;
    return 1;
}

/// The register states that the operating system has enabled (XCR0); 0 where it cannot be read.
static inline unsigned long long assay_enabled_states(void) {
    unsigned int eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & (1u << 27))) return 0;
    __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
    return ((unsigned long long)edx << 32) | eax;
}
#else
static inline int assay_hypervisor_signature(char signature[13]) {
    signature[0] = 0;
    return 0;
}
static inline unsigned long long assay_enabled_states(void) { return 0; }
#endif

#endif
