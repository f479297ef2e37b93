/* Weights of four bits with a scale for each block along k, 8 standing for zero: unpacked when they
 * are packed, or for few rows of A when they are multiplied. */

enum { N(LINE) = 16 };

/* 16 codes as numbers. */
FORCED TARGET void N(whole_line)(const uint8_t *codes, T to[N(LINE)]) {
    int8_t whole[N(LINE)];
    for (size_t i = 0; i < N(LINE) / 2; i++) {
        whole[2 * i] = (int8_t)((codes[i] & 15) - 8);
        whole[2 * i + 1] = (int8_t)((codes[i] >> 4) - 8);
    }
    for (size_t i = 0; i < N(LINE); i++) to[i] = (T)whole[i];
}

/* `terms` numbers from the even place p on; those after them are 0. */
FORCED TARGET void N(unpack)(const uint8_t *codes, const U *scales, uint32_t block, uint32_t p,
                             size_t terms, T to[N(LINE)]) {
    uint32_t index = p / block;
    codes += p / 2;
    if (terms == N(LINE) && (index + 1) * block - p >= N(LINE)) {
        T scale = N(one)(scales + index);
        N(whole_line)(codes, to);
        for (size_t i = 0; i < N(LINE); i++) to[i] *= scale;
        return;
    }
    for (uint32_t i = 0; i < N(LINE); i++) {
        int code = i >= terms ? 8 : i & 1 ? codes[i / 2] >> 4 : codes[i / 2] & 15;
        to[i] = i >= terms ? 0 : (T)(code - 8) * N(one)(scales + (p + i) / block);
    }
}

/* Strips of columns from `first` along k on; `across` is the elements of k in a column. */
TARGET static void N(pack_nibbles)(const struct gemm_pack *job) {
    const size_t width = 2 * W;
    for (size_t j = 0; j < job->count; j += width) {
        size_t columns = job->count - j < width ? job->count - j : width;
        P *strip = (P *)job->to + j * job->depth;
        for (size_t p = 0; p < job->depth; p += N(LINE)) {
            size_t terms = job->depth - p < N(LINE) ? job->depth - p : N(LINE);
            T lines[2 * W][N(LINE)];
            for (size_t i = 0; i < columns; i++)
                N(unpack)((const uint8_t *)job->from + (j + i) * (job->across / 2),
                          (const U *)job->scales + (j + i) * (job->across / job->block),
                          (uint32_t)job->block, (uint32_t)(job->first + p), terms, lines[i]);
            if (columns < width) memset(lines[columns], 0, (width - columns) * sizeof lines[0]);
            P *to = strip + p * width;
            if (terms == N(LINE) && width % N(SQUARE) == 0) {
                for (size_t i = 0; i < width; i += N(SQUARE))
                    for (size_t q = 0; q < N(LINE); q += N(SQUARE))
                        N(turn)(lines[i] + q, N(LINE), to + q * width + i, width);
                continue;
            }
            for (size_t q = 0; q < terms; q++)
                for (size_t i = 0; i < width; i++) to[q * width + i] = lines[i][q];
        }
    }
}

/* A block of whole lines, to be multiplied by its scale at the end. */
FORCED TARGET void N(nibble_block)(const struct gemm_direct *job, const int rows,
                                   const uint8_t *codes, const U *a, V parts[4]) {
    UNROLLED for (int r = 0; r < rows; r++) parts[r] = (V){0};
    for (size_t p = 0; p < job->block; p += N(LINE), codes += N(LINE) / 2) {
        T line[N(LINE)];
        N(whole_line)(codes, line);
        for (size_t q = 0; q < N(LINE); q += W) {
            V right = N(load)(line + q);
            UNROLLED for (int r = 0; r < rows; r++)
                parts[r] += right * S(get)(a + (size_t)r * job->a_row + p + q);
        }
    }
}

FORCED TARGET void N(nibble_rows)(const struct gemm_direct *job, const int rows, const U *a,
                                  size_t j, T *c) {
    const uint8_t *codes = (const uint8_t *)job->b + j * (job->b_step / 2);
    const U *scales = (const U *)job->scales + j * (job->b_step / job->block);
    V sums[4];
    UNROLLED for (int r = 0; r < rows; r++) sums[r] = (V){0};
    if (job->block % N(LINE) == 0) {
        for (size_t p = 0, i = 0; p < job->depth; p += job->block, i++) {
            V parts[4], scale = N(all)(N(one)(scales + i));
            N(nibble_block)(job, rows, codes + p / 2, a + p, parts);
            UNROLLED for (int r = 0; r < rows; r++) sums[r] += parts[r] * scale;
        }
        UNROLLED for (int r = 0; r < rows; r++)
            c[(size_t)r * job->ldc + j] = N(lanes_sum)(sums[r]);
        return;
    }
    for (size_t p = 0; p < job->depth; p += N(LINE)) {
        size_t terms = job->depth - p < N(LINE) ? job->depth - p : N(LINE);
        T line[N(LINE)];
        N(unpack)(codes, scales, (uint32_t)job->block, (uint32_t)p, terms, line);
        for (size_t q = 0; q < terms; q += W) {
            V right = N(load)(line + q);
            UNROLLED for (int r = 0; r < rows; r++)
                sums[r] += right * S(get_part)(a + (size_t)r * job->a_row + p + q, terms - q, 0);
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) c[(size_t)r * job->ldc + j] = N(lanes_sum)(sums[r]);
}

/* Rows of A, which are contiguous, times columns. */
TARGET static void N(dot_nibbles)(const struct gemm_direct *job) {
    for (size_t j = 0; j < job->columns; j++) {
        size_t i = 0;
        for (; i + 4 <= job->rows; i += 4)
            N(nibble_rows)(job, 4, (const U *)job->a + i * job->a_row, j,
                           (T *)job->c + i * job->ldc);
        for (; i < job->rows; i++)
            N(nibble_rows)(job, 1, (const U *)job->a + i * job->a_row, j,
                           (T *)job->c + i * job->ldc);
    }
}
