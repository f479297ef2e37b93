/* All element-wise, reducing and normalising operators for one instruction set. Include with
 * ISA_NAME, TARGET_SET, VECTOR_BYTES and FUSED (whether multiply-adds are one instruction); defines
 * the table cpusimd_tensors_<ISA_NAME>. */
#include "../tensors.h"
#include <math.h>
#include <string.h>

#if !defined(__has_builtin)
#define __has_builtin(name) 0
#endif
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

/* n elements of `size` bytes into the first lanes of a vector, and out of them. */
#if VECTOR_BYTES == 64
#define PART_IN(v, from, n, size) copy_in_avx512(v, from, (n) * (size), sizeof *(v))
#define PART_OUT(to, v, n, size) copy_out_avx512(to, v, (n) * (size), sizeof *(v))
FORCED TARGET void copy_in_avx512(void *v, const void *from, size_t bytes, size_t whole) {
    __m512i old = _mm512_setzero_si512();
    memcpy(&old, v, whole);
    old = _mm512_mask_loadu_epi8(old, ((uint64_t)1 << bytes) - 1, from);
    memcpy(v, &old, whole);
}
FORCED TARGET void copy_out_avx512(void *to, const void *v, size_t bytes, size_t whole) {
    __m512i all = _mm512_setzero_si512();
    memcpy(&all, v, whole);
    _mm512_mask_storeu_epi8(to, ((uint64_t)1 << bytes) - 1, all);
}
#else
#define PART_IN(v, from, n, size) memcpy(v, from, (n) * (size))
#define PART_OUT(to, v, n, size) memcpy(to, v, (n) * (size))
#endif

#include "types.h"
#include "moves.h"

#define TABLE2(isa) const struct tensor_set cpusimd_tensors_##isa
#define TABLE(isa) TABLE2(isa)
#define KERNELS(type) &PASTE(kernels, type, ISA_NAME)
TABLE(ISA_NAME) = {
    .types = {[CPUSIMD_F64] = KERNELS(f64), [CPUSIMD_F32] = KERNELS(f32),
              [CPUSIMD_F16] = KERNELS(f16), [CPUSIMD_BF16] = KERNELS(bf16),
              [CPUSIMD_I64] = KERNELS(i64), [CPUSIMD_I32] = KERNELS(i32),
              [CPUSIMD_I8] = KERNELS(i8), [CPUSIMD_U8] = KERNELS(u8), [CPUSIMD_BOOL] = KERNELS(u8)},
    .casts = {[CPUSIMD_F64] = CASTS_FROM(f64), [CPUSIMD_F32] = CASTS_FROM_F32,
              [CPUSIMD_F16] = {[CPUSIMD_F32] = PASTE(to_f32, f16, ISA_NAME)},
              [CPUSIMD_BF16] = {[CPUSIMD_F32] = PASTE(to_f32, bf16, ISA_NAME)},
              [CPUSIMD_I64] = CASTS_FROM(i64), [CPUSIMD_I32] = CASTS_FROM(i32),
              [CPUSIMD_I8] = CASTS_FROM(i8), [CPUSIMD_U8] = CASTS_FROM(u8),
              [CPUSIMD_BOOL] = CASTS_FROM(u8)},
    .to_odd = MOVE(f64_to_odd),
    .choose = MOVE(choose),
    .where = {MOVE(where8), MOVE(where16), MOVE(where32), MOVE(where64)},
};
