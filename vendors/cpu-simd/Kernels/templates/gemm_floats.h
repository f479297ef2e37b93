/* Products of one floating-point type. Include with TYPE, T, I, SINGLE (not for f64), U and HALF as
 * lanes.h and storage.h want them. */
#define STORAGE TYPE
#define FLOATING 1
#define SIGNED 1
#define P T
#include "lanes.h"
#include "storage.h"
/* One stored element. */
FORCED TARGET T N(one)(const U *from) {
#if HALF == 0
    return *from;
#elif HALF == 2
    uint32_t bits = (uint32_t)*from << 16;
    T value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
#else
    return S(get_part)(from, 1, 0)[0];
#endif
}
#define VP V
#define MULTIPLY_ADD(sum, left, right) ((sum) + (left) * (right))
#include "gemm_square.h"
#include "gemm_pack.h"
#include "gemm_tile.h"
#include "gemm_direct.h"
#include "gemm_small.h"
#include "gemm_nibbles.h"
#include "gemm_end.h"
