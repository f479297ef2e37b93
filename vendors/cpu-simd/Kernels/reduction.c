/* Reductions, softmax and normalisation over threads: rows are shared, or blocks of columns. */
#include "blocks.h"
#include "tensors.h"
#include <string.h>

/* ---- reductions ----------------------------------------------------------------------------- */

struct reduce_job {
    const struct tensor_kernels *kernels, *results;
    struct reduction_kernels reduction;
    struct blocks blocks;
    const char *in;
    char *out, *parts;
    size_t in_bytes, out_bytes, part_bytes;
    double divisor;
    unary_kernel then; /* null where results stay as they are */
};

static void reduce_block(const struct reduce_job *job, size_t block, size_t low, size_t high,
                         void *accumulators) {
    const cpusimd_axis *shape = &job->blocks.shape;
    size_t start = start_of(&job->blocks, block) + low * shape->inner;
    const char *in = job->in + start * job->in_bytes;
    size_t columns = width(&job->blocks, block);
    if (shape->inner == 1) job->reduction.row(in, high - low, accumulators);
    else job->reduction.columns(in, accumulators, high - low, shape->inner, columns);
}

static void finish(const struct reduce_job *job, size_t first, void *accumulators, size_t count) {
    static const double none[2];
    if (job->divisor != 1) job->kernels->divide(accumulators, count, job->divisor);
    if (job->then) job->then(accumulators, accumulators, count, none, 0);
    job->results->store(accumulators, job->out + first * job->out_bytes, count);
}

static void reduce_task(void *argument, int thread, int threads) {
    const struct reduce_job *job = argument;
    double accumulators[COLUMNS_MAX];
    size_t low, high;
    tensor_share(block_count(&job->blocks), 1, thread, threads, &low, &high);
    for (size_t block = low; block < high; block++) {
        reduce_block(job, block, 0, job->blocks.shape.n, accumulators);
        finish(job, result_of(&job->blocks, block), accumulators, width(&job->blocks, block));
    }
}

/* Too few blocks to share them evenly: every thread reduces a part of each. */
static size_t part_grain(const struct blocks *blocks) {
    return blocks->shape.inner == 1 ? 1024 : 8;
}

static int in_parts(const struct blocks *blocks, int threads) {
    return threads > 1 && block_count(blocks) < 4 * (size_t)threads &&
           blocks->shape.n >= 8 * (size_t)threads * part_grain(blocks);
}

static void part_task(void *argument, int thread, int threads) {
    const struct reduce_job *job = argument;
    size_t low, high, results = job->blocks.shape.outer * job->blocks.shape.inner;
    tensor_share(job->blocks.shape.n, part_grain(&job->blocks), thread, threads, &low, &high);
    if (high == low) return;
    char *own = job->parts + (size_t)thread * results * job->part_bytes;
    for (size_t block = 0; block < block_count(&job->blocks); block++)
        reduce_block(job, block, low, high,
                     own + result_of(&job->blocks, block) * job->part_bytes);
}

uint64_t cpusimd_reduce_workspace(const cpusimd_pool *pool, cpusimd_kind kind, cpusimd_axis shape) {
    struct blocks blocks = blocks_of(shape, COLUMNS_MAX);
    int threads = cpusimd_pool_threads(pool);
    if (!in_parts(&blocks, threads)) return 0;
    return (uint64_t)threads * shape.outer * shape.inner *
           cpusimd_type_bytes(cpusimd_accumulator(kind.type));
}

/* Nothing to reduce: each result is what changes nothing. */
static void reduce_nothing(const struct reduce_job *job) {
    size_t results = job->blocks.shape.outer * job->blocks.shape.inner;
    double accumulator[1];
    for (size_t i = 0; i < results; i++) {
        job->reduction.row(job->in, 0, accumulator);
        finish(job, i, accumulator, 1);
    }
}

