/* Exp and Add over threads. */
#include "operators.h"

struct exp_job {
    const struct operator_kernels *kernels;
    const char *in;
    char *out;
    size_t count, bytes;
};

static void exp_task(void *argument, int thread, int threads) {
    const struct exp_job *job = argument;
    size_t low, high;
    cpusimd_share(job->count, 64, thread, threads, &low, &high);
    if (high > low)
        job->kernels->exp(job->in + low * job->bytes, job->out + low * job->bytes, high - low);
}

void cpusimd_exp_run(cpusimd_pool *pool, cpusimd_numeric type, const void *in, void *out,
                     uint64_t count) {
    struct exp_job job = {cpusimd_operators(type.isa, type.single), in, out, count,
                          element_bytes(type.single)};
    cpusimd_pool_run(pool, exp_task, &job);
}

struct add_job {
    const struct operator_kernels *kernels;
    const cpusimd_broadcast *shape;
    const char *a, *b;
    char *out;
    size_t count, bytes;
};

/* Elements [low, high) of the output, a row or part of one at a time. */
static void add_task(void *argument, int thread, int threads) {
    const struct add_job *job = argument;
    const cpusimd_broadcast *shape = job->shape;
    const uint32_t last = shape->rank - 1;
    size_t low, high;
    cpusimd_share(job->count, 64, thread, threads, &low, &high);
    while (low < high) {
        uint64_t a = 0, b = 0, rest = low, column = low % shape->dims[last];
        for (uint32_t i = shape->rank; i-- > 0; rest /= shape->dims[i]) {
            a += rest % shape->dims[i] * shape->a_steps[i];
            b += rest % shape->dims[i] * shape->b_steps[i];
        }
        size_t n = shape->dims[last] - column;
        if (n > high - low) n = high - low;
        job->kernels->add(job->out + low * job->bytes, job->a + a * job->bytes,
                          shape->a_steps[last], job->b + b * job->bytes, shape->b_steps[last], n);
        low += n;
    }
}

void cpusimd_add_run(cpusimd_pool *pool, cpusimd_numeric type, const cpusimd_broadcast *shape,
                     const void *a, const void *b, void *out) {
    size_t count = 1;
    for (uint32_t i = 0; i < shape->rank; i++) count *= shape->dims[i];
    struct add_job job = {cpusimd_operators(type.isa, type.single), shape, a, b, out, count,
                          element_bytes(type.single)};
    cpusimd_pool_run(pool, add_task, &job);
}
