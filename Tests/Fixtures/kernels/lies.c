/* Peak kernels that lie: each was once measured as if it did what its name says. lies.sh makes
 * lies.txt from them, in which the check of the real kernels' code must find every lie. */
#include <immintrin.h>
#include <stdint.h>

/* Literal seeds: a compiler proves that 1e-9 * 1e-9 + k is k, and deletes the chains. */
double lie_deleted(uint64_t rounds) {
    double x[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    for (uint64_t n = 0; n < rounds; n++) {
        for (int i = 0; i < 12; i++) x[i] = __builtin_fma(1e-9, 1e-9, x[i]);
        __asm__ volatile("" : "+x"(x[0]));
    }
    return x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7] + x[8] + x[9] + x[10] + x[11];
}

/* Products that never change are computed before the loop, which only adds. */
double lie_hoisted(uint64_t rounds, double b, double c) {
    double x[12] = {0};
    for (uint64_t n = 0; n < rounds; n++)
        for (int i = 0; i < 12; i++) {
            x[i] = x[i] + b * c;
            __asm__ volatile("" : "+x"(x[i]));
        }
    return x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7] + x[8] + x[9] + x[10] + x[11];
}

/* Two dependent steps back to back: a tenth slower than the core. */
__m512d lie_adjacent(uint64_t rounds, __m512d one) {
    __m512d x0 = one, x1 = one;
    __asm__ volatile("1:\n\tvfmadd213pd %[a], %[a], %[x]\n\tvfmadd213pd %[a], %[a], %[x]\n\t"
                     "vfmadd213pd %[a], %[a], %[y]\n\tvfmadd213pd %[a], %[a], %[y]\n\t"
                     "dec %[n]\n\tjnz 1b"
                     : [n] "+r"(rounds), [x] "+v"(x0), [y] "+v"(x1)
                     : [a] "v"(one)
                     : "cc");
    return _mm512_add_pd(x0, x1);
}

/* Steps with operands from memory measure loads. */
__m512d lie_loading(uint64_t rounds, const __m512d *ones) {
    __m512d x0 = ones[0], x1 = ones[1];
    __asm__ volatile("1:\n\tvfmadd213pd (%[a]), %[x], %[x]\n\tvfmadd213pd (%[a]), %[y], %[y]\n\t"
                     "dec %[n]\n\tjnz 1b"
                     : [n] "+r"(rounds), [x] "+v"(x0), [y] "+v"(x1)
                     : [a] "r"(ones)
                     : "cc");
    return _mm512_add_pd(x0, x1);
}

/* A clock of additions of 1, which some cores fold away: 20 GHz were once read from it. */
uint64_t lie_clock(uint64_t rounds) {
    uint64_t x = 0;
    __asm__ volatile("1:\n\tadd $1, %[x]\n\tadd $1, %[x]\n\tadd $1, %[x]\n\tadd $1, %[x]\n\t"
                     "dec %[n]\n\tjnz 1b"
                     : [n] "+r"(rounds), [x] "+r"(x)
                     :
                     : "cc");
    return x;
}
