/* Updates of elements and slices that indices name.
 *
 * Threads never write the same element: each has a part of the output's slices or columns, or lines
 * along the axis, and reads all indices that may lead there. */
#include "moves.h"
#include <stdatomic.h>

struct elements_job;
/* to[i] becomes what `from[i]` makes of it. */
typedef void (*fold_kernel)(void *to, const void *from, size_t n);
/* The same for the elements that n indices from `place` on name. They count from `start`, which
 * moves on by `advance`, and are left to others unless at least `first` and below `past`. The
 * result is the number of those outside the data. */
typedef uint64_t (*spread_kernel)(const struct elements_job *job, size_t place, size_t start,
                                  size_t n, size_t advance, uint64_t first, uint64_t past);

struct elements_job {
    cpusimd_indices indices;
    const cpusimd_lookup *shape;
    spread_kernel spread;
    size_t outer, inner; /* of the indices, before and behind the axis */
    const void *updates;
    void *out;
    _Atomic uint64_t outside;
};

#define FOLD(name, type, expression)                                                               \
    static void name##_##type(void *to, const void *from, size_t n) {                              \
        type *a = to;                                                                              \
        const type *b = from;                                                                      \
        for (size_t i = 0; i < n; i++) {                                                           \
            type x = a[i], y = b[i];                                                               \
            a[i] = expression;                                                                     \
        }                                                                                          \
    }                                                                                              \
    static uint64_t spread_##name##_##type(const struct elements_job *job, size_t place,           \
                                           size_t start, size_t n, size_t advance, uint64_t first, \
                                           uint64_t past) {                                        \
        const cpusimd_lookup *shape = job->shape;                                                  \
        const size_t step = shape->steps[shape->axis];                                             \
        const cpusimd_indices indices = job->indices;                                              \
        const type *from = job->updates;                                                           \
        type *to = job->out;                                                                       \
        uint64_t outside = 0;                                                                      \
        for (size_t i = 0; i < n; i++, place++, start += advance) {                                \
            uint64_t index = index_at(indices, place, shape->extent);                              \
            if (index >= first && index < past) {                                                  \
                type *cell = to + start + index * step;                                            \
                type x = *cell, y = from[place];                                                   \
                *cell = expression;                                                                \
            } else {                                                                               \
                outside += index == UINT64_MAX;                                                    \
            }                                                                                      \
        }                                                                                          \
        return outside;                                                                            \
    }
/* A product of narrow numbers is an int, which u16 may overflow. */
#define WHOLE(type)                                                                                \
    FOLD(add, type, (type)(x + y))                                                                 \
    FOLD(mul, type, (type)((uint64_t)x * (uint64_t)y))                                             \
    FOLD(max, type, x > y ? x : y)                                                                 \
    FOLD(min, type, x < y ? x : y)
#define SIGNED(type)                                                                               \
    FOLD(max, type, x > y ? x : y)                                                                 \
    FOLD(min, type, x < y ? x : y)
/* NaN of either side stays. */
#define REAL(type)                                                                                 \
    FOLD(add, type, x + y)                                                                         \
    FOLD(mul, type, x * y)                                                                         \
    FOLD(max, type, x > y || x != x ? x : y)                                                       \
    FOLD(min, type, x < y || x != x ? x : y)
REAL(double)
REAL(float)
WHOLE(uint64_t)
WHOLE(uint32_t)
WHOLE(uint16_t)
WHOLE(uint8_t)
SIGNED(int64_t)
SIGNED(int32_t)
SIGNED(int16_t)
SIGNED(int8_t)

#define SET(type) FOLD(set, type, ((void)x, y))
SET(uint64_t)
SET(uint32_t)
SET(uint16_t)
SET(uint8_t)

