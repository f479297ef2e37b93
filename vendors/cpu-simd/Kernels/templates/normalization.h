/* Layer, group and root-mean-square normalisation: (x - mean) / sqrt(variance + epsilon). */

/* The sum of x - pivot, and of its squares, each added up in blocks. */
TARGET static void S(row_sums)(const U *x, size_t n, T pivot, T sums[2]) {
    V middle = N(all)(pivot), total = ZERO, squares = ZERO;
    size_t i = 0;
    while (i < n) {
        size_t end = n - i < LONG_BLOCK ? n : i + LONG_BLOCK;
        V s0 = ZERO, s1 = ZERO, q0 = ZERO, q1 = ZERO;
        for (; i + 2 * W <= end; i += 2 * W) {
            V a = S(get)(x + i) - middle, b = S(get)(x + i + W) - middle;
            s0 += a;
            s1 += b;
            q0 += a * a;
            q1 += b * b;
        }
        for (; i < end; i += W) {
            V a = S(get_part)(x + i, end - i, pivot) - middle;
#if HALF
            /* The filling was rounded to the storage type, the pivot was not. */
            if (end - i < W) a = N(load_part)((const T *)(const void *)&a, end - i, 0);
#endif
            s0 += a;
            q0 += a * a;
        }
        total += s0 + s1;
        squares += q0 + q1;
    }
    T lanes[2][W];
    N(save)(lanes[0], total);
    N(save)(lanes[1], squares);
    for (size_t step = W / 2; step > 0; step /= 2)
        for (size_t j = 0; j < step; j++) {
            lanes[0][j] += lanes[0][j + step];
            lanes[1][j] += lanes[1][j + step];
        }
    sums[0] = lanes[0][0];
    sums[1] = lanes[1][0];
}

/* Mean and variance in one pass. About a pivot near the mean, here the mean of the first elements,
 * squares of differences lose nothing; where those turn out not to be typical, a second pass is
 * made about the mean. */
TARGET static void S(moments)(const U *x, size_t n, T *mean, T *variance) {
    T sums[2], pivot;
    size_t first = n < 64 ? n : 64;
    S(total_row)(x, first, &pivot);
    pivot /= (T)first;
    S(row_sums)(x, n, pivot, sums);
    T shift = sums[0] / (T)n;
    *mean = pivot + shift;
    *variance = sums[1] / (T)n - shift * shift;
    if (shift * shift > *variance) {
        S(row_sums)(x, n, *mean, sums);
        *variance = sums[1] / (T)n;
    }
}

/* (x - mean) * factor, then times the row `scale` and plus the row `bias`, unless that is null. */
FORCED TARGET void S(affine)(const U *x, U *y, size_t n, T mean, T factor, const U *scale,
                             const U *bias, int stream) {
    V middle = N(all)(mean), multiplier = N(all)(factor);
    EACH_PART(n, {
        /* The next row, to the second cache level: this one, scale and bias fill the first. */
        __builtin_prefetch(x + n + i, 0, 2);
        V v = (S(get_part)(x + i, part, 0) - middle) * multiplier;
        if (bias) v = v * S(get_part)(scale + i, part, 0) + S(get_part)(bias + i, part, 0);
        else v = v * S(get_part)(scale + i, part, 0);
        S(put)(y + i, v, part, stream);
    });
}

TARGET static void S(normalize_row)(const void *in, const void *scale, const void *bias, void *out,
                                    size_t n, double epsilon, double statistics[2], int stream) {
    T mean, variance;
    S(moments)(in, n, &mean, &variance);
    T factor = (T)1 / (T)sqrt((double)(variance + (T)epsilon));
    statistics[0] = (double)mean;
    statistics[1] = (double)factor;
    if (bias) S(affine)(in, out, n, mean, factor, scale, bias, stream);
    else S(affine)(in, out, n, mean, factor, scale, NULL, stream);
}

TARGET static void S(rms_row)(const void *in, const void *scale, void *out, size_t n,
                              double epsilon, int stream) {
    T sums[2];
    S(row_sums)(in, n, 0, sums);
    T factor = (T)1 / (T)sqrt((double)(sums[1] / (T)n + (T)epsilon));
    S(affine)(in, out, n, 0, factor, scale, NULL, stream);
}

/* One group: `channels` runs of `run` elements, with a factor and an offset for each channel. */
TARGET static void S(normalize_group)(const void *in, const void *scale, const void *bias,
                                      void *out, size_t channels, size_t run, double epsilon,
                                      int stream) {
    const U *x = in, *factors = scale, *offsets = bias;
    U *y = out;
    T mean, variance;
    S(moments)(x, channels * run, &mean, &variance);
    T inverse = (T)1 / (T)sqrt((double)(variance + (T)epsilon));
    for (size_t c = 0; c < channels; c++, x += run, y += run) {
        T lanes[W];
        N(save)(lanes, S(get_part)(factors + c, 1, 0));
        V middle = N(all)(mean), multiplier = N(all)(inverse), factor = N(all)(lanes[0]);
        N(save)(lanes, S(get_part)(offsets + c, 1, 0));
        V offset = N(all)(lanes[0]);
        EACH_PART(run, {
            V v = (S(get_part)(x + i, part, 0) - middle) * multiplier;
            S(put)(y + i, v * factor + offset, part, stream);
        });
    }
}
