/* Logarithms of sums of exponentials, and what softmax and its loss take from them; sums of many
 * tensors. */

/* A NaN makes the sum NaN. Where the largest argument is infinite it is the result, unless there is
 * a NaN beside it, which the maximum here does not see. */
TARGET static void S(log_sum_row)(const U *x, size_t n, T *most, T *rest) {
    *most = S(row_maximum)(x, n);
    *rest = 0;
    if (*most - *most == 0) *rest = (T)log((double)S(row_exponentials)(x, n, *most, NULL));
    else S(highest_row)(x, n, most);
}

TARGET static void S(log_sum_columns)(const U *x, size_t n, size_t stride, size_t columns, T *most,
                                      T *rest) {
    T sums[COLUMNS_MAX + W];
    S(highest_columns)(x, most, n, stride, columns);
    for (size_t j = 0; j < columns; j += W) N(save)(sums + j, ZERO);
    for (size_t r = 0; r < n; r++)
        for (size_t j = 0; j < columns; j += W) {
            __builtin_prefetch(x + (r + 16) * stride + j);
            V v = S(get_part)(x + r * stride + j, columns - j, 0);
            v = N(exp_negative)(v - N(load_part)(most + j, columns - j, 0));
            N(save)(sums + j, N(load)(sums + j) + v);
        }
    for (size_t j = 0; j < columns; j += W) {
        V m = N(load_part)(most + j, columns - j, 0), sum = N(logarithm)(N(load)(sums + j));
        N(save_part)(rest + j, N(choose)((VI)(m - m == ZERO), sum, ZERO), columns - j);
    }
}

TARGET static void S(log_sums)(const void *in, size_t n, size_t stride, size_t columns, void *most,
                               void *rest) {
    if (stride == 1) S(log_sum_row)(in, n, most, rest);
    else S(log_sum_columns)(in, n, stride, columns, most, rest);
}

TARGET static void S(log_sum_exp_row)(const void *in, size_t n, void *accumulator) {
    T most, rest, *to = accumulator;
    S(log_sum_row)(in, n, &most, &rest);
    *to = most + rest;
}

TARGET static void S(log_sum_exp_columns)(const void *in, void *accumulators, size_t rows,
                                          size_t stride, size_t columns) {
    T rest[COLUMNS_MAX], *to = accumulators;
    S(log_sum_columns)(in, rows, stride, columns, to, rest);
    for (size_t j = 0; j < columns; j++) to[j] += rest[j];
}

FORCED TARGET V S(share)(V x, V most, V rest, V factor, int logarithm) {
    V v = (x - most) - rest;
    return logarithm ? v : N(exp_negative)(v) * factor;
}

TARGET static void S(share_row)(const U *x, U *y, size_t n, const T *most, const T *rest, T factor,
                                int logarithm, int stream) {
    V middle = N(all)(*most), offset = N(all)(*rest), multiplier = N(all)(factor);
    EACH_PART(n, S(put)(y + i, S(share)(S(get_part)(x + i, part, 0), middle, offset, multiplier,
                                        logarithm), part, stream));
}

/* factor * exp((x - most) - rest), or its logarithm without the factor. */
TARGET static void S(shares)(const void *in, void *out, size_t n, size_t stride, size_t columns,
                             const void *most, const void *rest, double factor, int logarithm,
                             int stream) {
    const T *middles = most, *offsets = rest;
    if (stride == 1) {
        if (logarithm) S(share_row)(in, out, n, most, rest, 1, 1, stream);
        else S(share_row)(in, out, n, most, rest, (T)factor, 0, stream);
        return;
    }
    V multiplier = N(all)((T)factor);
    for (size_t r = 0; r < n; r++) {
        const U *x = (const U *)in + r * stride;
        U *y = (U *)out + r * stride;
        EACH_PART(columns, S(put)(y + i, S(share)(S(get_part)(x + i, part, 0),
                                                  N(load_part)(middles + i, part, 0),
                                                  N(load_part)(offsets + i, part, 0), multiplier,
                                                  logarithm), part, stream));
    }
}

/* The logarithm of one share. */
TARGET static double S(log_share)(const void *element, const void *most, const void *rest) {
    const T *middle = most, *offset = rest;
    T x[W];
    N(save)(x, S(get_part)(element, 1, 0));
    return (double)((x[0] - *middle) - *offset);
}

TARGET static void S(accumulate)(const void *in, size_t step, void *accumulators, size_t n,
                                 int first) {
    const U *x = in;
    T *to = accumulators, one[W];
    N(save)(one, S(get_part)(x, 1, 0));
    V same = N(all)(one[0]);
    EACH_PART(n, {
        V v = step ? S(get_part)(x + i, part, 0) : same;
        if (!first) v = N(load_part)(to + i, part, 0) + v;
        N(save_part)(to + i, v, part);
    });
}

TARGET static void S(store_quotient)(const void *accumulators, void *out, size_t n, double divisor,
                                     int stream) {
    const T *from = accumulators;
    U *to = out;
    V below = N(all)((T)divisor);
    if (divisor == 1) EACH_PART(n, S(put)(to + i, N(load_part)(from + i, part, 0), part, stream));
    else EACH_PART(n, S(put)(to + i, N(load_part)(from + i, part, 0) / below, part, stream));
}

TARGET static void S(scale_and_add)(const void *in, void *out, size_t n, const void *slopes,
                                    const void *offsets, size_t step, int stream) {
    const U *x = in;
    U *y = out;
    const T *slope = slopes, *offset = offsets;
    V factor = N(all)(*slope), addend = N(all)(*offset);
    if (step)
        EACH_PART(n, S(put)(y + i, S(get_part)(x + i, part, 0) * N(load_part)(slope + i, part, 0) +
                                       N(load_part)(offset + i, part, 0), part, stream));
    else EACH_PART(n, S(put)(y + i, S(get_part)(x + i, part, 0) * factor + addend, part, stream));
}
