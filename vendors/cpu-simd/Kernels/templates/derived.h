/* What is made of the functions in functions.h, for one floating-point type: derivatives of
 * activations, and loops over numbers of that type. */

/* sigmoid(x) and sigmoid(-x), neither of them from a difference. */
FORCED TARGET V N(sigmoids)(V x, V *opposite) {
    V e = N(exponential)(ZERO - N(absolute)(x)), high = N(all)(1) / (N(all)(1) + e), low = e * high;
    VI negative = (VI)(x < ZERO);
    *opposite = N(choose)(negative, high, low);
    return N(choose)(negative, low, high);
}

/* x within the limits; NaN stays. Beyond them slopes are 0 or 1, and products would overflow. */
FORCED TARGET V N(within)(V x, T limit) {
    return N(lesser)(N(all)(limit), N(greater)(N(all)(-limit), x));
}

FORCED TARGET V N(silu_slope)(V x) {
    V near = N(within)(x, 800), opposite;
    V share = N(sigmoids)(near, &opposite);
    return share * (N(all)(1) + near * opposite);
}

FORCED TARGET V N(gelu_slope)(V x) {
    V near = N(within)(x, 40);
    V density = N(all)((T)0.39894228040143268) * N(exponential)(N(all)((T)-0.5) * near * near);
    return N(normal_share)(near) + near * density;
}

FORCED TARGET V N(gelu_tanh_slope)(V x) {
    V near = N(within)(x, 40), square = near * near, opposite;
    V argument = near * (N(all)((T)1.5957691216057308) + N(all)((T)0.071354816272600244) * square);
    V share = N(sigmoids)(argument, &opposite);
    V inner = N(all)((T)1.5957691216057308) + N(all)((T)0.21406444881780073) * square;
    return share * (N(all)(1) + near * opposite * inner);
}

/* ln(1 + exp(x)): what the sum 1 + e loses of e is added again. */
FORCED TARGET V N(softplus)(V x) {
    V e = N(exponential)(ZERO - N(absolute)(x)), sum = N(all)(1) + e;
    V lost = (e - (sum - N(all)(1))) / sum;
    return N(greater)(x, ZERO) + (N(logarithm)(sum) + lost);
}

FORCED TARGET V N(hard_swish)(V x) {
    V share = x * N(all)((T)0.16666666666666667) + N(all)((T)0.5);
    return x * N(greater)(ZERO, N(lesser)(N(all)(1), share));
}

TARGET static __attribute__((noinline)) V N(library_remainder)(V x, V y) {
    T above[W], below[W];
    __builtin_memcpy(above, &x, sizeof x);
    __builtin_memcpy(below, &y, sizeof y);
#if SINGLE
    for (size_t i = 0; i < W; i++) above[i] = fmodf(above[i], below[i]);
#else
    for (size_t i = 0; i < W; i++) above[i] = fmod(above[i], below[i]);
#endif
    __builtin_memcpy(&x, above, sizeof x);
    return x;
}

/* Exact, with the sign of x. x - k y is exact in one fused operation for every whole k near the
 * quotient, which may round to the next whole number; else the C library takes over. Clang fuses
 * what stands in one expression; other compilers promise nothing. */
FORCED TARGET V N(remainder)(V x, V y) {
#if FUSED && defined(__clang__)
    V size = N(absolute)(y), quotient = N(absolute)(x) / size;
    V k = N(round_down)(quotient), rest = N(absolute)(x) - k * size;
    rest = N(choose)((VI)(rest < ZERO), rest + size, rest);
    rest = N(choose)((VI)(rest >= size), rest - size, rest);
    VI is_near = (VI)(quotient < N(all)(WHOLE / 4)) & (VI)(size < N(all)(INFINITY));
    is_near &= (VI)(size >= N(all)(SMALLEST_NORMAL * WHOLE));
    if (!N(any)(~is_near)) return N(with_sign)(rest, x);
#endif
    return N(library_remainder)(x, y);
}

/* to[j] becomes the logarithm of the sum of exp(to[j]) and exp(parts[j]). */
TARGET static void N(log_sum_exp_combine)(void *accumulators, const void *parts, size_t count) {
    T *to = accumulators;
    const T *from = parts;
    for (size_t j = 0; j < count; j++) {
        double a = (double)to[j], b = (double)from[j], most = a > b || a != a ? a : b;
        to[j] = (T)(most - most == 0 ? most + log(exp(a - most) + exp(b - most)) : most);
    }
}

/* (code - zero point) * scale. D holds the difference exactly. */
#define DEQUANTIZE(type, C, D)                                                                     \
    TARGET static void PASTE(dequantize_##type, TYPE, ISA_NAME)(                                   \
        const C *restrict in, T *restrict out, size_t n, const T *scales, const double *zeros,     \
        size_t step) {                                                                             \
        if (step) {                                                                                \
            for (size_t i = 0; i < n; i++)                                                         \
                out[i] = (T)((D)in[i] - (D)zeros[i]) * scales[i];                                  \
        } else {                                                                                   \
            const T scale = *scales;                                                               \
            const D zero = (D)*zeros;                                                              \
            for (size_t i = 0; i < n; i++) out[i] = (T)((D)in[i] - zero) * scale;                  \
        }                                                                                          \
    }
DEQUANTIZE(i8, int8_t, T)
DEQUANTIZE(u8, uint8_t, T)
DEQUANTIZE(i32, int32_t, double)
#undef DEQUANTIZE

TARGET static void N(dequantize)(int type, const void *in, void *out, size_t n,
                                 const void *scales, const double *zeros, size_t step) {
    if (type == CPUSIMD_I8) N(dequantize_i8)(in, out, n, scales, zeros, step);
    else if (type == CPUSIMD_U8) N(dequantize_u8)(in, out, n, scales, zeros, step);
    else N(dequantize_i32)(in, out, n, scales, zeros, step);
}
