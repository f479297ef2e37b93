/* Packing: strips of `width` rows of A or columns of B, element after element along k. */

/* A whole strip whose elements along k are neighbours, a cache line of each row at a time: rows a
 * power of two apart share few places in the first cache level. */
FORCED TARGET void N(pack_rows)(const U *from, size_t across, size_t depth, P *to,
                                const size_t width) {
    enum { LINE = 64 / sizeof(P) };
    size_t squares = width / N(SQUARE) * N(SQUARE), p = 0;
    for (; p + LINE <= depth; p += LINE) {
#if HALF == 0
        const P *line = from + p;
        size_t step = across;
#else
        P line[2 * W * LINE < ROWS * LINE ? ROWS * LINE : 2 * W * LINE];
        const size_t step = LINE;
        for (size_t i = 0; i < width; i++)
            for (size_t q = 0; q < LINE; q += W)
                N(save)(line + i * LINE + q, S(get)(from + i * across + p + q));
#endif
        for (size_t i = 0; i < squares; i += N(SQUARE))
            for (size_t q = 0; q < LINE; q += N(SQUARE))
                N(turn)(line + i * step + q, step, to + (p + q) * width + i, width);
        for (size_t i = squares; i < width; i++)
            for (size_t q = 0; q < LINE; q++) to[(p + q) * width + i] = line[i * step + q];
    }
    for (; p < depth; p++)
        for (size_t i = 0; i < width; i++) to[p * width + i] = N(one)(from + i * across + p);
}

FORCED TARGET void N(pack_strip)(const U *from, size_t across, size_t along, size_t count,
                                 size_t depth, P *to, const size_t width) {
    if (count == width && across == 1) {
        for (size_t p = 0; p < depth; p++) {
#if HALF == 0
            memcpy(to + p * width, from + p * along, width * sizeof(P));
#else
            for (size_t i = 0; i < width; i += W)
                N(save_part)(to + p * width + i, S(get_part)(from + p * along + i, width - i, 0),
                             width - i);
#endif
        }
        return;
    }
    if (count == width && along == 1) {
        N(pack_rows)(from, across, depth, to, width);
        return;
    }
    for (size_t p = 0; p < depth; p++) {
        for (size_t i = 0; i < count; i++)
            to[p * width + i] = N(one)(from + i * across + p * along);
        for (size_t i = count; i < width; i++) to[p * width + i] = 0;
    }
}

FORCED TARGET void N(pack)(const struct gemm_pack *job, const size_t width) {
    const U *from = job->from;
    P *to = job->to;
    for (size_t i = 0; i < job->count; i += width) {
        size_t part = job->count - i < width ? job->count - i : width;
        N(pack_strip)(from + i * job->across, job->across, job->along, part, job->depth,
                      to + i * job->depth, width);
    }
}

TARGET static void N(pack_a)(const struct gemm_pack *job) { N(pack)(job, ROWS); }
TARGET static void N(pack_b)(const struct gemm_pack *job) { N(pack)(job, 2 * W); }
