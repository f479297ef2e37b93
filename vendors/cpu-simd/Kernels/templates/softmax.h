/* Softmax and its logarithm: exp(x - max) / sum, the maximum taken out first so that nothing
 * overflows. A NaN makes its row NaN through the sum. */

TARGET static T S(row_maximum)(const U *x, size_t n) {
    V m0 = N(all)(-INFINITY), m1 = m0, m2 = m0, m3 = m0;
    size_t i = 0;
    for (; i + 4 * W <= n; i += 4 * W) {
        m0 = N(greater)(S(get)(x + i), m0);
        m1 = N(greater)(S(get)(x + i + W), m1);
        m2 = N(greater)(S(get)(x + i + 2 * W), m2);
        m3 = N(greater)(S(get)(x + i + 3 * W), m3);
    }
    for (; i < n; i += W) m0 = N(greater)(S(get_part)(x + i, n - i, -INFINITY), m0);
    T lanes[W];
    N(save)(lanes, N(greater)(N(greater)(m0, m1), N(greater)(m2, m3)));
    for (size_t step = W / 2; step > 0; step /= 2)
        for (size_t j = 0; j < step; j++)
            lanes[j] = lanes[j] > lanes[j + step] ? lanes[j] : lanes[j + step];
    return lanes[0];
}

/* The sum of exp(x - most); the exponentials go to `kept` unless that is null. Blocks are added
 * together, so that long rows lose no more than short ones. */
TARGET static T S(row_exponentials)(const U *x, size_t n, T most, T *kept) {
    V middle = N(all)(most), total = ZERO;
    size_t i = 0;
    while (i + W <= n) {
        size_t end = n - i < LONG_BLOCK ? n / W * W : i + LONG_BLOCK;
        V s0 = ZERO, s1 = ZERO;
        for (; i + 2 * W <= end; i += 2 * W) {
            V e0 = N(exp_negative)(S(get)(x + i) - middle);
            V e1 = N(exp_negative)(S(get)(x + i + W) - middle);
            if (kept) {
                N(save)(kept + i, e0);
                N(save)(kept + i + W, e1);
                /* The next row comes while this one keeps the arithmetic busy. */
                __builtin_prefetch(x + n + i);
                __builtin_prefetch(x + n + i + W);
            } else if (n <= SCRATCH_ELEMENTS) {
                __builtin_prefetch(x + n + i, 0, 2);
                __builtin_prefetch(x + n + i + W, 0, 2);
            }
            s0 += e0;
            s1 += e1;
        }
        if (i < end) {
            V e = N(exp_negative)(S(get)(x + i) - middle);
            if (kept) N(save)(kept + i, e);
            s0 += e;
            i += W;
        }
        total += s0 + s1;
    }
    if (i < n) {
        V e = N(exp_negative)(S(get_part)(x + i, n - i, -INFINITY) - middle);
        if (kept) N(save_part)(kept + i, e, n - i);
        total += e;
    }
    T lanes[W];
    N(save)(lanes, total);
    for (size_t step = W / 2; step > 0; step /= 2)
        for (size_t j = 0; j < step; j++) lanes[j] += lanes[j + step];
    return lanes[0];
}

/* The statement for each vector of n elements, from i on; `part` of its lanes count, and whole
 * vectors know that at compile time. */
#define EACH_PART(n, statement)                                                                    \
    do {                                                                                           \
        size_t i = 0;                                                                              \
        for (; i + W <= (n); i += W) {                                                             \
            const size_t part = W;                                                                 \
            statement;                                                                             \
        }                                                                                          \
        if (i < (n)) {                                                                             \
            const size_t part = (n) - i;                                                           \
            statement;                                                                             \
        }                                                                                          \
    } while (0)

FORCED TARGET void S(put)(U *to, V v, size_t n, int stream) {
    if (stream && n >= W) S(stream)(to, v);
    else S(set_part)(to, v, n);
}

/* `scratch` holds SCRATCH_ELEMENTS of T. Longer rows are read twice from memory, for which their
 * exponentials are computed twice. */
TARGET static void S(softmax_row)(const void *in, void *out, size_t n, void *scratch, int logarithm,
                                  int stream) {
    const U *x = in;
    U *y = out;
    T most = S(row_maximum)(x, n);
    T *kept = n <= SCRATCH_ELEMENTS && !logarithm ? scratch : NULL;
    T sum = S(row_exponentials)(x, n, most, kept);
    V middle = N(all)(most), inverse = N(all)(1 / sum);
    if (kept) {
        EACH_PART(n, S(put)(y + i, N(load_part)(kept + i, part, 0) * inverse, part, stream));
    } else if (logarithm) {
        V offset = N(all)((T)log((double)sum));
        EACH_PART(n, S(put)(y + i, (S(get_part)(x + i, part, 0) - middle) - offset, part, stream));
    } else {
        EACH_PART(n, S(put)(y + i,
                            N(exp_negative)(S(get_part)(x + i, part, 0) - middle) * inverse, part,
                            stream));
    }
}

/* The same down `columns` neighbouring columns of n rows. Exponentials are kept in `scratch` where
 * n times the columns are no more than SCRATCH_ELEMENTS, and found again from x otherwise. */
TARGET static void S(softmax_columns)(const void *in, void *out, size_t n, size_t stride,
                                      size_t columns, void *scratch, int logarithm, int stream) {
    const U *x = in;
    U *y = out;
    T most[COLUMNS_MAX + W], sums[COLUMNS_MAX + W];
    size_t width = (columns + W - 1) / W * W;
    T *kept = n * width <= SCRATCH_ELEMENTS && !logarithm ? scratch : NULL;
    for (size_t j = 0; j < columns; j += W) {
        N(save)(most + j, N(all)(-INFINITY));
        N(save)(sums + j, ZERO);
    }
    for (size_t r = 0; r < n; r++)
        for (size_t j = 0; j < columns; j += W) {
            /* Rows are far apart: the hardware does not see them coming. */
            __builtin_prefetch(x + (r + 16) * stride + j);
            V v = S(get_part)(x + r * stride + j, columns - j, 0);
            N(save)(most + j, N(greater)(v, N(load)(most + j)));
        }
    for (size_t r = 0; r < n; r++)
        for (size_t j = 0; j < columns; j += W) {
            V v = S(get_part)(x + r * stride + j, columns - j, 0) - N(load)(most + j);
            V e = N(exp_negative)(v);
            N(save)(sums + j, N(load)(sums + j) + e);
            if (kept) N(save)(kept + r * width + j, e);
        }
    for (size_t j = 0; j < columns; j += W) {
        V sum = N(load)(sums + j);
        N(save)(sums + j, logarithm ? N(logarithm)(sum) : N(all)(1) / sum);
    }
    for (size_t r = 0; r < n; r++)
        for (size_t j = 0; j < columns; j += W) {
            V sum = N(load)(sums + j), v;
            if (kept) {
                v = N(load)(kept + r * width + j) * sum;
            } else {
                v = S(get_part)(x + r * stride + j, columns - j, 0) - N(load)(most + j);
                v = logarithm ? v - sum : N(exp_negative)(v) * sum;
            }
            S(put)(y + r * stride + j, v, columns - j, stream);
        }
}
