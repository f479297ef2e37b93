/* Element-wise operators of two inputs x and y, for one storage type. An input that is repeated is
 * read from a vector of its copies. */

static void S(binary_edge)(binary_kernel kernel, const U *a, const U *b, void *to, size_t n,
                           int repeated, size_t result_bytes) {
    U left[W], right[W], result[W];
    memset(left, 0, sizeof left);
    memset(right, 0, sizeof right);
    memcpy(left, a, (repeated == REPEATED_A ? 1 : n) * sizeof(U));
    memcpy(right, b, (repeated == REPEATED_B ? 1 : n) * sizeof(U));
    kernel(left, right, result, W, repeated, 0);
    memcpy(to, result, n * result_bytes);
}

/* A vector of copies of *one. */
FORCED void S(repeat)(const U *one, U *copies) {
    for (size_t i = 0; i < W; i++) copies[i] = *one;
}

#define BINARY(id, name, expression)                                                               \
    TARGET static void S(name##_pairs)(const void *a, const void *b, void *out, size_t n,          \
                                       int repeated, int stream) {                                 \
        const U *left = a, *right = b;                                                             \
        U *to = out, copies[W];                                                                    \
        size_t left_step = repeated != REPEATED_A, right_step = repeated != REPEATED_B;            \
        size_t i = stream ? S(before_aligned)(to, n) : 0;                                          \
        if (i) S(binary_edge)(S(name##_pairs), left, right, to, i, repeated, sizeof(U));           \
        if (repeated != REPEATED_NONE) {                                                           \
            S(repeat)(left_step ? right : left, copies);                                           \
            if (left_step) right = copies;                                                         \
            else left = copies;                                                                    \
        }                                                                                          \
        for (; i + W <= n; i += W) {                                                               \
            V x = S(get)(left + i * left_step), y = S(get)(right + i * right_step);                \
            V z = expression;                                                                      \
            if (stream) S(stream)(to + i, z);                                                      \
            else S(set)(to + i, z);                                                                \
        }                                                                                          \
        if (i < n)                                                                                 \
            S(binary_edge)(S(name##_pairs), left + i * left_step, right + i * right_step, to + i,  \
                           n - i, repeated, sizeof(U));                                            \
    }

/* Comparisons: a byte for each element. */
#define COMPARISON(id, name, expression)                                                           \
    TARGET static void S(name##_pairs)(const void *a, const void *b, void *out, size_t n,          \
                                       int repeated, int stream) {                                 \
        const U *left = a, *right = b;                                                             \
        uint8_t *to = out;                                                                         \
        U copies[W];                                                                               \
        size_t left_step = repeated != REPEATED_A, right_step = repeated != REPEATED_B, i = 0;     \
        (void)stream;                                                                              \
        if (repeated != REPEATED_NONE) {                                                           \
            S(repeat)(left_step ? right : left, copies);                                           \
            if (left_step) right = copies;                                                         \
            else left = copies;                                                                    \
        }                                                                                          \
        for (; i + W <= n; i += W) {                                                               \
            V x = S(get)(left + i * left_step), y = S(get)(right + i * right_step);                \
            VB z = N(truths)((VI)(expression));                                                    \
            memcpy(to + i, &z, sizeof z);                                                          \
        }                                                                                          \
        if (i < n)                                                                                 \
            S(binary_edge)(S(name##_pairs), left + i * left_step, right + i * right_step, to + i,  \
                           n - i, repeated, 1);                                                    \
    }

#define COMPARISONS(COMPARISON)                                                                    \
    COMPARISON(EQUAL, equal, x == y)                                                               \
    COMPARISON(GREATER, above, x > y)                                                              \
    COMPARISON(GREATER_OR_EQUAL, at_least, x >= y)                                                 \
    COMPARISON(LESS, below, x < y)                                                                 \
    COMPARISON(LESS_OR_EQUAL, at_most, x <= y)                                                     \
    COMPARISON(NOT_EQUAL, differs, x != y)

#if FLOATING
#define BINARY_KERNELS(X, COMPARISON)                                                              \
    X(SUM, sum, x + y)                                                                             \
    X(SUB, difference, x - y)                                                                      \
    X(MUL, product, x * y)                                                                         \
    X(DIV, quotient, x / y)                                                                        \
    X(POW, power, N(power)(x, y))                                                                  \
    X(MIN, minimum, N(minimum)(x, y))                                                              \
    X(MAX, maximum, N(maximum)(x, y))                                                              \
    X(REMAINDER, remainder, N(remainder)(x, y))                                                    \
    X(PRELU, prelu, N(choose)((VI)(x < ZERO), x * y, x))                                           \
    X(RELU_GRAD, relu_grad, N(choose)((VI)(y > ZERO), x, ZERO))                                    \
    X(SIGMOID_GRAD, sigmoid_grad, x * y * (N(all)(1) - y))                                         \
    X(TANH_GRAD, tanh_grad, x * (N(all)(1) - y * y))                                               \
    X(SILU_GRAD, silu_grad, x * N(silu_slope)(y))                                                  \
    X(GELU_GRAD, gelu_grad, x * N(gelu_slope)(y))                                                  \
    X(GELU_TANH_GRAD, gelu_tanh_grad, x * N(gelu_tanh_slope)(y))                                   \
    COMPARISONS(COMPARISON)
#else
/* By the width or more ONNX leaves open; here the result is 0. */
#if SIGNED
#define SHIFTS(X)
#else
#define SHIFTS(X)                                                                                  \
    X(SHIFT_LEFT, shifted_left, (V)((VI)(x << (y & 7)) & (VI)(y < 8)))                             \
    X(SHIFT_RIGHT, shifted_right, (V)((VI)(x >> (y & 7)) & (VI)(y < 8)))
#endif
#define BINARY_KERNELS(X, COMPARISON)                                                              \
    X(SUM, sum, x + y)                                                                             \
    X(SUB, difference, x - y)                                                                      \
    X(MUL, product, x * y)                                                                         \
    X(DIV, quotient, N(quotient)(x, y))                                                            \
    X(POW, power, N(power)(x, y))                                                                  \
    X(MIN, minimum, N(lesser)(x, y))                                                               \
    X(MAX, maximum, N(greater)(x, y))                                                              \
    X(AND, conjunction, x & y)                                                                     \
    X(OR, disjunction, x | y)                                                                      \
    X(XOR, exclusion, x ^ y)                                                                       \
    X(REMAINDER, remainder, N(remainder)(x, y, 0))                                                 \
    X(MODULO, modulo, N(remainder)(x, y, 1))                                                       \
    X(PRELU, prelu, N(choose)((VI)(x < ZERO), x * y, x))                                           \
    SHIFTS(X)                                                                                      \
    COMPARISONS(COMPARISON)
#endif
BINARY_KERNELS(BINARY, COMPARISON)
#undef BINARY
#undef COMPARISON
