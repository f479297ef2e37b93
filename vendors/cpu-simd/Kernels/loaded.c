/* A pointer chase on one thread while the others read memory at a graded rate. */
#include "cpu_simd.h"
#include <stdatomic.h>

/* Threads take blocks in turn, so that what was read is told by a number and a sum. A rate is kept
 * by a pause after each piece: short enough that no burst is seen by many of the chase's steps. */
#define BLOCK_WORDS (CPUSIMD_LOAD_BLOCK / sizeof(uint64_t))
#define PIECE_WORDS 512

struct loaded {
    const cpusimd_chase *chase;
    uint64_t steps;
    const uint64_t *stream;
    uint64_t blocks, delay_ns;
    int64_t end;
    _Alignas(128) _Atomic int stop;
    _Alignas(128) _Atomic uint64_t next;
    _Alignas(128) _Atomic uint64_t sum;
};

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

static uint64_t sum_of(const uint64_t *words) {
    uint64_t sums[16] = {0};
    for (int i = 0; i < PIECE_WORDS; i += 16)
        for (int k = 0; k < 16; k++) sums[k] += words[i + k];
    uint64_t sum = 0;
    for (int k = 0; k < 16; k++) sum += sums[k];
    return sum;
}

/* A block that was begun is read to its end, without pauses once the chase is over. */
static uint64_t sum_of_block(struct loaded *job, const uint64_t *words) {
    uint64_t sum = 0;
    for (size_t i = 0; i < BLOCK_WORDS; i += PIECE_WORDS) {
        sum += sum_of(words + i);
        if (job->delay_ns == 0 || atomic_load_explicit(&job->stop, memory_order_relaxed)) continue;
        uint64_t until = cpusimd_now_ns() + job->delay_ns;
        while (cpusimd_now_ns() < until) relax();
    }
    return sum;
}

static void loaded_task(void *argument, int thread, int threads) {
    struct loaded *job = argument;
    (void)threads;
    if (thread == 0) {
        job->end = cpusimd_chase_run(job->chase, job->steps);
        atomic_store_explicit(&job->stop, 1, memory_order_relaxed);
        return;
    }
    if (job->blocks == 0) return;
    uint64_t sum = 0;
    /* At least one block each, so that a call without any load does not pass for a loaded one. */
    do {
        uint64_t block = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed);
        sum += sum_of_block(job, job->stream + block % job->blocks * BLOCK_WORDS);
    } while (!atomic_load_explicit(&job->stop, memory_order_relaxed));
    atomic_fetch_add_explicit(&job->sum, sum, memory_order_relaxed);
}

int64_t cpusimd_loaded_run(cpusimd_pool *pool, const cpusimd_chase *chase, uint64_t steps,
                           const int64_t *stream, uint64_t words, uint64_t delay_ns,
                           int64_t *streamed) {
    struct loaded job = {.chase = chase,
                         .steps = steps,
                         .stream = (const uint64_t *)stream,
                         .blocks = stream ? words / BLOCK_WORDS : 0,
                         .delay_ns = delay_ns};
    cpusimd_pool_run(pool, loaded_task, &job);
    streamed[0] = (int64_t)(job.next * CPUSIMD_LOAD_BLOCK);
    streamed[1] = (int64_t)job.sum;
    return job.end;
}
