/* Shares times values: shares are read as they lie, a fixed step from row to row, so that they need
 * not be packed again for each block; values are packed as columns of a product. */

/* `count` rows of shares times one strip of values, added to `rows` rows and `columns` columns. */
FORCED TARGET void N(values_tile)(const int count, const T *a, const T *b, size_t depth, T *c,
                                  size_t ldc, size_t rows, size_t columns) {
    V sums[ROWS][2];
    UNROLLED for (int r = 0; r < count; r++) sums[r][0] = sums[r][1] = ZERO;
    for (size_t p = 0; p < depth; p++, b += 2 * W) {
        V right0 = N(load)(b), right1 = N(load)(b + W);
        UNROLLED for (int r = 0; r < count; r++) {
            V left = N(all)(a[r * ATTEND_STEP + p]);
            sums[r][0] += left * right0;
            sums[r][1] += left * right1;
        }
    }
    if (rows == (size_t)count && columns == 2 * W) {
        UNROLLED for (int r = 0; r < count; r++, c += ldc) {
            N(save)(c, N(load)(c) + sums[r][0]);
            N(save)(c + W, N(load)(c + W) + sums[r][1]);
        }
        return;
    }
    /* Rows that are counted at run time would keep the sums out of registers. */
    T edge[ROWS][2 * W];
    UNROLLED for (int r = 0; r < count; r++) {
        N(save)(edge[r], sums[r][0]);
        N(save)(edge[r] + W, sums[r][1]);
    }
    for (size_t r = 0; r < rows; r++, c += ldc)
        for (size_t j = 0; j < columns; j++) c[j] += edge[r][j];
}

#define VALUES_TILE(count)                                                                         \
    TARGET static void N(values##count)(const T *a, const T *b, size_t depth, T *c, size_t ldc,    \
                                        size_t rows, size_t columns) {                             \
        N(values_tile)(count, a, b, depth, c, ldc, rows, columns);                                 \
    }
VALUES_TILE(4)
#if ROWS == 6
VALUES_TILE(6)
#define WHOLE_TILE N(values6)
#elif ROWS == 8
VALUES_TILE(8)
#define WHOLE_TILE N(values8)
#elif ROWS == 12
VALUES_TILE(8)
VALUES_TILE(12)
#define WHOLE_TILE N(values12)
#else
#define WHOLE_TILE N(values4)
#endif
#undef VALUES_TILE

TARGET static void N(values)(const struct layer_values *job) {
    const T *shares = job->shares, *values = job->values;
    T *results = job->results;
    for (size_t j = 0; j < job->width; j += 2 * W, values += job->packed_keys * 2 * W) {
        size_t columns = job->width - j < 2 * W ? job->width - j : 2 * W;
        for (size_t i = 0; i < job->rows; i += ROWS) {
            size_t rows = job->rows - i < ROWS ? job->rows - i : ROWS;
            const T *a = shares + i * ATTEND_STEP;
            T *c = results + i * job->width + j;
            if (rows <= 4) N(values4)(a, values, job->keys, c, job->width, rows, columns);
#if ROWS == 12
            else if (rows <= 8) N(values8)(a, values, job->keys, c, job->width, rows, columns);
#endif
            else WHOLE_TILE(a, values, job->keys, c, job->width, rows, columns);
        }
    }
}
#undef WHOLE_TILE