void cpusimd_reduce_run(cpusimd_pool *pool, cpusimd_kind kind, int operation, int result,
                        cpusimd_axis shape, double divisor, const void *in, void *out,
                        void *workspace) {
    const struct tensor_kernels *kernels = cpusimd_tensor_kernels(kind);
    struct reduce_job job = {
        .kernels = kernels, .results = cpusimd_tensor_set(kind.isa)->types[result],
        .reduction = kernels->reductions[operation & 255], .blocks = blocks_of(shape, COLUMNS_MAX),
        .in = in, .out = out, .parts = workspace, .in_bytes = cpusimd_type_bytes(kind.type),
        .out_bytes = cpusimd_type_bytes(result),
        .part_bytes = cpusimd_type_bytes(cpusimd_accumulator(kind.type)), .divisor = divisor};
    if (operation >> 8) {
        cpusimd_kind kept = {kind.isa, cpusimd_accumulator(kind.type)};
        job.then = cpusimd_tensor_kernels(kept)->unary[(operation >> 8) - 1];
    }
    size_t results = shape.outer * shape.inner, threads = (size_t)cpusimd_pool_threads(pool);
    if (results == 0) return;
    if (shape.n == 0) {
        reduce_nothing(&job);
    } else if (in_parts(&job.blocks, (int)threads)) {
        cpusimd_pool_run(pool, part_task, &job);
        for (size_t i = 1; i < threads; i++)
            job.reduction.combine(job.parts, job.parts + i * results * job.part_bytes, results);
        finish(&job, 0, job.parts, results);
    } else {
        cpusimd_pool_run(pool, reduce_task, &job);
    }
}

struct arg_job {
    const struct tensor_kernels *kernels;
    struct blocks blocks;
    const char *in;
    int64_t *out;
    size_t bytes;
    int smallest, last;
};

static void arg_task(void *argument, int thread, int threads) {
    const struct arg_job *job = argument;
    const cpusimd_axis *shape = &job->blocks.shape;
    size_t low, high;
    tensor_share(block_count(&job->blocks), 1, thread, threads, &low, &high);
    for (size_t block = low; block < high; block++) {
        const char *in = job->in + start_of(&job->blocks, block) * job->bytes;
        int64_t *out = job->out + result_of(&job->blocks, block);
        if (shape->inner == 1)
            *out = job->kernels->arg_row(in, shape->n, job->smallest, job->last);
        else
            job->kernels->arg_columns(in, out, shape->n, shape->inner,
                                      width(&job->blocks, block), job->smallest, job->last);
    }
}

void cpusimd_arg_run(cpusimd_pool *pool, cpusimd_kind kind, int smallest, int last,
                     cpusimd_axis shape, const void *in, int64_t *out) {
    struct arg_job job = {cpusimd_tensor_kernels(kind), blocks_of(shape, COLUMNS_MAX), in, out,
                          cpusimd_type_bytes(kind.type), smallest, last};
    cpusimd_pool_run(pool, arg_task, &job);
}

/* ---- softmax -------------------------------------------------------------------------------- */

struct softmax_job {
    const struct tensor_kernels *kernels;
    struct blocks blocks;
    const char *in;
    char *out, *scratch;
    size_t bytes;
    int logarithm, stream;
};

static void softmax_task(void *argument, int thread, int threads) {
    const struct softmax_job *job = argument;
    const cpusimd_axis *shape = &job->blocks.shape;
    char *scratch = job->scratch + (size_t)thread * SCRATCH_ELEMENTS * sizeof(double);
    size_t low, high;
    tensor_share(block_count(&job->blocks), 1, thread, threads, &low, &high);
    for (size_t block = low; block < high; block++) {
        size_t start = start_of(&job->blocks, block) * job->bytes;
        if (shape->inner == 1)
            job->kernels->softmax_row(job->in + start, job->out + start, shape->n, scratch,
                                      job->logarithm, job->stream);
        else
            job->kernels->softmax_columns(job->in + start, job->out + start, shape->n,
                                          shape->inner, width(&job->blocks, block), scratch,
                                          job->logarithm, job->stream);
    }
    cpusimd_stream_fence(job->stream);
}

