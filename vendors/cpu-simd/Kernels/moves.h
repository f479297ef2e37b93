/* What kernels that move elements share: copies past the caches, and walks through dimensions. */
#ifndef CPUSIMD_MOVES_H
#define CPUSIMD_MOVES_H
#include "cpu_simd_moves.h"
#include "tensors.h"
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Bytes that threads share out at least: less is not worth a second line of another core. */
#define SHARE_BYTES 4096

/* Copies; `stream`: past the caches, where the processor has such stores. */
static inline void copy_bytes(void *to, const void *from, size_t bytes, int stream) {
#if defined(__SSE2__)
    if (stream && bytes >= 256) {
        char *out = to;
        const char *in = from;
        size_t head = -(uintptr_t)out & 63;
        memcpy(out, in, head);
        size_t i = head;
        for (; i + 64 <= bytes; i += 64) {
            __m128i a = _mm_loadu_si128((const __m128i *)(const void *)(in + i));
            __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(in + i + 16));
            __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(in + i + 32));
            __m128i d = _mm_loadu_si128((const __m128i *)(const void *)(in + i + 48));
            _mm_stream_si128((__m128i *)(void *)(out + i), a);
            _mm_stream_si128((__m128i *)(void *)(out + i + 16), b);
            _mm_stream_si128((__m128i *)(void *)(out + i + 32), c);
            _mm_stream_si128((__m128i *)(void *)(out + i + 48), d);
        }
        memcpy(out + i, in + i, bytes - i);
        return;
    }
#endif
    (void)stream;
    memcpy(to, from, bytes);
}

/* Whether a shape exchanges two dimensions of which each is contiguous in one tensor. */
int cpusimd_transposes(const cpusimd_move *shape);
void cpusimd_transpose_run(cpusimd_pool *pool, const cpusimd_move *shape, const void *in,
                           void *out);

/* Fetches the first lines of a row that is about to be read: the processor foresees the others. */
static inline void prefetch_row(const char *row, size_t bytes) {
    if (bytes > 1024) bytes = 1024;
    for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch(row + i);
}

/* n copies of an element. */
static inline void repeat_element(char *to, const void *element, size_t bytes, size_t n) {
    if (n == 0) return;
    memcpy(to, element, bytes);
    size_t done = bytes, all = bytes * n;
    while (done < all) {
        size_t more = done < all - done ? done : all - done;
        if (more > 4096) more = bytes > 4096 ? bytes : 4096 / bytes * bytes;
        memcpy(to + done, to, more);
        done += more;
    }
}

/* Elements of 1, 2, 4, 8 or 16 bytes. */
typedef struct wide_element {
    uint64_t low, high;
} wide_element;
#define FOR_ELEMENT(bytes, BODY)                                                                   \
    switch (bytes) {                                                                               \
    case 1: BODY(uint8_t); break;                                                                  \
    case 2: BODY(uint16_t); break;                                                                 \
    case 4: BODY(uint32_t); break;                                                                 \
    case 8: BODY(uint64_t); break;                                                                 \
    default: BODY(wide_element); break;                                                            \
    }
static inline int is_element(size_t bytes) {
    return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8 || bytes == 16;
}

/* An index as it stands, and counted from the front: `extent` and more where it is outside. */
static inline uint64_t index_at(cpusimd_indices indices, size_t place, uint64_t extent) {
    int64_t value = indices.wide ? ((const int64_t *)indices.start)[place]
                                 : ((const int32_t *)indices.start)[place];
    uint64_t index = (uint64_t)value + (value < 0 ? extent : 0);
    return index < extent ? index : UINT64_MAX;
}

/* The element where a tuple's slice starts in its part of the data; UINT64_MAX: outside. */
static inline uint64_t tuple_place(cpusimd_indices indices, const cpusimd_tuples *shape,
                                   size_t tuple) {
    uint64_t place = 0;
    for (uint64_t i = 0; i < shape->length; i++) {
        uint64_t index = index_at(indices, tuple * shape->length + i, shape->extents[i]);
        if (index == UINT64_MAX) return UINT64_MAX;
        place += index * shape->steps[i];
    }
    return place;
}

/* A conversion to f32 and back for storage types that arithmetic is not done in; null: none needed.
 * f64 stays. */
static inline cast_kernel widening(int isa, int type) {
    return type == CPUSIMD_F16 || type == CPUSIMD_BF16
               ? cpusimd_tensor_set(isa)->casts[type][CPUSIMD_F32]
               : 0;
}
static inline cast_kernel narrowing(int isa, int type) {
    return type == CPUSIMD_F16 || type == CPUSIMD_BF16
               ? cpusimd_tensor_set(isa)->casts[CPUSIMD_F32][type]
               : 0;
}
#endif
