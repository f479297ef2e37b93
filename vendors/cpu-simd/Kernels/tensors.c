/* The tables of tensor kernels by instruction set, and when stores go past the caches. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "tensors.h"
#include <stdatomic.h>
#include <unistd.h>

static const struct tensor_set *const sets[CPUSIMD_ISA_COUNT] = {
    [CPUSIMD_SCALAR] = &cpusimd_tensors_scalar,
#if defined(__x86_64__)
    [CPUSIMD_SSE] = &cpusimd_tensors_sse,
    [CPUSIMD_AVX2] = &cpusimd_tensors_avx2,
    [CPUSIMD_AVX512] = &cpusimd_tensors_avx512,
#elif defined(__aarch64__)
    [CPUSIMD_NEON] = &cpusimd_tensors_neon,
#endif
};

const struct tensor_set *cpusimd_tensor_set(int isa) { return sets[isa]; }

const struct tensor_kernels *cpusimd_tensor_kernels(cpusimd_kind kind) {
    return sets[kind.isa]->types[kind.type];
}

uint64_t cpusimd_type_bytes(int type) {
    static const uint8_t bytes[CPUSIMD_STORED_COUNT] = {8, 4, 2, 2, 8, 4, 1, 1,
                                                         1, 2, 8, 4, 2, 1, 1};
    return bytes[type];
}

int cpusimd_accumulator(int type) {
    return type == CPUSIMD_F16 || type == CPUSIMD_BF16 ? CPUSIMD_F32 : type;
}

int cpusimd_unary_exists(int type, int operation) {
    return sets[CPUSIMD_SCALAR]->types[type]->unary[operation] != 0;
}

int cpusimd_binary_exists(int type, int operation) {
    return sets[CPUSIMD_SCALAR]->types[type]->binary[operation] != 0;
}

/* What the last cache level is taken to hold. Virtual machines report the whole host's, of which
 * they get a part: more than 64 MiB is not believed, and where nothing is reported 32 MiB is. */
static uint64_t cached_bytes(void) {
    static _Atomic uint64_t known;
    uint64_t bytes = atomic_load_explicit(&known, memory_order_relaxed);
    if (bytes) return bytes;
    long reported = -1;
#if defined(_SC_LEVEL3_CACHE_SIZE)
    reported = sysconf(_SC_LEVEL3_CACHE_SIZE);
#endif
    bytes = reported > 0 ? (uint64_t)reported : (uint64_t)32 << 20;
    if (bytes < (uint64_t)4 << 20) bytes = (uint64_t)4 << 20;
    if (bytes > (uint64_t)64 << 20) bytes = (uint64_t)64 << 20;
    atomic_store_explicit(&known, bytes, memory_order_relaxed);
    return bytes;
}

int cpusimd_streams(uint64_t bytes) { return bytes > cached_bytes(); }

/* Non-temporal stores are weakly ordered: other cores must see them once the call returns. */
void cpusimd_stream_fence(int stream) {
#if defined(__x86_64__)
    if (stream) __builtin_ia32_sfence();
#else
    (void)stream;
#endif
}
