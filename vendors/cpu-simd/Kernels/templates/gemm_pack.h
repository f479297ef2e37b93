/* Packing: strips of `width` rows of A or columns of B, element after element along k. */

/* As many lanes as 16 bytes hold: what a square of elements is transposed in. */
enum { N(SQUARE) = 16 / sizeof(T) };
typedef T N(quad) __attribute__((vector_size(16)));

/* A square with rows `across` apart in memory to one with rows `width` apart. */
FORCED TARGET void N(transpose)(const T *from, size_t across, T *to, size_t width) {
    N(quad) r[N(SQUARE)];
    for (size_t i = 0; i < N(SQUARE); i++) __builtin_memcpy(&r[i], from + i * across, 16);
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
    for (size_t i = 0; i < N(SQUARE); i++) __builtin_memcpy(to + i * width, &r[i], 16);
}

/* A whole strip whose elements along k are neighbours, a cache line of each row at a time: rows a
 * power of two apart share few places in the first cache level. */
FORCED TARGET void N(pack_rows)(const T *from, size_t across, size_t depth, T *to,
                                const size_t width) {
    enum { LINE = 64 / sizeof(T) };
    size_t squares = width / N(SQUARE) * N(SQUARE), p = 0;
    for (; p + LINE <= depth; p += LINE) {
        for (size_t i = 0; i < squares; i += N(SQUARE))
            for (size_t q = p; q < p + LINE; q += N(SQUARE))
                N(transpose)(from + i * across + q, across, to + q * width + i, width);
        for (size_t i = squares; i < width; i++)
            for (size_t q = p; q < p + LINE; q++) to[q * width + i] = from[i * across + q];
    }
    for (; p < depth; p++)
        for (size_t i = 0; i < width; i++) to[p * width + i] = from[i * across + p];
}

FORCED TARGET void N(pack_strip)(const T *from, size_t across, size_t along, size_t count,
                                 size_t depth, T *to, const size_t width) {
    if (count == width && across == 1) {
        for (size_t p = 0; p < depth; p++)
            memcpy(to + p * width, from + p * along, width * sizeof(T));
        return;
    }
    if (count == width && along == 1) {
        N(pack_rows)(from, across, depth, to, width);
        return;
    }
    for (size_t p = 0; p < depth; p++) {
        for (size_t i = 0; i < count; i++) to[p * width + i] = from[i * across + p * along];
        for (size_t i = count; i < width; i++) to[p * width + i] = 0;
    }
}

FORCED TARGET void N(pack)(const T *from, size_t across, size_t along, size_t count, size_t depth,
                           T *to, const size_t width) {
    for (size_t i = 0; i < count; i += width) {
        size_t part = count - i < width ? count - i : width;
        N(pack_strip)(from + i * across, across, along, part, depth, to + i * depth, width);
    }
}

TARGET static void N(pack_a)(const void *from, size_t across, size_t along, size_t count,
                             size_t depth, void *to) {
    N(pack)(from, across, along, count, depth, to, ROWS);
}

TARGET static void N(pack_b)(const void *from, size_t across, size_t along, size_t count,
                             size_t depth, void *to) {
    N(pack)(from, across, along, count, depth, to, 2 * W);
}
