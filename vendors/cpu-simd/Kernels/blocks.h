/* A tensor in blocks that threads share out, for operators along an axis. */
#ifndef CPUSIMD_BLOCKS_H
#define CPUSIMD_BLOCKS_H
#include "tensors.h"

/* A tensor [outer, n, inner] as blocks of at most `columns` columns; rows are one column each. */
struct blocks {
    cpusimd_axis shape;
    size_t columns, per_row; /* columns of a block, blocks of a row */
};

static inline struct blocks blocks_of(cpusimd_axis shape, size_t columns) {
    return (struct blocks){shape, columns, (shape.inner + columns - 1) / columns};
}

static inline size_t block_count(const struct blocks *blocks) {
    return blocks->shape.outer * blocks->per_row;
}

static inline size_t first_column(const struct blocks *blocks, size_t block) {
    return block % blocks->per_row * blocks->columns;
}

static inline size_t width(const struct blocks *blocks, size_t block) {
    size_t left = blocks->shape.inner - first_column(blocks, block);
    return left < blocks->columns ? left : blocks->columns;
}

/* Where a block starts in the tensor, and in what is left of it when n is reduced. */
static inline size_t start_of(const struct blocks *blocks, size_t block) {
    const cpusimd_axis *shape = &blocks->shape;
    return block / blocks->per_row * shape->n * shape->inner + first_column(blocks, block);
}

static inline size_t result_of(const struct blocks *blocks, size_t block) {
    return block / blocks->per_row * blocks->shape.inner + first_column(blocks, block);
}

/* Rows that do not fill whole lines would store lines in part, which past the caches is slow. */
static inline int rows_stream(uint64_t count, uint64_t row_bytes, const void *out, size_t bytes) {
    return cpusimd_streams(2 * count * bytes) && row_bytes % 64 == 0 && (uintptr_t)out % 64 == 0;
}

/* So many columns that the exponentials of a block can be kept. */
static inline size_t softmax_columns(const cpusimd_axis *shape) {
    size_t columns = SCRATCH_ELEMENTS / (shape->n ? shape->n : 1) / 64 * 64;
    return columns < 64 ? 64 : columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
}
#endif
