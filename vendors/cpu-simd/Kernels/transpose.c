/* Exchange of two dimensions, in tiles of whole cache lines of both tensors. */
#include "moves.h"

/* A line of the input is read once, whole, and so is one of the output written: rows whose distance
 * is a power of two fall on the same few places of a cache, which would not keep them for a second
 * visit. */
#define LINE 64
/* Tiles of a block along both dimensions: few enough pages for the processor to remember. */
#define BLOCK_TILES 16
/* Tiles that are fetched before they are needed. */
#define AHEAD 4

/* LANES vectors of LANES elements, transposed by interleaving halves again and again. */
#define TILE(bits, LANES, LOW, HIGH)                                                               \
    typedef uint##bits##_t vector##bits __attribute__((vector_size(16)));                          \
    static inline void tile##bits(const char *in, size_t in_step, char *out) {                     \
        vector##bits v[LANES], w[LANES];                                                           \
        for (int i = 0; i < LANES; i++) memcpy(&v[i], in + (size_t)i * in_step, 16);               \
        for (int stage = 1; stage < LANES; stage *= 2) {                                           \
            for (int i = 0; i < LANES / 2; i++) {                                                  \
                w[2 * i] = __builtin_shufflevector(v[i], v[i + LANES / 2], LOW);                   \
                w[2 * i + 1] = __builtin_shufflevector(v[i], v[i + LANES / 2], HIGH);              \
            }                                                                                      \
            for (int i = 0; i < LANES; i++) v[i] = w[i];                                           \
        }                                                                                          \
        for (int i = 0; i < LANES; i++) memcpy(out + i * LINE, &v[i], 16);                         \
    }
#define LOW2 0, 2
#define HIGH2 1, 3
#define LOW4 0, 4, 1, 5
#define HIGH4 2, 6, 3, 7
#define LOW8 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH8 4, 12, 5, 13, 6, 14, 7, 15
#define LOW16 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH16 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
TILE(8, 16, LOW16, HIGH16)
TILE(16, 8, LOW8, HIGH8)
TILE(32, 4, LOW4, HIGH4)
TILE(64, 2, LOW2, HIGH2)
static inline void tile128(const char *in, size_t in_step, char *out) {
    (void)in_step;
    memcpy(out, in, 16);
}

/* Rows of the input are columns of the output; steps in bytes. */
struct plane {
    size_t bytes, rows, columns, in_step, out_step;
};

/* One line by one line. */
#define LINES(bits)                                                                                \
    static void lines##bits(const char *in, char *out, const struct plane *plane, int stream) {    \
        enum { LANES = 128 / bits };                                                               \
        _Alignas(LINE) char lines[4 * LANES * LINE];                                               \
        for (int i = 0; i < 4; i++)                                                                \
            for (int j = 0; j < 4; j++)                                                            \
                tile##bits(in + (size_t)(i * LANES) * plane->in_step + j * 16, plane->in_step,     \
                           lines + j * LANES * LINE + i * 16);                                     \
        for (int j = 0; j < 4 * LANES; j++)                                                        \
            put_line(out + (size_t)j * plane->out_step, lines + j * LINE, stream);                 \
    }

static inline void put_line(char *out, const char *line, int stream) {
#if defined(__SSE2__)
    if (stream) {
        for (int i = 0; i < LINE; i += 16)
            _mm_stream_si128((__m128i *)(void *)(out + i),
                             _mm_load_si128((const __m128i *)(const void *)(line + i)));
        return;
    }
#endif
    (void)stream;
    memcpy(out, line, LINE);
}
LINES(8)
LINES(16)
LINES(32)
LINES(64)
LINES(128)

#define REST(type)                                                                                 \
    for (size_t column = 0; column < columns; column++) {                                          \
        type *to = (type *)(void *)(out + column * plane->out_step);                               \
        const char *from = in + column * sizeof(type);                                             \
        for (size_t row = 0; row < rows; row++)                                                    \
            to[row] = *(const type *)(const void *)(from + row * plane->in_step);                  \
    }

/* Parts that do not fill a tile. */
static void rest(const char *in, char *out, const struct plane *plane, size_t rows,
                 size_t columns) {
    FOR_ELEMENT(plane->bytes, REST)
}

