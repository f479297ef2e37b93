/* Elements a stride apart as vectors, and patches of an image packed for a product. */

/* The even lanes of two vectors, one after the other. */
#if VECTOR_BYTES > 8
#define LANE_COUNT (VECTOR_BYTES / (SINGLE ? 4 : 8))
#if LANE_COUNT == 16
#define EVENS(a, b)                                                                                \
    __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#elif LANE_COUNT == 8
#define EVENS(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#elif LANE_COUNT == 4
#define EVENS(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6)
#else
#define EVENS(a, b) __builtin_shufflevector(a, b, 0, 2)
#endif
#endif

/* A vector of elements `stride` apart; reads up to (W - 1) * stride + W elements. */
FORCED TARGET V N(every)(const T *from, const size_t stride) {
    if (stride == 1) return N(load)(from);
#if VECTOR_BYTES > 8
    if (stride == 2) return EVENS(N(load)(from), N(load)(from + W));
#endif
    T lanes[W];
    for (size_t i = 0; i < W; i++) lanes[i] = from[i * stride];
    return N(load)(lanes);
}

/* Stores whole vectors, so that up to W - 1 elements behind the piece are overwritten: they belong
 * to pieces that follow, and are written again. */
FORCED TARGET void N(patch_piece)(const struct layer_patches *job, const T *plane,
                                  const struct layer_piece *piece, T *to, const size_t stride) {
    to += piece->to;
    if (piece->from < 0) {
        for (size_t i = 0; i < piece->count; i += W) N(save)(to + i, ZERO);
        return;
    }
    const T *from = plane + piece->from;
    size_t reach = ((size_t)piece->count + W - 1) / W * W * stride + (stride == 1 ? 0 : W);
    if (reach <= (size_t)((const T *)job->end - from)) {
        for (size_t i = 0; i < piece->count; i += W)
            N(save)(to + i, N(every)(from + i * stride, stride));
        return;
    }
    for (size_t i = 0; i < piece->count; i++) to[i] = from[i * stride];
}

FORCED TARGET void N(patch_strip)(const struct layer_patches *job, size_t strip, T *to,
                                  const size_t stride) {
    const struct layer_piece *pieces = job->pieces + strip * job->strip_pieces;
    const uint32_t *starts = job->starts + strip * (job->taps + 1);
    size_t tap = job->first % job->taps;
    const T *plane = (const T *)job->image + job->first / job->taps * job->plane;
    for (size_t row = 0; row < job->depth; row++, to += 2 * W) {
        for (uint32_t i = starts[tap]; i < starts[tap + 1]; i++)
            N(patch_piece)(job, plane, &pieces[i], to, stride);
        if (++tap < job->taps) continue;
        tap = 0;
        plane += job->plane;
    }
}

TARGET static void N(patches)(const struct layer_patches *job) {
    T *to = job->to;
    for (size_t j = 0; j * 2 * W < job->columns; j++, to += job->depth * 2 * W) {
        if (job->stride == 1) N(patch_strip)(job, j, to, 1);
        else if (job->stride == 2) N(patch_strip)(job, j, to, 2);
        else N(patch_strip)(job, j, to, job->stride);
    }
}

/* Defines a function that passes windows over a band, vectors of columns at a time: `start` is
 * what a sum begins with, `step` takes `value` in, under the tap's number, and `finish` stores. */
#define WINDOWS(name, out_type, start, step, finish)                                               \
    FORCED TARGET void PASTE_NAME(name, part)(const struct layer_windows *job, const T *from,      \
                                              out_type *out, size_t row, size_t column, size_t n,  \
                                              const int vectors, const size_t stride) {            \
        const cpusimd_windows *windows = job->windows;                                             \
        V sums[4];                                                                                 \
        size_t tap = 0;                                                                            \
        UNROLLED for (int v = 0; v < vectors; v++) sums[v] = start;                                \
        for (size_t r = 0; r < windows->rows; r++)                                                 \
            for (size_t c = 0; c < windows->columns; c++, tap++) {                                 \
                const T *at = from + r * windows->row_dilation * job->width +                      \
                              c * windows->column_dilation;                                        \
                UNROLLED for (int v = 0; v < vectors; v++) {                                       \
                    V sum = sums[v], value = N(every)(at + (size_t)v * W * stride, stride);        \
                    step;                                                                          \
                    sums[v] = sum;                                                                 \
                }                                                                                  \
            }                                                                                      \
        UNROLLED for (int v = 0; v < vectors; v++) {                                               \
            V sum = sums[v];                                                                       \
            size_t place = (size_t)v * W;                                                          \
            if (place < n) finish;                                                                 \
        }                                                                                          \
        (void)row, (void)column, (void)tap;                                                        \
    }                                                                                              \
    FORCED TARGET void PASTE_NAME(name, strided)(const struct layer_windows *job,                  \
                                                 const size_t stride) {                            \
        const cpusimd_windows *windows = job->windows;                                             \
        size_t count = windows->out_width;                                                         \
        for (size_t row = 0; row < job->rows; row++)                                               \
            for (size_t j = 0; j < count; j += 4 * W) {                                            \
                const T *from = (const T *)job->band + row * windows->row_stride * job->width +    \
                                j * stride;                                                        \
                out_type *out = (out_type *)job->out + row * count + j;                            \
                size_t n = count - j;                                                              \
                if (n > 2 * W) PASTE_NAME(name, part)(job, from, out, row, j, n, 4, stride);       \
                else if (n > W) PASTE_NAME(name, part)(job, from, out, row, j, n, 2, stride);      \
                else PASTE_NAME(name, part)(job, from, out, row, j, n, 1, stride);                 \
            }                                                                                      \
    }                                                                                              \
    TARGET static void name(const struct layer_windows *job) {                                     \
        size_t stride = job->windows->column_stride;                                               \
        if (stride == 1) PASTE_NAME(name, strided)(job, 1);                                        \
        else if (stride == 2) PASTE_NAME(name, strided)(job, 2);                                   \
        else PASTE_NAME(name, strided)(job, stride);                                               \
    }
#define PASTE_NAME2(a, b) a##_##b
#define PASTE_NAME(a, b) PASTE_NAME2(a, b)
