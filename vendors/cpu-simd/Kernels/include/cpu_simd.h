/* cpu_simd.h - kernels of the reference backend: peak arithmetic, memory, and operators.
 *
 * Every kernel exists once per instruction set and is compiled with a target attribute, so that one
 * portable binary holds all of them; `cpusimd_isa_best` picks by feature bits and XCR0 at run time.
 * Shapes are checked by the caller: kernels trust their arguments. */
#ifndef CPU_SIMD_H
#define CPU_SIMD_H
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#else
#define _Nullable
#endif

/* ---- instruction sets ---------------------------------------------------------------------- */
#define CPUSIMD_SCALAR 0
#define CPUSIMD_SSE 1
#define CPUSIMD_AVX2 2
#define CPUSIMD_AVX512 3
#define CPUSIMD_NEON 4
#define CPUSIMD_ISA_COUNT 5
/* The best set that this CPU and its operating system offer. */
int cpusimd_isa_best(void);
/* The set of that name; -1 when the name is unknown. */
int cpusimd_isa_named(const char *name);
/* "scalar", "sse", "avx2", "avx512" or "neon". */
const char *cpusimd_isa_name(int isa);
/* Whether a process limited to `limit` may run `isa`: 1 or 0. */
int cpusimd_isa_allowed(int isa, int limit);
/* The CPU's name as the operating system gives it; at most `capacity` bytes with the zero. */
void cpusimd_processor_name(char *out, size_t capacity);
/* How many CPUs the calling thread may run on; at least 1. */
int cpusimd_cpus_allowed(void);
/* A monotonic clock, for choosing between kernels only. */
uint64_t cpusimd_now_ns(void);

/* The backend's manifest, as in manifest.json. */
const char *cpusimd_manifest(void);

/* ---- threads ------------------------------------------------------------------------------- */
typedef struct cpusimd_pool cpusimd_pool;
typedef void (*cpusimd_task)(void *_Nullable argument, int thread, int threads);
/* Starts `threads` - 1 helpers; helper i is pinned to cpus[i] where i < cpu_count. The caller is
 * thread 0 and keeps its affinity. Null when a thread cannot be started or pinned. */
cpusimd_pool *_Nullable cpusimd_pool_create(int threads, const int *_Nullable cpus, int cpu_count);
void cpusimd_pool_destroy(cpusimd_pool *_Nullable pool);
int cpusimd_pool_threads(const cpusimd_pool *pool);
/* Runs the task on every thread and returns when all have finished. */
void cpusimd_pool_run(cpusimd_pool *pool, cpusimd_task task, void *_Nullable argument);

/* ---- peak arithmetic ----------------------------------------------------------------------- */
/* One unit of work: 12 accumulators of 16 lanes, twice, 2 operations each. */
#define CPUSIMD_PEAK_UNIT 768
/* Whether there is a kernel for `isa`; fma 0: one that multiplies and adds instead. */
int cpusimd_peak_exists(int isa, int fma);
/* Whether the CPU has fused multiply-add in its scalar and 128-bit forms. */
int cpusimd_has_fma(void);
/* Runs `units` units, shared over the pool; returns the sum of all accumulators. */
double cpusimd_peak_run(cpusimd_pool *pool, int isa, int single, int fma, uint64_t units);

/* ---- memory -------------------------------------------------------------------------------- */
#define CPUSIMD_READ 0
#define CPUSIMD_WRITE 1
#define CPUSIMD_COPY 2
#define CPUSIMD_SCALE 3
#define CPUSIMD_ADD 4
#define CPUSIMD_TRIAD 5
#define CPUSIMD_MEMORY_COUNT 6
typedef struct cpusimd_memory_job {
    int isa, kernel, non_temporal;
    double *_Nullable out;     /* null for read */
    const double *_Nullable a; /* first input: read, copy, scale, add's A, triad's B */
    const double *_Nullable b; /* second input: add's B, triad's C */
    uint64_t count;            /* elements of each array, a multiple of 64 */
    uint64_t repetitions;
    double scalar;
} cpusimd_memory_job;
/* Whether all arrays of the job start at multiples of 64 bytes, as the kernels need: 1 or 0. */
int cpusimd_memory_aligned(const cpusimd_memory_job *job);
/* Runs all repetitions; returns the sum of one pass for read and 0 for the others. */
double cpusimd_memory_run(cpusimd_pool *pool, const cpusimd_memory_job *job);

/* ---- pointer chase ------------------------------------------------------------------------- */
typedef struct cpusimd_chase cpusimd_chase;
/* Copies a table of element indices into its own mapping as addresses. Null without memory. */
cpusimd_chase *_Nullable cpusimd_chase_create(const int64_t *table, uint64_t count, int huge);
void cpusimd_chase_destroy(cpusimd_chase *_Nullable chase);
/* The element index after `steps` steps from element 0. */
int64_t cpusimd_chase_run(const cpusimd_chase *chase, uint64_t steps);

/* ---- operators ----------------------------------------------------------------------------- */
/* In all of them `single` is 1 for f32 and 0 for f64, and tensors are dense and row-major. */
typedef struct cpusimd_numeric {
    int isa, single;
} cpusimd_numeric;

/* A tensor seen as [outer, n, inner], worked on along n. */
typedef struct cpusimd_axis {
    uint64_t outer, n, inner;
} cpusimd_axis;

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#include "cpu_simd_gemm.h"
#endif