/* A block of rows and columns of the input. */
static void block(const char *in, char *out, const struct plane *plane, size_t rows, size_t columns,
                  int stream) {
    const size_t edge = LINE / plane->bytes;
    size_t whole_rows = rows / edge * edge, whole_columns = columns / edge * edge;
    const size_t down = rows / edge, tiles = down * (columns / edge);
    for (size_t tile = 0; tile < tiles; tile++) {
        size_t row = tile % down * edge, column = tile / down * edge;
        const char *from = in + row * plane->in_step + column * plane->bytes;
        char *to = out + column * plane->out_step + row * plane->bytes;
        /* The processor foresees lines of a row, not those of the next tile. */
        if (tile + AHEAD < tiles) {
            size_t next_row = (tile + AHEAD) % down * edge;
            size_t next_column = (tile + AHEAD) / down * edge;
            const char *next = in + next_row * plane->in_step + next_column * plane->bytes;
            for (size_t i = 0; i < edge; i++) __builtin_prefetch(next + i * plane->in_step);
        }
        switch (plane->bytes) {
        case 1: lines8(from, to, plane, stream); break;
        case 2: lines16(from, to, plane, stream); break;
        case 4: lines32(from, to, plane, stream); break;
        case 8: lines64(from, to, plane, stream); break;
        default: lines128(from, to, plane, stream);
        }
    }
    rest(in + whole_rows * plane->in_step, out + whole_rows * plane->bytes, plane,
         rows - whole_rows, columns);
    rest(in + whole_columns * plane->bytes, out + whole_columns * plane->out_step, plane,
         whole_rows, columns - whole_columns);
}

struct transpose_job {
    const cpusimd_move *shape;
    uint32_t column; /* the dimension in which the input is contiguous */
    struct plane plane;
    size_t edge, row_blocks, column_blocks, blocks;
    const char *in;
    char *out;
    int stream;
};

static void transpose_task(void *argument, int thread, int threads) {
    const struct transpose_job *job = argument;
    const cpusimd_move *shape = job->shape;
    const struct plane *plane = &job->plane;
    size_t low, high;
    tensor_share(job->blocks, 1, thread, threads, &low, &high);
    for (size_t index = low; index < high; index++) {
        size_t row = index % job->row_blocks * job->edge, rest = index / job->row_blocks;
        size_t column = rest % job->column_blocks * job->edge;
        rest /= job->column_blocks;
        int64_t from = 0, to = 0;
        for (uint32_t i = shape->rank - 1; i-- > 0;) {
            if (i == job->column) continue;
            int64_t position = (int64_t)(rest % shape->dims[i]);
            from += position * shape->from[i];
            to += position * shape->to[i];
            rest /= shape->dims[i];
        }
        size_t rows = plane->rows - row < job->edge ? plane->rows - row : job->edge;
        size_t columns =
            plane->columns - column < job->edge ? plane->columns - column : job->edge;
        block(job->in + from * (int64_t)plane->bytes + row * plane->in_step + column * plane->bytes,
              job->out + to * (int64_t)plane->bytes + column * plane->out_step + row * plane->bytes,
              plane, rows, columns, job->stream);
    }
    cpusimd_stream_fence(job->stream);
}

/* The dimension in which the input is contiguous where the output is in the last; else the last. */
static uint32_t column_of(const cpusimd_move *shape) {
    uint32_t last = shape->rank - 1;
    if (shape->to[last] != 1 || shape->from[last] <= 1) return last;
    for (uint32_t i = 0; i < last; i++)
        if (shape->from[i] == 1 && shape->to[i] > 0) return i;
    return last;
}

int cpusimd_transposes(const cpusimd_move *shape) {
    return is_element(shape->bytes) && column_of(shape) != shape->rank - 1;
}

void cpusimd_transpose_run(cpusimd_pool *pool, const cpusimd_move *shape, const void *in,
                           void *out) {
    uint32_t last = shape->rank - 1, column = column_of(shape);
    size_t bytes = shape->bytes, count = 1, outer = 1;
    struct transpose_job job = {.shape = shape, .column = column, .in = in, .out = out};
    job.plane = (struct plane){bytes, shape->dims[last], shape->dims[column],
                               (size_t)shape->from[last] * bytes,
                               (size_t)shape->to[column] * bytes};
    int whole_lines = job.plane.out_step % LINE == 0 && (uintptr_t)out % LINE == 0;
    for (uint32_t i = 0; i < shape->rank; i++) {
        count *= shape->dims[i];
        if (i != last && i != column) outer *= shape->dims[i];
        if (i != last && shape->to[i] * (int64_t)bytes % LINE) whole_lines = 0;
    }
    job.edge = BLOCK_TILES * LINE / bytes;
    job.row_blocks = (job.plane.rows + job.edge - 1) / job.edge;
    job.column_blocks = (job.plane.columns + job.edge - 1) / job.edge;
    job.blocks = outer * job.row_blocks * job.column_blocks;
    job.stream = cpusimd_streams(2 * count * bytes) && whole_lines;
    cpusimd_pool_run(pool, transpose_task, &job);
}
