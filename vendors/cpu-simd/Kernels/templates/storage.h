/* Loads and stores of one storage type, as vectors of the arithmetic type around it.
 *
 * Include inside lanes.h with STORAGE, U (its C type) and HALF: 0 as the arithmetic, 1 binary16,
 * 2 bfloat16; storage_end.h forgets them. Any alignment, but for streamed stores. */
#define S(name) PASTE(name, STORAGE, ISA_NAME)
#define U_BYTES (V_BYTES / sizeof(T) * sizeof(U))
typedef U S(stored) __attribute__((vector_size(U_BYTES)));
#define VU S(stored)

#if HALF == 0
FORCED TARGET V S(widen)(VU v) { return v; }
FORCED TARGET VU S(narrow)(V v) { return v; }
#elif HALF == 1 && VECTOR_BYTES == 64
FORCED TARGET V S(widen)(VU v) { return (V)_mm512_cvtph_ps((__m256i)v); }
FORCED TARGET VU S(narrow)(V v) {
    return (VU)_mm512_cvtps_ph((__m512)v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
#elif HALF == 1
/* Exponents are moved by a multiplication, which makes subnormals normal on the way. */
FORCED TARGET V S(widen)(VU v) {
    VI bits = __builtin_convertvector(v, VI), magnitude = (bits & 0x7fff) << 13;
    V value = (V)magnitude * N(all)(0x1p112f);
    VI special = (VI)(magnitude >= 0x0f800000) & 0x7f800000;
    return (V)((VI)value | special | ((bits & 0x8000) << 16));
}
FORCED TARGET VU S(narrow)(V v) {
    VI bits = (VI)v, magnitude = bits & 0x7fffffff, sign = (bits >> 16) & 0x8000;
    VI odd = (magnitude >> 13) & 1;
    VI normal = (magnitude - (112 << 23) + 0xfff + odd) >> 13;
    /* The sum's last bit is a half's smallest step: the addition rounds to it. */
    VI subnormal = (VI)((V)magnitude + N(all)(0.5f)) - 0x3f000000;
    VI special = ((VI)(magnitude > 0x7f800000) & 0x0200) | 0x7c00;
    VI is_small = (VI)(magnitude < (113 << 23)), is_special = (VI)(magnitude >= 0x477ff000);
    VI result = (is_small & subnormal) | (~is_small & normal);
    result = (is_special & special) | (~is_special & result);
    return __builtin_convertvector(result | sign, VU);
}
#elif defined(NARROW_BF16)
FORCED TARGET V S(widen)(VU v) { return (V)(__builtin_convertvector(v, VI) << 16); }
FORCED TARGET VU S(narrow)(V v) { return (VU)NARROW_BF16(v); }
#else
FORCED TARGET V S(widen)(VU v) { return (V)(__builtin_convertvector(v, VI) << 16); }
FORCED TARGET VU S(narrow)(V v) {
    VI bits = (VI)v, rounded = bits + 0x7fff + ((bits >> 16) & 1);
    VI quiet = bits | 0x400000, is_nan = (VI)(v != v);
    VI result = (is_nan & quiet) | (~is_nan & rounded);
    return __builtin_convertvector((result >> 16) & 0xffff, VU);
}
#endif

FORCED TARGET V S(get)(const U *from) {
    VU v;
    __builtin_memcpy(&v, from, sizeof v);
    return S(widen)(v);
}
FORCED TARGET void S(set)(U *to, V v) {
    VU narrow = S(narrow)(v);
    __builtin_memcpy(to, &narrow, sizeof narrow);
}

/* The first n lanes of `from`, the others `fill`; and the first n of `v` stored. */
FORCED TARGET V S(get_part)(const U *from, size_t n, T fill) {
    if (n >= W) return S(get)(from);
    VU v = S(narrow)(N(all)(fill));
    PART_IN(&v, from, n, sizeof(U));
    return S(widen)(v);
}
FORCED TARGET void S(set_part)(U *to, V v, size_t n) {
    VU narrow = S(narrow)(v);
    if (n >= W) __builtin_memcpy(to, &narrow, sizeof narrow);
    else PART_OUT(to, &narrow, n, sizeof(U));
}

/* Past the caches, to a multiple of the vector's size. */
FORCED TARGET void S(stream)(U *to, V v) {
    VU narrow = S(narrow)(v);
#if __has_builtin(__builtin_nontemporal_store) && VECTOR_BYTES > 8
    __builtin_nontemporal_store(narrow, (VU *)(void *)to);
#else
    __builtin_memcpy(to, &narrow, sizeof narrow);
#endif
}

/* Elements before the first that `stream` may store; none where it can't reach one. */
FORCED TARGET size_t S(before_aligned)(const U *to, size_t n) {
    size_t bytes = (size_t)(-(uintptr_t)to & (U_BYTES - 1));
    size_t count = bytes / sizeof(U);
    return bytes % sizeof(U) || count > n ? 0 : count;
}
