/* The kernels of matrix products as convolution and attention call them, of f32 and f64 only. */
#ifndef CPUSIMD_PRODUCTS_H
#define CPUSIMD_PRODUCTS_H
#include "gemm.h"

/* Strips of rows of a matrix whose rows are `step` apart. */
static inline void product_pack_rows(const struct gemm_kernels *kernels, const void *from,
                                     size_t step, size_t rows, size_t depth, void *to) {
    struct gemm_pack pack = {.from = from, .across = step, .along = 1, .count = rows,
                             .depth = depth, .to = to};
    kernels->pack_a(&pack);
}

/* Strips of columns of a matrix whose rows are `step` apart, or of its transpose. */
static inline void product_pack_columns(const struct gemm_kernels *kernels, const void *from,
                                        size_t step, int transposes, size_t columns, size_t depth,
                                        void *to) {
    struct gemm_pack pack = {.from = from, .across = transposes ? step : 1,
                             .along = transposes ? 1 : step, .count = columns, .depth = depth,
                             .to = to};
    kernels->pack_b(&pack);
}

/* Adds to each row of Y its own element of C. */
static inline void product_add(const struct gemm_kernels *kernels, void *y, const void *c,
                               size_t rows, size_t columns, size_t step) {
    struct gemm_finish finish = {.sums = y, .y = y, .c = c, .rows = rows, .columns = columns,
                                 .sums_step = step, .ldy = step, .c_row = 1, .alpha = 1,
                                 .beta = 1};
    kernels->finish(&finish);
}
#endif
