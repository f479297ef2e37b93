/* Convolution, pooling and attention for one instruction set. Include with ISA_NAME, TARGET_SET,
 * VECTOR_BYTES, FUSED and ROWS (of a tile of a product); defines the table
 * cpusimd_layers_<ISA_NAME>. */
#include "../layers.h"
#include <math.h>
#include <string.h>

#define PASTE2(a, b, c) a##_##b##_##c
#define PASTE(a, b, c) PASTE2(a, b, c)
/* Whole numbers wrap, in the bits of floating-point numbers. */
#define WRAPPING __attribute__((no_sanitize("signed-integer-overflow", "shift")))
#define TARGET WRAPPING TARGET_SET
#define FORCED __attribute__((always_inline)) static inline
#if defined(__clang__)
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED
#endif

#include "parts.h"

#define TYPE f64
#define T double
#define I int64_t
#define SINGLE 0
#define FLOATING 1
#define SIGNED 1
#include "lanes.h"
#include "functions.h"
#include "patches.h"
#include "depthwise.h"
#include "attention.h"
#include "values.h"
#define STORAGE f64
#define U double
#define HALF 0
#include "pooling.h"
#include "patches_end.h"
#include "functions_end.h"
#include "lanes_end.h"

#define TYPE f32
#define T float
#define I int32_t
#define SINGLE 1
#define FLOATING 1
#define SIGNED 1
#include "lanes.h"
#include "functions.h"
#include "patches.h"
#include "depthwise.h"
#include "attention.h"
#include "values.h"
#define STORAGE f32
#define U float
#define HALF 0
#include "pooling.h"
#define STORAGE f16
#define U uint16_t
#define HALF 1
#include "pooling.h"
#define STORAGE bf16
#define U uint16_t
#define HALF 2
#include "pooling.h"
#include "patches_end.h"
#include "functions_end.h"
#include "lanes_end.h"

#define NUMERIC(type)                                                                              \
    {2 * PASTE(LANES, type, ISA_NAME), PASTE(patches, type, ISA_NAME),                             \
     PASTE(depthwise, type, ISA_NAME), PASTE(scale, type, ISA_NAME),                               \
     PASTE(attend, type, ISA_NAME), PASTE(values, type, ISA_NAME),                                 \
     PASTE(divide, type, ISA_NAME), PASTE(join, type, ISA_NAME)}
#define POOLING(type)                                                                              \
    {{PASTE(band_low, type, ISA_NAME), PASTE(band_zero, type, ISA_NAME)},                          \
     PASTE(pool_maximum, type, ISA_NAME), PASTE(pool_mean, type, ISA_NAME)}
#define TABLE2(isa) const struct layer_set cpusimd_layers_##isa
#define TABLE(isa) TABLE2(isa)
TABLE(ISA_NAME) = {
    .numeric = {NUMERIC(f64), NUMERIC(f32)},
    .pooling = {[CPUSIMD_F64] = POOLING(f64), [CPUSIMD_F32] = POOLING(f32),
                [CPUSIMD_F16] = POOLING(f16), [CPUSIMD_BF16] = POOLING(bf16)},
};