uint64_t cpusimd_softmax_workspace(const cpusimd_pool *pool) {
    return (uint64_t)cpusimd_pool_threads(pool) * SCRATCH_ELEMENTS * sizeof(double);
}

void cpusimd_softmax_run(cpusimd_pool *pool, cpusimd_kind kind, int logarithm, cpusimd_axis shape,
                         const void *in, void *out, void *workspace) {
    size_t bytes = cpusimd_type_bytes(kind.type);
    struct softmax_job job = {
        .kernels = cpusimd_tensor_kernels(kind),
        .blocks = blocks_of(shape, softmax_columns(&shape)), .in = in, .out = out,
        .scratch = workspace, .bytes = bytes, .logarithm = logarithm};
    uint64_t row = (shape.inner == 1 ? shape.n : shape.inner) * bytes;
    job.stream = rows_stream(shape.outer * shape.n * shape.inner, row, out, bytes);
    cpusimd_pool_run(pool, softmax_task, &job);
}

/* ---- normalisation -------------------------------------------------------------------------- */

struct normalize_job {
    const struct tensor_kernels *kernels;
    const char *in, *scale, *bias;
    char *out;
    size_t rows, n, bytes;
    size_t groups, channels, run; /* of group normalisation; channels of one group */
    double epsilon;
    float *means, *inverses; /* null where nobody wants them */
    int rms, stream;
};

static void normalize_task(void *argument, int thread, int threads) {
    const struct normalize_job *job = argument;
    size_t low, high;
    tensor_share(job->rows, 1, thread, threads, &low, &high);
    for (size_t row = low; row < high; row++) {
        const char *in = job->in + row * job->n * job->bytes;
        char *out = job->out + row * job->n * job->bytes;
        if (job->groups) {
            size_t first = row % job->groups * job->channels * job->bytes;
            job->kernels->normalize_group(in, job->scale + first, job->bias + first, out,
                                          job->channels, job->run, job->epsilon, job->stream);
        } else if (job->rms) {
            job->kernels->rms_row(in, job->scale, out, job->n, job->epsilon, job->stream);
        } else {
            double statistics[2];
            job->kernels->normalize_row(in, job->scale, job->bias, out, job->n, job->epsilon,
                                        statistics, job->stream);
            if (job->means) job->means[row] = (float)statistics[0];
            if (job->inverses) job->inverses[row] = (float)statistics[1];
        }
    }
    cpusimd_stream_fence(job->stream);
}

void cpusimd_normalize_run(cpusimd_pool *pool, cpusimd_kind kind, int rms, uint64_t rows,
                           uint64_t n, double epsilon, const void *in, const void *scale,
                           const void *bias, void *out, float *means, float *inverses) {
    struct normalize_job job = {
        .kernels = cpusimd_tensor_kernels(kind), .in = in, .scale = scale, .bias = bias,
        .out = out, .rows = rows, .n = n, .bytes = cpusimd_type_bytes(kind.type),
        .epsilon = epsilon, .means = means, .inverses = inverses, .rms = rms};
    job.stream = rows_stream(rows * n, n * job.bytes, out, job.bytes);
    cpusimd_pool_run(pool, normalize_task, &job);
}

void cpusimd_group_normalize_run(cpusimd_pool *pool, cpusimd_kind kind, uint64_t batch,
                                 uint64_t groups, uint64_t channels, uint64_t run, double epsilon,
                                 const void *in, const void *scale, const void *bias, void *out) {
    size_t bytes = cpusimd_type_bytes(kind.type);
    struct normalize_job job = {
        .kernels = cpusimd_tensor_kernels(kind), .in = in, .scale = scale, .bias = bias,
        .out = out, .rows = batch * groups, .n = channels / groups * run, .bytes = bytes,
        .groups = groups, .channels = channels / groups, .run = run, .epsilon = epsilon};
    job.stream = rows_stream(batch * channels * run, run * bytes, out, bytes);
    cpusimd_pool_run(pool, normalize_task, &job);
}
