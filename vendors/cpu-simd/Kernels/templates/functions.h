/* Elementary functions of one floating-point type: a few units in the last place over the whole
 * range, with infinities, not-a-numbers, signed zeros and subnormals as in C. */
#if SINGLE
#define MANTISSA_BITS 23
#define ROUNDING_MAGIC 0x1.8p23f
#define WHOLE 0x1p23f
#define SMALLEST_NORMAL 0x1p-126f
#define LN2 0x1.62e43p-1f
#define LN2_HIGH 0x1.62e4p-1f
#define LN2_LOW 0x1.7f7d1cp-20f
#define EXP_LOW (-104.0f)
#define EXP_HIGH 89.0f
#define EXP_NORMAL (-87.0f)
#define ROOT_HALF_BITS 0x3f3504f3
#define TANH_LIMIT 10
#define ERFC_LIMIT 9.5f
#else
#define MANTISSA_BITS 52
#define ROUNDING_MAGIC 0x1.8p52
#define WHOLE 0x1p52
#define SMALLEST_NORMAL 0x1p-1022
#define LN2 0x1.62e42fefa39efp-1
#define LN2_HIGH 0x1.62e42fefap-1
#define LN2_LOW 0x1.cf79abc9e3b3ap-40
#define EXP_LOW (-746.0)
#define EXP_HIGH 710.0
#define EXP_NORMAL (-708.0)
#define ROOT_HALF_BITS 0x3fe6a09e667f3bcd
#define TANH_LIMIT 20
#define ERFC_LIMIT 6.0
#endif
#define ONE_BITS ((VI)N(all)(1))
#define ZERO ((V){0})

#include "polynomials.h"

#define POLYNOMIAL(terms, x)                                                                       \
    ({                                                                                             \
        V sum = N(all)(terms[0]);                                                                  \
        UNROLLED for (size_t term = 1; term < sizeof terms / sizeof *terms; term++)                \
            sum = sum * (x) + N(all)(terms[term]);                                                 \
        sum;                                                                                       \
    })

FORCED TARGET VI N(sign_bits)(V x) { return (VI)x & (VI)N(all)((T)-0.0); }
FORCED TARGET V N(absolute)(V x) { return (V)((VI)x & ~(VI)N(all)((T)-0.0)); }
FORCED TARGET V N(with_sign)(V x, V sign) {
    VI bits = (VI)N(absolute)(x) | N(sign_bits)(sign);
#if VECTOR_BYTES == 64
    /* Hidden, or clang 21 merges this with a selection that follows into a masked vpternlog whose
     * operands it exchanges. */
    __asm__("" : "+v"(bits));
#endif
    return (V)bits;
}

FORCED TARGET V N(root)(V x) {
#if VECTOR_BYTES == 64 && SINGLE
    return (V)_mm512_sqrt_ps((__m512)x);
#elif VECTOR_BYTES == 64
    return (V)_mm512_sqrt_pd((__m512d)x);
#elif __has_builtin(__builtin_elementwise_sqrt)
    return __builtin_elementwise_sqrt(x);
#else
    T lanes[W];
    __builtin_memcpy(lanes, &x, sizeof x);
    for (size_t i = 0; i < W; i++) lanes[i] = (T)sqrt((double)lanes[i]);
    __builtin_memcpy(&x, lanes, sizeof x);
    return x;
#endif
}

