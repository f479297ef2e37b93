/* Linear interpolation in several dimensions: the rows that meet are weighed and added, and then
 * neighbours within the row. */
#include "moves.h"

struct blend_job {
    uint32_t rank;
    const cpusimd_blend *dims;
    uint64_t steps[8]; /* elements of the input to step */
    double outside;
    const char *in;
    char *out, *workspace;
    size_t bytes, rows, room;
    cast_kernel widen, narrow;
    int copies; /* the last dimension is as it was */
    void (*row)(const struct blend_job *job, size_t row, char *room);
};

/* Rows of the input with their weights; none where a place is outside. */
struct corners {
    uint32_t count;
    uint64_t starts[128];
    double weights[128];
};

static void find_corners(const struct blend_job *job, size_t row, struct corners *corners) {
    corners->count = 1;
    corners->starts[0] = 0;
    corners->weights[0] = 1;
    for (uint32_t i = job->rank - 1; i-- > 0;) {
        const cpusimd_blend *dim = &job->dims[i];
        size_t position = row % dim->out;
        row /= dim->out;
        if (dim->low[position] < 0) {
            corners->count = 0;
            return;
        }
        double share = dim->share[position];
        uint64_t low = (uint64_t)dim->low[position] * job->steps[i];
        uint64_t high = (uint64_t)dim->high[position] * job->steps[i];
        uint32_t known = corners->count;
        for (uint32_t k = 0; k < known; k++) {
            if (share != 0) {
                corners->starts[known + k] = corners->starts[k] + high;
                corners->weights[known + k] = corners->weights[k] * share;
                corners->count++;
            }
            corners->starts[k] += low;
            corners->weights[k] *= 1 - share;
        }
    }
}

#define BLEND(type)                                                                                \
    static void weigh_##type(const struct blend_job *job, const struct corners *corners,           \
                             type *restrict sums, type *wide) {                                    \
        const size_t n = job->dims[job->rank - 1].in;                                              \
        for (uint32_t k = 0; k < corners->count; k++) {                                            \
            const char *from = job->in + corners->starts[k] * job->bytes;                          \
            const type *values = (const type *)(const void *)from;                                 \
            const type weight = (type)corners->weights[k];                                         \
            if (job->widen) job->widen(from, wide, n), values = wide;                              \
            if (k == 0)                                                                            \
                for (size_t i = 0; i < n; i++) sums[i] = weight * values[i];                       \
            else                                                                                   \
                for (size_t i = 0; i < n; i++) sums[i] += weight * values[i];                      \
        }                                                                                          \
    }                                                                                              \
    static void row_##type(const struct blend_job *job, size_t row, char *room) {                  \
        const cpusimd_blend *last = &job->dims[job->rank - 1];                                     \
        type *sums = (type *)(void *)room, *wide = sums + last->in, *results = wide + last->in;    \
        char *out = job->out + row * last->out * job->bytes;                                       \
        type *to = job->narrow ? results : (type *)(void *)out;                                    \
        struct corners corners;                                                                    \
        find_corners(job, row, &corners);                                                          \
        if (corners.count == 0) {                                                                  \
            for (size_t i = 0; i < last->out; i++) to[i] = (type)job->outside;                     \
        } else {                                                                                   \
            const type *from = sums;                                                               \
            if (corners.count == 1 && !job->widen)                                                 \
                from = (const type *)(const void *)(job->in + corners.starts[0] * job->bytes);     \
            else weigh_##type(job, &corners, sums, wide);                                          \
            for (size_t i = 0; job->copies && i < last->out; i++) to[i] = from[i];                 \
            for (size_t i = 0; !job->copies && i < last->out; i++) {                               \
                if (last->low[i] < 0) {                                                            \
                    to[i] = (type)job->outside;                                                    \
                } else {                                                                           \
                    type a = from[last->low[i]], b = from[last->high[i]];                          \
                    type share = (type)last->share[i];                                             \
                    to[i] = share == 0 ? a : a * (1 - share) + b * share;                          \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
        if (job->narrow) job->narrow(results, out, last->out);                                     \
    }
BLEND(double)
BLEND(float)

static void blend_task(void *argument, int thread, int threads) {
    const struct blend_job *job = argument;
    size_t low, high;
    tensor_share(job->rows, 1, thread, threads, &low, &high);
    for (size_t row = low; row < high; row++)
        job->row(job, row, job->workspace + (size_t)thread * job->room);
}

static size_t room_of(uint32_t rank, const cpusimd_blend *dims) {
    size_t bytes = (2 * dims[rank - 1].in + dims[rank - 1].out) * sizeof(double);
    return (bytes + 63) / 64 * 64;
}

uint64_t cpusimd_blend_workspace(const cpusimd_pool *pool, uint32_t rank,
                                 const cpusimd_blend *dims) {
    return (uint64_t)cpusimd_pool_threads(pool) * room_of(rank, dims);
}

void cpusimd_blend_run(cpusimd_pool *pool, int isa, int type, uint32_t rank,
                       const cpusimd_blend *dims, double outside, const void *in, void *out,
                       void *workspace) {
    const cpusimd_blend *last = &dims[rank - 1];
    struct blend_job job = {.rank = rank, .dims = dims, .outside = outside, .in = in, .out = out,
                            .workspace = workspace, .bytes = cpusimd_type_bytes(type), .rows = 1,
                            .room = room_of(rank, dims), .widen = widening(isa, type),
                            .narrow = narrowing(isa, type), .copies = last->in == last->out,
                            .row = type == CPUSIMD_F64 ? row_double : row_float};
    uint64_t step = 1;
    for (uint32_t i = rank; i-- > 0; step *= dims[i].in) job.steps[i] = step;
    for (uint32_t i = 0; i + 1 < rank; i++) job.rows *= dims[i].out;
    for (uint64_t i = 0; i < last->out && job.copies; i++)
        job.copies = last->low[i] == (int64_t)i && last->share[i] == 0;
    if (job.rows * last->out > 0) cpusimd_pool_run(pool, blend_task, &job);
}
