/* Attention between its two products: scores of a block of keys become shares, while what earlier
 * blocks gave is scaled to the largest score so far. */

TARGET static void N(scale)(const void *from, void *to, size_t n, double factor) {
    const T *x = from;
    T *y = to;
    V by = N(all)((T)factor);
    for (size_t i = 0; i < n; i += W)
        N(save_part)(y + i, N(load_part)(x + i, n - i, 0) * by, n - i);
}

/* Softcap, then the mask. */
FORCED TARGET void N(adjust)(const struct layer_attend *job, T *x, size_t n, const void *mask) {
    T added[ATTEND_KEYS_MAX];
    V cap = N(all)((T)job->softcap);
    if (mask && job->mask_is_bool) {
        for (size_t i = 0; i < n; i++)
            added[i] = ((const uint8_t *)mask)[i * job->mask_step] ? 0 : -INFINITY;
    } else if (mask) {
        for (size_t i = 0; i < n; i++) added[i] = ((const T *)mask)[i * job->mask_step];
    }
    for (size_t i = 0; i < n; i += W) {
        V v = N(load_part)(x + i, n - i, 0);
        if (job->softcap > 0) v = cap * N(tangent)(v / cap);
        if (mask) v += N(load_part)(added + i, n - i, 0);
        N(save_part)(x + i, v, n - i);
    }
}

FORCED TARGET T N(lanes_largest)(V v) {
    T lanes[W];
    N(save)(lanes, v);
    for (size_t step = W / 2; step > 0; step /= 2)
        for (size_t j = 0; j < step; j++)
            lanes[j] = lanes[j] > lanes[j + step] ? lanes[j] : lanes[j + step];
    return lanes[0];
}
FORCED TARGET T N(lanes_total)(V v) {
    T lanes[W];
    N(save)(lanes, v);
    for (size_t step = W / 2; step > 0; step /= 2)
        for (size_t j = 0; j < step; j++) lanes[j] += lanes[j + step];
    return lanes[0];
}
/* exp(x) of one number that is not above 0. */
FORCED TARGET T N(power_of)(T x) {
    T lanes[W];
    N(save)(lanes, N(exp_negative)(N(all)(x)));
    return lanes[0];
}
FORCED TARGET void N(scale_row)(T *x, size_t n, T factor) {
    for (size_t i = 0; i < n; i += W)
        N(save_part)(x + i, N(load_part)(x + i, n - i, 0) * N(all)(factor), n - i);
}

/* One row; `n` of its scores count, the others become 0. NaN is passed over here, and makes the sum
 * NaN. */
FORCED TARGET void N(attend_row)(const struct layer_attend *job, size_t row, size_t n) {
    T *x = (T *)job->scores + row * ATTEND_STEP, *largest = (T *)job->largest + row;
    T *sum = (T *)job->sums + row;
    const void *mask = job->mask ? job->mask[row] : NULL;
    if (mask || job->softcap > 0) N(adjust)(job, x, n, mask);
    V m0 = N(all)(*largest), m1 = m0, s0 = ZERO, s1 = ZERO;
    size_t i = 0;
    for (; i + 2 * W <= n; i += 2 * W) {
        m0 = N(greater)(N(load)(x + i), m0);
        m1 = N(greater)(N(load)(x + i + W), m1);
    }
    for (; i < n; i += W) m0 = N(greater)(N(load_part)(x + i, n - i, -INFINITY), m0);
    T most = N(lanes_largest)(N(greater)(m0, m1));
    /* Where nothing is attended to yet, any finite number serves. */
    T middle = most == -INFINITY ? 0 : most;
    V by = N(all)(middle);
    for (i = 0; i + 2 * W <= n; i += 2 * W) {
        V e0 = N(exp_negative)(N(load)(x + i) - by);
        V e1 = N(exp_negative)(N(load)(x + i + W) - by);
        N(save)(x + i, e0);
        N(save)(x + i + W, e1);
        s0 += e0;
        s1 += e1;
    }
    for (; i < n; i += W) {
        V e = N(exp_negative)(N(load_part)(x + i, n - i, -INFINITY) - by);
        N(save_part)(x + i, e, n - i);
        s0 += e;
    }
    for (i = n; i < job->keys; i++) x[i] = 0;
    T total = N(lanes_total)(s0 + s1);
    if (most != *largest && *largest != -INFINITY) {
        T factor = N(power_of)(*largest - middle);
        *sum *= factor;
        N(scale_row)((T *)job->results + row * job->width, job->width, factor);
    }
    *largest = most;
    *sum += total;
}

TARGET static void N(attend)(const struct layer_attend *job) {
    for (size_t row = 0; row < job->rows; row++) N(attend_row)(job, row, job->visible[row]);
}

TARGET static void N(divide)(const void *results, const void *sum, void *y, size_t n) {
    T total = *(const T *)sum;
    /* Every key is masked: nothing is attended to. */
    if (total == 0) memset(y, 0, n * sizeof(T));
    else N(scale)(results, y, n, (double)(1 / total));
}

TARGET static void N(join)(void *largest, void *sum, void *results, const void *other_largest,
                           const void *other_sum, const void *other_results, size_t n) {
    T a = *(T *)largest, b = *(const T *)other_largest, most = a > b ? a : b;
    T middle = most == -INFINITY ? 0 : most, *x = results;
    T left = N(power_of)(a - middle), right = N(power_of)(b - middle);
    const T *y = other_results;
    for (size_t i = 0; i < n; i += W) {
        V own = N(load_part)(x + i, n - i, 0) * N(all)(left);
        N(save_part)(x + i, own + N(load_part)(y + i, n - i, 0) * N(all)(right), n - i);
    }
    *(T *)largest = most;
    *(T *)sum = *(T *)sum * left + *(const T *)other_sum * right;
}
