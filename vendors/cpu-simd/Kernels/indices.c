/* Elements and slices that indices name. Indices are checked as they are read. */
#include "moves.h"
#include <stdatomic.h>

/* ---- slices along an axis ------------------------------------------------------------------- */

struct gather_job {
    cpusimd_indices indices;
    size_t count, outer, extent, bytes;
    const char *in;
    char *out;
    int stream;
    _Atomic uint64_t outside;
};

#define GATHERED(type)                                                                             \
    {                                                                                              \
        const type *from = (const type *)(const void *)in;                                         \
        type *to = (type *)(void *)out;                                                            \
        for (size_t i = 0; i < n; i++) {                                                           \
            uint64_t index = index_at(job->indices, first + i, job->extent);                       \
            if (index < job->extent) to[i] = from[index];                                          \
            else outside++;                                                                        \
        }                                                                                          \
    }

static uint64_t gathered(const struct gather_job *job, const char *in, char *out, size_t first,
                         size_t n) {
    uint64_t outside = 0;
    if (is_element(job->bytes)) {
        FOR_ELEMENT(job->bytes, GATHERED)
        return outside;
    }
    const size_t ahead = job->bytes >= 1024 ? 1 : 4;
    for (size_t i = 0; i < n; i++) {
        uint64_t index = index_at(job->indices, first + i, job->extent);
        if (i + ahead < n) {
            uint64_t next = index_at(job->indices, first + i + ahead, job->extent);
            if (next < job->extent) prefetch_row(in + next * job->bytes, job->bytes);
        }
        if (index < job->extent)
            copy_bytes(out + i * job->bytes, in + index * job->bytes, job->bytes, job->stream);
        else outside++;
    }
    return outside;
}

static void gather_task(void *argument, int thread, int threads) {
    struct gather_job *job = argument;
    size_t low, high, grain = SHARE_BYTES / job->bytes;
    tensor_share(job->outer * job->count, grain ? grain : 1, thread, threads, &low, &high);
    uint64_t outside = 0;
    while (low < high) {
        size_t part = low / job->count, first = low % job->count, n = job->count - first;
        if (n > high - low) n = high - low;
        outside += gathered(job, job->in + part * job->extent * job->bytes,
                            job->out + low * job->bytes, first, n);
        low += n;
    }
    if (outside) atomic_fetch_add(&job->outside, outside);
    cpusimd_stream_fence(job->stream);
}

uint64_t cpusimd_gather_run(cpusimd_pool *pool, cpusimd_indices indices, uint64_t count,
                            uint64_t outer, uint64_t extent, uint64_t bytes, const void *in,
                            void *out) {
    if (outer * count * bytes == 0) return 0;
    struct gather_job job = {indices, count, outer, extent, bytes, in, out,
                             cpusimd_streams(2 * outer * count * bytes), 0};
    cpusimd_pool_run(pool, gather_task, &job);
    return job.outside;
}

/* ---- single elements ------------------------------------------------------------------------ */

struct lookup_job {
    cpusimd_indices indices;
    const cpusimd_lookup *shape;
    size_t bytes, count;
    const char *in;
    char *out;
    _Atomic uint64_t outside;
};

#define LOOKED_UP(type)                                                                            \
    {                                                                                              \
        const type *from = (const type *)(const void *)job->in;                                    \
        type *to = (type *)(void *)job->out;                                                       \
        for (size_t i = 0; i < n; i++) {                                                           \
            uint64_t index = index_at(job->indices, first + i, shape->extent);                     \
            if (index < shape->extent) to[first + i] = from[start + i * step + index * jump];      \
            else outside++;                                                                        \
        }                                                                                          \
    }

static void lookup_task(void *argument, int thread, int threads) {
    struct lookup_job *job = argument;
    const cpusimd_lookup *shape = job->shape;
    const uint32_t last = shape->rank - 1;
    const size_t jump = shape->steps[shape->axis], step = shape->axis == last ? 0 : 1;
    size_t low, high;
    uint64_t outside = 0;
    tensor_share(job->count, SHARE_BYTES / job->bytes, thread, threads, &low, &high);
    while (low < high) {
        size_t first = low, column = low % shape->dims[last], n = shape->dims[last] - column;
        size_t rest = low / shape->dims[last], start = column * step;
        if (n > high - low) n = high - low;
        for (uint32_t i = last; i-- > 0; rest /= shape->dims[i])
            if (i != shape->axis) start += rest % shape->dims[i] * shape->steps[i];
        FOR_ELEMENT(job->bytes, LOOKED_UP)
        low += n;
    }
    if (outside) atomic_fetch_add(&job->outside, outside);
}

uint64_t cpusimd_gather_elements_run(cpusimd_pool *pool, cpusimd_indices indices,
                                     const cpusimd_lookup *shape, uint64_t bytes, const void *in,
                                     void *out) {
    struct lookup_job job = {indices, shape, bytes, 1, in, out, 0};
    for (uint32_t i = 0; i < shape->rank; i++) job.count *= shape->dims[i];
    if (job.count > 0) cpusimd_pool_run(pool, lookup_task, &job);
    return job.outside;
}

/* ---- tuples --------------------------------------------------------------------------------- */

struct tuples_job {
    const int64_t *indices;
    const cpusimd_tuples *shape;
    size_t bytes;
    const char *in;
    char *out;
    int stream;
    _Atomic uint64_t outside;
};

static void tuples_task(void *argument, int thread, int threads) {
    struct tuples_job *job = argument;
    const cpusimd_tuples *shape = job->shape;
    const size_t slice = shape->slice * job->bytes;
    size_t low, high, grain = SHARE_BYTES / slice;
    uint64_t outside = 0;
    tensor_share(shape->batches * shape->tuples, grain ? grain : 1, thread, threads, &low, &high);
    for (size_t tuple = low; tuple < high; tuple++) {
        uint64_t place = tuple_place((cpusimd_indices){job->indices, 1}, shape, tuple);
        if (place == UINT64_MAX) {
            outside++;
            continue;
        }
        place += tuple / shape->tuples * shape->part;
        copy_bytes(job->out + tuple * slice, job->in + place * job->bytes, slice, job->stream);
    }
    if (outside) atomic_fetch_add(&job->outside, outside);
    cpusimd_stream_fence(job->stream);
}

uint64_t cpusimd_gather_tuples_run(cpusimd_pool *pool, const int64_t *indices,
                                   const cpusimd_tuples *shape, uint64_t bytes, const void *in,
                                   void *out) {
    uint64_t all = shape->batches * shape->tuples * shape->slice * bytes;
    if (all == 0) return 0;
    struct tuples_job job = {indices, shape, bytes, in, out, cpusimd_streams(2 * all), 0};
    cpusimd_pool_run(pool, tuples_task, &job);
    return job.outside;
}
