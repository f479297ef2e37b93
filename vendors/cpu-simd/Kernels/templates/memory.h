/* The six memory kernels, plain and non-temporal, for one instruction set.
 *
 * Include with ISA(name) (adds the set's suffix), TARGET, VECTOR_BYTES and BATCH. A pass is
 * unrolled by 8 vectors, in batches of BATCH (a divisor of 8): a batch's loads, then its stores.
 * Long batches cost a tenth in L1 and in DRAM on the cores measured. HIDE keeps a vector a vector:
 * without it the compiler would merge scalars into SSE vectors, and turn copies into memcpy. */
#if VECTOR_BYTES == 8
typedef double ISA(vector);
#else
typedef double ISA(vector) __attribute__((vector_size(VECTOR_BYTES)));
#endif
#define V ISA(vector)
#define LANES (VECTOR_BYTES / sizeof(double))
#define FORCED __attribute__((always_inline)) static inline
#if defined(__aarch64__)
#define HIDE(v) __asm__("" : "+w"(v))
#else
#define HIDE(v) __asm__("" : "+x"(v))
#endif
/* Assembly: the compiler's own non-temporal store of one double is a plain store. */
#if defined(__aarch64__)
#define NON_TEMPORAL(at, v) __builtin_nontemporal_store(v, (V *)(void *)(at))
#elif VECTOR_BYTES == 8
#define NON_TEMPORAL(at, v)                                                                        \
    do {                                                                                           \
        long long bits;                                                                            \
        __builtin_memcpy(&bits, &v, 8);                                                            \
        __asm__("movnti %1, %0" : "=m"(*(long long *)(void *)(at)) : "r"(bits));                   \
    } while (0)
#elif VECTOR_BYTES == 16
#define NON_TEMPORAL(at, v) __asm__("movntpd %1, %0" : "=m"(*(V *)(void *)(at)) : "x"(v))
#else
#define NON_TEMPORAL(at, v) __asm__("vmovntpd %1, %0" : "=m"(*(V *)(void *)(at)) : "x"(v))
#endif
#define FENCE __asm__ volatile("" ::: "memory")
#define UNROLLED _Pragma("unroll")

FORCED TARGET V ISA(load)(const double *from, size_t index) {
    V v = *(const V *)(const void *)(from + index * LANES);
    HIDE(v);
    return v;
}

FORCED TARGET void ISA(put)(double *to, size_t index, V v, int non_temporal) {
    HIDE(v);
    double *at = to + index * LANES;
    if (non_temporal) {
        NON_TEMPORAL(at, v);
    } else {
        *(V *)(void *)at = v;
    }
}

FORCED TARGET V ISA(splat)(double value) {
#if VECTOR_BYTES == 8
    return value;
#else
    return value - (V){0};
#endif
}

TARGET static double ISA(read)(double *out, const double *a, const double *b, size_t count,
                               uint64_t repetitions, double scalar) {
    (void)out, (void)b, (void)scalar;
    V sum = ISA(splat)(0);
    for (uint64_t r = 0; r < repetitions; r++) {
        FENCE;
        V s[8] = {ISA(splat)(0), ISA(splat)(0), ISA(splat)(0), ISA(splat)(0),
                  ISA(splat)(0), ISA(splat)(0), ISA(splat)(0), ISA(splat)(0)};
        for (size_t i = 0; i < count; i += 8 * LANES)
            UNROLLED for (size_t k = 0; k < 8; k++) {
                /* Hidden after the addition, so that the load can be its operand. */
                s[k] += *(const V *)(const void *)(a + i + k * LANES);
                HIDE(s[k]);
            }
        sum = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
        HIDE(sum);
    }
    double total = 0;
    for (size_t i = 0; i < LANES; i++) total += ((const double *)&sum)[i];
    return total;
}

FORCED TARGET void ISA(write_with)(double *out, size_t count, uint64_t repetitions, double scalar,
                                   int non_temporal) {
    for (uint64_t r = 0; r < repetitions; r++) {
        FENCE;
        V v = ISA(splat)(scalar);
        for (size_t i = 0; i < count; i += 8 * LANES)
            UNROLLED for (size_t k = 0; k < 8; k++) ISA(put)(out + i, k, v, non_temporal);
    }
}

