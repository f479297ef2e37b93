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
#define _Nonnull
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
#define CPUSIMD_PEAK_F64 0
#define CPUSIMD_PEAK_F32 1
#define CPUSIMD_PEAK_F16 2
#define CPUSIMD_PEAK_BF16 3
#define CPUSIMD_PEAK_I32 4
#define CPUSIMD_PEAK_I16 5
#define CPUSIMD_PEAK_I8 6
/* A path beside the instruction sets: x86's unit for products of tiles. */
#define CPUSIMD_PEAK_AMX 64
/* Operations come in whole grains: two rounds of 12 accumulators of 512 bits, for tiles 16 of the
 * largest products. */
#define CPUSIMD_PEAK_GRAIN 768
#define CPUSIMD_PEAK_TILE_GRAIN 524288
uint64_t cpusimd_peak_grain(int dtype, int path);
/* The kernel for a type on a path, an instruction set or CPUSIMD_PEAK_AMX; -1 where there is none,
 * and then `lacks` is the feature that this process lacks, or null where no kernel was written.
 * fuses 0: as if the CPU had no fused multiply-add. */
int cpusimd_peak_find(int dtype, int path, int fuses,
                      const char *_Nullable *_Nullable lacks);
/* How a kernel multiplies and adds: "fma" and "dot" in one instruction, "tile" by tiles, "muladd"
 * and "madd" in two or more. */
const char *cpusimd_peak_verb(int kernel);
/* Whether the CPU has fused multiply-add in its scalar and 128-bit forms. */
int cpusimd_has_fma(void);
/* Does as many operations, a multiple of the grain, shared over the pool; returns the multiply-adds
 * that its accumulators counted. */
double cpusimd_peak_run(cpusimd_pool *pool, int kernel, uint64_t operations);

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
/* What the other threads take at a time, in bytes. */
#define CPUSIMD_LOAD_BLOCK 65536
/* The chase on thread 0, while the others read blocks of `stream` in turn, round and round, and
 * pause after each 4096 bytes; a null stream leaves them idle. `streamed` becomes the bytes that
 * they read and the sum of these words. `words` is a multiple of a block's. */
int64_t cpusimd_loaded_run(cpusimd_pool *pool, const cpusimd_chase *chase, uint64_t steps,
                           const int64_t *_Nullable stream, uint64_t words, uint64_t delay_ns,
                           int64_t *streamed);

/* ---- random access -------------------------------------------------------------------------- */
#define CPUSIMD_RANDOM_STREAMS 256
/* Copies a table, then updates random words of the copy. `words` is a power of two of at least
 * 2048, `updates` a multiple of the streams; all of them are shared over the pool. */
void cpusimd_random_run(cpusimd_pool *pool, const int64_t *from, int64_t *to, uint64_t words,
                        uint64_t updates);

/* ---- cost of starting ----------------------------------------------------------------------- */
/* Hands a cache line from thread 0 to thread `partner` and back; returns how often it changed
 * hands. */
int64_t cpusimd_hand_over(cpusimd_pool *pool, int partner, uint64_t round_trips);
/* Starts and joins threads, one after the other; returns how many ran. */
int64_t cpusimd_spawn(uint64_t count);
/* Has every thread of the pool do nothing, `count` times; returns the least times of any thread. */
int64_t cpusimd_parallel(cpusimd_pool *pool, uint64_t count);
/* Maps pages, writes to each, and unmaps them; returns the faults taken, -1 without memory.
 * `fresh` becomes the pages that held zeros. */
int64_t cpusimd_fault(uint64_t pages, int huge, int64_t *fresh);
/* Whether the system gives huge pages where they are asked for: 1 or 0. */
int cpusimd_huge_given(void);
/* Maps memory, has the pool's threads write each small page's own number into it, and read all of
 * them again; returns the pages that held theirs, -1 without memory. */
int64_t cpusimd_capacity(cpusimd_pool *pool, uint64_t bytes, int huge);

/* ---- storage -------------------------------------------------------------------------------- */
typedef struct cpusimd_storage cpusimd_storage;
/* A file without a name in `directory`, of whole blocks, with room for all of them. random 1: in a
 * shuffled order that is the same in every process. direct 1: past the page cache; then `block` is
 * a multiple of 4096. Null with the system's error number in *error. */
cpusimd_storage *_Nullable cpusimd_storage_open(const char *directory, uint64_t bytes,
                                                uint64_t block, int random, int direct,
                                                int *error);
void cpusimd_storage_close(cpusimd_storage *_Nullable storage);
/* Reads every block, each to its own place. 0, or the system's error number. */
int cpusimd_storage_read(const cpusimd_storage *storage, void *to);
/* Writes every block from its own place, makes the storage keep them, and reads the file's last
 * block into `last`, where that is not null. 0, or the system's error number. */
int cpusimd_storage_write(const cpusimd_storage *storage, const void *from, void *_Nullable last);

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
