/* Gradients of softmax, its logarithm, and layer normalisation. */

/* The sum of g * y, or of g alone where y is null, added up in blocks. */
FORCED TARGET T S(row_product)(const U *g, const U *y, size_t n) {
    V total = ZERO;
    size_t i = 0;
    while (i < n) {
        size_t end = n - i < LONG_BLOCK ? n : i + LONG_BLOCK;
        V s0 = ZERO, s1 = ZERO;
        for (; i + 2 * W <= end; i += 2 * W) {
            V a = S(get)(g + i), b = S(get)(g + i + W);
            s0 += y ? a * S(get)(y + i) : a;
            s1 += y ? b * S(get)(y + i + W) : b;
        }
        for (; i < end; i += W) {
            V a = S(get_part)(g + i, end - i, 0);
            s0 += y ? a * S(get_part)(y + i, end - i, 0) : a;
        }
        total += s0 + s1;
    }
    T lanes[W];
    N(save)(lanes, total);
    for (size_t step = W / 2; step > 0; step /= 2)
        for (size_t j = 0; j < step; j++) lanes[j] += lanes[j + step];
    return lanes[0];
}

/* y * (g - sum), or for the logarithm g - exp(y) * sum. */
FORCED TARGET V S(softmax_slope)(V g, V y, V sum, int logarithm) {
    return logarithm ? g - N(exponential)(y) * sum : y * (g - sum);
}

FORCED TARGET void S(softmax_grad_row)(const U *g, const U *y, U *out, size_t n, int logarithm,
                                       int stream) {
    V sum = N(all)(S(row_product)(g, logarithm ? NULL : y, n));
    EACH_PART(n, {
        __builtin_prefetch(g + n + i, 0, 2);
        __builtin_prefetch(y + n + i, 0, 2);
        V v = S(softmax_slope)(S(get_part)(g + i, part, 0), S(get_part)(y + i, part, 0), sum,
                               logarithm);
        S(put)(out + i, v, part, stream);
    });
}

TARGET static void S(softmax_grad)(const void *gradient, const void *result, void *out, size_t n,
                                   size_t stride, size_t columns, int logarithm, int stream) {
    const U *g = gradient, *y = result;
    if (stride == 1) {
        if (logarithm) S(softmax_grad_row)(g, y, out, n, 1, stream);
        else S(softmax_grad_row)(g, y, out, n, 0, stream);
        return;
    }
    T sums[COLUMNS_MAX + W];
    for (size_t j = 0; j < columns; j += W) N(save)(sums + j, ZERO);
    for (size_t r = 0; r < n; r++)
        for (size_t j = 0; j < columns; j += W) {
            /* Rows are far apart: the hardware does not see them coming. */
            __builtin_prefetch(g + (r + 16) * stride + j);
            if (!logarithm) __builtin_prefetch(y + (r + 16) * stride + j);
            V a = S(get_part)(g + r * stride + j, columns - j, 0);
            if (!logarithm) a = a * S(get_part)(y + r * stride + j, columns - j, 0);
            N(save)(sums + j, N(load)(sums + j) + a);
        }
    for (size_t r = 0; r < n; r++)
        for (size_t j = 0; j < columns; j += W) {
            V a = S(get_part)(g + r * stride + j, columns - j, 0);
            V b = S(get_part)(y + r * stride + j, columns - j, 0);
            S(put)((U *)out + r * stride + j,
                   S(softmax_slope)(a, b, N(load)(sums + j), logarithm), columns - j, stream);
        }
}

/* The means of g = gradient * scale and of g times the normalised row. */
FORCED TARGET void S(grad_means)(const U *dy, const U *x, const U *scale, size_t n, T mean,
                                 T factor, T means[2]) {
    V middle = N(all)(mean), multiplier = N(all)(factor), total = ZERO, products = ZERO;
    size_t i = 0;
    while (i < n) {
        size_t end = n - i < LONG_BLOCK ? n : i + LONG_BLOCK;
        V s = ZERO, p = ZERO;
        for (; i < end; i += W) {
            V g = S(get_part)(dy + i, end - i, 0) * S(get_part)(scale + i, end - i, 0);
            s += g;
            p += g * ((S(get_part)(x + i, end - i, 0) - middle) * multiplier);
        }
        total += s;
        products += p;
    }
    T lanes[2][W];
    N(save)(lanes[0], total);
    N(save)(lanes[1], products);
    for (size_t step = W / 2; step > 0; step /= 2)
        for (size_t j = 0; j < step; j++) {
            lanes[0][j] += lanes[0][j + step];
            lanes[1][j] += lanes[1][j + step];
        }
    means[0] = lanes[0][0] / (T)n;
    means[1] = lanes[1][0] / (T)n;
}

TARGET static void S(normalize_grad)(const void *gradient, const void *in, const void *scale,
                                     void *out, size_t n, double epsilon, void *scale_sums,
                                     void *bias_sums, int stream) {
    const U *dy = gradient, *x = in, *factors = scale;
    T mean, variance, means[2], *scale_to = scale_sums, *bias_to = bias_sums;
    S(moments)(x, n, &mean, &variance);
    T inverse = (T)1 / (T)sqrt((double)(variance + (T)epsilon));
    S(grad_means)(dy, x, factors, n, mean, inverse, means);
    V middle = N(all)(mean), multiplier = N(all)(inverse);
    V first = N(all)(means[0]), second = N(all)(means[1]);
    EACH_PART(n, {
        /* The next row comes while this one keeps the arithmetic busy. */
        __builtin_prefetch(x + n + i, 0, 2);
        __builtin_prefetch(dy + n + i, 0, 2);
        V standard = (S(get_part)(x + i, part, 0) - middle) * multiplier;
        V slope = S(get_part)(dy + i, part, 0);
        V g = slope * S(get_part)(factors + i, part, 0);
        S(put)((U *)out + i, ((g - first) - standard * second) * multiplier, part, stream);
        N(save_part)(scale_to + i, N(load_part)(scale_to + i, part, 0) + slope * standard, part);
        N(save_part)(bias_to + i, N(load_part)(bias_to + i, part, 0) + slope, part);
    });
}
