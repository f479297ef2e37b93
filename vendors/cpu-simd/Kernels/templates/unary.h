/* Element-wise operators of one input, for one storage type. In an expression x is the argument,
 * alpha and beta are the attributes. Edges (what lies before the first aligned vector and after the
 * last whole one) go through a vector of their own. */

static void S(unary_edge)(unary_kernel kernel, const U *from, U *to, size_t n,
                          const double *parameters) {
    U edge[W];
    memset(edge, 0, sizeof edge);
    memcpy(edge, from, n * sizeof(U));
    kernel(edge, edge, W, parameters, 0);
    memcpy(to, edge, n * sizeof(U));
}

#define UNARY(id, name, expression)                                                                \
    TARGET static void S(name##_each)(const void *in, void *out, size_t n,                         \
                                      const double *parameters, int stream) {                      \
        const U *from = in;                                                                        \
        U *to = out;                                                                               \
        V alpha = N(all)((T)parameters[0]), beta = N(all)((T)parameters[1]);                       \
        (void)alpha, (void)beta;                                                                   \
        size_t i = stream ? S(before_aligned)(to, n) : 0;                                          \
        if (i) S(unary_edge)(S(name##_each), from, to, i, parameters);                             \
        for (; i + W <= n; i += W) {                                                               \
            V x = S(get)(from + i);                                                                \
            V y = expression;                                                                      \
            if (stream) S(stream)(to + i, y);                                                      \
            else S(set)(to + i, y);                                                                \
        }                                                                                          \
        if (i < n) S(unary_edge)(S(name##_each), from + i, to + i, n - i, parameters);             \
    }

/* Tests: a byte for each element. */
#define TEST(id, name, expression)                                                                 \
    TARGET static void S(name##_each)(const void *in, void *out, size_t n,                         \
                                      const double *parameters, int stream) {                      \
        const U *from = in;                                                                        \
        uint8_t *to = out;                                                                         \
        VI alpha = (VI)(N(all)((T)parameters[0]) != ZERO);                                         \
        VI beta = (VI)(N(all)((T)parameters[1]) != ZERO);                                          \
        (void)alpha, (void)beta, (void)stream;                                                     \
        size_t i = 0;                                                                              \
        for (; i + W <= n; i += W) {                                                               \
            V x = S(get)(from + i);                                                                \
            VB y = N(truths)(expression);                                                          \
            memcpy(to + i, &y, sizeof y);                                                          \
        }                                                                                          \
        if (i < n) {                                                                               \
            V x = S(get_part)(from + i, n - i, 0);                                                 \
            VB y = N(truths)(expression);                                                          \
            memcpy(to + i, &y, n - i);                                                             \
        }                                                                                          \
    }

#if FLOATING
#define UNARY_KERNELS(X, TEST)                                                                     \
    X(ABS, absolute, N(absolute)(x))                                                               \
    X(NEG, negated, (V)((VI)x ^ (VI)N(all)((T)-0.0)))                                              \
    X(SQRT, root, N(root)(x))                                                                      \
    X(RECIPROCAL, reciprocal, N(all)(1) / x)                                                       \
    X(RSQRT, inverse_root, N(all)(1) / N(root)(x))                                                 \
    X(EXP, exponential, N(exponential)(x))                                                         \
    X(LOG, logarithm, N(logarithm)(x))                                                             \
    X(SIN, sine, N(sine)(x, 0))                                                                    \
    X(COS, cosine, N(sine)(x, 1))                                                                  \
    X(TANH, tangent, N(tangent)(x))                                                                \
    X(SIGMOID, sigmoid, N(sigmoid)(x))                                                             \
    X(RELU, rectified, N(choose)((VI)(x < ZERO), ZERO, x))                                         \
    X(LEAKY_RELU, leaky, N(choose)((VI)(x < ZERO), x * alpha, x))                                  \
    X(ELU, elu, N(elu)(x, alpha))                                                                  \
    X(GELU, gelu, N(gelu)(x))                                                                      \
    X(GELU_TANH, gelu_tanh, N(gelu_tanh)(x))                                                       \
    X(SILU, silu, x * N(sigmoid)(x))                                                               \
    X(ERF, error_function, N(error_function)(x))                                                   \
    X(FLOOR, floor, N(round_down)(x))                                                              \
    X(CEIL, ceiling, N(round_up)(x))                                                               \
    X(ROUND, rounded, N(round_even)(x))                                                            \
    X(SIGN, sign, N(choose)((VI)(x == ZERO) | (VI)(x != x), x, N(with_sign)(N(all)(1), x)))        \
    X(CLIP, clipped, N(lesser)(beta, N(greater)(alpha, x)))                                        \
    X(TAN, slope, N(tangent_of)(x))                                                                \
    X(SOFTPLUS, softplus, N(softplus)(x))                                                          \
    X(HARD_SWISH, hard_swish, N(hard_swish)(x))                                                    \
    X(SWISH, swish, x * N(sigmoid)(alpha * x))                                                     \
    TEST(IS_NAN, is_nan, (VI)(x != x))                                                             \
    TEST(IS_INF, is_inf, ((VI)(x == N(all)(-INFINITY)) & alpha) |                                  \
                             ((VI)(x == N(all)(INFINITY)) & beta))
#elif SIGNED
#define UNARY_KERNELS(X, TEST)                                                                     \
    X(ABS, absolute, N(choose)((VI)(x < ZERO), ZERO - x, x))                                       \
    X(NEG, negated, ZERO - x)                                                                      \
    X(RELU, rectified, N(greater)(x, ZERO))                                                        \
    X(SIGN, sign, (V)((VI)(x < ZERO) - (VI)(x > ZERO)))                                            \
    X(BITWISE_NOT, complement, ~x)                                                                 \
    X(CLIP, clipped, N(lesser)(beta, N(greater)(alpha, x)))
#else
#define UNARY_KERNELS(X, TEST)                                                                     \
    X(ABS, absolute, x)                                                                            \
    X(RELU, rectified, x)                                                                          \
    X(SIGN, sign, (V)(-(VI)(x > ZERO)))                                                            \
    X(BITWISE_NOT, complement, ~x)                                                                 \
    X(NOT, negation, (V)((VI)(x == ZERO) & 1))                                                     \
    X(CLIP, clipped, N(lesser)(beta, N(greater)(alpha, x)))
#endif
UNARY_KERNELS(UNARY, TEST)
#undef UNARY
#undef TEST
