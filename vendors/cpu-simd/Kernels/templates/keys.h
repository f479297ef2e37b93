/* Keys that order elements, and random choices: plain loops, which the compiler turns into vectors
 * of the set. */

/* Both zeros are equal, and a NaN is above everything. */
#define KEYS(name, U, in_type, width, expression)                                                  \
    TARGET static uint##width##_t MOVE(keys_##name)(                                               \
        const void *in, uint##width##_t *restrict keys, size_t n, uint##width##_t flip) {          \
        const in_type *restrict a = in;                                                            \
        uint##width##_t least = (uint##width##_t)-1;                                               \
        for (size_t i = 0; i < n; i++) {                                                           \
            U x = (U)a[i];                                                                         \
            uint##width##_t key = (expression) ^ flip;                                             \
            keys[i] = key;                                                                         \
            least = key < least ? key : least;                                                     \
        }                                                                                          \
        return least;                                                                              \
    }
/* Bits of a floating-point type of `bits` bits in U, whose infinity has the pattern `largest`. */
#define FLOAT_KEY(U, bits, largest)                                                                \
    ((x & (((U)1 << (bits - 1)) - 1)) > (largest) ? ((U)2 << (bits - 1)) - 1                       \
     : (x & (((U)1 << (bits - 1)) - 1)) == 0      ? (U)1 << (bits - 1)                             \
     : x >> (bits - 1) ? (((U)2 << (bits - 1)) - 1) ^ x                                            \
                       : x | (U)1 << (bits - 1))
KEYS(f64, uint64_t, uint64_t, 64, FLOAT_KEY(uint64_t, 64, 0x7ff0000000000000u))
KEYS(f32, uint32_t, uint32_t, 32, FLOAT_KEY(uint32_t, 32, 0x7f800000u))
KEYS(f16, uint32_t, uint16_t, 32, FLOAT_KEY(uint32_t, 16, 0x7c00u))
KEYS(bf16, uint32_t, uint16_t, 32, FLOAT_KEY(uint32_t, 16, 0x7f80u))
KEYS(i64, uint64_t, int64_t, 64, x ^ (uint64_t)1 << 63)
KEYS(i32, uint32_t, int32_t, 32, x ^ (uint32_t)1 << 31)
KEYS(i16, uint32_t, int16_t, 32, x + 0x8000u)
KEYS(i8, uint32_t, int8_t, 32, x + 0x80u)
KEYS(u64, uint64_t, uint64_t, 64, x)
KEYS(u32, uint32_t, uint32_t, 32, x)
KEYS(u16, uint32_t, uint16_t, 32, x)
KEYS(u8, uint32_t, uint8_t, 32, x)
#define NARROW_KEYS                                                                                \
    [CPUSIMD_F32] = MOVE(keys_f32), [CPUSIMD_F16] = MOVE(keys_f16),                                \
    [CPUSIMD_BF16] = MOVE(keys_bf16), [CPUSIMD_I32] = MOVE(keys_i32),                              \
    [CPUSIMD_I16] = MOVE(keys_i16), [CPUSIMD_I8] = MOVE(keys_i8), [CPUSIMD_U32] = MOVE(keys_u32),  \
    [CPUSIMD_U16] = MOVE(keys_u16), [CPUSIMD_U8] = MOVE(keys_u8)
#define WIDE_KEYS                                                                                  \
    [CPUSIMD_F64] = MOVE(keys_f64), [CPUSIMD_I64] = MOVE(keys_i64), [CPUSIMD_U64] = MOVE(keys_u64)

/* A hash of the element's number: each bit of it depends on each bit of the number. */
TARGET static void MOVE(draw)(uint8_t *restrict mask, size_t n, uint32_t first, uint32_t seed,
                              uint32_t threshold) {
    for (size_t i = 0; i < n; i++) {
        uint32_t x = (first + (uint32_t)i) ^ seed;
        x = (x ^ x >> 16) * 0x7feb352du;
        x = (x ^ x >> 15) * 0x846ca68bu;
        x ^= x >> 16;
        mask[i] = x >= threshold;
    }
}
