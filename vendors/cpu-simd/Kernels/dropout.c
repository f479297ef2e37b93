/* Dropout over threads: which elements are kept follows from seed, call and position alone. */
#include "cpu_simd_training.h"
#include "tensors.h"
#include <string.h>

#define BLOCK 2048

struct dropout_job {
    const struct tensor_set *set;
    const struct tensor_kernels *kernels;
    const char *in;
    char *out;
    uint8_t *mask;
    size_t count, bytes;
    uint64_t seed;
    uint32_t limit; /* numbers of 24 bits from here on are kept */
    double factor;
};

/* SplitMix64: streams of blocks have nothing to do with each other. */
static uint64_t mixed(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static void dropout_task(void *argument, int thread, int threads) {
    const struct dropout_job *job = argument;
    uint8_t own[BLOCK];
    size_t low, high;
    tensor_share(job->count, BLOCK, thread, threads, &low, &high);
    for (size_t i = low; i < high; i += BLOCK) {
        size_t n = high - i < BLOCK ? high - i : BLOCK;
        uint8_t *mask = job->mask ? job->mask + i : own;
        job->set->choose(mask, n, mixed(job->seed + i / BLOCK), job->limit);
        job->kernels->drop(job->in + i * job->bytes, mask, job->out + i * job->bytes, n,
                           job->factor);
    }
}

void cpusimd_dropout_run(cpusimd_pool *pool, cpusimd_kind kind, double ratio, uint64_t seed,
                         uint64_t call, uint64_t count, const void *in, void *out,
                         uint8_t *mask) {
    struct dropout_job job = {
        .set = cpusimd_tensor_set(kind.isa), .kernels = cpusimd_tensor_kernels(kind), .in = in, .out = out, .mask = mask,
        .count = count, .bytes = cpusimd_type_bytes(kind.type),
        .seed = mixed(seed) ^ mixed(~call), .limit = (uint32_t)(ratio * 0x1p24),
        .factor = ratio < 1 ? 1 / (1 - ratio) : 0};
    cpusimd_pool_run(pool, dropout_task, &job);
}
