/* Rotary embedding, experts' tokens and dropout: a few operations for each element moved. */
#include "moves.h"
#include <math.h>
#include <stdatomic.h>

#define BLOCK 256
#define COLUMNS 1024

/* ---- rotation ------------------------------------------------------------------------------- */

struct rotary_job {
    const cpusimd_rotary *shape;
    const char *in, *cosines, *sines;
    const int64_t *positions;
    char *out;
    size_t bytes;
    cast_kernel widen, narrow;
    void (*turn)(const struct rotary_job *job, const char *in, const char *cosines,
                 const char *sines, char *out);
    void (*halves)(const void *in, const void *cosines, const void *sines, void *out, size_t half);
    _Atomic uint64_t outside;
};

/* Pairs of neighbours; pairs of which one stands half behind the other are turned in vectors. */
#define TURN(type)                                                                                 \
    static void pairs_##type(const type *restrict in, const type *restrict cosine,                 \
                             const type *restrict sine, type *restrict out, size_t n) {            \
        for (size_t i = 0; i < n; i++) {                                                           \
            type a = in[2 * i], b = in[2 * i + 1];                                                 \
            out[2 * i] = a * cosine[i] - b * sine[i];                                              \
            out[2 * i + 1] = a * sine[i] + b * cosine[i];                                          \
        }                                                                                          \
    }                                                                                              \
    static void turn_##type(const struct rotary_job *job, const char *in, const char *cosines,     \
                            const char *sines, char *out) {                                        \
        pairs_##type((const type *)(const void *)in, (const type *)(const void *)cosines,          \
                     (const type *)(const void *)sines, (type *)(void *)out,                       \
                     job->shape->rotated / 2);                                                     \
    }
TURN(double)
TURN(float)

/* f16 and bf16 in pairs, block by block in f32. */
static void turn_half(const struct rotary_job *job, const char *in, const char *cosines,
                      const char *sines, char *out) {
    const size_t half = job->shape->rotated / 2;
    float values[2 * BLOCK], results[2 * BLOCK], cosine[BLOCK], sine[BLOCK];
    for (size_t i = 0; i < half; i += BLOCK) {
        size_t n = half - i < BLOCK ? half - i : BLOCK;
        job->widen(cosines + 2 * i, cosine, n);
        job->widen(sines + 2 * i, sine, n);
        job->widen(in + 4 * i, values, 2 * n);
        pairs_float(values, cosine, sine, results, n);
        job->narrow(results, out + 4 * i, 2 * n);
    }
}

static void rotary_task(void *argument, int thread, int threads) {
    struct rotary_job *job = argument;
    const cpusimd_rotary *shape = job->shape;
    const size_t vector = shape->size * job->bytes, angles = shape->rotated / 2 * job->bytes;
    const size_t turned = shape->rotated * job->bytes;
    size_t low, high;
    uint64_t outside = 0;
    tensor_share(shape->batches * shape->heads * shape->length, 1, thread, threads, &low, &high);
    for (size_t index = low; index < high; index++) {
        size_t row = shape->heads_first
                         ? index / (shape->heads * shape->length) * shape->length +
                               index % shape->length
                         : index / shape->heads;
        uint64_t angle = job->positions ? (uint64_t)job->positions[row] : row;
        if (angle >= shape->rows) {
            outside++;
            continue;
        }
        const char *in = job->in + index * vector;
        char *out = job->out + index * vector;
        const char *cosines = job->cosines + angle * angles, *sines = job->sines + angle * angles;
        if (shape->interleaved) job->turn(job, in, cosines, sines, out);
        else job->halves(in, cosines, sines, out, shape->rotated / 2);
        memcpy(out + turned, in + turned, vector - turned);
    }
    if (outside) atomic_fetch_add(&job->outside, outside);
}

uint64_t cpusimd_rotary_run(cpusimd_pool *pool, int isa, int type, const cpusimd_rotary *shape,
                            const void *in, const void *cosines, const void *sines,
                            const int64_t *positions, void *out) {
    struct rotary_job job = {.shape = shape, .in = in, .cosines = cosines, .sines = sines,
                             .positions = positions, .out = out,
                             .bytes = cpusimd_type_bytes(type), .widen = widening(isa, type),
                             .narrow = narrowing(isa, type)};
    job.halves = cpusimd_tensor_kernels((cpusimd_kind){isa, type})->turn_halves;
    job.turn = job.widen ? turn_half : type == CPUSIMD_F64 ? turn_double : turn_float;
    if (shape->batches * shape->heads * shape->length * shape->size > 0)
        cpusimd_pool_run(pool, rotary_task, &job);
    return job.outside;
}

/* ---- results of experts --------------------------------------------------------------------- */

struct combine_job {
    size_t tokens, k, rows, columns, bytes;
    const char *in, *weights;
    const int64_t *positions;
    char *out;
    cast_kernel widen, narrow;
    void (*token)(const struct combine_job *job, size_t token);
    _Atomic uint64_t outside;
};

