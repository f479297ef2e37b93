/* Numbers to bytes and back. */

/* The low byte of each whole number: adding 2^23 or 2^52 leaves it in the low bits. */
FORCED TARGET void S(put_bytes)(uint8_t *to, V whole, size_t n) {
    VB bytes = __builtin_convertvector((VI)(whole + N(all)(ROUNDING_MAGIC)), VB);
    if (n >= W) memcpy(to, &bytes, sizeof bytes);
    else memcpy(to, &bytes, n);
}

/* NaN, whose code ONNX leaves open, becomes the lowest. */
FORCED TARGET V S(code)(V x, V scale, V zero, V low, V high) {
    return N(lesser)(N(greater)(N(round_even)(x / scale) + zero, low), high);
}

TARGET static void S(quantize)(const void *in, void *out, size_t n, const void *scales,
                               const void *zeros, size_t step, int is_signed) {
    const U *x = in;
    const T *scale = scales, *zero = zeros;
    uint8_t *to = out;
    V low = N(all)(is_signed ? -128 : 0), high = N(all)(is_signed ? 127 : 255);
    V one = N(all)(*scale), middle = N(all)(*zero);
    if (step)
        EACH_PART(n, S(put_bytes)(to + i, S(code)(S(get_part)(x + i, part, 0),
                                                  N(load_part)(scale + i, part, 1),
                                                  N(load_part)(zero + i, part, 0), low, high),
                                  part));
    else
        EACH_PART(n, S(put_bytes)(to + i, S(code)(S(get_part)(x + i, part, 0), one, middle, low,
                                                  high), part));
}

/* The largest magnitude of factor * row * scale, which the row becomes. */
FORCED TARGET T S(scaled_row)(T *row, const U *scale, size_t n, T factor) {
    V multiplier = N(all)(factor), most = ZERO;
    EACH_PART(n, {
        V v = N(load_part)(row + i, part, 0) * multiplier * S(get_part)(scale + i, part, 0);
        N(save_part)(row + i, v, part);
        most = N(greater)(N(absolute)(v), most);
    });
    T lanes[W];
    N(save)(lanes, most);
    for (size_t step = W / 2; step > 0; step /= 2)
        for (size_t j = 0; j < step; j++)
            lanes[j] = lanes[j] > lanes[j + step] ? lanes[j] : lanes[j + step];
    return lanes[0];
}

/* in + residual, normalised by its root mean square, times scale, and that in bytes with a scale of
 * the row's own. `scratch` holds n of T. */
TARGET static void S(add_norm_quantize)(const void *in, const void *residual, const void *scale,
                                        void *codes, void *code_scale, void *sums, size_t n,
                                        double epsilon, void *scratch) {
    const U *x = in, *other = residual;
    T *row = scratch, squares;
    EACH_PART(n, {
        V v = S(get_part)(x + i, part, 0) + S(get_part)(other + i, part, 0);
        S(set_part)((U *)sums + i, v, part);
        N(save_part)(row + i, v, part);
    });
    N(squares_row)(row, n, &squares);
    T factor = (T)1 / (T)sqrt((double)(squares / (T)n + (T)epsilon));
    T most = S(scaled_row)(row, scale, n, factor), step = most == 0 ? 1 : most / 127;
    V inverse = N(all)(1 / step), low = N(all)(-127), high = N(all)(127);
    EACH_PART(n, {
        __builtin_prefetch(x + n + i, 0, 2);
        __builtin_prefetch(other + n + i, 0, 2);
        V code = N(round_even)(N(load_part)(row + i, part, 0) * inverse);
        S(put_bytes)((uint8_t *)codes + i, N(lesser)(N(greater)(code, low), high), part);
    });
    S(store)(&step, code_scale, 1);
}
