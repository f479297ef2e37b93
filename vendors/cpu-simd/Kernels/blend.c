/* Linear interpolation in several dimensions: the rows that meet are weighed and added, and then
 * neighbours within the row. */
#include "moves.h"

/* Lines of the input, interpolated within, that a thread keeps: rows of the output that follow one
 * another are made of the same ones. */
#define KEPT 4

struct blend_job {
    uint32_t rank;
    const cpusimd_blend *dims;
    uint64_t steps[8]; /* elements of the input to step */
    double outside;
    const char *in;
    char *out, *workspace;
    size_t bytes, rows, room;
    cast_kernel widen, narrow;
    int copies, crosses; /* the last dimension is as it was; has places outside */
    void (*some)(const struct blend_job *job, size_t low, size_t high, char *room);
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

/* What a thread has in its part of the workspace. */
#define BLEND(type)                                                                                \
    struct room_##type {                                                                           \
        uint64_t starts[KEPT]; /* of the lines that are kept */                                    \
        type *lines[KEPT], *wide, *results, *share;                                                \
        uint32_t *low, *high;                                                                      \
    };                                                                                             \
    static void arrange_##type(const struct blend_job *job, struct room_##type *room,              \
                               char *memory) {                                                     \
        const cpusimd_blend *last = &job->dims[job->rank - 1];                                     \
        type *next = (type *)(void *)memory;                                                       \
        for (int k = 0; k < KEPT; k++, next += last->out)                                          \
            room->lines[k] = next, room->starts[k] = UINT64_MAX;                                   \
        room->results = next, room->share = next + last->out;                                      \
        room->wide = room->share + last->out;                                                      \
        room->low = (uint32_t *)(void *)(room->wide + last->in);                                   \
        room->high = room->low + last->out;                                                        \
        for (size_t i = 0; i < last->out; i++) {                                                   \
            int inside = last->low[i] >= 0;                                                        \
            room->share[i] = inside ? (type)last->share[i] : 0;                                    \
            room->low[i] = inside ? (uint32_t)last->low[i] : 0;                                    \
            /* Nothing of a neighbour that may be infinite. */                                     \
            room->high[i] = room->share[i] != 0 ? (uint32_t)last->high[i] : room->low[i];          \
        }                                                                                          \
    }                                                                                              \
    static void across_##type(const struct blend_job *job, const struct room_##type *room,         \
                              uint64_t start, type *restrict to) {                                 \
        const cpusimd_blend *last = &job->dims[job->rank - 1];                                     \
        const char *line = job->in + start * job->bytes;                                           \
        const type *from = (const type *)(const void *)line;                                       \
        if (job->widen) job->widen(line, room->wide, last->in), from = room->wide;                 \
        if (job->copies) {                                                                         \
            memcpy(to, from, last->out * sizeof(type));                                            \
            return;                                                                                \
        }                                                                                          \
        const uint32_t *low = room->low, *high = room->high;                                       \
        const type *share = room->share;                                                           \
        for (size_t i = 0; i < last->out; i++)                                                     \
            to[i] = from[low[i]] * (1 - share[i]) + from[high[i]] * share[i];                      \
    }                                                                                              \
    /* The line that starts there, from among those kept or in place of one no longer needed. */   \
    static const type *line_##type(const struct blend_job *job, struct room_##type *room,          \
                                   const struct corners *corners, uint32_t corner) {               \
        int free = 0;                                                                              \
        for (int k = 0; k < KEPT; k++) {                                                           \
            if (room->starts[k] == corners->starts[corner]) return room->lines[k];                 \
            int needed = 0;                                                                        \
            for (uint32_t i = 0; i < corners->count && corners->count <= KEPT; i++)                \
                needed |= corners->starts[i] == room->starts[k];                                   \
            if (!needed) free = k;                                                                 \
        }                                                                                          \
        room->starts[free] = corners->starts[corner];                                              \
        across_##type(job, room, corners->starts[corner], room->lines[free]);                      \
        return room->lines[free];                                                                  \
    }                                                                                              \
    static void row_##type(const struct blend_job *job, struct room_##type *room, size_t row) {    \
        const cpusimd_blend *last = &job->dims[job->rank - 1];                                     \
        char *out = job->out + row * last->out * job->bytes;                                       \
        type *restrict to = job->narrow ? room->results : (type *)(void *)out;                     \
        const size_t n = last->out;                                                                \
        struct corners corners;                                                                    \
        find_corners(job, row, &corners);                                                          \
        for (size_t i = 0; corners.count == 0 && i < n; i++) to[i] = (type)job->outside;           \
        for (uint32_t k = 0; k < corners.count; k++) {                                             \
            const type *line = line_##type(job, room, &corners, k);                                \
            const type weight = (type)corners.weights[k];                                          \
            if (k > 0)                                                                             \
                for (size_t i = 0; i < n; i++) to[i] += weight * line[i];                          \
            else if (weight == 1) memcpy(to, line, n * sizeof(type));                              \
            else                                                                                   \
                for (size_t i = 0; i < n; i++) to[i] = weight * line[i];                           \
        }                                                                                          \
        for (size_t i = 0; job->crosses && i < n; i++)                                             \
            if (last->low[i] < 0) to[i] = (type)job->outside;                                      \
        if (job->narrow) job->narrow(room->results, out, n);                                       \
    }                                                                                              \
    static void some_##type(const struct blend_job *job, size_t low, size_t high, char *memory) {  \
        struct room_##type room;                                                                   \
        arrange_##type(job, &room, memory);                                                        \
        for (size_t row = low; row < high; row++) row_##type(job, &room, row);                     \
    }
BLEND(double)
BLEND(float)

static void blend_task(void *argument, int thread, int threads) {
    const struct blend_job *job = argument;
    size_t low, high;
    tensor_share(job->rows, 1, thread, threads, &low, &high);
    if (high > low) job->some(job, low, high, job->workspace + (size_t)thread * job->room);
}

static size_t room_of(uint32_t rank, const cpusimd_blend *dims) {
    const cpusimd_blend *last = &dims[rank - 1];
    size_t numbers = (KEPT + 2) * last->out + last->in;
    return (numbers * sizeof(double) + 2 * last->out * sizeof(uint32_t) + 63) / 64 * 64;
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
                            .some = type == CPUSIMD_F64 ? some_double : some_float};
    uint64_t step = 1;
    for (uint32_t i = rank; i-- > 0; step *= dims[i].in) job.steps[i] = step;
    for (uint32_t i = 0; i + 1 < rank; i++) job.rows *= dims[i].out;
    for (uint64_t i = 0; i < last->out; i++) {
        job.copies = job.copies && last->low[i] == (int64_t)i && last->share[i] == 0;
        job.crosses |= last->low[i] < 0;
    }
    if (job.rows * last->out > 0) cpusimd_pool_run(pool, blend_task, &job);
}
