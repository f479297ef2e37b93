/* n elements of `size` bytes into the first lanes of a vector, and out of them. */
#if !defined(__has_builtin)
#define __has_builtin(name) 0
#endif
#if VECTOR_BYTES == 64
#define PART_IN(v, from, n, size) copy_in_avx512(v, from, (n) * (size), sizeof *(v))
#define PART_OUT(to, v, n, size) copy_out_avx512(to, v, (n) * (size), sizeof *(v))
FORCED TARGET void copy_in_avx512(void *v, const void *from, size_t bytes, size_t whole) {
    __m512i old = _mm512_setzero_si512();
    memcpy(&old, v, whole);
    old = _mm512_mask_loadu_epi8(old, ((uint64_t)1 << bytes) - 1, from);
    memcpy(v, &old, whole);
}
FORCED TARGET void copy_out_avx512(void *to, const void *v, size_t bytes, size_t whole) {
    __m512i all = _mm512_setzero_si512();
    memcpy(&all, v, whole);
    _mm512_mask_storeu_epi8(to, ((uint64_t)1 << bytes) - 1, all);
}
#else
#define PART_IN(v, from, n, size) memcpy(v, from, (n) * (size))
#define PART_OUT(to, v, n, size) memcpy(to, v, (n) * (size))
#endif
