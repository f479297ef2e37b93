/* What every instruction set supplies to convolution, pooling and attention: a table for each
 * arithmetic type, and one of pooling for each storage type. */
#ifndef CPUSIMD_LAYERS_H
#define CPUSIMD_LAYERS_H
#include "cpu_simd_layers.h"
#include <stddef.h>

/* `count` neighbouring columns of one row of patches: elements from `from` on, a stride apart,
 * counted from the start of a plane; zeros where that is negative. */
struct layer_piece {
    int64_t from;
    uint32_t to, count;
};

/* Patches of an image as a matrix with a row for each channel and element of a window and a column
 * for each window, packed as the columns of a product: strips of two vectors. */
struct layer_patches {
    const void *image, *end; /* the first channel; where the whole input ends */
    size_t plane;            /* elements from channel to channel */
    size_t taps, stride;
    size_t columns, first, depth; /* rows from `first` on */
    const struct layer_piece *pieces; /* of a strip `strip_pieces` apart */
    const uint32_t *starts; /* for each strip and tap its first piece, and one number more */
    size_t strip_pieces;
    void *to; /* with room for one vector more */
};

/* Rows of a plane with their pads written out. */
struct layer_band {
    const void *plane;
    const cpusimd_windows *windows;
    size_t row, rows, width; /* rows of the output; elements of a row of the band */
    void *band;
};

/* Windows over a band: `rows` rows of the output. */
struct layer_windows {
    const void *band;
    const cpusimd_windows *windows;
    size_t rows, width;
    void *out;
    const void *weights, *bias; /* one channel's; a null bias adds nothing */
    const void *row_counts, *column_counts; /* the elements that a mean divides by, as numbers */
};

/* Scores of a block of keys to shares, with what the rows had of earlier blocks. */
struct layer_attend {
    void *scores;
    size_t rows, keys;
    const size_t *visible;   /* for each row, the keys of this block that it looks at */
    const void *const *mask; /* for each row its first element of this block; null: no mask */
    int mask_is_bool;
    size_t mask_step;
    double softcap;
    void *largest, *sums, *results; /* of each row; results of `width` elements */
    size_t width;
};
#define ATTEND_KEYS_MAX 256
/* Elements from one row of scores to the next: not a power of two, or rows would share few places
 * in the first cache level. */
#define ATTEND_STEP (ATTEND_KEYS_MAX + 16)

/* Adds shares times values to results. There is memory for shares of whole tiles of rows. */
struct layer_values {
    const void *shares;
    size_t rows, keys;
    const void *values; /* packed as columns of a product, `packed_keys` long */
    size_t packed_keys;
    void *results;
    size_t width;
};

struct layer_kernels {
    size_t columns; /* of a strip: two vectors */
    void (*patches)(const struct layer_patches *job);
    void (*depthwise)(const struct layer_windows *job);
    void (*scale)(const void *from, void *to, size_t n, double factor);
    void (*attend)(const struct layer_attend *job);
    void (*values)(const struct layer_values *job);
    /* y = results / sum; nothing attended to gives zeros. */
    void (*divide)(const void *results, const void *sum, void *y, size_t n);
    /* Takes another part of the keys into a row. */
    void (*join)(void *largest, void *sum, void *results, const void *other_largest,
                 const void *other_sum, const void *other_results, size_t n);
};

struct pooling_kernels {
    void (*band[2])(const struct layer_band *job); /* filled with -infinity, and with zeros */
    void (*maximum)(const struct layer_windows *job);
    void (*mean)(const struct layer_windows *job);
};

struct layer_set {
    struct layer_kernels numeric[2]; /* f64, f32 */
    struct pooling_kernels pooling[4]; /* by storage type */
};
extern const struct layer_set cpusimd_layers_scalar, cpusimd_layers_sse, cpusimd_layers_avx2,
    cpusimd_layers_avx512, cpusimd_layers_neon;
const struct layer_set *cpusimd_layer_set(int isa);

/* Elements of a row of a band; and bytes of a band of `rows` rows of the output, with what vectors
 * read beyond it. */
size_t cpusimd_band_width(const cpusimd_windows *windows);
size_t cpusimd_band_bytes(const cpusimd_windows *windows, size_t rows, size_t bytes);
/* Rows of the output that are worked on together, so that the band stays in the first cache. */
size_t cpusimd_band_rows(const cpusimd_windows *windows, size_t planes, size_t bytes, int threads);
#endif
