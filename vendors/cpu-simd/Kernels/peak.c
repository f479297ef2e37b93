/* Peak arithmetic: the most multiply-adds a core can do, by instruction set and width. */
#include "cpu_simd.h"
#include <stdatomic.h>

/* Rounds after which accumulators are summed and start from 0 again: floats count to 2^24. */
#define PEAK_RESTART ((uint64_t)1 << 23)

typedef double (*peak_kernel)(uint64_t rounds);

#if defined(__x86_64__)
typedef float f32x4 __attribute__((vector_size(16)));
typedef double f64x2 __attribute__((vector_size(16)));
typedef float f32x8 __attribute__((vector_size(32)));
typedef double f64x4 __attribute__((vector_size(32)));
typedef float f32x16 __attribute__((vector_size(64)));
typedef double f64x8 __attribute__((vector_size(64)));

/* x = x * 1 + 1 in each lane. */
#define FMA_STEP(suffix, r) "vfmadd213" suffix " %[one], %[one], %" r "\n\t"
#define PAIR_STEP(suffix, r)                                                                       \
    "mul" suffix " %[one], %" r "\n\t"                                                             \
    "add" suffix " %[one], %" r "\n\t"

#define NAME fma_scalar_f32
#define VECTOR float
#define LANE float
#define STEP(r) FMA_STEP("ss", r)
#define TARGET __attribute__((target("fma")))
#include "peak_x86.h"
#define NAME fma_scalar_f64
#define VECTOR double
#define LANE double
#define STEP(r) FMA_STEP("sd", r)
#define TARGET __attribute__((target("fma")))
#include "peak_x86.h"
#define NAME fma_sse_f32
#define VECTOR f32x4
#define LANE float
#define STEP(r) FMA_STEP("ps", r)
#define TARGET __attribute__((target("fma")))
#include "peak_x86.h"
#define NAME fma_sse_f64
#define VECTOR f64x2
#define LANE double
#define STEP(r) FMA_STEP("pd", r)
#define TARGET __attribute__((target("fma")))
#include "peak_x86.h"
#define NAME fma_avx2_f32
#define VECTOR f32x8
#define LANE float
#define STEP(r) FMA_STEP("ps", r)
#define TARGET __attribute__((target("avx2,fma")))
#include "peak_x86.h"
#define NAME fma_avx2_f64
#define VECTOR f64x4
#define LANE double
#define STEP(r) FMA_STEP("pd", r)
#define TARGET __attribute__((target("avx2,fma")))
#include "peak_x86.h"
#define NAME fma_avx512_f32
#define VECTOR f32x16
#define LANE float
#define STEP(r) FMA_STEP("ps", r)
#define TARGET __attribute__((target("avx512f")))
#include "peak_x86.h"
#define NAME fma_avx512_f64
#define VECTOR f64x8
#define LANE double
#define STEP(r) FMA_STEP("pd", r)
#define TARGET __attribute__((target("avx512f")))
#include "peak_x86.h"
/* Without fused multiply-add the same work is a multiplication and an addition. */
#define NAME pair_scalar_f32
#define VECTOR float
#define LANE float
#define STEP(r) PAIR_STEP("ss", r)
#define TARGET
#include "peak_x86.h"
#define NAME pair_scalar_f64
#define VECTOR double
#define LANE double
#define STEP(r) PAIR_STEP("sd", r)
#define TARGET
#include "peak_x86.h"
#define NAME pair_sse_f32
#define VECTOR f32x4
#define LANE float
#define STEP(r) PAIR_STEP("ps", r)
#define TARGET
#include "peak_x86.h"
#define NAME pair_sse_f64
#define VECTOR f64x2
#define LANE double
#define STEP(r) PAIR_STEP("pd", r)
#define TARGET
#include "peak_x86.h"

static const struct peak_row { peak_kernel f64, f32; int lanes64; } table[2][CPUSIMD_ISA_COUNT] = {
    {{pair_scalar_f64, pair_scalar_f32, 1}, {pair_sse_f64, pair_sse_f32, 2}},
    {{fma_scalar_f64, fma_scalar_f32, 1}, {fma_sse_f64, fma_sse_f32, 2},
     {fma_avx2_f64, fma_avx2_f32, 4}, {fma_avx512_f64, fma_avx512_f32, 8}},
};

#elif defined(__aarch64__)
typedef float f32x4 __attribute__((vector_size(16)));
typedef double f64x2 __attribute__((vector_size(16)));
#include "peak_neon.h"
static const struct peak_row { peak_kernel f64, f32; int lanes64; } table[2][CPUSIMD_ISA_COUNT] = {
    {{0}},
    {[CPUSIMD_SCALAR] = {neon_scalar_f64, neon_scalar_f32, 1},
     [CPUSIMD_NEON] = {neon_vector_f64, neon_vector_f32, 2}},
};
#else
static const struct peak_row { peak_kernel f64, f32; int lanes64; } table[2][CPUSIMD_ISA_COUNT];
#endif

int cpusimd_peak_exists(int isa, int fma) {
    return isa >= 0 && isa < CPUSIMD_ISA_COUNT && table[fma ? 1 : 0][isa].f64 != 0;
}

/* A round is one step of 12 accumulators, so a unit of 12 x 16 x 2 steps takes 32 / lanes of them;
 * scalar kernels have one lane for either type. */
static uint64_t rounds_per_unit(const struct peak_row *row, int single) {
    int lanes = row->lanes64 == 1 ? 1 : row->lanes64 * (single ? 2 : 1);
    return (uint64_t)(32 / lanes);
}

struct peak_job {
    peak_kernel kernel;
    uint64_t units, rounds_per_unit;
    _Atomic double total;
};

static void add_to(_Atomic double *total, double value) {
    double before = *total;
    while (!atomic_compare_exchange_weak(total, &before, before + value)) {}
}

static void peak_task(void *argument, int thread, int threads) {
    struct peak_job *job = argument;
    uint64_t share = job->units / (uint64_t)threads;
    uint64_t rest = job->units % (uint64_t)threads;
    uint64_t units = share + ((uint64_t)thread < rest ? 1 : 0);
    add_to(&job->total, job->kernel(units * job->rounds_per_unit));
}

double cpusimd_peak_run(cpusimd_pool *pool, int isa, int single, int fma, uint64_t units) {
    const struct peak_row *row = &table[fma ? 1 : 0][isa];
    struct peak_job job = {single ? row->f32 : row->f64, units, rounds_per_unit(row, single), 0};
    cpusimd_pool_run(pool, peak_task, &job);
    return job.total;
}
