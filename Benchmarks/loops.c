/* Plain C loops, the comparators of memory.py. Compiled once by each compiler, as
 * loops_<COMPILER>_*, with -O3 -march=native and without the rewriting of loops into memcpy and
 * memset: glibc's copies switch to non-temporal stores by themselves and would be another kind of
 * kernel. */
#include <stddef.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define PASTE2(a, b, c) a##b##_##c
#define PASTE(a, b, c) PASTE2(a, b, c)
#define NAME(kernel) PASTE(loops_, COMPILER, kernel)
#define BARRIER __asm__ volatile("" ::: "memory")
#define KERNEL(name)                                                                               \
    double NAME(name)(double *restrict out, const double *restrict a, const double *restrict b,    \
                      size_t n, uint64_t passes, double scalar)

/* A sum is vectorised only with licence to reorder it; here the partial sums are written out. */
KERNEL(read) {
    (void)out, (void)b, (void)scalar;
    double total = 0;
    for (uint64_t r = 0; r < passes; r++) {
        BARRIER;
        double s[32] = {0};
        for (size_t i = 0; i < n; i += 32)
            for (size_t k = 0; k < 32; k++) s[k] += a[i + k];
        total = 0;
        for (size_t k = 0; k < 32; k++) total += s[k];
    }
    return total;
}

#define PASSES(statement)                                                                          \
    (void)a, (void)b, (void)scalar;                                                                \
    for (uint64_t r = 0; r < passes; r++) {                                                        \
        BARRIER;                                                                                   \
        for (size_t i = 0; i < n; i++) statement;                                                  \
    }                                                                                              \
    return 0
KERNEL(write) { PASSES(out[i] = scalar); }
KERNEL(copy) { PASSES(out[i] = a[i]); }
KERNEL(scale) { PASSES(out[i] = scalar * a[i]); }
KERNEL(add) { PASSES(out[i] = a[i] + b[i]); }
KERNEL(triad) { PASSES(out[i] = a[i] + scalar * b[i]); }

/* The same with non-temporal stores: by intrinsics, one vector at a time. */
#if defined(__AVX512F__)
#define VECTOR __m512d
#define LANES 8
#define LOAD _mm512_load_pd
#define ALL _mm512_set1_pd
#define STREAM _mm512_stream_pd
#define FMA(x, y, z) _mm512_fmadd_pd(x, y, z)
#define ADD _mm512_add_pd
#define MULTIPLY _mm512_mul_pd
#elif defined(__AVX2__) && defined(__FMA__)
#define VECTOR __m256d
#define LANES 4
#define LOAD _mm256_load_pd
#define ALL _mm256_set1_pd
#define STREAM _mm256_stream_pd
#define FMA(x, y, z) _mm256_fmadd_pd(x, y, z)
#define ADD _mm256_add_pd
#define MULTIPLY _mm256_mul_pd
#elif defined(__SSE2__)
#define VECTOR __m128d
#define LANES 2
#define LOAD _mm_load_pd
#define ALL _mm_set1_pd
#define STREAM _mm_stream_pd
#define FMA(x, y, z) _mm_add_pd(_mm_mul_pd(x, y), z)
#define ADD _mm_add_pd
#define MULTIPLY _mm_mul_pd
#endif
#if defined(VECTOR)
#define STREAMED(value)                                                                            \
    (void)a, (void)b;                                                                              \
    VECTOR s = ALL(scalar);                                                                        \
    (void)s;                                                                                       \
    for (uint64_t r = 0; r < passes; r++) {                                                        \
        BARRIER;                                                                                   \
        for (size_t i = 0; i < n; i += LANES) STREAM(out + i, value);                              \
    }                                                                                              \
    _mm_sfence();                                                                                  \
    return 0
#else
#define STREAMED(value) return (void)out, (void)a, (void)b, (void)n, (void)passes, (void)scalar, 0
#endif
KERNEL(write_nt) { STREAMED(s); }
KERNEL(copy_nt) { STREAMED(LOAD(a + i)); }
KERNEL(scale_nt) { STREAMED(MULTIPLY(s, LOAD(a + i))); }
KERNEL(add_nt) { STREAMED(ADD(LOAD(a + i), LOAD(b + i))); }
KERNEL(triad_nt) { STREAMED(FMA(s, LOAD(b + i), LOAD(a + i))); }
