/* Casts and selections: plain loops, which the compiler turns into vectors of the set. */
#define MOVE2(name, isa) name##_##isa
#define MOVE1(name, isa) MOVE2(name, isa)
#define MOVE(name) MOVE1(name, ISA_NAME)

#define CAST(from, F, to, G, expression)                                                           \
    TARGET static void MOVE(from##_to_##to)(const void *in, void *out, size_t n) {                 \
        const F *restrict a = in;                                                                  \
        G *restrict b = out;                                                                       \
        for (size_t i = 0; i < n; i++) {                                                           \
            F x = a[i];                                                                            \
            b[i] = expression;                                                                     \
        }                                                                                          \
    }
/* `above` is the least number past the range: a power of two, exact in F. */
#define SATURATED(F, G, least, above, most)                                                        \
    (x != x ? 0 : x < (F)(least) ? (G)(least) : x >= (F)(above) ? (G)(most) : (G)x)
#define CASTS(from, F, whole64, whole32, whole8, byte8)                                            \
    CAST(from, F, f64, double, (double)x)                                                          \
    CAST(from, F, f32, float, (float)x)                                                            \
    CAST(from, F, i64, int64_t, whole64)                                                           \
    CAST(from, F, i32, int32_t, whole32)                                                           \
    CAST(from, F, i8, int8_t, whole8)                                                              \
    CAST(from, F, u8, uint8_t, byte8)                                                              \
    CAST(from, F, bool, uint8_t, x != 0)
#define FLOAT_CASTS(from, F)                                                                       \
    CASTS(from, F, SATURATED(F, int64_t, INT64_MIN, 0x1p63, INT64_MAX),                            \
          SATURATED(F, int32_t, INT32_MIN, 0x1p31, INT32_MAX),                                     \
          SATURATED(F, int8_t, INT8_MIN, 128, INT8_MAX), SATURATED(F, uint8_t, 0, 256, UINT8_MAX))
#define WHOLE_CASTS(from, F) CASTS(from, F, (int64_t)x, (int32_t)x, (int8_t)x, (uint8_t)x)
FLOAT_CASTS(f64, double)
FLOAT_CASTS(f32, float)
WHOLE_CASTS(i64, int64_t)
WHOLE_CASTS(i32, int32_t)
WHOLE_CASTS(i8, int8_t)
WHOLE_CASTS(u8, uint8_t)

/* Types without arithmetic go by way of the nearest that has: the bits of i64 are those of u64. */
CAST(f64, double, u64, uint64_t, SATURATED(double, uint64_t, 0, 0x1p64, UINT64_MAX))
CAST(f32, float, u64, uint64_t, SATURATED(float, uint64_t, 0, 0x1p64, UINT64_MAX))
CAST(u64, uint64_t, f64, double, (double)x)
CAST(u64, uint64_t, f32, float, (float)x)
CAST(i64, int64_t, u64, uint64_t, (uint64_t)x)
CAST(i64, int64_t, u32, uint32_t, (uint32_t)x)
CAST(u32, uint32_t, i64, int64_t, x)
CAST(i32, int32_t, i16, int16_t, (int16_t)x)
CAST(i32, int32_t, u16, uint16_t, (uint16_t)x)
CAST(i16, int16_t, i32, int32_t, x)
CAST(u16, uint16_t, i32, int32_t, x)

/* Floats of 8 bits, with `fraction` bits behind the point and exponents `less` smaller than f32's.
 * The patterns of numbers, moved, are f32 of an exponent too small; a product mends it. */
#define WIDEN_8(type, fraction, less, special, wrong)                                              \
    TARGET static void MOVE(type##_to_f32)(const void *in, void *out, size_t n) {                  \
        const uint8_t *restrict a = in;                                                            \
        uint32_t *restrict b = out;                                                                \
        for (size_t i = 0; i < n; i++) {                                                           \
            uint32_t magnitude = a[i] & 127u, sign = (uint32_t)(a[i] & 128) << 24;                 \
            uint32_t bits = magnitude << (23 - fraction);                                          \
            union { uint32_t bits; float value; } x = {bits};                                      \
            x.value *= less;                                                                       \
            b[i] = sign | (magnitude >= special ? (wrong) | bits : x.bits);                        \
        }                                                                                          \
    }
