/* Copies of elements, in order or with other strides, over threads. */
#include "moves.h"

static void remove_dimension(cpusimd_move *shape, uint32_t index) {
    for (uint32_t i = index; i + 1 < shape->rank; i++) {
        shape->dims[i] = shape->dims[i + 1];
        shape->from[i] = shape->from[i + 1];
        shape->to[i] = shape->to[i + 1];
    }
    shape->rank--;
}

/* Makes a short run of neighbours, of up to 16 bytes, one element. */
static void widen_elements(cpusimd_move *shape) {
    if (shape->rank < 2) return;
    uint32_t last = shape->rank - 1;
    uint64_t n = shape->dims[last];
    if (shape->from[last] != 1 || shape->to[last] != 1) return;
    if (shape->bytes * n > 16 || !is_element(shape->bytes * n)) return;
    for (uint32_t i = 0; i < last; i++)
        if (shape->from[i] % (int64_t)n || shape->to[i] % (int64_t)n) return;
    for (uint32_t i = 0; i < last; i++) {
        shape->from[i] /= (int64_t)n;
        shape->to[i] /= (int64_t)n;
    }
    shape->bytes *= n;
    shape->rank--;
}

/* Rows that stand in another order: several at a time of each, so that the pages of both tensors
 * are few. The dimension of rows is split, and its outer part walked before the one outside. */
static void group_rows(cpusimd_move *shape) {
    if (shape->rank < 3 || shape->rank >= CPUSIMD_MOVE_RANK) return;
    uint32_t last = shape->rank - 1, row = last - 1, outside = last - 2;
    uint64_t group = 32;
    while (group > 4 && shape->dims[row] % group) group /= 2;
    if (shape->from[last] != 1 || shape->to[last] != 1 || group <= 4) return;
    if (shape->dims[row] == group || shape->dims[last] * shape->bytes > 4096) return;
    if (shape->from[row] <= shape->from[outside] || shape->from[outside] <= 0) return;
    for (uint32_t i = shape->rank; i-- > outside;) {
        shape->dims[i + 1] = shape->dims[i];
        shape->from[i + 1] = shape->from[i];
        shape->to[i + 1] = shape->to[i];
    }
    shape->rank++;
    shape->dims[outside] = shape->dims[row + 1] / group;
    shape->from[outside] = shape->from[row + 1] * (int64_t)group;
    shape->to[outside] = shape->to[row + 1] * (int64_t)group;
    shape->dims[row + 1] = group;
}

void cpusimd_move_simplify(cpusimd_move *shape) {
    for (uint32_t i = shape->rank; i-- > 0;)
        if (shape->dims[i] == 1) remove_dimension(shape, i);
    for (uint32_t i = shape->rank; i-- > 1;) {
        int64_t n = (int64_t)shape->dims[i];
        if (shape->from[i - 1] != shape->from[i] * n || shape->to[i - 1] != shape->to[i] * n)
            continue;
        shape->dims[i - 1] *= shape->dims[i];
        shape->from[i - 1] = shape->from[i];
        shape->to[i - 1] = shape->to[i];
        remove_dimension(shape, i);
    }
    widen_elements(shape);
    group_rows(shape);
    if (shape->rank == 0) {
        shape->rank = 1;
        shape->dims[0] = 1;
        shape->from[0] = shape->to[0] = 1;
    }
}

/* ---- rows ----------------------------------------------------------------------------------- */

struct move_job {
    const cpusimd_move *shape;
    const char *in;
    char *out;
    size_t count;
    int stream;
};

/* A walk through all elements, with the place in both tensors. */
struct move_walk {
    uint64_t position[CPUSIMD_MOVE_RANK];
    int64_t from, to;
};

static void walk_to(struct move_walk *walk, const cpusimd_move *shape, uint64_t element) {
    walk->from = walk->to = 0;
    for (uint32_t i = shape->rank; i-- > 0; element /= shape->dims[i]) {
        walk->position[i] = element % shape->dims[i];
        walk->from += (int64_t)walk->position[i] * shape->from[i];
        walk->to += (int64_t)walk->position[i] * shape->to[i];
    }
}

static void walk_on(struct move_walk *walk, const cpusimd_move *shape, uint64_t done) {
    uint32_t last = shape->rank - 1;
    walk->position[last] += done;
    walk->from += (int64_t)done * shape->from[last];
    walk->to += (int64_t)done * shape->to[last];
    for (uint32_t i = last; i > 0 && walk->position[i] == shape->dims[i]; i--) {
        walk->position[i] = 0;
        walk->position[i - 1]++;
        walk->from += shape->from[i - 1] - (int64_t)shape->dims[i] * shape->from[i];
        walk->to += shape->to[i - 1] - (int64_t)shape->dims[i] * shape->to[i];
    }
}

#define STRIDED_ROW(type)                                                                          \
    {                                                                                              \
        const type *source = (const type *)(const void *)in;                                       \
        type *target = (type *)(void *)out;                                                        \
        for (size_t i = 0; i < n; i++) target[(int64_t)i * to] = source[(int64_t)i * from];        \
    }

static void one_row(const struct move_job *job, const char *in, char *out, size_t n) {
    const cpusimd_move *shape = job->shape;
    int64_t from = shape->from[shape->rank - 1], to = shape->to[shape->rank - 1];
    if (from == 1 && to == 1) {
        copy_bytes(out, in, n * shape->bytes, job->stream);
    } else if (from == 0 && to == 1) {
        repeat_element(out, in, shape->bytes, n);
    } else {
        FOR_ELEMENT(shape->bytes, STRIDED_ROW)
    }
}