static uint64_t position_of(const struct combine_job *job, size_t place) {
    return index_at((cpusimd_indices){job->positions, 1}, place, job->rows);
}

#define COMBINE(type)                                                                              \
    static void token_##type(const struct combine_job *job, size_t token) {                        \
        for (size_t start = 0; start < job->columns; start += COLUMNS) {                           \
            size_t n = job->columns - start < COLUMNS ? job->columns - start : COLUMNS;            \
            type sums[COLUMNS] = {0}, wide[COLUMNS];                                               \
            for (size_t j = token * job->k; j < (token + 1) * job->k; j++) {                       \
                const char *from =                                                                 \
                    job->in + (position_of(job, j) * job->columns + start) * job->bytes;           \
                const char *factor = job->weights + j * job->bytes;                                \
                const type *values = (const type *)(const void *)from;                             \
                type weight;                                                                       \
                if (job->widen) {                                                                  \
                    job->widen(from, wide, n), values = wide;                                      \
                    job->widen(factor, &weight, 1);                                                \
                } else {                                                                           \
                    memcpy(&weight, factor, sizeof weight);                                        \
                }                                                                                  \
                for (size_t i = 0; i < n; i++) sums[i] += weight * values[i];                      \
            }                                                                                      \
            char *out = job->out + (token * job->columns + start) * job->bytes;                    \
            if (job->narrow) job->narrow(sums, out, n);                                            \
            else memcpy(out, sums, n * sizeof(type));                                              \
        }                                                                                          \
    }
COMBINE(double)
COMBINE(float)

static void combine_task(void *argument, int thread, int threads) {
    struct combine_job *job = argument;
    size_t low, high;
    uint64_t outside = 0;
    tensor_share(job->tokens, 1, thread, threads, &low, &high);
    for (size_t token = low; token < high; token++) {
        uint64_t wrong = 0;
        for (size_t j = token * job->k; j < (token + 1) * job->k; j++)
            wrong += position_of(job, j) == UINT64_MAX;
        outside += wrong;
        if (!wrong) job->token(job, token);
    }
    if (outside) atomic_fetch_add(&job->outside, outside);
}

uint64_t cpusimd_combine_run(cpusimd_pool *pool, int isa, int type, uint64_t tokens, uint64_t k,
                             uint64_t rows, uint64_t columns, const void *in,
                             const int64_t *positions, const void *weights, void *out) {
    struct combine_job job = {.tokens = tokens, .k = k, .rows = rows, .columns = columns,
                              .bytes = cpusimd_type_bytes(type), .in = in, .weights = weights,
                              .positions = positions, .out = out, .widen = widening(isa, type),
                              .narrow = narrowing(isa, type),
                              .token = type == CPUSIMD_F64 ? token_double : token_float};
    cpusimd_pool_run(pool, combine_task, &job);
    return job.outside;
}

/* ---- tokens to experts ---------------------------------------------------------------------- */

struct dispatch_job {
    const cpusimd_dispatch *shape;
    const char *in, *logits;
    char *out, *weights;
    int64_t *positions;
    uint32_t *chosen;
    size_t bytes;
    cast_kernel widen, narrow;
    int stream;
};

/* A NaN counts as the largest. */
static int is_larger(double a, double b) { return a > b || (a != a && b == b); }

/* The k largest logits of a token in descending order; of equal ones the lower expert first. */
static void choose(const struct dispatch_job *job, size_t token, double *best, uint32_t *experts) {
    const cpusimd_dispatch *shape = job->shape;
    size_t held = 0;
    for (size_t expert = 0; expert < shape->experts; expert++) {
        const char *address = job->logits + (token * shape->experts + expert) * job->bytes;
        double value;
        float narrow;
        if (job->bytes == 8) {
            memcpy(&value, address, 8);
        } else {
            if (job->widen) job->widen(address, &narrow, 1);
            else memcpy(&narrow, address, 4);
            value = (double)narrow;
        }
        if (held == shape->k && !is_larger(value, best[held - 1])) continue;
        size_t place = held < shape->k ? held++ : held - 1;
        for (; place > 0 && is_larger(value, best[place - 1]); place--) {
            best[place] = best[place - 1];
            experts[place] = experts[place - 1];
        }
        best[place] = value;
        experts[place] = (uint32_t)expert;
    }
}

static void choose_task(void *argument, int thread, int threads) {
    const struct dispatch_job *job = argument;
    const size_t k = job->shape->k;
    size_t low, high;
    tensor_share(job->shape->tokens, 1, thread, threads, &low, &high);
    for (size_t token = low; token < high; token++) {
        double best[CPUSIMD_DISPATCH_MAX], total = 0;
        choose(job, token, best, job->chosen + token * k);
        double largest = best[0];
        for (size_t j = 0; j < k; j++) total += best[j] = exp(best[j] - largest);
        for (size_t j = 0; j < k; j++) {
            double share = best[j] / total;
            float narrow = (float)share;
            char *to = job->weights + (token * k + j) * job->bytes;
            if (job->bytes == 8) memcpy(to, &share, 8);
            else if (job->narrow) job->narrow(&narrow, to, 1);
            else memcpy(to, &narrow, 4);
        }
    }
}

