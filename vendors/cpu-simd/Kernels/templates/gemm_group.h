/* Packing of short elements, of which GROUP neighbours along k make one packed element. Include
 * with U, E (an element inside a packed one), and BYTE_ELEMENTS: whether U is a byte. */
typedef U N(stored_line) __attribute__((vector_size(4 * GROUP * sizeof(U))));
typedef E N(moved_line) __attribute__((vector_size(16)));

/* Four packed elements from neighbours along k. */
FORCED TARGET N(quad) N(line)(const U *from, int is_signed, unsigned flip) {
    N(stored_line) line;
    __builtin_memcpy(&line, from, sizeof line);
#if GROUP == 2 && BYTE_ELEMENTS
    typedef int8_t signed_line __attribute__((vector_size(sizeof line)));
    (void)flip;
    if (is_signed) return (N(quad))__builtin_convertvector((signed_line)line, N(moved_line));
    return (N(quad))__builtin_convertvector(line, N(moved_line));
#else
    (void)is_signed;
    return (N(quad))(line ^ (U)flip);
#endif
}

FORCED TARGET E N(moved)(U element, int is_signed, unsigned flip) {
#if GROUP == 2 && BYTE_ELEMENTS
    (void)flip;
    return is_signed ? (E)(int8_t)element : (E)element;
#else
    (void)is_signed;
    return (E)(element ^ flip);
#endif
}

/* `count` of a strip of one packed element from `terms` elements along k. */
FORCED TARGET void N(pack_cells)(const struct gemm_pack *job, unsigned flip, const U *from,
                                 size_t count, size_t terms, P *to, const size_t width) {
    E *cells = (E *)(void *)to;
    for (size_t i = 0; i < width; i++)
        for (size_t t = 0; t < GROUP; t++)
            cells[i * GROUP + t] =
                i < count && t < terms
                    ? N(moved)(from[i * job->across + t * job->along], job->is_signed, flip)
                    : 0;
}

/* The same of a whole strip whose elements along k are `along` apart and others are neighbours. */
FORCED TARGET void N(pack_lines)(const U *from, size_t along, int is_signed, unsigned flip, P *to,
                                 const size_t width) {
    E *cells = (E *)(void *)to;
    const U *first = from, *second = from + along;
#if GROUP == 4
    const U *third = from + 2 * along, *fourth = from + 3 * along;
#endif
    for (size_t i = 0; i < width; i++) {
        cells[i * GROUP] = N(moved)(first[i], is_signed, flip);
        cells[i * GROUP + 1] = N(moved)(second[i], is_signed, flip);
#if GROUP == 4
        cells[i * GROUP + 2] = N(moved)(third[i], is_signed, flip);
        cells[i * GROUP + 3] = N(moved)(fourth[i], is_signed, flip);
#endif
    }
}

/* Whole groups of a whole strip whose elements along k are neighbours. */
FORCED TARGET void N(pack_rows)(const U *from, size_t across, size_t groups, int is_signed,
                                unsigned flip, P *to, const size_t width) {
    size_t squares = width / 4 * 4;
    for (size_t g = 0; g + 4 <= groups; g += 4) {
        for (size_t i = 0; i < squares; i += 4) {
            N(quad) r[4];
            for (size_t q = 0; q < 4; q++)
                r[q] = N(line)(from + (i + q) * across + g * GROUP, is_signed, flip);
            N(transpose)(r);
            for (size_t q = 0; q < 4; q++)
                __builtin_memcpy(to + (g + q) * width + i, &r[q], 16);
        }
        for (size_t i = squares; i < width; i++) {
            N(quad) cells = N(line)(from + i * across + g * GROUP, is_signed, flip);
            for (size_t q = 0; q < 4; q++) to[(g + q) * width + i] = cells[q];
        }
    }
}

FORCED TARGET void N(pack_strip)(const struct gemm_pack *job, unsigned flip, const U *from,
                                 size_t count, P *to, const size_t width) {
    size_t whole = job->depth / GROUP, g = 0, all = (job->depth + GROUP - 1) / GROUP;
    if (count == width && job->across == 1) {
        for (; g < whole; g++) {
            const U *at = from + g * GROUP * job->along;
            if (job->is_signed)
                N(pack_lines)(at, job->along, 1, flip, to + g * width, width);
            else
                N(pack_lines)(at, job->along, 0, flip, to + g * width, width);
        }
    } else if (count == width && job->along == 1) {
        g = whole / 4 * 4;
        if (job->is_signed) N(pack_rows)(from, job->across, g, 1, flip, to, width);
        else N(pack_rows)(from, job->across, g, 0, flip, to, width);
    }
    for (; g < all; g++) {
        size_t terms = g < whole ? GROUP : job->depth - g * GROUP;
        N(pack_cells)(job, flip, from + g * GROUP * job->along, count, terms, to + g * width,
                      width);
    }
}

FORCED TARGET void N(pack)(const struct gemm_pack *job, unsigned flip, const size_t width) {
    const U *from = job->from;
    P *to = job->to;
    size_t groups = (job->depth + GROUP - 1) / GROUP;
    for (size_t i = 0; i < job->count; i += width) {
        size_t part = job->count - i < width ? job->count - i : width;
        N(pack_strip)(job, flip, from + i * job->across, part, to + i * groups, width);
    }
}
