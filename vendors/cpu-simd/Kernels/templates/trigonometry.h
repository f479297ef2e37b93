/* Sine and cosine. x = k pi/2 + r in f64, pi/2 in parts of 33 bits so that k times a part is exact
 * for |k| < 2^20. The remainder of an f32 is right to all its bits that way: no f32 below 2^20 is
 * nearer than 2^-34 to a multiple of pi/2. Where an f64 comes nearer than 2^-40, and beyond the
 * range, the C library takes over. */
#define TRIGONOMETRIC_LIMIT 0x1p20

#if !SINGLE
#define HALF_PI_1 0x1.921fb544p+0
#define HALF_PI_2 0x1.0b4611a6p-34
#define HALF_PI_3 0x1.3198a2e037073p-69

FORCED TARGET V N(quarter_turns)(V x, VI *turns) {
    V rounded = x * N(all)(0.63661977236758134) + N(all)(ROUNDING_MAGIC);
    V k = rounded - N(all)(ROUNDING_MAGIC);
    *turns = (VI)rounded;
    V r = x - k * N(all)(HALF_PI_1);
    r = r - k * N(all)(HALF_PI_2);
    return r - k * N(all)(HALF_PI_3);
}
#else
/* The same for a vector of f32, in halves; there are no halves of one lane. */
FORCED TARGET V N(quarter_turns)(V x, VI *turns) {
    enum { WIDE = PASTE(LANES, f64, ISA_NAME), PARTS = W / WIDE };
    typedef PASTE(vector, f64, ISA_NAME) wide;
    typedef PASTE(integers, f64, ISA_NAME) wide_integers;
    typedef float part __attribute__((vector_size(sizeof(float) * WIDE)));
    typedef int32_t part_integers __attribute__((vector_size(sizeof(float) * WIDE)));
    part halves[PARTS];
    part_integers counts[PARTS];
    __builtin_memcpy(halves, &x, sizeof x);
    UNROLLED for (int i = 0; i < PARTS; i++) {
        wide_integers turned;
        wide r = PASTE(quarter_turns, f64, ISA_NAME)(__builtin_convertvector(halves[i], wide),
                                                     &turned);
        halves[i] = __builtin_convertvector(r, part);
        counts[i] = __builtin_convertvector(turned, part_integers);
    }
    __builtin_memcpy(&x, halves, sizeof x);
    __builtin_memcpy(turns, counts, sizeof x);
    return x;
}
#endif

TARGET static __attribute__((noinline)) V N(library_sine)(V x, int cosine) {
    T lanes[W];
    __builtin_memcpy(lanes, &x, sizeof x);
    for (size_t i = 0; i < W; i++)
        lanes[i] = (T)(cosine ? cos((double)lanes[i]) : sin((double)lanes[i]));
    __builtin_memcpy(&x, lanes, sizeof x);
    return x;
}

/* The cosine is the sine a quarter turn on. */
FORCED TARGET V N(sine)(V x, int cosine) {
    VI turns;
    V r = N(quarter_turns)(x, &turns);
    V z = r * r;
    V sine = z * r * POLYNOMIAL(N(sine_terms), z) + r;
    V half = N(all)((T)0.5) * z;
    V cosine_part = z * z * POLYNOMIAL(N(cosine_terms), z);
    V other = (N(all)(1) - half) + cosine_part;
    turns = turns + cosine;
    V result = N(choose)(-(turns & 1), other, sine);
    VI negative = (turns & 2) << (8 * (int)sizeof(T) - 2);
    result = (V)((VI)result ^ negative);
    VI is_far = (VI)(N(absolute)(x) > N(all)((T)TRIGONOMETRIC_LIMIT));
#if !SINGLE
    is_far |= (VI)(N(absolute)(r) < N(all)(0x1p-40)) & (VI)(N(absolute)(x) > N(all)(1));
#endif
    /* Sine of -0 is -0, which the sum of the polynomial would lose. */
    if (!cosine) result = N(choose)((VI)(x == ZERO), x, result);
    if (N(any)(is_far)) return N(library_sine)(x, cosine);
    return result;
}

TARGET static __attribute__((noinline)) V N(library_tangent)(V x) {
    T lanes[W];
    __builtin_memcpy(lanes, &x, sizeof x);
    for (size_t i = 0; i < W; i++) lanes[i] = (T)tan((double)lanes[i]);
    __builtin_memcpy(&x, lanes, sizeof x);
    return x;
}

/* The quotient of both; a quarter turn on it is -cos / sin. */
FORCED TARGET V N(tangent_of)(V x) {
    VI turns;
    V r = N(quarter_turns)(x, &turns);
    V z = r * r;
    V sine = z * r * POLYNOMIAL(N(sine_terms), z) + r;
    V cosine = (N(all)(1) - N(all)((T)0.5) * z) + z * z * POLYNOMIAL(N(cosine_terms), z);
    VI is_odd = -(turns & 1);
    V result = N(choose)(is_odd, cosine, sine) / N(choose)(is_odd, ZERO - sine, cosine);
    VI is_far = (VI)(N(absolute)(x) > N(all)((T)TRIGONOMETRIC_LIMIT));
#if !SINGLE
    is_far |= (VI)(N(absolute)(r) < N(all)(0x1p-40)) & (VI)(N(absolute)(x) > N(all)(1));
#endif
    result = N(choose)((VI)(x == ZERO), x, result);
    if (N(any)(is_far)) return N(library_tangent)(x);
    return result;
}
