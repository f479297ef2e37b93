/* The table of operator kernels by instruction set. */
#include "operators.h"

static const struct operator_kernels *const tables[CPUSIMD_ISA_COUNT] = {
    [CPUSIMD_SCALAR] = cpusimd_operators_scalar,
#if defined(__x86_64__)
    [CPUSIMD_SSE] = cpusimd_operators_sse,
    [CPUSIMD_AVX2] = cpusimd_operators_avx2,
    [CPUSIMD_AVX512] = cpusimd_operators_avx512,
#elif defined(__aarch64__)
    [CPUSIMD_NEON] = cpusimd_operators_neon,
#endif
};

const struct operator_kernels *cpusimd_operators(int isa, int single) {
    return &tables[isa][single ? 1 : 0];
}