static void rows_task(void *argument, int thread, int threads) {
    const struct move_job *job = argument;
    const cpusimd_move *shape = job->shape;
    uint32_t last = shape->rank - 1;
    size_t low, high;
    tensor_share(job->count, SHARE_BYTES / shape->bytes, thread, threads, &low, &high);
    if (high == low) return;
    struct move_walk walk;
    walk_to(&walk, shape, low);
    while (low < high) {
        size_t n = shape->dims[last] - walk.position[last];
        if (n > high - low) n = high - low;
        const char *in = job->in + walk.from * (int64_t)shape->bytes;
        char *out = job->out + walk.to * (int64_t)shape->bytes;
        walk_on(&walk, shape, n);
        low += n;
        if (shape->from[last] == 1 && low < high)
            prefetch_row(job->in + walk.from * (int64_t)shape->bytes, n * shape->bytes);
        one_row(job, in, out, n);
    }
    cpusimd_stream_fence(job->stream);
}

void cpusimd_move_run(cpusimd_pool *pool, const cpusimd_move *shape, const void *in, void *out) {
    struct move_job job = {.shape = shape, .in = in, .out = out, .count = 1};
    for (uint32_t i = 0; i < shape->rank; i++) job.count *= shape->dims[i];
    if (job.count == 0) return;
    if (cpusimd_transposes(shape)) {
        cpusimd_transpose_run(pool, shape, in, out);
        return;
    }
    job.stream = cpusimd_streams(2 * job.count * shape->bytes);
    cpusimd_pool_run(pool, rows_task, &job);
}

/* ---- pieces --------------------------------------------------------------------------------- */

struct pieces_job {
    const cpusimd_piece *pieces;
    size_t count;
    const char *inputs[2];
    char *out;
    size_t bytes;
    int stream;
};

static void pieces_task(void *argument, int thread, int threads) {
    const struct pieces_job *job = argument;
    size_t low, high, start = 0;
    tensor_share(job->bytes, SHARE_BYTES, thread, threads, &low, &high);
    for (size_t i = 0; i < job->count && start < high; i++) {
        const cpusimd_piece *piece = &job->pieces[i];
        size_t end = start + piece->bytes;
        if (end > low) {
            size_t first = low > start ? low - start : 0;
            size_t past = (high < end ? high : end) - start;
            const char *in = job->inputs[piece->second];
            copy_bytes(job->out + piece->to + first, in + piece->from + first, past - first,
                       job->stream);
        }
        start = end;
    }
    cpusimd_stream_fence(job->stream);
}

void cpusimd_pieces_run(cpusimd_pool *pool, const cpusimd_piece *pieces, uint64_t count,
                        const void *a, const void *b, void *out) {
    struct pieces_job job = {pieces, count, {a, b}, out, 0, 0};
    for (uint64_t i = 0; i < count; i++) job.bytes += pieces[i].bytes;
    job.stream = cpusimd_streams(2 * job.bytes);
    if (job.bytes > 0) cpusimd_pool_run(pool, pieces_task, &job);
}

/* ---- triangles ------------------------------------------------------------------------------ */

struct trilu_job {
    size_t bytes, lines, rows, columns;
    int64_t k;
    int upper, stream;
    const char *in;
    char *out;
};

static void trilu_task(void *argument, int thread, int threads) {
    const struct trilu_job *job = argument;
    size_t low, high, bytes = job->bytes, line_bytes = job->columns * bytes;
    tensor_share(job->lines, 1, thread, threads, &low, &high);
    for (size_t line = low; line < high; line++) {
        /* The first column that is on the diagonal or right of it; for lower ones that behind. */
        int64_t diagonal = (int64_t)(line % job->rows) + job->k + (job->upper ? 0 : 1);
        size_t edge = diagonal < 0 ? 0 : (size_t)diagonal;
        if (edge > job->columns) edge = job->columns;
        const char *in = job->in + line * line_bytes;
        char *out = job->out + line * line_bytes;
        size_t first = job->upper ? edge * bytes : 0, past = job->upper ? line_bytes : edge * bytes;
        memset(out, 0, first);
        copy_bytes(out + first, in + first, past - first, job->stream);
        memset(out + past, 0, line_bytes - past);
    }
    cpusimd_stream_fence(job->stream);
}

void cpusimd_trilu_run(cpusimd_pool *pool, uint64_t bytes, uint64_t matrices, uint64_t rows,
                       uint64_t columns, int64_t k, int upper, const void *in, void *out) {
    /* Beyond the matrix all diagonals are alike; nearer ones cannot overflow. */
    int64_t most = (int64_t)(rows + columns) + 1;
    struct trilu_job job = {bytes, matrices * rows, rows, columns,
                            k > most ? most : k < -most ? -most : k, upper,
                            cpusimd_streams(2 * matrices * rows * columns * bytes), in, out};
    if (job.lines > 0 && columns > 0) cpusimd_pool_run(pool, trilu_task, &job);
}

/* ---- one value ------------------------------------------------------------------------------ */

struct set_job {
    char *out;
    int value;
    size_t bytes;
};

static void set_task(void *argument, int thread, int threads) {
    const struct set_job *job = argument;
    size_t low, high;
    tensor_share(job->bytes, SHARE_BYTES, thread, threads, &low, &high);
    memset(job->out + low, job->value, high - low);
}

void cpusimd_set_run(cpusimd_pool *pool, void *out, int value, uint64_t bytes) {
    struct set_job job = {out, value, bytes};
    if (bytes > 0) cpusimd_pool_run(pool, set_task, &job);
}
