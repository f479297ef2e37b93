/* Layer normalisation of one row: (x - mean) / sqrt(variance + epsilon) * scale + bias.
 * Two passes: the variance from squares of differences loses nothing to a large mean. */

TARGET static T N(sum_squares)(const T *in, T mean, size_t n) {
    if (n > N(SUM_BLOCK)) {
        size_t half = (n + N(SUM_BLOCK) - 1) / N(SUM_BLOCK) / 2 * N(SUM_BLOCK);
        return N(sum_squares)(in, mean, half) + N(sum_squares)(in + half, mean, n - half);
    }
    V s0 = {0}, s1 = {0}, middle = N(all)(mean);
    size_t i = 0;
    for (; i + 2 * W <= n; i += 2 * W) {
        V a = N(get)(in + i) - middle, b = N(get)(in + i + W) - middle;
        s0 += a * a;
        s1 += b * b;
    }
    for (; i < n; i += W) {
        V a = N(get_part)(in + i, n - i, mean) - middle;
        s0 += a * a;
    }
    return N(add_lanes)(s0 + s1);
}

TARGET static void N(normalize_row)(const void *in, const void *scale, const void *bias, void *out,
                                    size_t n, double epsilon) {
    const T *x = in, *factors = scale, *offsets = bias;
    T *y = out;
    T mean = N(pairwise_sum)(x, n) / (T)n;
    T variance = N(sum_squares)(x, mean, n) / (T)n;
#if SINGLE
    T inverse = 1 / sqrtf(variance + (T)epsilon);
#else
    T inverse = 1 / sqrt(variance + epsilon);
#endif
    V middle = N(all)(mean), multiplier = N(all)(inverse);
    for (size_t i = 0; i < n; i += W) {
        size_t part = n - i;
        V v = (N(get_part)(x + i, part, 0) - middle) * multiplier;
        v = v * N(get_part)(factors + i, part, 0);
        if (offsets) v = v + N(get_part)(offsets + i, part, 0);
        N(set_part)(y + i, v, part);
    }
}
