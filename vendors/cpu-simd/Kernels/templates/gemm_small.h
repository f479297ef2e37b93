/* Products so small that packing would cost as much as they do: read where they lie, in tiles. */

FORCED TARGET void N(small_tile)(const struct gemm_direct *job, const int count, const int vectors,
                                 const U *a, const U *b, T *c, size_t columns) {
    V sums[ROWS][2];
    size_t a_row = job->a_row, a_column = job->a_column, last = columns - (size_t)(vectors - 1) * W;
    UNROLLED for (int r = 0; r < count; r++) sums[r][0] = sums[r][1] = (V){0};
    for (size_t p = 0; p < job->depth; p++, a += a_column, b += job->b_step) {
        V right[2];
        if (vectors == 2) right[0] = S(get)(b);
        right[vectors - 1] = S(get_part)(b + (size_t)(vectors - 1) * W, last, 0);
        UNROLLED for (int r = 0; r < count; r++) {
            V left = N(all)(N(one)(a + (size_t)r * a_row));
            UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] += left * right[v];
        }
    }
    UNROLLED for (int r = 0; r < count; r++, c += job->ldc) {
        if (vectors == 2) N(save)(c, sums[r][0]);
        N(save_part)(c + (size_t)(vectors - 1) * W, sums[r][vectors - 1], last);
    }
}

/* All columns of as many rows. A whole last vector is told apart, so that loads are plain. */
FORCED TARGET void N(small_rows)(const struct gemm_direct *job, const int count, size_t i) {
    const U *a = (const U *)job->a + i * job->a_row, *b = job->b;
    T *c = (T *)job->c + i * job->ldc;
    size_t j = 0;
    for (; j + 2 * W <= job->columns; j += 2 * W)
        N(small_tile)(job, count, 2, a, b + j, c + j, 2 * W);
    size_t left = job->columns - j;
    if (left > W) {
        N(small_tile)(job, count, 2, a, b + j, c + j, left);
    } else if (left == W) {
        N(small_tile)(job, count, 1, a, b + j, c + j, W);
    } else if (left > 0) {
        N(small_tile)(job, count, 1, a, b + j, c + j, left);
    }
}

#define SMALL(count)                                                                               \
    TARGET static void N(small##count)(const struct gemm_direct *job, size_t i) {                  \
        N(small_rows)(job, count, i);                                                              \
    }
SMALL(1)
SMALL(2)
SMALL(4)
#if ROWS > 6
SMALL(8)
#endif
#if ROWS == 6
SMALL(6)
#elif ROWS == 12
SMALL(12)
#endif
#undef SMALL

TARGET static void N(small)(const struct gemm_direct *job) {
    for (size_t i = 0; i < job->rows;) {
        size_t left = job->rows - i;
#if ROWS == 12
        /* Tiles of 8 rather than one of 12 and one that is thin. */
        if (left >= 12 && left != 16) N(small12)(job, i), i += 12;
        else if (left >= 8) N(small8)(job, i), i += 8;
#elif ROWS == 8
        if (left >= 8) N(small8)(job, i), i += 8;
#elif ROWS == 6
        if (left >= 6 && left != 8) N(small6)(job, i), i += 6;
#else
        if (0) {
        }
#endif
        else if (left >= 4) N(small4)(job, i), i += 4;
        else if (left >= 2) N(small2)(job, i), i += 2;
        else N(small1)(job, i), i += 1;
    }
}
