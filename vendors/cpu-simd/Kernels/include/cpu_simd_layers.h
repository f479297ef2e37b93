/* cpu_simd_layers.h - convolution, pooling and attention of the reference backend.
 *
 * Images are dense: [image, channel, row, column]; a signal is an image of one row. */
#ifndef CPU_SIMD_LAYERS_H
#define CPU_SIMD_LAYERS_H
#include "cpu_simd.h"
#include "cpu_simd_tensors.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/* How windows slide over a plane. */
typedef struct cpusimd_windows {
    uint64_t height, width, out_height, out_width;
    uint64_t rows, columns; /* of a window */
    uint64_t row_stride, column_stride, row_dilation, column_dilation;
    uint64_t top, left, bottom, right; /* pads; the last two matter to means only */
} cpusimd_windows;

/* ---- convolution ---------------------------------------------------------------------------- */
typedef struct cpusimd_convolution {
    cpusimd_numeric type;
    cpusimd_windows windows;
    uint64_t images, groups;
    uint64_t inputs, outputs;     /* channels of one group */
    const void *_Nullable bias;   /* one element for each output channel */
    const void *_Nullable packed; /* from cpusimd_convolution_pack; null: weights as they lie */
} cpusimd_convolution;

/* Whether the windows of each channel are multiplied where they lie, without a matrix: 1 or 0. */
int cpusimd_convolution_is_depthwise(const cpusimd_convolution *job);
/* Bytes of the weights packed; 0 where this shape would not use it. */
uint64_t cpusimd_convolution_packed_bytes(const cpusimd_convolution *job);
/* Packs weights into memory aligned to 64, shared over the pool. */
void cpusimd_convolution_pack(cpusimd_pool *pool, const cpusimd_convolution *job,
                              const void *weights, void *to);
/* Bytes that cpusimd_convolution_run needs beside its operands, aligned to 64. */
uint64_t cpusimd_convolution_workspace(const cpusimd_pool *pool, const cpusimd_convolution *job);
/* The same bits at each call with the same shape and instruction set. */
void cpusimd_convolution_run(cpusimd_pool *pool, const cpusimd_convolution *job, const void *x,
                             const void *weights, void *y, void *workspace);

/* ---- pooling -------------------------------------------------------------------------------- */
#define CPUSIMD_POOL_MAXIMUM 0
#define CPUSIMD_POOL_MEAN 1
#define CPUSIMD_POOL_MEAN_WITH_PADS 2 /* pads count in the divisor */
typedef struct cpusimd_pooling {
    cpusimd_kind kind; /* f64, f32, f16 or bf16 */
    cpusimd_windows windows;
    uint64_t planes; /* images times channels */
    int operation;
} cpusimd_pooling;
uint64_t cpusimd_pooling_workspace(const cpusimd_pool *pool, const cpusimd_pooling *job);
void cpusimd_pooling_run(cpusimd_pool *pool, const cpusimd_pooling *job, const void *x, void *y,
                         void *workspace);

/* ---- attention ------------------------------------------------------------------------------ */
#define CPUSIMD_MASK_NONE 0
#define CPUSIMD_MASK_BOOL 1
#define CPUSIMD_MASK_ADDED 2 /* numbers of the arithmetic's type */
typedef struct cpusimd_attention {
    cpusimd_numeric type;
    uint64_t batch, heads, shared_heads; /* heads of queries; of keys and values */
    uint64_t queries, past_keys, new_keys;
    uint64_t size, value_size; /* numbers of a query or key, and of a value */
    int flat;                  /* 1: a position's heads lie together, [batch, position, head] */
    int causal;
    double scale, softcap; /* softcap 0: none */
    int mask;
    /* Elements from batch to batch, head to head, query to query, key to key; 0 repeats. */
    uint64_t mask_steps[4];
    uint64_t mask_keys; /* keys that the mask reaches; those behind are not looked at */
} cpusimd_attention;

/* Cached keys and values lie as [batch, head, position]; those of the call as `flat` says. */
typedef struct cpusimd_attention_tensors {
    const void *q, *k, *v;
    const void *_Nullable mask;
    const void *_Nullable past_key;
    const void *_Nullable past_value;
    void *y;
    void *_Nullable present_key;   /* null: not wanted */
    void *_Nullable present_value; /* null: not wanted */
} cpusimd_attention_tensors;
/* Bytes that cpusimd_attention_run needs beside its operands, aligned to 64. */
uint64_t cpusimd_attention_workspace(const cpusimd_pool *pool, const cpusimd_attention *job);
/* The same bits at each call with the same shape, number of threads and instruction set. */
void cpusimd_attention_run(cpusimd_pool *pool, const cpusimd_attention *job,
                           const cpusimd_attention_tensors *tensors, void *workspace);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#endif