WIDEN_8(f8e4m3, 3, 0x1p120f, 127, 0x7fc00000u)
WIDEN_8(f8e5m2, 2, 0x1p112f, 124, 0x7f800000u)

/* To nearest, ties to even. `smallest` is the least normal number's pattern in f32, and a sum with
 * `magic` has its last place where subnormal numbers have theirs. */
#define NARROW_8(name, fraction, less, smallest, magic, most, above, wrong)                        \
    TARGET static void MOVE(f32_to_##name)(const void *in, void *out, size_t n) {                  \
        const uint32_t *restrict a = in;                                                           \
        uint8_t *restrict b = out;                                                                 \
        for (size_t i = 0; i < n; i++) {                                                           \
            uint32_t magnitude = a[i] & 0x7fffffffu, odd = magnitude >> (23 - fraction) & 1;       \
            uint32_t half = (1u << (22 - fraction)) - 1;                                           \
            uint32_t normal = ((magnitude + half + odd) >> (23 - fraction)) - (less << fraction);  \
            union { uint32_t bits; float value; } x = {magnitude}, base = {.value = magic};        \
            x.value += magic;                                                                      \
            uint32_t code = magnitude < smallest ? x.bits - base.bits                              \
                            : magnitude >= 0x47800000u || normal > most ? above : normal;          \
            if (magnitude > 0x7f800000u) code = wrong;                                             \
            b[i] = (uint8_t)(code | (a[i] >> 24 & 128));                                           \
        }                                                                                          \
    }
NARROW_8(f8e4m3, 3, 120u, 0x3c800000u, 0x1p14f, 0x7eu, 0x7eu, 0x7fu)
NARROW_8(f8e4m3_or_nan, 3, 120u, 0x3c800000u, 0x1p14f, 0x7eu, 0x7fu, 0x7fu)
NARROW_8(f8e5m2, 2, 112u, 0x38800000u, 0x1p7f, 0x7bu, 0x7bu, 0x7eu)
NARROW_8(f8e5m2_or_infinity, 2, 112u, 0x38800000u, 0x1p7f, 0x7bu, 0x7cu, 0x7eu)

/* Rounded to odd: towards zero, and the last bit set where anything was lost. */
TARGET static void MOVE(f64_to_odd)(const void *in, void *out, size_t n) {
    const double *restrict a = in;
    uint32_t *restrict b = out;
    for (size_t i = 0; i < n; i++) {
        float nearest = (float)a[i];
        double back = (double)nearest, magnitude = a[i] < 0 ? -a[i] : a[i];
        double reached = back < 0 ? -back : back;
        uint32_t bits;
        memcpy(&bits, &nearest, sizeof bits);
        bits -= reached > magnitude;
        b[i] = bits | (back != a[i] && a[i] == a[i]);
    }
}

#define HALF_CASTS(type)                                                                           \
    TARGET static void PASTE(to_f32, type, ISA_NAME)(const void *in, void *out, size_t n) {        \
        const uint16_t *a = in;                                                                    \
        float *b = out;                                                                            \
        enum { W = PASTE(LANES, f32, ISA_NAME) };                                                  \
        for (size_t i = 0; i < n; i += W)                                                          \
            PASTE(save_part, f32, ISA_NAME)(b + i,                                                 \
                PASTE(get_part, type, ISA_NAME)(a + i, n - i, 0), n - i);                          \
    }                                                                                              \
    TARGET static void PASTE(from_f32, type, ISA_NAME)(const void *in, void *out, size_t n) {      \
        const float *a = in;                                                                       \
        uint16_t *b = out;                                                                         \
        enum { W = PASTE(LANES, f32, ISA_NAME) };                                                  \
        for (size_t i = 0; i < n; i += W)                                                          \
            PASTE(set_part, type, ISA_NAME)(b + i,                                                 \
                PASTE(load_part, f32, ISA_NAME)(a + i, n - i, 0), n - i);                          \
    }
HALF_CASTS(f16)
HALF_CASTS(bf16)

