/* Transposed squares of packed elements, as many on a side as 16 bytes hold. */
enum { N(SQUARE) = 16 / sizeof(P) };
typedef P N(quad) __attribute__((vector_size(16)));

FORCED TARGET void N(transpose)(N(quad) r[N(SQUARE)]) {
#if SINGLE
    N(quad) a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
    N(quad) b = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
    N(quad) c = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
    N(quad) d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
    r[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    r[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    r[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    r[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
#else
    N(quad) a = r[0];
    r[0] = __builtin_shufflevector(a, r[1], 0, 2);
    r[1] = __builtin_shufflevector(a, r[1], 1, 3);
#endif
}

/* A square whose rows lie `across` apart, to one with rows `width` apart. */
FORCED TARGET void N(turn)(const P *from, size_t across, P *to, size_t width) {
    N(quad) r[N(SQUARE)];
    for (size_t i = 0; i < N(SQUARE); i++) __builtin_memcpy(&r[i], from + i * across, 16);
    N(transpose)(r);
    for (size_t i = 0; i < N(SQUARE); i++) __builtin_memcpy(to + i * width, &r[i], 16);
}