static void deliver_task(void *argument, int thread, int threads) {
    const struct dispatch_job *job = argument;
    const size_t k = job->shape->k, row = job->shape->columns * job->bytes;
    size_t low, high;
    tensor_share(job->shape->tokens, 1, thread, threads, &low, &high);
    for (size_t i = low * k; i < high * k; i++)
        copy_bytes(job->out + (size_t)job->positions[i] * row, job->in + i / k * row, row,
                   job->stream);
    cpusimd_stream_fence(job->stream);
}

void cpusimd_dispatch_run(cpusimd_pool *pool, int isa, int type, const cpusimd_dispatch *shape,
                          const void *in, const void *logits, void *out, void *weights,
                          int64_t *positions, int64_t *offsets, uint32_t *chosen) {
    struct dispatch_job job = {.shape = shape, .in = in, .logits = logits, .out = out,
                               .weights = weights, .positions = positions, .chosen = chosen,
                               .bytes = cpusimd_type_bytes(type), .widen = widening(isa, type),
                               .narrow = narrowing(isa, type)};
    const uint64_t count = shape->tokens * shape->k;
    job.stream = cpusimd_streams(2 * count * shape->columns * job.bytes);
    cpusimd_pool_run(pool, choose_task, &job);
    /* Counts, where each expert's rows start, then each copy's row: offsets[e] runs from the start
     * to the end of the expert's rows. */
    for (uint64_t e = 0; e < shape->experts; e++) offsets[e] = 0;
    for (uint64_t i = 0; i < count; i++) offsets[chosen[i]]++;
    int64_t start = 0;
    for (uint64_t e = 0; e < shape->experts; e++) {
        int64_t own = offsets[e];
        offsets[e] = start;
        start += own;
    }
    for (uint64_t i = 0; i < count; i++) positions[i] = offsets[chosen[i]]++;
    if (count * shape->columns > 0) cpusimd_pool_run(pool, deliver_task, &job);
}

/* ---- dropout -------------------------------------------------------------------------------- */

struct dropout_job {
    const struct tensor_set *set;
    double scale;
    uint32_t seed, threshold;
    int drops_all;
    const char *in;
    char *out;
    uint8_t *mask;
    size_t bytes, count;
    cast_kernel widen, narrow;
};

static void drop_block(const struct dropout_job *job, const uint8_t *mask, size_t start, size_t n) {
    const char *in = job->in + start * job->bytes;
    char *out = job->out + start * job->bytes;
    if (job->bytes == 8) {
        const double *from = (const double *)(const void *)in;
        double *to = (double *)(void *)out;
        const double scale = job->scale;
        for (size_t i = 0; i < n; i++) {
            double kept = from[i] * scale;
            to[i] = mask[i] ? kept : 0;
        }
        return;
    }
    float wide[BLOCK], results[BLOCK], scale = (float)job->scale;
    const float *from = (const float *)(const void *)in;
    float *to = job->narrow ? results : (float *)(void *)out;
    if (job->widen) job->widen(in, wide, n), from = wide;
    for (size_t i = 0; i < n; i++) {
        float kept = from[i] * scale;
        to[i] = mask[i] ? kept : 0;
    }
    if (job->narrow) job->narrow(results, out, n);
}

static void dropout_task(void *argument, int thread, int threads) {
    const struct dropout_job *job = argument;
    size_t low, high;
    tensor_share(job->count, 16 * BLOCK, thread, threads, &low, &high);
    for (size_t start = low; start < high; start += BLOCK) {
        uint8_t own[BLOCK] = {0}, *mask = job->mask ? job->mask + start : own;
        size_t n = high - start < BLOCK ? high - start : BLOCK;
        if (job->drops_all) {
            memset(mask, 0, n);
        } else {
            uint32_t seed = job->seed ^ (uint32_t)((uint64_t)start >> 32) * 0x9e3779b9u;
            job->set->draw(mask, n, (uint32_t)start, seed, job->threshold);
        }
        drop_block(job, mask, start, n);
    }
}

void cpusimd_dropout_run(cpusimd_pool *pool, int isa, int type, double ratio, uint64_t seed,
                         const void *in, void *out, uint8_t *mask, uint64_t count) {
    struct dropout_job job = {.set = cpusimd_tensor_set(isa), .in = in, .out = out, .mask = mask,
                              .bytes = cpusimd_type_bytes(type), .count = count,
                              .widen = widening(isa, type), .narrow = narrowing(isa, type)};
    job.seed = (uint32_t)(seed ^ seed >> 32) * 0x85ebca6bu;
    job.drops_all = ratio >= 1;
    job.scale = job.drops_all ? 0 : 1 / (1 - ratio);
    job.threshold = job.drops_all ? 0 : (uint32_t)(ratio * 0x1p32);
    if (count > 0) cpusimd_pool_run(pool, dropout_task, &job);
}
