/* STREAM's kernels and two more, for every instruction set, shared over threads. */
#include "cpu_simd.h"
#include <stdatomic.h>

typedef double (*memory_kernel)(double *out, const double *a, const double *b, size_t count,
                                uint64_t repetitions, double scalar);

#if defined(__x86_64__)
#define ISA(name) name##_scalar
#define TARGET
#define VECTOR_BYTES 8
#define BATCH 1
#include "templates/memory.h"
#define ISA(name) name##_sse
#define TARGET
#define VECTOR_BYTES 16
#define BATCH 1
#include "templates/memory.h"
#define ISA(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define VECTOR_BYTES 32
#define BATCH 1
#include "templates/memory.h"
#define ISA(name) name##_avx512
#define TARGET __attribute__((target("avx512f")))
#define VECTOR_BYTES 64
#define BATCH 1
#include "templates/memory.h"
#else
#define ISA(name) name##_scalar
#define TARGET
#define VECTOR_BYTES 8
#define BATCH 1
#include "templates/memory.h"
#define ISA(name) name##_neon
#define TARGET
#define VECTOR_BYTES 16
#define BATCH 1
#include "templates/memory.h"
#endif

static const memory_kernel kernels[CPUSIMD_ISA_COUNT][CPUSIMD_MEMORY_COUNT][2] = {
    [CPUSIMD_SCALAR] = MEMORY_ROWS(scalar),
#if defined(__x86_64__)
    [CPUSIMD_SSE] = MEMORY_ROWS(sse),
    [CPUSIMD_AVX2] = MEMORY_ROWS(avx2),
    [CPUSIMD_AVX512] = MEMORY_ROWS(avx512),
#else
    [CPUSIMD_NEON] = MEMORY_ROWS(neon),
#endif
};

struct memory_call {
    const cpusimd_memory_job *job;
    memory_kernel kernel;
    _Atomic double sum;
};

static void memory_task(void *argument, int thread, int threads) {
    struct memory_call *call = argument;
    const cpusimd_memory_job *job = call->job;
    uint64_t blocks = job->count / 64;
    uint64_t low = blocks * (uint64_t)thread / (uint64_t)threads * 64;
    uint64_t high = blocks * ((uint64_t)thread + 1) / (uint64_t)threads * 64;
    if (high == low) return;
    double sum = call->kernel(job->out ? job->out + low : 0, job->a ? job->a + low : 0,
                              job->b ? job->b + low : 0, high - low, job->repetitions, job->scalar);
#if defined(__x86_64__)
    /* Non-temporal stores are weakly ordered: other cores must see them once the call returns. */
    if (job->non_temporal) __builtin_ia32_sfence();
#endif
    if (job->kernel != CPUSIMD_READ) return;
    double before = call->sum;
    while (!atomic_compare_exchange_weak(&call->sum, &before, before + sum)) {}
}

double cpusimd_memory_run(cpusimd_pool *pool, const cpusimd_memory_job *job) {
    struct memory_call call = {job, kernels[job->isa][job->kernel][job->non_temporal ? 1 : 0], 0};
    cpusimd_pool_run(pool, memory_task, &call);
    return call.sum;
}

int cpusimd_memory_aligned(const cpusimd_memory_job *job) {
    return (((uintptr_t)job->out | (uintptr_t)job->a | (uintptr_t)job->b) & 63) == 0;
}