/* The nearest whole number, halves to even: adding 2^23 or 2^52 leaves no room for fractions. */
FORCED TARGET V N(round_even)(V x) {
#if VECTOR_BYTES == 64 && SINGLE
    return (V)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#elif VECTOR_BYTES == 64
    return (V)_mm512_roundscale_pd((__m512d)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
    V a = N(absolute)(x), whole = (a + N(all)(WHOLE)) - N(all)(WHOLE);
    return N(choose)((VI)(a < N(all)(WHOLE)), N(with_sign)(whole, x), x);
#endif
}
FORCED TARGET V N(round_down)(V x) {
    V whole = N(round_even)(x);
    V result = whole - (V)((VI)(whole > x) & ONE_BITS);
    return (V)((VI)result | N(sign_bits)(x));
}
FORCED TARGET V N(round_up)(V x) {
    V whole = N(round_even)(x);
    V result = whole + (V)((VI)(whole < x) & ONE_BITS);
    return (V)((VI)result | N(sign_bits)(x));
}

/* ---- exponentials: x = k ln 2 + r, exp(x) = 2^k exp(r) --------------------------------------- */

#if VECTOR_BYTES == 64
/* With k in steps of 1/16 or 1/8 and the powers of two between in a register, the polynomial is
 * four terms shorter; `scalef` takes what is whole of k. */
#if SINGLE
#define STEP_MAGIC 0x1.8p19f
#define PERMUTE(index, table) (V) _mm512_permutexvar_ps((__m512i)(index), (__m512)(table))
/* k has too many digits for an exact product: one instruction with any compiler. */
#define LESS_PRODUCT(x, a, b) (V) _mm512_fnmadd_ps((__m512)(a), (__m512)(b), (__m512)(x))
#else
#define STEP_MAGIC 0x1.8p49
#define PERMUTE(index, table) (V) _mm512_permutexvar_pd((__m512i)(index), (__m512d)(table))
#define LESS_PRODUCT(x, a, b) (V) _mm512_fnmadd_pd((__m512d)(a), (__m512d)(b), (__m512d)(x))
#endif
FORCED TARGET V N(stepped)(V x, int precise) {
    V rounded = x * N(all)((T)1.4426950408889634) + N(all)(STEP_MAGIC);
    V k = rounded - N(all)(STEP_MAGIC);
    V r = LESS_PRODUCT(x, k, N(all)(precise ? LN2_HIGH : LN2));
    if (precise) r = r - k * N(all)(LN2_LOW);
    V power = PERMUTE(rounded, N(load)(N(step_powers)));
    V rest = POLYNOMIAL(N(step_terms), r) * r;
    rest = rest * r + r;
    V result = power * rest + power;
#if SINGLE
    return (V)_mm512_scalef_ps((__m512)result, (__m512)k);
#else
    return (V)_mm512_scalef_pd((__m512d)result, (__m512d)k);
#endif
}

FORCED TARGET V N(exponential)(V x) {
    x = N(lesser)(N(all)(EXP_HIGH), N(greater)(N(all)(EXP_LOW), x));
    return N(stepped)(x, 1);
}
/* For x <= 0, as softmax needs it. In a fused multiply-add the product is exact, and what ln 2 is
 * off by matters less than the rounding of x. */
FORCED TARGET V N(exp_negative)(V x) {
    return N(stepped)(N(greater)(N(all)(EXP_LOW), x), 0);
}
#undef STEP_MAGIC
#undef PERMUTE
#undef LESS_PRODUCT
#else
/* p times 2^k in two factors, so that results near the ends of the range round once. `rounded` is
 * k plus the magic number, which leaves k in its low bits. */
FORCED TARGET V N(scaled)(V p, V rounded) {
    VI exponent = (VI)rounded - (VI)N(all)(ROUNDING_MAGIC);
    VI half = exponent >> 1, rest = exponent - half;
    V first = (V)((half << MANTISSA_BITS) + ONE_BITS);
    return p * first * (V)((rest << MANTISSA_BITS) + ONE_BITS);
}

FORCED TARGET V N(exp_of_rest)(V r) {
    V p = POLYNOMIAL(N(exp_terms), r);
    p = p * r + N(all)(1);
    return p * r + N(all)(1);
}

FORCED TARGET V N(exponential)(V x) {
    x = N(lesser)(N(all)(EXP_HIGH), N(greater)(N(all)(EXP_LOW), x));
    V rounded = x * N(all)((T)1.4426950408889634) + N(all)(ROUNDING_MAGIC);
    V k = rounded - N(all)(ROUNDING_MAGIC);
    V r = x - k * N(all)(LN2_HIGH);
    r = r - k * N(all)(LN2_LOW);
    return N(scaled)(N(exp_of_rest)(r), rounded);
}

/* For x <= 0, as softmax needs it: subnormal results are zero. */
FORCED TARGET V N(exp_negative)(V x) {
    V t = N(greater)(N(all)(EXP_NORMAL), x);
    V rounded = t * N(all)((T)1.4426950408889634) + N(all)(ROUNDING_MAGIC);
    V k = rounded - N(all)(ROUNDING_MAGIC);
#if FUSED
    V r = t - k * N(all)(LN2);
#else
    V r = t - k * N(all)(LN2_HIGH);
    r = r - k * N(all)(LN2_LOW);
#endif
    V power = (V)(((VI)rounded << MANTISSA_BITS) + ONE_BITS);
    V result = N(exp_of_rest)(r) * power;
    return N(choose)((VI)(x < N(all)(EXP_NORMAL)), ZERO, result);
}
#endif

/* exp(x) - 1 for x from -60 to 60, without cancellation near 0. */
FORCED TARGET V N(exp_less_one)(V x) {
    V rounded = x * N(all)((T)1.4426950408889634) + N(all)(ROUNDING_MAGIC);
    V k = rounded - N(all)(ROUNDING_MAGIC);
    V r = x - k * N(all)(LN2_HIGH);
    r = r - k * N(all)(LN2_LOW);
    V p = POLYNOMIAL(N(exp_terms), r) * r;
    p = p * r + r;
    V power = (V)(((VI)rounded << MANTISSA_BITS) + ONE_BITS);
    V result = power * p + (power - N(all)(1));
    return N(choose)((VI)(x == ZERO) | (VI)(x != x), x, result);
}

FORCED TARGET V N(tangent)(V x) {
    V a = N(lesser)(N(all)(TANH_LIMIT), N(absolute)(x));
    V e = N(exp_less_one)(a + a);
    return N(with_sign)(e / (e + N(all)(2)), x);
}

/* From the exponential that cannot overflow, so that small results keep their digits. */
FORCED TARGET V N(sigmoid)(V x) {
    V e = N(exponential)(ZERO - N(absolute)(x));
    return N(choose)((VI)(x < ZERO), e, N(all)(1)) / (N(all)(1) + e);
}

FORCED TARGET V N(elu)(V x, V alpha) {
    V low = N(greater)(N(all)(-60), N(lesser)(ZERO, x));
    return N(choose)((VI)(x < ZERO), alpha * N(exp_less_one)(low), x);
}

/* ---- logarithm: x = 2^k m, m from sqrt(1/2) to sqrt(2), s = (m - 1) / (m + 1) ---------------- */

FORCED TARGET V N(logarithm)(V x) {
    VI is_small = (VI)(x < N(all)(SMALLEST_NORMAL));
    V normal = N(choose)(is_small, x * N(all)(WHOLE), x);
    VI bits = (VI)normal - ROOT_HALF_BITS;
    V m = (V)((bits & (((I)1 << MANTISSA_BITS) - 1)) + ROOT_HALF_BITS);
    VI exponent = (bits >> MANTISSA_BITS) - (is_small & MANTISSA_BITS);
    V k = (V)(exponent + (VI)N(all)(ROUNDING_MAGIC)) - N(all)(ROUNDING_MAGIC);
    V f = m - N(all)(1), s = f / (f + N(all)(2)), z = s * s;
    V half_square = N(all)((T)0.5) * f * f;
    V rest = z * POLYNOMIAL(N(log_terms), z);
    V low = s * (half_square + rest) + k * N(all)(LN2_LOW);
    V result = k * N(all)(LN2_HIGH) - ((half_square - low) - f);
    /* Zero gives -inf, what is below it NaN; infinity and NaN stay. */
    V special = N(choose)((VI)(x == ZERO), N(all)(-INFINITY), x);
    special = N(choose)((VI)(x < ZERO), N(all)(NAN), special);
    return N(choose)((VI)(x > ZERO) & (VI)(x < N(all)(INFINITY)), result, special);
}

/* ---- error function -------------------------------------------------------------------------- */

/* For a from 0: erf below 1, erfc above; one of them suffers no cancellation. */
FORCED TARGET V N(erf_or_erfc)(V a) {
    V z = a * a, inner = a * POLYNOMIAL(N(erf_terms), z);
    V t = N(lesser)(N(all)(ERFC_LIMIT), a) - N(all)((T)1.5);
    V outer = N(exponential)(POLYNOMIAL(N(erfc_terms), t));
    return N(choose)((VI)(a > N(all)(1)), outer, inner);
}

FORCED TARGET V N(error_function)(V x) {
    V a = N(absolute)(x), part = N(erf_or_erfc)(a);
    return N(with_sign)(N(choose)((VI)(a > N(all)(1)), N(all)(1) - part, part), x);
}

/* The normal distribution function; far below zero, where erfc is less than the roundoff of 1, it
 * is zero. */
FORCED TARGET V N(normal_share)(V x) {
    V a = N(absolute)(x) * N(all)((T)0.70710678118654752);
    V part = N(erf_or_erfc)(a);
    V tail = N(all)((T)0.5) * N(choose)((VI)(a > N(all)(1)), part, N(all)(1) - part);
    tail = N(choose)((VI)(a > N(all)(ERFC_LIMIT)), ZERO, tail);
    return N(choose)((VI)(x < ZERO), tail, N(all)(1) - tail);
}

FORCED TARGET V N(gelu)(V x) { return x * N(normal_share)(x); }

FORCED TARGET V N(gelu_tanh)(V x) {
    V z = x + N(all)((T)0.044715) * x * x * x;
    return x * N(sigmoid)(N(all)((T)1.5957691216057308) * z);
}
