/* Softmax, sums and layer normalisation over threads: rows are shared, or blocks of columns. */
#include "operators.h"

struct axis_job {
    const struct operator_kernels *kernels;
    cpusimd_axis shape;
    const char *in, *scale, *bias;
    char *out;
    size_t bytes;
    double epsilon;
};

static size_t column_blocks(const cpusimd_axis *shape) {
    return (shape->inner + COLUMNS_MAX - 1) / COLUMNS_MAX;
}

static size_t columns_of(const cpusimd_axis *shape, size_t block) {
    size_t left = shape->inner - block * COLUMNS_MAX;
    return left < COLUMNS_MAX ? left : COLUMNS_MAX;
}

static void softmax_task(void *argument, int thread, int threads) {
    const struct axis_job *job = argument;
    const cpusimd_axis *shape = &job->shape;
    size_t blocks = column_blocks(shape), low, high;
    cpusimd_share(shape->outer * blocks, 1, thread, threads, &low, &high);
    for (size_t item = low; item < high; item++) {
        size_t start = item / blocks * shape->n * shape->inner + item % blocks * COLUMNS_MAX;
        const char *in = job->in + start * job->bytes;
        char *out = job->out + start * job->bytes;
        if (shape->inner == 1) job->kernels->softmax_row(in, out, shape->n);
        else
            job->kernels->softmax_columns(in, out, shape->n, shape->inner,
                                          columns_of(shape, item % blocks));
    }
}

void cpusimd_softmax_run(cpusimd_pool *pool, cpusimd_numeric type, cpusimd_axis shape,
                         const void *in, void *out) {
    struct axis_job job = {.kernels = cpusimd_operators(type.isa, type.single), .shape = shape,
                           .in = in, .out = out, .bytes = element_bytes(type.single)};
    cpusimd_pool_run(pool, softmax_task, &job);
}

static void store(void *to, size_t index, double value, size_t bytes) {
    if (bytes == 4) ((float *)to)[index] = (float)value;
    else ((double *)to)[index] = value;
}

static void sum_task(void *argument, int thread, int threads) {
    const struct axis_job *job = argument;
    const cpusimd_axis *shape = &job->shape;
    size_t blocks = column_blocks(shape), low, high;
    cpusimd_share(shape->outer * blocks, 1, thread, threads, &low, &high);
    for (size_t item = low; item < high; item++) {
        size_t row = item / blocks, column = item % blocks * COLUMNS_MAX;
        const char *in = job->in + (row * shape->n * shape->inner + column) * job->bytes;
        if (shape->inner == 1) store(job->out, row, job->kernels->sum(in, shape->n), job->bytes);
        else
            job->kernels->sum_columns(in, job->out + (row * shape->inner + column) * job->bytes,
                                      shape->n, shape->inner, columns_of(shape, item % blocks));
    }
}

/* One sum only: every thread adds a part of it. */
static void part_task(void *argument, int thread, int threads) {
    const struct axis_job *job = argument;
    size_t low, high;
    cpusimd_share(job->shape.n, 1024, thread, threads, &low, &high);
    double sum = high > low ? job->kernels->sum(job->in + low * job->bytes, high - low) : 0;
    store(job->out, (size_t)thread, sum, job->bytes);
}

void cpusimd_sum_run(cpusimd_pool *pool, cpusimd_numeric type, cpusimd_axis shape, const void *in,
                     void *out, void *partials) {
    struct axis_job job = {.kernels = cpusimd_operators(type.isa, type.single), .shape = shape,
                           .in = in, .out = out, .bytes = element_bytes(type.single)};
    size_t threads = (size_t)cpusimd_pool_threads(pool);
    if (shape.n == 0) {
        for (size_t i = 0; i < shape.outer * shape.inner; i++) store(out, i, 0, job.bytes);
    } else if (shape.outer * shape.inner == 1 && threads > 1) {
        job.out = partials;
        cpusimd_pool_run(pool, part_task, &job);
        store(out, 0, job.kernels->sum(partials, threads), job.bytes);
    } else {
        cpusimd_pool_run(pool, sum_task, &job);
    }
}

static void normalize_task(void *argument, int thread, int threads) {
    const struct axis_job *job = argument;
    size_t n = job->shape.n, low, high;
    cpusimd_share(job->shape.outer, 1, thread, threads, &low, &high);
    for (size_t row = low; row < high; row++)
        job->kernels->normalize_row(job->in + row * n * job->bytes, job->scale, job->bias,
                                    job->out + row * n * job->bytes, n, job->epsilon);
}

void cpusimd_normalize_run(cpusimd_pool *pool, cpusimd_numeric type, uint64_t rows, uint64_t n,
                           double epsilon, const void *in, const void *scale, const void *bias,
                           void *out) {
    struct axis_job job = {.kernels = cpusimd_operators(type.isa, type.single),
                           .shape = {rows, n, 1}, .in = in, .scale = scale, .bias = bias,
                           .out = out, .bytes = element_bytes(type.single), .epsilon = epsilon};
    cpusimd_pool_run(pool, normalize_task, &job);
}
