/* Sums. Blocks are added in vector lanes, blocks' sums pairwise: the error grows with log(n) and
 * not with n. */

enum { N(SUM_BLOCK) = 1024 };

FORCED TARGET T N(add_lanes)(V v) {
    T lanes[W];
    N(set)(lanes, v);
    for (size_t step = W / 2; step > 0; step /= 2)
        for (size_t i = 0; i < step; i++) lanes[i] += lanes[i + step];
    return lanes[0];
}

TARGET static T N(sum_block)(const T *in, size_t n) {
    V s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    size_t i = 0;
    for (; i + 4 * W <= n; i += 4 * W) {
        s0 += N(get)(in + i);
        s1 += N(get)(in + i + W);
        s2 += N(get)(in + i + 2 * W);
        s3 += N(get)(in + i + 3 * W);
    }
    for (; i < n; i += W) s0 += N(get_part)(in + i, n - i, 0);
    return N(add_lanes)((s0 + s1) + (s2 + s3));
}

TARGET static T N(pairwise_sum)(const T *in, size_t n) {
    if (n <= N(SUM_BLOCK)) return N(sum_block)(in, n);
    size_t blocks = (n + N(SUM_BLOCK) - 1) / N(SUM_BLOCK);
    size_t half = blocks / 2 * N(SUM_BLOCK);
    return N(pairwise_sum)(in, half) + N(pairwise_sum)(in + half, n - half);
}

static double N(sum)(const void *in, size_t n) { return (double)N(pairwise_sum)(in, n); }

/* out[j] = sum over rows of in[row * stride + j]. */
TARGET static void N(pairwise_columns)(const T *in, T *out, size_t rows, size_t stride,
                                       size_t columns) {
    if (rows <= 16) {
        memcpy(out, in, columns * sizeof(T));
        for (size_t r = 1; r < rows; r++) {
            const T *row = in + r * stride;
            size_t j = 0;
            for (; j + W <= columns; j += W) N(set)(out + j, N(get)(out + j) + N(get)(row + j));
            for (; j < columns; j++) out[j] += row[j];
        }
        return;
    }
    T other[COLUMNS_MAX];
    size_t half = rows / 2;
    N(pairwise_columns)(in, out, half, stride, columns);
    N(pairwise_columns)(in + half * stride, other, rows - half, stride, columns);
    for (size_t j = 0; j < columns; j++) out[j] += other[j];
}

static void N(sum_columns)(const void *in, void *out, size_t rows, size_t stride, size_t columns) {
    N(pairwise_columns)(in, out, rows, stride, columns);
}