#define WHERE(bits)                                                                                \
    TARGET static void MOVE(where##bits)(const uint8_t *restrict condition, const void *a,         \
                                         const void *b, void *out, size_t n,                       \
                                         size_t condition_step, size_t a_step, size_t b_step) {    \
        const uint##bits##_t *restrict yes = a, *restrict no = b;                                  \
        uint##bits##_t *restrict to = out;                                                         \
        if (condition_step && a_step && b_step) {                                                  \
            for (size_t i = 0; i < n; i++) {                                                       \
                uint##bits##_t x = yes[i], y = no[i];                                              \
                to[i] = condition[i] ? x : y;                                                      \
            }                                                                                      \
        } else if (!condition_step) {                                                              \
            const uint##bits##_t *from = *condition ? yes : no;                                    \
            size_t step = *condition ? a_step : b_step;                                            \
            for (size_t i = 0; i < n; i++) to[i] = from[i * step];                                 \
        } else {                                                                                   \
            for (size_t i = 0; i < n; i++) {                                                       \
                uint##bits##_t x = yes[i * a_step], y = no[i * b_step];                            \
                to[i] = condition[i] ? x : y;                                                      \
            }                                                                                      \
        }                                                                                          \
    }
WHERE(8)
WHERE(16)
WHERE(32)
WHERE(64)

#define CASTS_TO(from)                                                                             \
    [CPUSIMD_F64] = MOVE(from##_to_f64), [CPUSIMD_F32] = MOVE(from##_to_f32),                      \
    [CPUSIMD_I64] = MOVE(from##_to_i64), [CPUSIMD_I32] = MOVE(from##_to_i32),                      \
    [CPUSIMD_I8] = MOVE(from##_to_i8), [CPUSIMD_U8] = MOVE(from##_to_u8),                          \
    [CPUSIMD_BOOL] = MOVE(from##_to_bool)
#define CAST_ROWS                                                                                  \
    [CPUSIMD_F64] = {CASTS_TO(f64), [CPUSIMD_U64] = MOVE(f64_to_u64)},                             \
    [CPUSIMD_F32] = {CASTS_TO(f32), [CPUSIMD_U64] = MOVE(f32_to_u64),                              \
                     [CPUSIMD_F16] = PASTE(from_f32, f16, ISA_NAME),                               \
                     [CPUSIMD_BF16] = PASTE(from_f32, bf16, ISA_NAME),                             \
                     [CPUSIMD_F8E4M3] = MOVE(f32_to_f8e4m3),                                       \
                     [CPUSIMD_F8E5M2] = MOVE(f32_to_f8e5m2)},                                      \
    [CPUSIMD_F16] = {[CPUSIMD_F32] = PASTE(to_f32, f16, ISA_NAME)},                                \
    [CPUSIMD_BF16] = {[CPUSIMD_F32] = PASTE(to_f32, bf16, ISA_NAME)},                              \
    [CPUSIMD_F8E4M3] = {[CPUSIMD_F32] = MOVE(f8e4m3_to_f32)},                                      \
    [CPUSIMD_F8E5M2] = {[CPUSIMD_F32] = MOVE(f8e5m2_to_f32)},                                      \
    [CPUSIMD_I64] = {CASTS_TO(i64), [CPUSIMD_U64] = MOVE(i64_to_u64),                              \
                     [CPUSIMD_U32] = MOVE(i64_to_u32)},                                            \
    [CPUSIMD_I32] = {CASTS_TO(i32), [CPUSIMD_I16] = MOVE(i32_to_i16),                              \
                     [CPUSIMD_U16] = MOVE(i32_to_u16)},                                            \
    [CPUSIMD_I8] = {CASTS_TO(i8)},                                                                 \
    [CPUSIMD_U8] = {CASTS_TO(u8)},                                                                 \
    [CPUSIMD_BOOL] = {CASTS_TO(u8)},                                                               \
    [CPUSIMD_U64] = {[CPUSIMD_F64] = MOVE(u64_to_f64), [CPUSIMD_F32] = MOVE(u64_to_f32),           \
                     [CPUSIMD_I64] = MOVE(i64_to_u64)},                                            \
    [CPUSIMD_U32] = {[CPUSIMD_I64] = MOVE(u32_to_i64)},                                            \
    [CPUSIMD_I16] = {[CPUSIMD_I32] = MOVE(i16_to_i32)},                                            \
    [CPUSIMD_U16] = {[CPUSIMD_I32] = MOVE(u16_to_i32)}
