/* Running sums of one storage type along an axis, kept in the arithmetic type. */

/* One row, in order: each sum waits for the one before. */
TARGET static void S(cumulate_row)(const U *x, U *y, size_t n, int exclusive, int reverse) {
    T total = 0, lanes[W];
    for (size_t block = 0; block < n; block += W) {
        size_t count = n - block < W ? n - block : W, start = reverse ? n - block - count : block;
        N(save)(lanes, S(get_part)(x + start, count, 0));
        for (size_t k = 0; k < count; k++) {
            size_t j = reverse ? count - 1 - k : k;
            T before = total;
            total += lanes[j];
            lanes[j] = exclusive ? before : total;
        }
        S(set_part)(y + start, N(load)(lanes), count);
    }
}

/* `columns` neighbouring columns of n rows, or where stride is 1 one row of n. */
TARGET static void S(cumulate)(const void *in, void *out, size_t n, size_t stride, size_t columns,
                               int exclusive, int reverse) {
    if (stride == 1) {
        S(cumulate_row)(in, out, n, exclusive, reverse);
        return;
    }
    T sums[COLUMNS_MAX + W];
    for (size_t j = 0; j < columns; j += W) N(save)(sums + j, ZERO);
    for (size_t k = 0; k < n; k++) {
        size_t r = reverse ? n - 1 - k : k;
        const U *x = (const U *)in + r * stride;
        U *y = (U *)out + r * stride;
        for (size_t j = 0; j < columns; j += W) {
            V before = N(load)(sums + j), v = before + S(get_part)(x + j, columns - j, 0);
            N(save)(sums + j, v);
            S(set_part)(y + j, exclusive ? before : v, columns - j);
        }
    }
}

#if FLOATING
/* x * factor where the byte of its mask is not 0, else 0. */
TARGET static void S(drop)(const void *in, const uint8_t *mask, void *out, size_t n,
                           double factor) {
    const U *x = in;
    U *y = out;
    V multiplier = N(all)((T)factor);
    for (size_t i = 0; i < n; i += W) {
        size_t part = n - i < W ? n - i : W;
        VB bytes = {0};
        if (part == W) memcpy(&bytes, mask + i, sizeof bytes);
        else memcpy(&bytes, mask + i, part);
        VI kept = (VI)(__builtin_convertvector(bytes, VI) != 0);
        V v = N(choose)(kept, S(get_part)(x + i, part, 0) * multiplier, ZERO);
        S(set_part)(y + i, v, part);
    }
}
#endif
