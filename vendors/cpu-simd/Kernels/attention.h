/* How one attention is cut into tiles of queries and blocks of keys. */
#ifndef CPUSIMD_ATTENTION_H
#define CPUSIMD_ATTENTION_H
#include "layers.h"
#include "products.h"

/* Rows that are multiplied together. */
#define ATTENTION_ROWS 48

/* The same for the same shape, threads and machine. The heads that share keys and values are rows
 * of one tile: row r of a shared head is query r / group of its head r % group. */
struct attention_plan {
    const struct gemm_kernels *product;
    const struct layer_kernels *layer;
    size_t bytes, group, rows; /* of a shared head */
    size_t keys, tile, tiles;  /* rows of a tile, tiles of a shared head */
    size_t splits, split_keys; /* parts of the keys */
    int is_few;
    /* Offsets in a thread's workspace, and its bytes. */
    size_t queries, scores, packed_keys, packed_values, state, each;
    size_t part_bytes; /* of what one part of the keys gives a tile */
};

struct attention_plan cpusimd_attention_plan(const cpusimd_attention *job, int threads);
/* The tiles of all shared heads. */
size_t cpusimd_attention_items(const struct attention_plan *plan, const cpusimd_attention *job);
#endif
