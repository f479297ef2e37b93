/* Element-wise operators over threads. */
#include "tensors.h"
#include <string.h>

/* Elements that threads share out: whole cache lines of every type. */
#define GRAIN 512

struct unary_job {
    unary_kernel kernel;
    const char *in;
    char *out;
    size_t count, in_bytes, out_bytes;
    const double *parameters;
    int stream;
};

static void unary_task(void *argument, int thread, int threads) {
    const struct unary_job *job = argument;
    size_t low, high;
    tensor_share(job->count, GRAIN, thread, threads, &low, &high);
    if (high == low) return;
    job->kernel(job->in + low * job->in_bytes, job->out + low * job->out_bytes, high - low,
                job->parameters, job->stream);
    cpusimd_stream_fence(job->stream);
}

static int is_aligned(const void *address, size_t bytes) {
    return (uintptr_t)address % bytes == 0;
}

void cpusimd_unary_run(cpusimd_pool *pool, cpusimd_kind kind, int operation, const void *in,
                       void *out, uint64_t count, const double *parameters) {
    size_t bytes = cpusimd_type_bytes(kind.type);
    int is_test = operation == CPUSIMD_IS_NAN || operation == CPUSIMD_IS_INF;
    struct unary_job job = {.kernel = cpusimd_tensor_kernels(kind)->unary[operation], .in = in,
                            .out = out, .count = count, .in_bytes = bytes,
                            .out_bytes = is_test ? 1 : bytes, .parameters = parameters};
    job.stream = cpusimd_streams(2 * count * bytes) && is_aligned(out, bytes);
    cpusimd_pool_run(pool, unary_task, &job);
}

/* ---- broadcast inputs ----------------------------------------------------------------------- */

/* A walk through the output row by row, with the place in each input: an odometer, because a
 * division for each dimension and row would be slower than short rows themselves. */
struct walk {
    const cpusimd_spread *shape;
    uint64_t position[8], places[3];
};

static void walk_to(struct walk *walk, const cpusimd_spread *shape, uint64_t element) {
    *walk = (struct walk){.shape = shape};
    for (uint32_t i = shape->rank; i-- > 0; element /= shape->dims[i]) {
        walk->position[i] = element % shape->dims[i];
        for (int k = 0; k < 3; k++) walk->places[k] += walk->position[i] * shape->steps[k][i];
    }
}

/* Moves to the next row's start; `done` elements of this one are behind. */
static void next_row(struct walk *walk, uint64_t done) {
    const cpusimd_spread *shape = walk->shape;
    uint32_t last = shape->rank - 1;
    walk->position[last] += done;
    for (int k = 0; k < 3; k++) walk->places[k] += done * shape->steps[k][last];
    for (uint32_t i = last; i > 0 && walk->position[i] == shape->dims[i]; i--) {
        walk->position[i] = 0;
        walk->position[i - 1]++;
        for (int k = 0; k < 3; k++)
            walk->places[k] += shape->steps[k][i - 1] - shape->dims[i] * shape->steps[k][i];
    }
}

struct broadcast_job {
    const cpusimd_spread *shape;
    binary_kernel binary;
    where_kernel where;
    const char *inputs[3];
    char *out;
    size_t count, bytes, out_bytes;
    int stream;
};

static void one_row(const struct broadcast_job *job, const struct walk *walk, char *out,
                    size_t n) {
    const cpusimd_spread *shape = job->shape;
    uint32_t last = shape->rank - 1;
    const char *a = job->inputs[0] + walk->places[0] * job->bytes;
    const char *b = job->inputs[1] + walk->places[1] * job->bytes;
    size_t a_step = shape->steps[0][last], b_step = shape->steps[1][last];
    if (job->where) {
        const char *condition = job->inputs[2] + walk->places[2];
        job->where((const uint8_t *)condition, a, b, out, n, shape->steps[2][last], a_step, b_step);
    } else if (a_step || b_step || n == 1) {
        int repeated = a_step && b_step ? REPEATED_NONE : b_step ? REPEATED_A : REPEATED_B;
        job->binary(a, b, out, n, n == 1 ? REPEATED_NONE : repeated, job->stream);
    } else {
        /* Both are one element: so is the result. */
        job->binary(a, b, out, 1, REPEATED_NONE, 0);
        for (size_t i = 1; i < n; i++) memcpy(out + i * job->out_bytes, out, job->out_bytes);
    }
}

static void broadcast_task(void *argument, int thread, int threads) {
    const struct broadcast_job *job = argument;
    const uint64_t row = job->shape->dims[job->shape->rank - 1];
    size_t low, high;
    tensor_share(job->count, GRAIN, thread, threads, &low, &high);
    if (high == low) return;
    struct walk walk;
    walk_to(&walk, job->shape, low);
    while (low < high) {
        size_t n = row - walk.position[job->shape->rank - 1];
        if (n > high - low) n = high - low;
        one_row(job, &walk, job->out + low * job->out_bytes, n);
        next_row(&walk, n);
        low += n;
    }
    cpusimd_stream_fence(job->stream);
}

