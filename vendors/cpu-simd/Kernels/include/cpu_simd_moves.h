/* cpu_simd_moves.h - kernels of the reference backend that move, index and order elements.
 *
 * Elements have any size where nothing is computed. Loads and stores are those that every processor
 * of the architecture has: moving is bound by memory. Sums are kept in f32 for f16 and bf16. */
#ifndef CPU_SIMD_MOVES_H
#define CPU_SIMD_MOVES_H
#include "cpu_simd_tensors.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/* ---- copies --------------------------------------------------------------------------------- */
#define CPUSIMD_MOVE_RANK 16
/* Elements of `bytes` each; in every dimension the elements to step in both tensors. */
typedef struct cpusimd_move {
    uint32_t rank;
    uint64_t bytes, dims[CPUSIMD_MOVE_RANK];
    int64_t from[CPUSIMD_MOVE_RANK], to[CPUSIMD_MOVE_RANK];
} cpusimd_move;
/* Merges dimensions that are walked alike, and neighbours into wider elements; before any run. */
void cpusimd_move_simplify(cpusimd_move *shape);
/* The shape must have been simplified; dimensions stand in the order of the output. */
void cpusimd_move_run(cpusimd_pool *pool, const cpusimd_move *shape, const void *in, void *out);

/* Bytes from one of two tensors into another; pieces do not overlap in the output. */
typedef struct cpusimd_piece {
    uint32_t second; /* 1: from `b` */
    uint64_t from, to, bytes;
} cpusimd_piece;
void cpusimd_pieces_run(cpusimd_pool *pool, const cpusimd_piece *pieces, uint64_t count,
                        const void *a, const void *b, void *out);

/* Outputs whose position in each dimension is looked up: the element of the input that it adds, or
 * below zero for the fill value. The last dimension's elements are blocks of `block` units. */
typedef struct cpusimd_tables cpusimd_tables;
/* `tables` has the entries of all dimensions in turn. Null when there is no memory. */
cpusimd_tables *_Nullable cpusimd_tables_create(uint32_t rank, const uint64_t *dims,
                                                const int64_t *tables, uint64_t unit,
                                                uint64_t block);
void cpusimd_tables_destroy(cpusimd_tables *_Nullable tables);
/* `fill` is one unit. */
void cpusimd_tables_run(cpusimd_pool *pool, const cpusimd_tables *tables, const void *in, void *out,
                        const void *fill);

/* Matrices of rows x columns: what lies on and above (or below) diagonal k; else zero. */
void cpusimd_trilu_run(cpusimd_pool *pool, uint64_t bytes, uint64_t matrices, uint64_t rows,
                       uint64_t columns, int64_t k, int upper, const void *in, void *out);

/* ---- indices -------------------------------------------------------------------------------- */
/* Indices count from the end where they are negative. Those outside are counted and nothing is
 * moved for them: the result is their number. */
typedef struct cpusimd_indices {
    const void *start;
    int wide; /* 64 bits, else 32 */
} cpusimd_indices;
/* outer x `extent` x blocks of `bytes`, to outer x `count` x blocks. */
uint64_t cpusimd_gather_run(cpusimd_pool *pool, cpusimd_indices indices, uint64_t count,
                            uint64_t outer, uint64_t extent, uint64_t bytes, const void *in,
                            void *out);
/* An index for each element: the dimensions of the indices, and steps in data, of which `axis` is
 * looked up. At least one dimension. */
typedef struct cpusimd_lookup {
    uint32_t rank, axis;
    uint64_t dims[8], steps[8], extent;
} cpusimd_lookup;
uint64_t cpusimd_gather_elements_run(cpusimd_pool *pool, cpusimd_indices indices,
                                     const cpusimd_lookup *shape, uint64_t bytes, const void *in,
                                     void *out);
/* Tuples of `length` indices into dimensions, each naming a slice; `batches` parts of the tuples
 * look into parts of the data. */
typedef struct cpusimd_tuples {
    uint64_t batches, tuples, length, slice; /* tuples of one batch, elements of a slice */
    uint64_t extents[8], steps[8], part;     /* steps and part in elements */
} cpusimd_tuples;
uint64_t cpusimd_gather_tuples_run(cpusimd_pool *pool, const int64_t *indices,
                                   const cpusimd_tuples *shape, uint64_t bytes, const void *in,
                                   void *out);

