/* Products read where the operands lie, for shapes in which packing would cost as much as it
 * saves: few rows of A (panels), few rows or columns of both (dot products). */

/* `count` rows of C (+)= `terms` columns of A times as many rows of B, over `columns` columns. */
FORCED TARGET void N(panel_rows)(const struct gemm_direct *job, const int count, const int terms,
                                 const U *a, const U *b, T *c, size_t columns, int accumulate) {
    V left[PANEL_ROWS][4];
    UNROLLED for (int r = 0; r < count; r++) {
        UNROLLED for (int t = 0; t < terms; t++)
            left[r][t] = N(all)(N(one)(a + (size_t)r * job->a_row + (size_t)t * job->a_column));
    }
    for (size_t j = 0; j < columns; j += W) {
        size_t part = columns - j;
        V right[4];
        UNROLLED for (int t = 0; t < terms; t++) {
            right[t] = S(get_part)(b + (size_t)t * job->b_step + j, part, 0);
            __builtin_prefetch(b + ((size_t)t + 4) * job->b_step + j);
        }
        UNROLLED for (int r = 0; r < count; r++) {
            T *to = c + (size_t)r * job->ldc + j;
            V sum = accumulate ? N(load_part)(to, part, 0) : (V){0};
            UNROLLED for (int t = 0; t < terms; t++) sum += left[r][t] * right[t];
            N(save_part)(to, sum, part);
        }
    }
}

FORCED TARGET void N(panel_terms)(const struct gemm_direct *job, const int terms, size_t p,
                                  size_t column, size_t columns) {
    const U *a = (const U *)job->a + p * job->a_column;
    const U *b = (const U *)job->b + p * job->b_step + column;
    T *c = (T *)job->c + column;
    int accumulate = job->accumulate || p > 0;
    size_t i = 0;
    for (; i + PANEL_ROWS <= job->rows; i += PANEL_ROWS)
        N(panel_rows)(job, PANEL_ROWS, terms, a + i * job->a_row, b, c + i * job->ldc, columns,
                      accumulate);
    for (; i < job->rows; i++)
        N(panel_rows)(job, 1, terms, a + i * job->a_row, b, c + i * job->ldc, columns, accumulate);
}

/* Columns in chunks: a chunk of C stays in the first cache level while B passes once. */
TARGET static void N(panel)(const struct gemm_direct *job) {
    size_t chunk = 16384 / sizeof(T) / job->rows;
    chunk = chunk < 4096 / sizeof(T) ? 4096 / sizeof(T) : chunk / W * W;
    for (size_t j = 0; j < job->columns; j += chunk) {
        size_t columns = job->columns - j < chunk ? job->columns - j : chunk, p = 0;
        for (; p + 4 <= job->depth; p += 4) N(panel_terms)(job, 4, p, j, columns);
        for (; p < job->depth; p++) N(panel_terms)(job, 1, p, j, columns);
    }
}

FORCED TARGET T N(lanes_sum)(V v) {
    T lanes[W], sum = 0;
    N(save)(lanes, v);
    for (size_t half = W / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++) lanes[i] += lanes[i + half];
    sum = lanes[0];
    return sum;
}

/* `rows` by `columns` dot products of `depth` elements. */
FORCED TARGET void N(dot_tile)(const struct gemm_direct *job, const int rows, const int columns,
                               const U *a, const U *b, T *c, size_t depth, int accumulate) {
    V sums[4][4];
    UNROLLED for (int r = 0; r < rows; r++)
        UNROLLED for (int j = 0; j < columns; j++) sums[r][j] = (V){0};
    for (size_t p = 0; p < depth; p += W) {
        size_t part = depth - p;
        V right[4];
        UNROLLED for (int j = 0; j < columns; j++)
            right[j] = S(get_part)(b + (size_t)j * job->b_step + p, part, 0);
        UNROLLED for (int r = 0; r < rows; r++) {
            V left = S(get_part)(a + (size_t)r * job->a_row + p, part, 0);
            UNROLLED for (int j = 0; j < columns; j++) sums[r][j] += left * right[j];
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int j = 0; j < columns; j++) {
        T *to = c + (size_t)r * job->ldc + j;
        *to = N(lanes_sum)(sums[r][j]) + (accumulate ? *to : 0);
    }
}

FORCED TARGET void N(dot_rows)(const struct gemm_direct *job, const int rows, size_t i, size_t j,
                               size_t columns, size_t p, size_t depth) {
    const U *a = (const U *)job->a + i * job->a_row + p;
    const U *b = (const U *)job->b + j * job->b_step + p;
    T *c = (T *)job->c + i * job->ldc + j;
    int accumulate = job->accumulate || p > 0;
    if (columns == 4) {
        N(dot_tile)(job, rows, 4, a, b, c, depth, accumulate);
        return;
    }
    for (size_t x = 0; x < columns; x++)
        N(dot_tile)(job, rows, 1, a, b + x * job->b_step, c + x, depth, accumulate);
}

/* Along k in blocks, so that the shorter operand stays near while the longer passes once. */
TARGET static void N(dot)(const struct gemm_direct *job) {
    enum { BLOCK = 8192 / sizeof(T) };
    for (size_t p = 0; p < job->depth; p += BLOCK) {
        size_t depth = job->depth - p < BLOCK ? job->depth - p : BLOCK;
        for (size_t j = 0; j < job->columns; j += 4) {
            size_t columns = job->columns - j < 4 ? job->columns - j : 4, i = 0;
            for (; i + 4 <= job->rows; i += 4) N(dot_rows)(job, 4, i, j, columns, p, depth);
            for (; i < job->rows; i++) N(dot_rows)(job, 1, i, j, columns, p, depth);
        }
    }
}

TARGET static void N(finish)(const struct gemm_finish *job) {
    T alpha = (T)job->alpha, beta = (T)job->beta;
    for (size_t i = 0; i < job->rows; i++) {
        const T *sums = (const T *)job->sums + i * job->sums_step;
        U *y = (U *)job->y + i * job->ldy;
        const U *c = job->c ? (const U *)job->c + i * job->c_row : NULL;
        T added = c && !job->c_column ? beta * N(one)(c) : 0;
        for (size_t j = 0; j < job->columns; j += W) {
            size_t part = job->columns - j;
            V sum = alpha * N(load_part)(sums + j, part, 0);
            if (c) sum += job->c_column ? beta * S(get_part)(c + j, part, 0) : N(all)(added);
            S(set_part)(y + j, sum, part);
        }
    }
}
