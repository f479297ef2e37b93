/* All element-wise, reducing and normalising operators for one instruction set. Include with
 * ISA_NAME, TARGET_SET, VECTOR_BYTES and FUSED (whether multiply-adds are one instruction); defines
 * the table cpusimd_tensors_<ISA_NAME>. */
#include "../tensors.h"
#include <math.h>
#include <string.h>

#define PASTE2(a, b, c) a##_##b##_##c
#define PASTE(a, b, c) PASTE2(a, b, c)
/* Whole numbers wrap, in the bits of floating-point numbers and as ONNX's types do. */
#define WRAPPING __attribute__((no_sanitize("signed-integer-overflow", "shift")))
#define TARGET WRAPPING TARGET_SET
#define FORCED __attribute__((always_inline)) static inline
#if defined(__clang__)
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED
#endif

#include "parts.h"
#include "types.h"
#include "moves.h"
#include "keys.h"

#define TABLE2(isa) const struct tensor_set cpusimd_tensors_##isa
#define TABLE(isa) TABLE2(isa)
#define KERNELS(type) &PASTE(kernels, type, ISA_NAME)
TABLE(ISA_NAME) = {
    .types = {[CPUSIMD_F64] = KERNELS(f64), [CPUSIMD_F32] = KERNELS(f32),
              [CPUSIMD_F16] = KERNELS(f16), [CPUSIMD_BF16] = KERNELS(bf16),
              [CPUSIMD_I64] = KERNELS(i64), [CPUSIMD_I32] = KERNELS(i32),
              [CPUSIMD_I8] = KERNELS(i8), [CPUSIMD_U8] = KERNELS(u8), [CPUSIMD_BOOL] = KERNELS(u8)},
    .casts = {CAST_ROWS},
    .to_f8e4m3_or_nan = MOVE(f32_to_f8e4m3_or_nan),
    .to_f8e5m2_or_infinity = MOVE(f32_to_f8e5m2_or_infinity),
    .narrow_keys = {NARROW_KEYS},
    .wide_keys = {WIDE_KEYS},
    .draw = MOVE(draw),
    .to_odd = MOVE(f64_to_odd),
    .where = {MOVE(where8), MOVE(where16), MOVE(where32), MOVE(where64)},
};
