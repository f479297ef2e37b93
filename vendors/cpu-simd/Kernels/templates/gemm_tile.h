/* C (+)= A * B by tiles of up to ROWS rows and 2 vectors of columns, held in registers. */

/* `count` rows of A times the first `vectors` vectors of one strip of B; `rows` and `columns` of it
 * lie inside C. */
FORCED TARGET void N(tile)(const int count, const int vectors, const P *a, const P *b, size_t depth,
                           T *c, size_t ldc, size_t rows, size_t columns, int accumulate) {
    V sums[ROWS][2];
    UNROLLED for (int r = 0; r < count; r++) sums[r][0] = sums[r][1] = (V){0};
    for (size_t r = 0; r < rows; r++) {
        __builtin_prefetch(c + r * ldc, 1, 2);
        __builtin_prefetch(c + r * ldc + columns - 1, 1, 2);
    }
    for (size_t p = 0; p < depth; p++, a += ROWS, b += 2 * W) {
        VP right[2];
        UNROLLED for (int v = 0; v < vectors; v++) {
            __builtin_memcpy(&right[v], b + v * W, sizeof right[v]);
            __builtin_prefetch(b + AHEAD + v * W);
        }
        UNROLLED for (int r = 0; r < count; r++) {
            VP left = a[r] - (VP){0};
            UNROLLED for (int v = 0; v < vectors; v++)
                sums[r][v] = MULTIPLY_ADD(sums[r][v], left, right[v]);
        }
    }
    if (rows == (size_t)count && columns == (size_t)vectors * W) {
        UNROLLED for (int r = 0; r < count; r++, c += ldc) {
            UNROLLED for (int v = 0; v < vectors; v++) {
                V sum = sums[r][v];
                N(save)(c + v * W, accumulate ? N(load)(c + v * W) + sum : sum);
            }
        }
        return;
    }
    T edge[ROWS][2 * W];
    UNROLLED for (int r = 0; r < count; r++) {
        N(save)(edge[r], sums[r][0]);
        N(save)(edge[r] + W, sums[r][1]);
    }
    for (size_t r = 0; r < rows; r++, c += ldc)
        for (size_t j = 0; j < columns; j++) c[j] = accumulate ? c[j] + edge[r][j] : edge[r][j];
}

#define TILE(count)                                                                                \
    TARGET static void N(tile##count)(const P *a, const P *b, size_t depth, T *c, size_t ldc,      \
                                      size_t rows, size_t columns, int accumulate) {               \
        if (columns <= W) N(tile)(count, 1, a, b, depth, c, ldc, rows, columns, accumulate);       \
        else N(tile)(count, 2, a, b, depth, c, ldc, rows, columns, accumulate);                    \
    }
TILE(1)
TILE(2)
TILE(4)
#if ROWS > 6
TILE(8)
#endif
#if ROWS == 6
TILE(6)
#elif ROWS == 12
TILE(12)
#endif
#undef TILE

/* The tile with the fewest rows that covers `rows`. */
TARGET static void (*N(tile_for)(size_t rows))(const P *, const P *, size_t, T *, size_t, size_t,
                                               size_t, int) {
    if (rows <= 1) return N(tile1);
    if (rows <= 2) return N(tile2);
    if (rows <= 4) return N(tile4);
#if ROWS == 6
    return N(tile6);
#elif ROWS > 6
    if (rows <= 8) return N(tile8);
#if ROWS == 12
    return N(tile12);
#endif
#endif
    return N(tile4);
}

/* A strip of A stays in the first cache level while the strips of B stream from the second. */
TARGET static void N(tiles)(const struct gemm_tiles *job) {
    const P *a = job->a, *b = job->b;
    T *c = job->c;
    for (size_t i = 0; i < job->rows; i += ROWS) {
        size_t rows = job->rows - i < ROWS ? job->rows - i : ROWS;
        void (*tile)(const P *, const P *, size_t, T *, size_t, size_t, size_t, int) =
            N(tile_for)(rows);
        for (size_t j = 0; j < job->columns; j += 2 * W) {
            size_t columns = job->columns - j < 2 * W ? job->columns - j : 2 * W;
            tile(a + i * job->depth, b + j * job->depth, job->depth, c + i * job->ldc + j,
                 job->ldc, rows, columns, job->accumulate);
        }
    }
}
