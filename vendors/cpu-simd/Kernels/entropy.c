/* The loss of classification and its gradient, and normalisation by given statistics, over
 * threads. */
#include "blocks.h"
#include "cpu_simd_training.h"
#include <math.h>
#include <string.h>

/* ---- loss ----------------------------------------------------------------------------------- */

/* What a thread adds up, on a line of its own. */
struct entropy_sums {
    _Alignas(64) double loss, weight;
};

struct entropy_state {
    const cpusimd_entropy *job;
    const struct tensor_kernels *kernels;
    struct blocks blocks;
    struct entropy_sums *sums;
    size_t bytes, kept_bytes;
    int stream;
};

/* Rounded to the arithmetic's type and then to that of the tensor. */
static void store_number(const struct entropy_state *state, double value, char *to) {
    float single = (float)value;
    state->kernels->store(state->kept_bytes == 8 ? (const void *)&value : &single, to, 1);
}

/* The class of a label; -1 where it is ignored. */
static int64_t class_of(const cpusimd_entropy *job, size_t place) {
    int64_t label = job->label_type == CPUSIMD_I32 ? ((const int32_t *)job->labels)[place]
                                                   : ((const int64_t *)job->labels)[place];
    if (job->ignores && label == job->ignored) return -1;
    return label < 0 || (uint64_t)label >= job->shape.n ? -1 : label;
}

/* The labels of one block, `most` and `rest` being the statistics of its columns. */
static void judge_labels(const struct entropy_state *state, size_t block, const char *most,
                         const char *rest, struct entropy_sums *sums) {
    const cpusimd_entropy *job = state->job;
    size_t place = result_of(&state->blocks, block), start = start_of(&state->blocks, block);
    for (size_t j = 0; j < width(&state->blocks, block); j++) {
        int64_t class = class_of(job, place + j);
        double loss = 0;
        if (class >= 0) {
            size_t element = (start + j + (size_t)class * job->shape.inner) * state->bytes;
            double share = state->kernels->log_share((const char *)job->scores + element,
                                                     most + j * state->kept_bytes,
                                                     rest + j * state->kept_bytes);
            double weight = job->weights ? cpusimd_value(job->kind.type,
                                                         (const char *)job->weights +
                                                             (size_t)class * state->bytes)
                                         : 1;
            loss = -weight * share;
            sums->loss += loss;
            sums->weight += weight;
            if (job->gradient)
                store_number(state, expm1(share) * job->factor, (char *)job->gradient + element);
        }
        if (job->loss && job->reduction == CPUSIMD_LOSS_EACH)
            store_number(state, loss, (char *)job->loss + (place + j) * state->bytes);
    }
}

static void entropy_task(void *argument, int thread, int threads) {
    const struct entropy_state *state = argument;
    const cpusimd_entropy *job = state->job;
    const cpusimd_axis *shape = &job->shape;
    double most[COLUMNS_MAX], rest[COLUMNS_MAX];
    struct entropy_sums sums = {0};
    size_t low, high;
    tensor_share(block_count(&state->blocks), 1, thread, threads, &low, &high);
    for (size_t block = low; block < high; block++) {
        size_t start = start_of(&state->blocks, block) * state->bytes;
        size_t columns = width(&state->blocks, block);
        const char *in = (const char *)job->scores + start;
        state->kernels->log_sums(in, shape->n, shape->inner, columns, most, rest);
        if (job->logarithms)
            state->kernels->shares(in, (char *)job->logarithms + start, shape->n, shape->inner,
                                   columns, most, rest, 1, 1, state->stream);
        if (job->gradient)
            state->kernels->shares(in, (char *)job->gradient + start, shape->n, shape->inner,
                                   columns, most, rest, job->factor, 0, state->stream);
        /* Stores past the caches first, then those of single elements. */
        cpusimd_stream_fence(state->stream);
        judge_labels(state, block, (const char *)most, (const char *)rest, &sums);
    }
    state->sums[thread] = sums;
}

uint64_t cpusimd_entropy_workspace(const cpusimd_pool *pool) {
    return (uint64_t)cpusimd_pool_threads(pool) * sizeof(struct entropy_sums);
}