/* Sums and products of whole numbers are the same with and without sign. */
#define ROW(name, sized, type)                                                                     \
    {name##set_##sized, name##add_##sized, name##mul_##sized, name##max_##type, name##min_##type}
#define REAL_ROW(name, sized, type)                                                                \
    {name##set_##sized, name##add_##type, name##mul_##type, name##max_##type, name##min_##type}
#define ROWS(name)                                                                                 \
    {                                                                                              \
        [CPUSIMD_F64] = REAL_ROW(name, uint64_t, double),                                          \
        [CPUSIMD_F32] = REAL_ROW(name, uint32_t, float),                                           \
        [CPUSIMD_F16] = {name##set_uint16_t}, [CPUSIMD_BF16] = {name##set_uint16_t},               \
        [CPUSIMD_I64] = ROW(name, uint64_t, int64_t),                                              \
        [CPUSIMD_I32] = ROW(name, uint32_t, int32_t),                                              \
        [CPUSIMD_I16] = ROW(name, uint16_t, int16_t), [CPUSIMD_I8] = ROW(name, uint8_t, int8_t),   \
        [CPUSIMD_U64] = ROW(name, uint64_t, uint64_t),                                             \
        [CPUSIMD_U32] = ROW(name, uint32_t, uint32_t),                                             \
        [CPUSIMD_U16] = ROW(name, uint16_t, uint16_t), [CPUSIMD_U8] = ROW(name, uint8_t, uint8_t), \
        [CPUSIMD_BOOL] = {name##set_uint8_t}, [CPUSIMD_F8E4M3] = {name##set_uint8_t},              \
        [CPUSIMD_F8E5M2] = {name##set_uint8_t},                                                    \
    }
static const fold_kernel folds[CPUSIMD_STORED_COUNT][5] = ROWS();
static const spread_kernel spreads[CPUSIMD_STORED_COUNT][5] = ROWS(spread_);

/* ---- single elements ------------------------------------------------------------------------ */

/* Where a line along the axis starts in the data. */
static size_t line_start(const cpusimd_lookup *shape, size_t line, size_t inner) {
    size_t start = 0, behind = line % inner, before = line / inner;
    for (uint32_t i = shape->rank; i-- > shape->axis + 1; behind /= shape->dims[i])
        start += behind % shape->dims[i] * shape->steps[i];
    for (uint32_t i = shape->axis; i-- > 0; before /= shape->dims[i])
        start += before % shape->dims[i] * shape->steps[i];
    return start;
}

static void elements_task(void *argument, int thread, int threads) {
    struct elements_job *job = argument;
    const cpusimd_lookup *shape = job->shape;
    const size_t n = shape->dims[shape->axis], step = shape->steps[shape->axis];
    size_t lines = job->outer * job->inner, low = 0, high = lines;
    uint64_t first = 0, past = shape->extent, outside = 0;
    if (lines >= 2 * (size_t)threads) {
        tensor_share(lines, 1, thread, threads, &low, &high);
    } else {
        size_t from, to;
        tensor_share(shape->extent, 64, thread, threads, &from, &to);
        first = from, past = to;
    }
    const int is_dense = step == job->inner;
    for (size_t line = low, count; line < high; line += count) {
        size_t start = line_start(shape, line, job->inner);
        size_t place = line / job->inner * n * job->inner + line % job->inner;
        count = 1;
        if (job->inner == 1) {
            outside += job->spread(job, place, start, n, 0, first, past);
            continue;
        }
        /* Neighbouring lines together, in the order of memory. */
        if (is_dense) count = job->inner - line % job->inner;
        if (count > high - line) count = high - line;
        for (size_t i = 0; i < n; i++, place += job->inner)
            outside += job->spread(job, place, start, count, 1, first, past);
    }
    if (outside) atomic_fetch_add(&job->outside, outside);
}

uint64_t cpusimd_scatter_elements_run(cpusimd_pool *pool, int type, int reduction,
                                      cpusimd_indices indices, const cpusimd_lookup *shape,
                                      const void *updates, void *out) {
    struct elements_job job = {indices, shape, spreads[type][reduction], 1, 1, updates, out, 0};
    for (uint32_t i = 0; i < shape->axis; i++) job.outer *= shape->dims[i];
    for (uint32_t i = shape->axis + 1; i < shape->rank; i++) job.inner *= shape->dims[i];
    if (job.outer * job.inner * shape->dims[shape->axis] == 0) return 0;
    cpusimd_pool_run(pool, elements_task, &job);
    return job.outside;
}

/* ---- slices --------------------------------------------------------------------------------- */

struct slices_job {
    cpusimd_indices indices;
    const cpusimd_tuples *shape;
    fold_kernel fold;
    size_t bytes, targets;
    const char *updates;
    char *out;
    _Atomic uint64_t outside;
};

static void slices_task(void *argument, int thread, int threads) {
    struct slices_job *job = argument;
    const cpusimd_tuples *shape = job->shape;
    const size_t slice = shape->slice;
    size_t low = 0, high = slice, first = 0, past = job->targets;
    /* Long slices are shared by columns; of short ones each thread has some, and passes over the
     * others. */
    if (slice * job->bytes >= SHARE_BYTES)
        tensor_share(slice, 64, thread, threads, &low, &high);
    else tensor_share(job->targets, 1, thread, threads, &first, &past);
    uint64_t outside = 0;
    for (size_t tuple = 0; tuple < shape->tuples; tuple++) {
        uint64_t place = tuple_place(job->indices, shape, tuple);
        if (place == UINT64_MAX) {
            outside++;
            continue;
        }
        if (place < first * slice || place >= past * slice || high == low) continue;
        job->fold(job->out + (place + low) * job->bytes,
                  job->updates + (tuple * slice + low) * job->bytes, high - low);
    }
    if (outside) atomic_fetch_add(&job->outside, outside);
}

uint64_t cpusimd_scatter_tuples_run(cpusimd_pool *pool, int type, int reduction,
                                    cpusimd_indices indices, const cpusimd_tuples *shape,
                                    const void *updates, void *out) {
    struct slices_job job = {indices, shape, folds[type][reduction], cpusimd_type_bytes(type), 1,
                             updates, out, 0};
    for (uint64_t i = 0; i < shape->length; i++) job.targets *= shape->extents[i];
    if (shape->tuples * shape->slice == 0) return 0;
    cpusimd_pool_run(pool, slices_task, &job);
    return job.outside;
}
