/* Names of one element type: T, its vector V, integers of the same width, and exp's constants. */
#if SINGLE
#define N(name) PASTE(name, f32, ISA_NAME)
#define T float
#define I int32_t
#define MANTISSA_BITS 23
#define EXPONENT_BIAS 127
#define ROUNDING_MAGIC 0x1.8p23f
#define LN2_HIGH 0x1.62e4p-1f
#define LN2_LOW 0x1.7f7d1cp-20f
#define EXP_LOW (-104.0f)
#define EXP_HIGH 89.0f
#define EXP_TERMS 8
#else
#define N(name) PASTE(name, f64, ISA_NAME)
#define T double
#define I int64_t
#define MANTISSA_BITS 52
#define EXPONENT_BIAS 1023
#define ROUNDING_MAGIC 0x1.8p52
#define LN2_HIGH 0x1.62e42fefap-1
#define LN2_LOW 0x1.cf79abc9e3b3ap-40
#define EXP_LOW (-746.0)
#define EXP_HIGH 710.0
#define EXP_TERMS 14
#endif
/* A vector of one lane would be a scalar to some compilers and an error to others. */
#if VECTOR_BYTES == 8
enum { N(LANES) = 1 };
typedef T N(vector) __attribute__((vector_size(sizeof(T))));
typedef I N(integers) __attribute__((vector_size(sizeof(T))));
#else
enum { N(LANES) = VECTOR_BYTES / sizeof(T) };
typedef T N(vector) __attribute__((vector_size(VECTOR_BYTES)));
typedef I N(integers) __attribute__((vector_size(VECTOR_BYTES)));
#endif
#define V N(vector)
#define VI N(integers)
#define W N(LANES)

/* Loads and stores of any alignment. */
FORCED TARGET V N(get)(const T *from) {
    V v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}
FORCED TARGET void N(set)(T *to, V v) { __builtin_memcpy(to, &v, sizeof v); }
FORCED TARGET V N(all)(T value) { return value - (V){0}; }
FORCED TARGET V N(choose)(VI mask, V yes, V no) { return (V)((mask & (VI)yes) | (~mask & (VI)no)); }
/* The first n lanes of `from`, the others `fill`; and the first n of `v` stored. */
FORCED TARGET V N(get_part)(const T *from, size_t n, T fill) {
    if (n >= W) return N(get)(from);
    V v = N(all)(fill);
    __builtin_memcpy(&v, from, n * sizeof(T));
    return v;
}
FORCED TARGET void N(set_part)(T *to, V v, size_t n) {
    if (n >= W) N(set)(to, v);
    else __builtin_memcpy(to, &v, n * sizeof(T));
}