static size_t count_of(const cpusimd_spread *shape) {
    size_t count = 1;
    for (uint32_t i = 0; i < shape->rank; i++) count *= shape->dims[i];
    return count;
}

void cpusimd_binary_run(cpusimd_pool *pool, cpusimd_kind kind, int operation,
                        const cpusimd_spread *shape, const void *a, const void *b, void *out) {
    size_t bytes = cpusimd_type_bytes(kind.type);
    struct broadcast_job job = {
        .shape = shape, .binary = cpusimd_tensor_kernels(kind)->binary[operation],
        .inputs = {a, b}, .out = out, .count = count_of(shape), .bytes = bytes,
        .out_bytes = operation >= CPUSIMD_EQUAL ? 1 : bytes};
    if (job.count == 0) return;
    /* Lines that are stored in part past the caches cost more than they save. */
    uint64_t row = shape->dims[shape->rank - 1] * bytes;
    job.stream = cpusimd_streams(3 * job.count * bytes) && is_aligned(out, bytes) && a != out &&
                 (row % 64 == 0 || row >= 4096);
    cpusimd_pool_run(pool, broadcast_task, &job);
}

void cpusimd_where_run(cpusimd_pool *pool, cpusimd_kind kind, const cpusimd_spread *shape,
                       const void *condition, const void *a, const void *b, void *out) {
    size_t bytes = cpusimd_type_bytes(kind.type);
    int logarithm = bytes == 8 ? 3 : bytes == 4 ? 2 : bytes == 2 ? 1 : 0;
    struct broadcast_job job = {
        .shape = shape, .where = cpusimd_tensor_set(kind.isa)->where[logarithm],
        .inputs = {a, b, condition}, .out = out, .count = count_of(shape), .bytes = bytes,
        .out_bytes = bytes};
    if (job.count > 0) cpusimd_pool_run(pool, broadcast_task, &job);
}

/* ---- sums of many tensors ------------------------------------------------------------------- */

struct sum_job {
    const struct tensor_kernels *kernels;
    const cpusimd_spread *shapes;
    const void *const *in;
    char *out;
    size_t inputs, count, bytes;
    double divisor;
    int stream;
};

/* Neighbouring elements of one row: so many accumulators stay in the first cache level. */
static void sum_block(const struct sum_job *job, const struct walk *walks, size_t start,
                      size_t done, size_t n) {
    double accumulators[GRAIN];
    for (size_t k = 0; k < job->inputs; k++) {
        const cpusimd_spread *shape = walks[k].shape;
        size_t step = shape->steps[0][shape->rank - 1];
        const char *in = (const char *)job->in[k] + (walks[k].places[0] + done * step) * job->bytes;
        job->kernels->accumulate(in, step, accumulators, n, k == 0);
    }
    job->kernels->store_quotient(accumulators, job->out + start * job->bytes, n, job->divisor,
                                 job->stream);
}

static void sum_task(void *argument, int thread, int threads) {
    const struct sum_job *job = argument;
    const uint64_t row = job->shapes->dims[job->shapes->rank - 1];
    size_t low, high;
    tensor_share(job->count, GRAIN, thread, threads, &low, &high);
    if (high == low) return;
    struct walk walks[job->inputs];
    for (size_t k = 0; k < job->inputs; k++) walk_to(&walks[k], &job->shapes[k], low);
    while (low < high) {
        size_t n = row - walks[0].position[job->shapes->rank - 1];
        if (n > high - low) n = high - low;
        for (size_t done = 0; done < n; done += GRAIN)
            sum_block(job, walks, low + done, done, n - done < GRAIN ? n - done : GRAIN);
        for (size_t k = 0; k < job->inputs; k++) next_row(&walks[k], n);
        low += n;
    }
    cpusimd_stream_fence(job->stream);
}

void cpusimd_sum_run(cpusimd_pool *pool, cpusimd_kind kind, uint32_t inputs,
                     const cpusimd_spread *shapes, const void *const *in, void *out,
                     double divisor) {
    size_t bytes = cpusimd_type_bytes(kind.type);
    struct sum_job job = {
        .kernels = cpusimd_tensor_kernels(kind), .shapes = shapes, .in = in, .out = out,
        .inputs = inputs, .count = count_of(shapes), .bytes = bytes, .divisor = divisor};
    if (job.count == 0) return;
    uint64_t row = shapes->dims[shapes->rank - 1] * bytes;
    job.stream = cpusimd_streams((inputs + 1) * job.count * bytes) && row % 64 == 0 &&
                 is_aligned(out, 64);
    cpusimd_pool_run(pool, sum_task, &job);
}
