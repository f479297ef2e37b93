/* Sums of bytes, and what becomes of products of them at their end. */

TARGET static void N(row_sums)(const void *from, size_t step, size_t rows, size_t columns,
                               int is_signed, int32_t *to) {
    for (size_t i = 0; i < rows; i++) {
        int32_t sum = 0;
        const uint8_t *row = (const uint8_t *)from + i * step;
        if (is_signed)
            for (size_t j = 0; j < columns; j++) sum += (int8_t)row[j];
        else
            for (size_t j = 0; j < columns; j++) sum += row[j];
        to[i] = sum;
    }
}

TARGET static void N(column_sums)(const void *from, size_t step, size_t rows, size_t columns,
                                  int is_signed, int32_t *to) {
    memset(to, 0, columns * sizeof *to);
    for (size_t i = 0; i < rows; i++) {
        const uint8_t *row = (const uint8_t *)from + i * step;
        if (is_signed)
            for (size_t j = 0; j < columns; j++) to[j] += (int8_t)row[j];
        else
            for (size_t j = 0; j < columns; j++) to[j] += row[j];
    }
}

/* The codes of a row, W columns at a time. */
FORCED TARGET V N(finished)(const struct gemm_finish *job, const int32_t *sums, size_t i,
                            size_t j) {
    const struct gemm_codes *codes = &job->codes;
    size_t part = job->columns - j;
    V sum = N(load_part)(sums + j, part, 0);
    sum -= N(all)(codes->a_zeros[i]) * N(load_part)(codes->column_sums + j, part, 0);
    return sum - N(all)(codes->row_rests[i]) * N(load_part)(codes->b_zeros + j, part, 0);
}

/* To the nearest code, ties to even, as the sum of a number and 1.5 * 2^23 is rounded. */
FORCED TARGET void N(store_codes)(const struct gemm_finish *job, V sum, size_t i, size_t j) {
    const struct gemm_codes *codes = &job->codes;
    typedef float floats __attribute__((vector_size(V_BYTES)));
    floats scales = {0}, value;
    size_t part = job->columns - j < W ? job->columns - j : W;
    __builtin_memcpy(&scales, codes->column_scales + j, part * sizeof(float));
    value = __builtin_convertvector(sum, floats) * (scales * codes->row_scales[i]);
    floats least = (float)(codes->least - codes->y_zero) - (floats){0};
    floats most = (float)(codes->most - codes->y_zero) - (floats){0};
    value = (floats)N(choose)((V)(value < most), (V)value, (V)most);
    value = (floats)N(choose)((V)(value > least), (V)value, (V)least);
    V code = (V)(value + 0x1.8p23f) - 0x4b400000 + codes->y_zero;
    int32_t lanes[W];
    __builtin_memcpy(lanes, &code, sizeof lanes);
    uint8_t *to = (uint8_t *)job->y + i * job->ldy + j;
    for (size_t k = 0; k < part; k++) to[k] = (uint8_t)lanes[k];
}

TARGET static void N(finish)(const struct gemm_finish *job) {
    for (size_t i = 0; i < job->rows; i++) {
        const int32_t *sums = (const int32_t *)job->sums + i * job->sums_step;
        int32_t *y = (int32_t *)job->y + i * job->ldy;
        for (size_t j = 0; j < job->columns; j += W) {
            V sum = N(finished)(job, sums, i, j);
            if (job->codes.row_scales) N(store_codes)(job, sum, i, j);
            else N(save_part)(y + j, sum, job->columns - j);
        }
    }
}
