/* Random access: words of a table are read, combined with a number and written back, at places that
 * a shift register gives, as in HPC Challenge's RandomAccess. 256 streams of updates have the cache
 * lines in turn, so that no two ever touch the same: threads share streams, not lines, and the
 * table that results does not depend on their number. */
#include "cpu_simd.h"
#include <string.h>

#define STREAMS CPUSIMD_RANDOM_STREAMS
#define VALUE (((uint64_t)1 << 52) - 1)
#define POLYNOMIAL 7

struct random_call {
    const uint64_t *from;
    uint64_t *to, words, updates;
};

/* SplitMix64, at the counter `index`: never 0, from which a shift register would not move. */
static uint64_t first_state(uint64_t index) {
    uint64_t z = (index + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) | 1;
}

static void random_task(void *argument, int thread, int threads) {
    struct random_call *call = argument;
    uint64_t low = STREAMS * (uint64_t)thread / (uint64_t)threads;
    uint64_t high = STREAMS * ((uint64_t)thread + 1) / (uint64_t)threads;
    uint64_t *to = call->to, mask = call->words / 8 / STREAMS - 1, states[STREAMS];
    for (uint64_t s = low; s < high; s++) states[s] = first_state(s);
    for (uint64_t n = call->updates / STREAMS; n > 0; n--)
        for (uint64_t s = low; s < high; s++) {
            uint64_t x = states[s] << 1 ^ (-(states[s] >> 63) & POLYNOMIAL);
            states[s] = x;
            to[((x >> 3 & mask) * STREAMS + s) * 8 + (x & 7)] ^= x & VALUE;
        }
}

static void copy_task(void *argument, int thread, int threads) {
    struct random_call *call = argument;
    uint64_t low = call->words / 8 * (uint64_t)thread / (uint64_t)threads * 8;
    uint64_t high = call->words / 8 * ((uint64_t)thread + 1) / (uint64_t)threads * 8;
    memcpy(call->to + low, call->from + low, (high - low) * 8);
}

void cpusimd_random_run(cpusimd_pool *pool, const int64_t *from, int64_t *to, uint64_t words,
                        uint64_t updates) {
    struct random_call call = {(const uint64_t *)from, (uint64_t *)to, words, updates};
    /* Apart, for threads copy other lines than they update. */
    cpusimd_pool_run(pool, copy_task, &call);
    cpusimd_pool_run(pool, random_task, &call);
}