/* One input: copy, and with `times` scale. */
FORCED TARGET void ISA(one_with)(double *out, const double *a, size_t count, uint64_t repetitions,
                                 double scalar, int times, int non_temporal) {
    for (uint64_t r = 0; r < repetitions; r++) {
        V c = ISA(splat)(scalar);
        for (size_t i = 0; i < count; i += 8 * LANES) {
            UNROLLED for (size_t j = 0; j < 8; j += BATCH) {
                V v[BATCH];
                FENCE;
                UNROLLED for (size_t k = 0; k < BATCH; k++) v[k] = ISA(load)(a + i, j + k);
                UNROLLED for (size_t k = 0; k < BATCH; k++)
                    ISA(put)(out + i, j + k, times ? v[k] * c : v[k], non_temporal);
            }
        }
    }
}

/* Two inputs: add, and with `times` triad. */
FORCED TARGET void ISA(two_with)(double *out, const double *a, const double *b, size_t count,
                                 uint64_t repetitions, double scalar, int times,
                                 int non_temporal) {
    for (uint64_t r = 0; r < repetitions; r++) {
        V c = ISA(splat)(scalar);
        for (size_t i = 0; i < count; i += 8 * LANES) {
            UNROLLED for (size_t j = 0; j < 8; j += BATCH) {
                V v[BATCH];
                FENCE;
                UNROLLED for (size_t k = 0; k < BATCH; k++) {
                    V left = ISA(load)(a + i, j + k), right = ISA(load)(b + i, j + k);
                    v[k] = times ? left + right * c : left + right;
                }
                UNROLLED for (size_t k = 0; k < BATCH; k++)
                    ISA(put)(out + i, j + k, v[k], non_temporal);
            }
        }
    }
}

#define MEMORY_KERNEL(name, call)                                                                  \
    TARGET static double ISA(name)(double *out, const double *a, const double *b, size_t count,    \
                                   uint64_t repetitions, double scalar) {                          \
        (void)a, (void)b, (void)scalar;                                                            \
        call;                                                                                      \
        return 0;                                                                                  \
    }
MEMORY_KERNEL(write, ISA(write_with)(out, count, repetitions, scalar, 0))
MEMORY_KERNEL(write_nt, ISA(write_with)(out, count, repetitions, scalar, 1))
MEMORY_KERNEL(copy, ISA(one_with)(out, a, count, repetitions, scalar, 0, 0))
MEMORY_KERNEL(copy_nt, ISA(one_with)(out, a, count, repetitions, scalar, 0, 1))
MEMORY_KERNEL(scale, ISA(one_with)(out, a, count, repetitions, scalar, 1, 0))
MEMORY_KERNEL(scale_nt, ISA(one_with)(out, a, count, repetitions, scalar, 1, 1))
MEMORY_KERNEL(add, ISA(two_with)(out, a, b, count, repetitions, scalar, 0, 0))
MEMORY_KERNEL(add_nt, ISA(two_with)(out, a, b, count, repetitions, scalar, 0, 1))
MEMORY_KERNEL(triad, ISA(two_with)(out, a, b, count, repetitions, scalar, 1, 0))
MEMORY_KERNEL(triad_nt, ISA(two_with)(out, a, b, count, repetitions, scalar, 1, 1))
#undef MEMORY_KERNEL

#define MEMORY_ROWS(isa)                                                                           \
    {{read_##isa, read_##isa},   {write_##isa, write_nt_##isa}, {copy_##isa, copy_nt_##isa},       \
     {scale_##isa, scale_nt_##isa}, {add_##isa, add_nt_##isa},  {triad_##isa, triad_nt_##isa}}
#undef UNROLLED
#undef BATCH
#undef FENCE
#undef NON_TEMPORAL
#undef HIDE
#undef FORCED
#undef LANES
#undef V
#undef VECTOR_BYTES
#undef TARGET
#undef ISA