void cpusimd_entropy_run(cpusimd_pool *pool, const cpusimd_entropy *job, void *workspace) {
    size_t bytes = cpusimd_type_bytes(job->kind.type);
    struct entropy_state state = {
        .job = job, .kernels = cpusimd_tensor_kernels(job->kind),
        .blocks = blocks_of(job->shape, softmax_columns(&job->shape)), .sums = workspace,
        .bytes = bytes, .kept_bytes = cpusimd_type_bytes(cpusimd_accumulator(job->kind.type))};
    uint64_t row = (job->shape.inner == 1 ? job->shape.n : job->shape.inner) * bytes;
    uint64_t count = job->shape.outer * job->shape.n * job->shape.inner;
    const void *out = job->gradient ? job->gradient : job->logarithms;
    state.stream = out && rows_stream(count, row, out, bytes);
    cpusimd_pool_run(pool, entropy_task, &state);
    if (!job->loss || job->reduction == CPUSIMD_LOSS_EACH) return;
    double loss = 0, weight = 0;
    for (int i = 0; i < cpusimd_pool_threads(pool); i++) {
        loss += state.sums[i].loss;
        weight += state.sums[i].weight;
    }
    store_number(&state, job->reduction == CPUSIMD_LOSS_MEAN ? loss / weight : loss, job->loss);
}

/* ---- normalisation by given statistics ------------------------------------------------------ */

struct batch_state {
    const cpusimd_batch *job;
    const struct tensor_kernels *kernels;
    const char *slopes, *offsets;
    size_t bytes, kept_bytes;
    int stream;
};

uint64_t cpusimd_batch_workspace(const cpusimd_batch *job) {
    return 4 * sizeof(double) * (job->channels + 8);
}

/* y = slope * x + offset: found once for each channel, in f64. */
static void prepare_batch(struct batch_state *state, double *workspace) {
    const cpusimd_batch *job = state->job;
    const struct tensor_set *set = cpusimd_tensor_set(job->kind.isa);
    size_t n = job->channels, stride = (n + 7) / 8 * 8;
    double *slopes = workspace, *offsets = slopes + stride, *means = offsets + stride;
    double *variances = means + stride;
    cpusimd_cast(set, job->factor_type, CPUSIMD_F64, job->scale, slopes, n);
    cpusimd_cast(set, job->factor_type, CPUSIMD_F64, job->bias, offsets, n);
    cpusimd_cast(set, job->moment_type, CPUSIMD_F64, job->mean, means, n);
    cpusimd_cast(set, job->moment_type, CPUSIMD_F64, job->variance, variances, n);
    for (size_t i = 0; i < n; i++) {
        slopes[i] /= sqrt(variances[i] + job->epsilon);
        offsets[i] -= means[i] * slopes[i];
    }
    state->slopes = (const char *)slopes;
    state->offsets = (const char *)offsets;
    if (state->kept_bytes == 8) return;
    cpusimd_cast(set, CPUSIMD_F64, CPUSIMD_F32, slopes, means, n);
    cpusimd_cast(set, CPUSIMD_F64, CPUSIMD_F32, offsets, variances, n);
    state->slopes = (const char *)means;
    state->offsets = (const char *)variances;
}

/* Runs of one channel, or where these are single elements, rows of channels. */
static void batch_task(void *argument, int thread, int threads) {
    const struct batch_state *state = argument;
    const cpusimd_batch *job = state->job;
    size_t n = job->run == 1 ? job->channels : job->run;
    size_t count = job->batch * job->channels * job->run, low, high;
    tensor_share(count, 512, thread, threads, &low, &high);
    while (low < high) {
        size_t within = low % n, length = n - within < high - low ? n - within : high - low;
        size_t channel = job->run == 1 ? within : low / n % job->channels;
        state->kernels->scale_and_add((const char *)job->in + low * state->bytes,
                                      (char *)job->out + low * state->bytes, length,
                                      state->slopes + channel * state->kept_bytes,
                                      state->offsets + channel * state->kept_bytes, job->run == 1,
                                      state->stream);
        low += length;
    }
    cpusimd_stream_fence(state->stream);
}

void cpusimd_batch_run(cpusimd_pool *pool, const cpusimd_batch *job, void *workspace) {
    size_t bytes = cpusimd_type_bytes(job->kind.type);
    struct batch_state state = {
        .job = job, .kernels = cpusimd_tensor_kernels(job->kind), .bytes = bytes,
        .kept_bytes = cpusimd_type_bytes(cpusimd_accumulator(job->kind.type))};
    uint64_t row = (job->run == 1 ? job->channels : job->run) * bytes;
    state.stream = rows_stream(job->batch * job->channels * job->run, row, job->out, bytes);
    prepare_batch(&state, workspace);
    cpusimd_pool_run(pool, batch_task, &state);
}
