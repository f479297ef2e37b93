/* Rows of a plane with pads around them, and the largest and the mean of each window, for one
 * storage type. Include with STORAGE, U and HALF. */
#include "storage.h"

FORCED TARGET void S(band)(const struct layer_band *job, T fill) {
    const cpusimd_windows *windows = job->windows;
    size_t count = (job->rows - 1) * windows->row_stride +
                   (windows->rows - 1) * windows->row_dilation + 1;
    size_t first = job->row * windows->row_stride;
    for (size_t r = 0; r < count; r++) {
        T *to = (T *)job->band + r * job->width, *end = to + job->width;
        size_t row = first + r - windows->top;
        int is_inside = first + r >= windows->top && row < windows->height;
        size_t before = is_inside && windows->left < job->width ? windows->left : job->width;
        for (size_t i = 0; i < before; i++) to[i] = fill;
        if (!is_inside) continue;
        to += before;
        const U *from = (const U *)job->plane + row * windows->width;
        size_t n = (size_t)(end - to) < windows->width ? (size_t)(end - to) : windows->width;
        for (size_t i = 0; i < n; i += W)
            N(save_part)(to + i, S(get_part)(from + i, n - i, 0), n - i);
        for (to += n; to < end; to++) *to = fill;
    }
}
TARGET static void S(band_low)(const struct layer_band *job) { S(band)(job, -INFINITY); }
TARGET static void S(band_zero)(const struct layer_band *job) { S(band)(job, 0); }

WINDOWS(S(pool_maximum), U, N(all)(-INFINITY), sum = N(maximum)(value, sum),
        S(set_part)(out + place, sum, n - place))
WINDOWS(S(pool_mean), U, ZERO, sum += value,
        S(set_part)(out + place,
                    sum / (N(all)(((const T *)job->row_counts)[row]) *
                           N(load_part)((const T *)job->column_counts + column + place, n - place,
                                        1)),
                    n - place))

#include "storage_end.h"
