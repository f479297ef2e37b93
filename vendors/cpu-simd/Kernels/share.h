/* share.h - what matrix products need to split their work over threads. */
#ifndef CPUSIMD_SHARE_H
#define CPUSIMD_SHARE_H
#include "cpu_simd.h"

static inline size_t element_bytes(int single) { return single ? 4 : 8; }

/* The part of `count` that a thread takes, in whole grains but for the last. */
static inline void cpusimd_share(size_t count, size_t grain, int thread, int threads, size_t *low,
                                 size_t *high) {
    /* Divisions would cost a fifth of the smallest products. */
    if (threads == 1) {
        *low = 0;
        *high = count;
        return;
    }
    size_t grains = (count + grain - 1) / grain;
    *low = grains * (size_t)thread / (size_t)threads * grain;
    *high = grains * ((size_t)thread + 1) / (size_t)threads * grain;
    if (*low > count) *low = count;
    if (*high > count) *high = count;
}
#endif
