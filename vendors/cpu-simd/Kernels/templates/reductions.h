/* Reductions of one arithmetic type T: accumulators, and what becomes of them. Sums are kept in T,
 * for f16 and bf16 in f32. */

/* x and y are two partial results, e is an element: what is added up may be a function of it, of
 * the identity that itself. */
#if FLOATING
#define LEAST INFINITY
#define MOST (-INFINITY)
#define REDUCTIONS(X)                                                                              \
    X(SUM, total, 0, x + y, e)                                                                     \
    X(PROD, overall, 1, x * y, e)                                                                  \
    X(MAX, highest, MOST, N(maximum)(x, y), e)                                                     \
    X(MIN, lowest, LEAST, N(minimum)(x, y), e)                                                     \
    X(SUM_SQUARE, squares, 0, x + y, e * e)                                                        \
    X(SUM_ABS, magnitudes, 0, x + y, N(absolute)(e))
#else
#if SIGNED
#define LEAST ((T)(((uint64_t)1 << (8 * sizeof(T) - 1)) - 1))
#else
#define LEAST ((T) ~(T)0)
#endif
#define MOST ((T)(~LEAST))
#define REDUCTIONS(X)                                                                              \
    X(SUM, total, 0, x + y, e)                                                                     \
    X(PROD, overall, 1, x * y, e)                                                                  \
    X(MAX, highest, MOST, N(greater)(x, y), e)                                                     \
    X(MIN, lowest, LEAST, N(lesser)(x, y), e)                                                      \
    X(SUM_SQUARE, squares, 0, x + y, e * e)
#endif

/* combine: to[j] becomes what it was with parts[j] added, for `count` accumulators. */
#define COMBINE(id, name, identity, expression, term)                                              \
    FORCED TARGET V N(name##_of)(V x, V y) { return expression; }                                  \
    FORCED TARGET V N(name##_term)(V e) { return term; }                                           \
    TARGET static void N(name##_combine)(void *accumulators, const void *parts, size_t count) {    \
        T *to = accumulators;                                                                      \
        const T *from = parts;                                                                     \
        for (size_t j = 0; j < count; j++) {                                                       \
            V x = N(all)(to[j]), y = N(all)(from[j]);                                              \
            V z = N(name##_of)(x, y);                                                              \
            __builtin_memcpy(to + j, &z, sizeof(T));                                               \
        }                                                                                          \
    }
REDUCTIONS(COMBINE)
#undef COMBINE

/* acc / divisor, the mean; whole numbers towards zero. */
TARGET static void N(divide)(void *accumulators, size_t count, double divisor) {
    T *values = accumulators;
    for (size_t j = 0; j < count; j++) values[j] = (T)(values[j] / (T)divisor);
}
