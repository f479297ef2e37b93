/* Zero points and scales of products of bytes, gathered for one thread's part. */
#include "matmul.h"

static int32_t code_at(const void *codes, size_t index, int is_signed) {
    return is_signed ? ((const int8_t *)codes)[index] : ((const uint8_t *)codes)[index];
}

/* What the zero points of some rows or columns are once their codes have been moved; whether one of
 * them is not 0. */
static int fill_zeros(const void *zeros, size_t step, int is_signed, int32_t moved, size_t from,
                      size_t count, int32_t *to) {
    int any = 0;
    for (size_t i = 0; i < count; i++) {
        to[i] = moved + (zeros ? code_at(zeros, (from + i) * step, is_signed) : 0);
        any |= to[i] != 0;
    }
    return any;
}

static void set(int32_t *to, size_t count, int32_t value) {
    for (size_t i = 0; i < count; i++) to[i] = value;
}

void gemm_codes_make(const cpusimd_gemm *job, const struct plan *plan, const void *a,
                     const void *b, const int32_t *sums, size_t row, size_t rows, size_t column,
                     size_t columns, char *memory, struct gemm_part_codes *made) {
    const cpusimd_gemm_codes *codes = &job->codes;
    const struct gemm_kernels *kernels = plan->kernels;
    char *second = memory + 3 * plan->row_bytes;
    *made = (struct gemm_part_codes){
        0, (int32_t *)(void *)memory, (int32_t *)(void *)(memory + plan->row_bytes),
        (int32_t *)(void *)second, (int32_t *)(void *)(second + plan->column_bytes), NULL, NULL};
    int32_t a_moved = gemm_moved(kernels->a_sign, codes->a_signed);
    int32_t b_moved = gemm_moved(kernels->b_sign, codes->b_signed);
    int any_a = fill_zeros(codes->a_zeros, codes->a_zero_step, codes->a_signed, a_moved, row, rows,
                           made->a_zeros);
    int any_b = fill_zeros(codes->b_zeros, codes->b_zero_step, codes->b_signed, b_moved, column,
                           columns, made->b_zeros);
    made->any_zeros = any_a || any_b;
    set(made->row_rests, rows, 0);
    if (any_b) {
        kernels->row_sums(gemm_at(a, row * job->a_row, 1), job->a_row, rows, job->k,
                          codes->a_signed, made->row_rests);
        for (size_t i = 0; i < rows; i++)
            made->row_rests[i] += (int32_t)job->k * (a_moved - made->a_zeros[i]);
    }
    set(made->column_sums, columns, 0);
    if (any_a) {
        if (sums)
            for (size_t j = 0; j < columns; j++) made->column_sums[j] = sums[column + j];
        else
            kernels->column_sums(gemm_at(b, column, 1), job->b_row, job->k, columns,
                                 codes->b_signed, made->column_sums);
        for (size_t j = 0; j < columns; j++) made->column_sums[j] += (int32_t)job->k * b_moved;
    }
    if (!codes->a_scales) return;
    made->row_scales = (float *)(void *)(memory + 2 * plan->row_bytes);
    made->column_scales = (float *)(void *)(second + 2 * plan->column_bytes);
    for (size_t i = 0; i < rows; i++)
        made->row_scales[i] = codes->a_scales[(row + i) * codes->a_scale_step] / codes->y_scale;
    for (size_t j = 0; j < columns; j++)
        made->column_scales[j] = codes->b_scales[(column + j) * codes->b_scale_step];
}
