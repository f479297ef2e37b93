/* What peak kernels multiply: numbers of many bits, for multipliers that work on ones draw less
 * power than they do in use. Neighbours' products add up to exactly 1, so lanes count steps. */
#include <stdint.h>
#include <string.h>

/* Rounds after which accumulators are summed and start from 0 again: floats count to 2^24. */
#define PEAK_RESTART ((uint64_t)1 << 23)
#define PEAK_RESTART_F16 ((uint64_t)1 << 11)

static const float peak_ones_f32[4] = {1, 1, 1, 1};
static const double peak_ones_f64[2] = {1, 1};
static const uint16_t peak_ones_f16[8] = {0x3c00, 0x3c00, 0x3c00, 0x3c00,
                                          0x3c00, 0x3c00, 0x3c00, 0x3c00};
/* 11 * 175 - 148 * 13, 240 * 15 - 61 * 59, 233 * 98 - 177 * 129, 3 * 93 - 2 * 139: each is 1. */
static const uint16_t peak_bf16_a[8] = {0x4130, 0x4314, 0xc370, 0x4274,
                                        0xc369, 0x4331, 0x4000, 0x42ba};
static const uint16_t peak_bf16_b[8] = {0x432f, 0xc150, 0xc170, 0xc26c,
                                        0xc2c4, 0xc301, 0xc30b, 0x4040};
/* Inverses modulo 2^32. */
static const uint32_t peak_i32_a[4] = {0xfb695ffb, 0x0326324d, 0xc541013d, 0x33138131};
static const uint32_t peak_i32_b[4] = {0xbcd2d333, 0xf64a5685, 0x3678de15, 0xbcf237d1};
/* Unsigned by signed on some processors, signed by signed on others: below 128 it is the same. No
 * sum of two products leaves 16 bits. */
static const uint8_t peak_u8_a[16] = {33, 78, 72, 115, 110, 73, 63, 97,
                                      84, 22, 114, 107, 41, 102, 6, 71};
static const int8_t peak_i8_b[16] = {-33, 107, 27, -80, 36, 93, -89, -53,
                                     6, -28, 62, -65, 94, -59, -6, 31};

#if defined(__x86_64__)
static const int16_t peak_ones_i16[8] = {1, 1, 1, 1, 1, 1, 1, 1};
static const uint16_t peak_f16_a[8] = {0x4980, 0x58a0, 0xdb80, 0x53a0,
                                       0xdb48, 0x5988, 0x4000, 0x55d0};
static const uint16_t peak_f16_b[8] = {0x5978, 0xca80, 0xcb80, 0xd360,
                                       0xd620, 0xd808, 0xd858, 0x4200};
static const int16_t peak_i16_a[8] = {22689, 12583, -1295, 23731, -8211, 7433, 10733, 5241};
static const int16_t peak_i16_b[8] = {3114, -5615, -14092, -769, -24334, -26881, 3320, -6799};

/* Fills `bytes` bytes with the first 16 of `pattern`, over and over. */
static inline void repeat(void *to, size_t bytes, const void *pattern) {
    for (size_t done = 0; done < bytes; done += 16)
        memcpy((char *)to + done, pattern, bytes - done < 16 ? bytes - done : 16);
}
#endif
