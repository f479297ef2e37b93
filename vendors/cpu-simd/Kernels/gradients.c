/* Gradients of softmax and layer normalisation over threads. */
#include "blocks.h"
#include "cpu_simd_training.h"
#include <string.h>

struct softmax_grad_job {
    const struct tensor_kernels *kernels;
    struct blocks blocks;
    const char *gradient, *result;
    char *out;
    size_t bytes;
    int logarithm, stream;
};

static void softmax_grad_task(void *argument, int thread, int threads) {
    const struct softmax_grad_job *job = argument;
    const cpusimd_axis *shape = &job->blocks.shape;
    size_t low, high;
    tensor_share(block_count(&job->blocks), 1, thread, threads, &low, &high);
    for (size_t block = low; block < high; block++) {
        size_t start = start_of(&job->blocks, block) * job->bytes;
        job->kernels->softmax_grad(job->gradient + start, job->result + start, job->out + start,
                                   shape->n, shape->inner, width(&job->blocks, block),
                                   job->logarithm, job->stream);
    }
    cpusimd_stream_fence(job->stream);
}

void cpusimd_softmax_grad_run(cpusimd_pool *pool, cpusimd_kind kind, int logarithm,
                              cpusimd_axis shape, const void *gradient, const void *result,
                              void *out) {
    size_t bytes = cpusimd_type_bytes(kind.type);
    struct softmax_grad_job job = {
        .kernels = cpusimd_tensor_kernels(kind),
        .blocks = blocks_of(shape, softmax_columns(&shape)), .gradient = gradient,
        .result = result, .out = out, .bytes = bytes, .logarithm = logarithm};
    uint64_t row = (shape.inner == 1 ? shape.n : shape.inner) * bytes;
    job.stream = rows_stream(shape.outer * shape.n * shape.inner, row, out, bytes);
    cpusimd_pool_run(pool, softmax_grad_task, &job);
}

/* ---- layer normalisation -------------------------------------------------------------------- */

struct normalize_grad_job {
    const struct tensor_kernels *kernels;
    const char *gradient, *in, *scale;
    char *out, *sums;
    size_t rows, n, bytes, sum_bytes;
    double epsilon;
    int stream;
};

/* A thread's own sums for scale and bias, one after the other. */
static size_t own_bytes(size_t n, size_t sum_bytes) {
    return (2 * n * sum_bytes + 63) / 64 * 64;
}

static void normalize_grad_task(void *argument, int thread, int threads) {
    const struct normalize_grad_job *job = argument;
    size_t low, high, own = own_bytes(job->n, job->sum_bytes);
    char *sums = job->sums + (size_t)thread * own;
    memset(sums, 0, own);
    tensor_share(job->rows, 1, thread, threads, &low, &high);
    for (size_t row = low; row < high; row++) {
        size_t start = row * job->n * job->bytes;
        job->kernels->normalize_grad(job->gradient + start, job->in + start, job->scale,
                                     job->out + start, job->n, job->epsilon, sums,
                                     sums + job->n * job->sum_bytes, job->stream);
    }
    cpusimd_stream_fence(job->stream);
}

uint64_t cpusimd_normalize_grad_workspace(const cpusimd_pool *pool, cpusimd_kind kind, uint64_t n) {
    return (uint64_t)cpusimd_pool_threads(pool) *
           own_bytes(n, cpusimd_type_bytes(cpusimd_accumulator(kind.type)));
}

void cpusimd_normalize_grad_run(cpusimd_pool *pool, cpusimd_kind kind, uint64_t rows, uint64_t n,
                                double epsilon, const void *gradient, const void *in,
                                const void *scale, void *out, void *scale_out, void *bias_out,
                                void *workspace) {
    size_t bytes = cpusimd_type_bytes(kind.type), threads = (size_t)cpusimd_pool_threads(pool);
    struct normalize_grad_job job = {
        .kernels = cpusimd_tensor_kernels(kind), .gradient = gradient, .in = in, .scale = scale,
        .out = out, .sums = workspace, .rows = rows, .n = n, .bytes = bytes,
        .sum_bytes = cpusimd_type_bytes(cpusimd_accumulator(kind.type)), .epsilon = epsilon,
        .stream = rows_stream(rows * n, n * bytes, out, bytes)};
    cpusimd_pool_run(pool, normalize_grad_task, &job);
    const struct reduction_kernels *sum = &job.kernels->reductions[CPUSIMD_REDUCE_SUM];
    for (size_t i = 1; i < threads; i++)
        sum->combine(job.sums, job.sums + i * own_bytes(n, job.sum_bytes), 2 * n);
    job.kernels->store(job.sums, scale_out, n);
    job.kernels->store(job.sums + n * job.sum_bytes, bias_out, n);
}
