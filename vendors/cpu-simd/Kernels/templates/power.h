/* x to the power of y. In f32 from logarithm and exponential in f64, which leaves the result right
 * to a unit in the last place; in f64, where no wider arithmetic is at hand, by the C library. */
#if !SINGLE
/* |x|^y for y * log|x| within the range of exp. */
FORCED TARGET V N(wide_power)(V x, V y) {
    return N(exponential)(y * N(logarithm)(N(absolute)(x)));
}

TARGET static __attribute__((noinline)) V N(power)(V x, V y) {
    T bases[W], exponents[W];
    __builtin_memcpy(bases, &x, sizeof x);
    __builtin_memcpy(exponents, &y, sizeof y);
    for (size_t i = 0; i < W; i++) bases[i] = pow(bases[i], exponents[i]);
    __builtin_memcpy(&x, bases, sizeof x);
    return x;
}
#else
FORCED TARGET V N(magnitude_power)(V x, V y) {
    enum { WIDE = PASTE(LANES, f64, ISA_NAME), PARTS = W / WIDE };
    typedef PASTE(vector, f64, ISA_NAME) wide;
    typedef float part __attribute__((vector_size(sizeof(float) * WIDE)));
    part bases[PARTS], exponents[PARTS];
    __builtin_memcpy(bases, &x, sizeof x);
    __builtin_memcpy(exponents, &y, sizeof y);
    UNROLLED for (int i = 0; i < PARTS; i++) {
        wide result = PASTE(wide_power, f64, ISA_NAME)(
            __builtin_convertvector(bases[i], wide), __builtin_convertvector(exponents[i], wide));
        bases[i] = __builtin_convertvector(result, part);
    }
    __builtin_memcpy(&x, bases, sizeof x);
    return x;
}

FORCED TARGET V N(power)(V x, V y) {
    V result = N(magnitude_power)(x, y);
    V whole = N(round_even)(y), half = N(all)(0.5f) * whole;
    VI is_whole = (VI)(whole == y), is_odd = is_whole & (VI)(N(round_even)(half) != half);
    VI sign = (VI)x & (VI)N(all)(-0.0f);
    result = (V)((VI)result | (is_odd & sign));
    /* A negative base needs a whole exponent, unless one of them is infinite. */
    V infinity = N(all)(INFINITY);
    VI is_finite = (VI)(x > ZERO - infinity) & (VI)(N(absolute)(y) < infinity);
    result = N(choose)((VI)(x < ZERO) & is_finite & ~is_whole, N(all)(NAN), result);
    VI is_one = (VI)(x == N(all)(1)) | (VI)(y == ZERO);
    is_one |= (VI)(x == N(all)(-1)) & (VI)(N(absolute)(y) == infinity);
    return N(choose)(is_one, N(all)(1), result);
}
#endif
