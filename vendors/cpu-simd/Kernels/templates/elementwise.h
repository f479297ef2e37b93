/* Element-wise operators. */

/* 1/i! for the Taylor series, highest power first; the argument is at most ln(2)/2. */
static const T N(exp_terms)[EXP_TERMS] = {
#if !SINGLE
    1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
#endif
    (T)(1.0 / 5040), (T)(1.0 / 720), (T)(1.0 / 120), (T)(1.0 / 24), (T)(1.0 / 6), (T)0.5, 1, 1,
};

/* exp(x) = 2^k * exp(r), r = x - k ln 2, to about 1 unit in the last place. 2^k is applied in two
 * factors, so that results near the ends of the range round once. */
FORCED TARGET V N(exp_vector)(V x) {
    V low = N(all)(EXP_LOW), high = N(all)(EXP_HIGH), magic = N(all)(ROUNDING_MAGIC);
    x = N(choose)((VI)(x < low), low, x);
    x = N(choose)((VI)(x > high), high, x);
    V rounded = x * N(all)((T)1.4426950408889634) + magic;
    V k = rounded - magic;
    V r = x - k * N(all)(LN2_HIGH);
    r = r - k * N(all)(LN2_LOW);
    V p = N(all)(N(exp_terms)[0]);
    UNROLLED for (int i = 1; i < EXP_TERMS; i++) p = p * r + N(all)(N(exp_terms)[i]);
    VI exponent = (VI)rounded - (VI)magic;
    VI half = exponent >> 1, rest = exponent - half;
    VI bias = (VI){0} + EXPONENT_BIAS;
    V first = (V)((half + bias) << MANTISSA_BITS), second = (V)((rest + bias) << MANTISSA_BITS);
    return p * first * second;
}

TARGET static void N(exp)(const void *in, void *out, size_t n) {
    const T *x = in;
    T *y = out;
    size_t i = 0;
    for (; i + W <= n; i += W) N(set)(y + i, N(exp_vector)(N(get)(x + i)));
    if (i < n) {
        V part = N(exp_vector)(N(get_part)(x + i, n - i, 0));
        N(set_part)(y + i, part, n - i);
    }
}

TARGET static void N(add)(void *out, const void *a, size_t a_step, const void *b, size_t b_step,
                          size_t n) {
    T *y = out;
    const T *left = a, *right = b;
    size_t i = 0;
    if (a_step && b_step) {
        for (; i + W <= n; i += W) N(set)(y + i, N(get)(left + i) + N(get)(right + i));
    } else if (a_step || b_step) {
        const T *many = a_step ? left : right;
        V one = N(all)(a_step ? right[0] : left[0]);
        for (; i + W <= n; i += W) N(set)(y + i, N(get)(many + i) + one);
    }
    for (; i < n; i++) y[i] = left[i * a_step] + right[i * b_step];
}
