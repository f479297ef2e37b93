/* Matrix product by tiles of ROWS x 2 vectors in registers, from panels packed for unit stride:
 * A in strips of ROWS rows, B in strips of 2 vectors, both padded with zeros. */

TARGET static void N(pack_a)(const T *a, size_t lda, size_t rows, size_t depth, T *to) {
    for (size_t i = 0; i < rows; i += ROWS) {
        size_t part = rows - i < ROWS ? rows - i : ROWS;
        for (size_t p = 0; p < depth; p++, to += ROWS) {
            for (size_t r = 0; r < part; r++) to[r] = a[(i + r) * lda + p];
            for (size_t r = part; r < ROWS; r++) to[r] = 0;
        }
    }
}

TARGET static void N(pack_b)(const T *b, size_t ldb, size_t depth, size_t columns, T *to) {
    for (size_t j = 0; j < columns; j += 2 * W) {
        size_t part = columns - j < 2 * W ? columns - j : 2 * W;
        for (size_t p = 0; p < depth; p++, to += 2 * W) {
            if (part == 2 * W) {
                memcpy(to, b + p * ldb + j, 2 * W * sizeof(T));
                continue;
            }
            for (size_t c = 0; c < part; c++) to[c] = b[p * ldb + j + c];
            for (size_t c = part; c < 2 * W; c++) to[c] = 0;
        }
    }
}

/* C (+)= one strip of A times one strip of B; `rows` and `columns` of it lie inside C. */
TARGET static void N(tile)(const T *a, const T *b, size_t depth, T *c, size_t ldc, size_t rows,
                           size_t columns, int accumulate) {
    V sums[ROWS][2];
    UNROLLED for (int r = 0; r < ROWS; r++) sums[r][0] = sums[r][1] = (V){0};
    for (size_t p = 0; p < depth; p++, a += ROWS, b += 2 * W) {
        V b0 = N(get)(b), b1 = N(get)(b + W);
        UNROLLED for (int r = 0; r < ROWS; r++) {
            V left = N(all)(a[r]);
            sums[r][0] += left * b0;
            sums[r][1] += left * b1;
        }
    }
    if (rows == ROWS && columns == 2 * W) {
        UNROLLED for (int r = 0; r < ROWS; r++) {
            T *to = c + (size_t)r * ldc;
            V before0 = accumulate ? N(get)(to) : (V){0};
            V before1 = accumulate ? N(get)(to + W) : (V){0};
            N(set)(to, before0 + sums[r][0]);
            N(set)(to + W, before1 + sums[r][1]);
        }
        return;
    }
    T edge[ROWS][2 * W];
    memcpy(edge, sums, sizeof edge);
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < columns; j++)
            c[r * ldc + j] = accumulate ? c[r * ldc + j] + edge[r][j] : edge[r][j];
}

TARGET static void N(block)(const struct gemm_task *task, size_t i, size_t j, size_t rows,
                            size_t columns, size_t depth, int accumulate) {
    T *c = task->c;
    for (size_t jj = 0; jj < columns; jj += 2 * W)
        for (size_t ii = 0; ii < rows; ii += ROWS)
            N(tile)((const T *)task->packed_a + ii * depth, (const T *)task->packed_b + jj * depth,
                    depth, c + (i + ii) * task->ldc + j + jj, task->ldc,
                    rows - ii < ROWS ? rows - ii : ROWS,
                    columns - jj < 2 * W ? columns - jj : 2 * W, accumulate);
}

TARGET static void N(gemm)(const struct gemm_task *task) {
    const T *a = task->a, *b = task->b;
    for (size_t j = 0; j < task->n; j += COLUMN_BLOCK) {
        size_t columns = task->n - j < COLUMN_BLOCK ? task->n - j : COLUMN_BLOCK;
        for (size_t p = 0; p < task->k; p += DEPTH_BLOCK) {
            size_t depth = task->k - p < DEPTH_BLOCK ? task->k - p : DEPTH_BLOCK;
            N(pack_b)(b + p * task->ldb + j, task->ldb, depth, columns, task->packed_b);
            for (size_t i = 0; i < task->m; i += ROW_BLOCK) {
                size_t rows = task->m - i < ROW_BLOCK ? task->m - i : ROW_BLOCK;
                N(pack_a)(a + i * task->lda + p, task->lda, rows, depth, task->packed_a);
                N(block)(task, i, j, rows, columns, depth, p > 0);
            }
        }
    }
}
