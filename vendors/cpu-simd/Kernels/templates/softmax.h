/* Softmax: exp(x - max) / sum, the maximum taken out first so that nothing overflows. */

FORCED TARGET V N(larger)(V a, V b) {
    /* Keeps a NaN of either side: a row with one becomes NaN, as it must. */
    return N(choose)((VI)(a > b) | (VI)(a != a), a, b);
}

TARGET static T N(row_maximum)(const T *in, size_t n) {
    V most = N(all)(-INFINITY);
    for (size_t i = 0; i < n; i += W)
        most = N(larger)(most, N(get_part)(in + i, n - i, -INFINITY));
    T lanes[W];
    N(set)(lanes, most);
    T result = lanes[0];
    for (size_t i = 1; i < W; i++)
        result = result > lanes[i] || result != result ? result : lanes[i];
    return result;
}

TARGET static void N(softmax_row)(const void *in, void *out, size_t n) {
    const T *x = in;
    T *y = out;
    T most = N(row_maximum)(x, n);
    for (size_t i = 0; i < n; i += W) {
        size_t part = n - i;
        V e = N(exp_vector)(N(get_part)(x + i, part, most) - N(all)(most));
        N(set_part)(y + i, e, part);
    }
    V divisor = N(all)(N(pairwise_sum)(y, n));
    for (size_t i = 0; i < n; i += W) {
        size_t part = n - i;
        V e = N(get_part)(y + i, part, 0) / divisor;
        N(set_part)(y + i, e, part);
    }
}

/* Softmax down `columns` neighbouring columns of n rows. */
TARGET static void N(softmax_columns)(const void *in, void *out, size_t n, size_t stride,
                                      size_t columns) {
    const T *x = in;
    T *y = out;
    T most[COLUMNS_MAX], sums[COLUMNS_MAX];
    memcpy(most, x, columns * sizeof(T));
    for (size_t r = 1; r < n; r++)
        for (size_t j = 0; j < columns; j++) {
            T value = x[r * stride + j];
            most[j] = most[j] > value || most[j] != most[j] ? most[j] : value;
        }
    for (size_t r = 0; r < n; r++)
        for (size_t j = 0; j < columns; j += W) {
            size_t part = columns - j;
            V e = N(get_part)(x + r * stride + j, part, 0) - N(get_part)(most + j, part, 0);
            e = N(exp_vector)(e);
            N(set_part)(y + r * stride + j, e, part);
        }
    N(pairwise_columns)(y, sums, n, stride, columns);
    for (size_t r = 0; r < n; r++)
        for (size_t j = 0; j < columns; j++) y[r * stride + j] /= sums[j];
}