#define CPUSIMD_SCATTER_SET 0
#define CPUSIMD_SCATTER_ADD 1
#define CPUSIMD_SCATTER_MUL 2
#define CPUSIMD_SCATTER_MAX 3
#define CPUSIMD_SCATTER_MIN 4
/* Into `out`, which holds the data already. Not for f16 and bf16 but with SET. */
uint64_t cpusimd_scatter_elements_run(cpusimd_pool *pool, int type, int reduction,
                                      cpusimd_indices indices, const cpusimd_lookup *shape,
                                      const void *updates, void *out);
/* One batch of tuples. */
uint64_t cpusimd_scatter_tuples_run(cpusimd_pool *pool, int type, int reduction,
                                    cpusimd_indices indices, const cpusimd_tuples *shape,
                                    const void *updates, void *out);

/* ---- order ---------------------------------------------------------------------------------- */
/* Bytes of workspace, aligned to 64. */
uint64_t cpusimd_sort_workspace(const cpusimd_pool *pool, int type, cpusimd_axis shape,
                                uint64_t keep);
/* The `keep` first along n of all elements in order, with their places; of equal ones the first
 * stands first, and a NaN counts as the largest. `indices` may be null. n is below 2^32. Not bool,
 * nor floats of 8 bits. */
void cpusimd_sort_run(cpusimd_pool *pool, int isa, int type, int descending, cpusimd_axis shape,
                      uint64_t keep, const void *in, void *out, int64_t *_Nullable indices,
                      void *workspace);

/* Running sums along n. f64, f32, f16, bf16, i64, i32; unsigned ones as the signed. */
void cpusimd_cumulate_run(cpusimd_pool *pool, int isa, int type, int exclusive, int reverse,
                          cpusimd_axis shape, const void *in, void *out);

/* ---- interpolation -------------------------------------------------------------------------- */
/* For each output position of a dimension two neighbours and the share of the higher; below zero:
 * outside. */
typedef struct cpusimd_blend {
    const int64_t *low, *high;
    const double *share;
    uint64_t in, out; /* extents; `in` of the last dimension is below 2^32 */
} cpusimd_blend;
/* Bytes of workspace, aligned to 64. */
uint64_t cpusimd_blend_workspace(const cpusimd_pool *pool, uint32_t rank,
                                 const cpusimd_blend *dims);
/* f64, f32, f16, bf16; 1 to 8 dimensions. */
void cpusimd_blend_run(cpusimd_pool *pool, int isa, int type, uint32_t rank,
                       const cpusimd_blend *dims, double outside, const void *in, void *out,
                       void *workspace);

/* ---- serving -------------------------------------------------------------------------------- */
/* Vectors of `size` numbers, of which `rotated` are turned; each has a row of the caches. */
typedef struct cpusimd_rotary {
    uint64_t batches, heads, length, size, rotated, rows; /* rows of the caches */
    int interleaved, heads_first;
} cpusimd_rotary;
/* `positions` null: the row of each batch's position in turn. The result: positions outside. */
uint64_t cpusimd_rotary_run(cpusimd_pool *pool, int isa, int type, const cpusimd_rotary *shape,
                            const void *in, const void *cosines, const void *sines,
                            const int64_t *_Nullable positions, void *out);
/* out[i] = sum of weights[i, j] * in[positions[i, j]]; the result: positions outside. */
uint64_t cpusimd_combine_run(cpusimd_pool *pool, int isa, int type, uint64_t tokens, uint64_t k,
                             uint64_t rows, uint64_t columns, const void *in,
                             const int64_t *positions, const void *weights, void *out);
typedef struct cpusimd_dispatch {
    uint64_t tokens, columns, experts, k;
} cpusimd_dispatch;
#define CPUSIMD_DISPATCH_MAX 256 /* the most experts that a token may choose */
/* `chosen`: room for tokens * k numbers. */
void cpusimd_dispatch_run(cpusimd_pool *pool, int isa, int type, const cpusimd_dispatch *shape,
                          const void *in, const void *logits, void *out, void *weights,
                          int64_t *positions, int64_t *offsets, uint32_t *chosen);

/* Keeps each element with probability 1 - ratio, times 1 / (1 - ratio); the rest is zero. `mask`
 * says which, and may be null. */
void cpusimd_dropout_run(cpusimd_pool *pool, int isa, int type, double ratio, uint64_t seed,
                         const void *in, void *out, uint8_t *_Nullable mask, uint64_t count);
/* Bytes of one value. */
void cpusimd_set_run(cpusimd_pool *pool, void *out, int value, uint64_t bytes);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#endif
