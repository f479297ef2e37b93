/* Reductions of one storage type along rows and down columns.
 *
 * Blocks are reduced in vector lanes, their results pairwise: the error of a sum grows with log(n)
 * and not with n. */

#define LONG_BLOCK (64 * (size_t)W)
/* Rows that are added in registers: so many streams the hardware can follow. */
#define FEW_ROWS 8

#define REDUCTION(id, name, identity, expression, term)                                            \
    FORCED TARGET V S(name##_get)(const U *in) { return N(name##_term)(S(get)(in)); }              \
    FORCED TARGET V S(name##_part)(const U *in, size_t n) {                                        \
        return N(name##_term)(S(get_part)(in, n, identity));                                       \
    }                                                                                              \
    FORCED TARGET V S(name##_block)(const U *in, size_t n) {                                       \
        V s0 = N(all)(identity), s1 = s0, s2 = s0, s3 = s0;                                        \
        size_t i = 0;                                                                              \
        for (; i + 4 * W <= n; i += 4 * W) {                                                       \
            s0 = N(name##_of)(s0, S(name##_get)(in + i));                                          \
            s1 = N(name##_of)(s1, S(name##_get)(in + i + W));                                      \
            s2 = N(name##_of)(s2, S(name##_get)(in + i + 2 * W));                                  \
            s3 = N(name##_of)(s3, S(name##_get)(in + i + 3 * W));                                  \
        }                                                                                          \
        for (; i < n; i += W) s0 = N(name##_of)(s0, S(name##_part)(in + i, n - i));                \
        return N(name##_of)(N(name##_of)(s0, s1), N(name##_of)(s2, s3));                           \
    }                                                                                              \
    TARGET static void S(name##_pairwise)(const U *in, size_t n, T *lanes) {                       \
        if (n <= LONG_BLOCK) {                                                                     \
            N(save)(lanes, S(name##_block)(in, n));                                                \
            return;                                                                                \
        }                                                                                          \
        T other[W];                                                                                \
        size_t half = (n + LONG_BLOCK - 1) / LONG_BLOCK / 2 * LONG_BLOCK;                          \
        S(name##_pairwise)(in, half, lanes);                                                       \
        S(name##_pairwise)(in + half, n - half, other);                                            \
        N(save)(lanes, N(name##_of)(N(load)(lanes), N(load)(other)));                              \
    }                                                                                              \
    TARGET static void S(name##_row)(const void *in, size_t n, void *accumulator) {                \
        T lanes[2 * W] = {0};                                                                      \
        S(name##_pairwise)(in, n, lanes);                                                          \
        for (size_t step = W / 2; step > 0; step /= 2) {                                           \
            V v = N(load)(lanes);                                                                  \
            N(save)(lanes, N(name##_of)(v, N(load)(lanes + step)));                                \
        }                                                                                          \
        memcpy(accumulator, lanes, sizeof(T));                                                     \
    }                                                                                              \
    FORCED TARGET void S(name##_few)(const U *in, T *to, size_t rows, size_t stride,               \
                                     size_t columns) {                                             \
        for (size_t j = 0; j < columns; j += W) {                                                  \
            V x = S(name##_part)(in + j, columns - j);                                             \
            for (size_t r = 1; r < rows; r++)                                                      \
                x = N(name##_of)(x, S(name##_part)(in + r * stride + j, columns - j));             \
            N(save_part)(to + j, x, columns - j);                                                  \
        }                                                                                          \
    }                                                                                              \
    TARGET static void S(name##_columns)(const void *in, void *accumulators, size_t rows,          \
                                         size_t stride, size_t columns) {                          \
        const U *from = in;                                                                        \
        T *to = accumulators;                                                                      \
        if (rows == FEW_ROWS) {                                                                    \
            S(name##_few)(from, to, FEW_ROWS, stride, columns);                                    \
            return;                                                                                \
        }                                                                                          \
        if (rows < FEW_ROWS) {                                                                     \
            S(name##_few)(from, to, rows, stride, columns);                                        \
            return;                                                                                \
        }                                                                                          \
        T other[COLUMNS_MAX];                                                                      \
        size_t half = (rows + FEW_ROWS - 1) / FEW_ROWS / 2 * FEW_ROWS;                             \
        S(name##_columns)(from, to, half, stride, columns);                                        \
        S(name##_columns)(from + half * stride, other, rows - half, stride, columns);              \
        for (size_t j = 0; j < columns; j += W)                                                    \
            N(save_part)(to + j, N(name##_of)(N(load_part)(to + j, columns - j, 0),                \
                                             N(load_part)(other + j, columns - j, 0)),             \
                        columns - j);                                                              \
    }
REDUCTIONS(REDUCTION)
#undef REDUCTION

/* Accumulators rounded to the storage type. */
TARGET static void S(store)(const void *accumulators, void *out, size_t count) {
    const T *from = accumulators;
    U *to = out;
    for (size_t j = 0; j < count; j += W)
        S(set_part)(to + j, N(load_part)(from + j, count - j, 0), count - j);
}

FORCED TARGET VI S(matches)(const U *in, size_t n, V wanted) {
    V x = S(get_part)(in, n, 0);
    VI same = (VI)(x == wanted);
#if FLOATING
    same |= (VI)(x != x) & (VI)(wanted != wanted);
#endif
    return same;
}

/* The first or last index of the largest or smallest element; a NaN counts as either. */
TARGET static int64_t S(arg_row)(const void *in, size_t n, int smallest, int last) {
    const U *from = in;
    T found;
    if (smallest) S(lowest_row)(in, n, &found);
    else S(highest_row)(in, n, &found);
    V wanted = N(all)(found);
    I lanes[W];
    size_t vectors = (n + W - 1) / W;
    for (size_t k = 0; k < vectors; k++) {
        size_t i = (last ? vectors - 1 - k : k) * W, part = n - i < W ? n - i : W;
        VI same = S(matches)(from + i, n - i, wanted);
        __builtin_memcpy(lanes, &same, sizeof same);
        for (size_t j = part; j < W; j++) lanes[j] = 0;
        __builtin_memcpy(&same, lanes, sizeof same);
        if (!N(any)(same)) continue;
        for (size_t j = 0; j < part; j++) {
            size_t lane = last ? part - 1 - j : j;
            if (lanes[lane]) return (int64_t)(i + lane);
        }
    }
    return 0;
}

TARGET static void S(arg_columns)(const void *in, int64_t *out, size_t rows, size_t stride,
                                  size_t columns, int smallest, int last) {
    const U *from = in;
    T best[COLUMNS_MAX + W], line[COLUMNS_MAX + W];
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < columns; j += W)
            N(save)(line + j, S(get_part)(from + r * stride + j, columns - j, 0));
        for (size_t j = 0; j < columns; j++) {
            T x = line[j], before = best[j];
            int better = smallest ? x < before : x > before;
            int same = x == before || (IS_NAN(x) && IS_NAN(before));
            better = (better || IS_NAN(x)) && !IS_NAN(before);
            if (r == 0 || better || (last && same)) {
                best[j] = x;
                out[j] = (int64_t)r;
            }
        }
    }
}
