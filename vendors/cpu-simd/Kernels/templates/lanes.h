/* Names of one arithmetic type: T, its vector V of W lanes, masks and integers VI of that width.
 *
 * Include with TYPE (f64, f32, i64, i32, i8, u8) and the macros of that type below; lanes_end.h
 * forgets them again. */
#define N(name) PASTE(name, TYPE, ISA_NAME)
/* A vector of one lane would be a scalar to some compilers and an error to others. */
#if VECTOR_BYTES == 8
#define V_BYTES sizeof(T)
#else
#define V_BYTES VECTOR_BYTES
#endif
enum { N(LANES) = V_BYTES / sizeof(T) };
typedef T N(vector) __attribute__((vector_size(V_BYTES)));
typedef I N(integers) __attribute__((vector_size(V_BYTES)));
typedef uint8_t N(bytes) __attribute__((vector_size(V_BYTES / sizeof(T))));
#define V N(vector)
#define VI N(integers)
#define VB N(bytes)
#define W N(LANES)

FORCED TARGET V N(all)(T value) { return value - (V){0}; }
FORCED TARGET V N(choose)(VI mask, V yes, V no) { return (V)((mask & (VI)yes) | (~mask & (VI)no)); }
/* In the form that is one instruction where there is one: b where both are equal or unordered. */
FORCED TARGET V N(lesser)(V a, V b) { return N(choose)((VI)(a < b), a, b); }
FORCED TARGET V N(greater)(V a, V b) { return N(choose)((VI)(a > b), a, b); }
#if FLOATING
#define IS_NAN(x) ((x) != (x))
/* Minimum and maximum that keep a NaN of either side, as ONNX's do. */
FORCED TARGET V N(minimum)(V a, V b) { return N(choose)((VI)(a < b) | (VI)(a != a), a, b); }
FORCED TARGET V N(maximum)(V a, V b) { return N(choose)((VI)(a > b) | (VI)(a != a), a, b); }
#else
#define IS_NAN(x) 0
#endif

/* One byte for each lane, 1 where the mask is set. */
FORCED TARGET VB N(truths)(VI mask) { return __builtin_convertvector(mask & 1, VB); }

FORCED TARGET int N(any)(VI mask) {
#if __has_builtin(__builtin_reduce_or)
    return __builtin_reduce_or(mask) != 0;
#else
    I lanes[W], all = 0;
    __builtin_memcpy(lanes, &mask, sizeof mask);
    for (size_t i = 0; i < W; i++) all |= lanes[i];
    return all != 0;
#endif
}

/* Loads and stores of accumulators, of any alignment: n lanes of them, the others `fill`. */
FORCED TARGET V N(load)(const T *from) {
    V v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}
FORCED TARGET void N(save)(T *to, V v) { __builtin_memcpy(to, &v, sizeof v); }
FORCED TARGET V N(load_part)(const T *from, size_t n, T fill) {
    if (n >= W) return N(load)(from);
    V v = N(all)(fill);
    PART_IN(&v, from, n, sizeof(T));
    return v;
}
FORCED TARGET void N(save_part)(T *to, V v, size_t n) {
    if (n >= W) N(save)(to, v);
    else PART_OUT(to, &v, n, sizeof(T));
}
