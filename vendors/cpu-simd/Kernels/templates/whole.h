/* All operators of one type of whole numbers. Include with TYPE, STORAGE (the same),
 * T, I and SIGNED. */
#define SINGLE 0
#define FLOATING 0
#define U T
#define HALF 0
#include "lanes.h"
#define ZERO ((V){0})

/* Division and powers, which no vector unit has, lane by lane. */

/* Towards zero. x / 0 is 0 and the least number divided by -1 wraps: ONNX leaves both open, and the
 * processor would stop the process. */
FORCED TARGET V N(quotient)(V x, V y) {
    T numerators[W], denominators[W];
    __builtin_memcpy(numerators, &x, sizeof x);
    __builtin_memcpy(denominators, &y, sizeof y);
    for (size_t i = 0; i < W; i++) {
        T above = numerators[i], below = denominators[i];
#if SIGNED
        if (below == -1) {
            numerators[i] = (T)(0 - (uint64_t)above);
            continue;
        }
#endif
        numerators[i] = below == 0 ? 0 : (T)(above / below);
    }
    __builtin_memcpy(&x, numerators, sizeof x);
    return x;
}

/* The remainder with the sign of the dividend, or of the divisor; of a division by 0 it is 0. */
FORCED TARGET V N(remainder)(V x, V y, int follows_divisor) {
    T numerators[W], denominators[W];
    __builtin_memcpy(numerators, &x, sizeof x);
    __builtin_memcpy(denominators, &y, sizeof y);
    for (size_t i = 0; i < W; i++) {
        T above = numerators[i], below = denominators[i], rest = 0;
#if SIGNED
        if (below != 0 && below != -1) rest = (T)(above % below);
        if (follows_divisor && rest != 0 && (rest < 0) != (below < 0)) rest = (T)(rest + below);
#else
        if (below != 0) rest = (T)(above % below);
        (void)follows_divisor;
#endif
        numerators[i] = rest;
    }
    __builtin_memcpy(&x, numerators, sizeof x);
    return x;
}

/* Modulo the type's range; a negative exponent gives what is left of the fraction. */
FORCED TARGET V N(power)(V x, V y) {
    T bases[W], exponents[W];
    __builtin_memcpy(bases, &x, sizeof x);
    __builtin_memcpy(exponents, &y, sizeof y);
    for (size_t i = 0; i < W; i++) {
        uint64_t base = (uint64_t)bases[i], exponent = (uint64_t)exponents[i], result = 1;
#if SIGNED
        if (exponents[i] < 0) {
            T one = exponents[i] & 1 ? -1 : 1;
            bases[i] = bases[i] == 1 ? 1 : bases[i] == -1 ? one : 0;
            continue;
        }
#endif
        for (; exponent; exponent >>= 1, base *= base)
            if (exponent & 1) result *= base;
        bases[i] = (T)result;
    }
    __builtin_memcpy(&x, bases, sizeof x);
    return x;
}

#include "reductions.h"
#include "kernels.h"
#undef ZERO
#undef LEAST
#undef MOST
#undef REDUCTIONS
#include "lanes_end.h"
