/* What the templates of matrix products share. */
#include "../gemm.h"
#include <string.h>

#define PASTE2(a, b, c) a##_##b##_##c
#define PASTE(a, b, c) PASTE2(a, b, c)
#define FORCED __attribute__((always_inline)) static inline
#if defined(__clang__)
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED
#endif
/* Elements that B is fetched ahead of its use: 1 KiB or more. */
#ifndef AHEAD
#define AHEAD (32 * W)
#endif
#include "parts.h"

#define NAME2(isa) #isa
#define NAME(isa) NAME2(isa)
#define K(kernel, type) PASTE(kernel, type, ISA_NAME)
/* The row of a table for products of bytes. */
#define BYTES(type, elements, a, b)                                                                \
    {.name = NAME(ISA_NAME), .rows = ROWS, .columns = 2 * K(LANES, type), .group = elements,       \
     .packed_bytes = 4, .bytes = 1, .a_sign = a, .b_sign = b, .pack_a = K(pack_a, type),           \
     .pack_b = K(pack_b, type), .tiles = K(tiles, type), .finish = K(finish, type),                \
     .row_sums = K(row_sums, type), .column_sums = K(column_sums, type)}
