/* Peak arithmetic: the most multiply-adds a core can do, by element type, path and unit. */
#include "cpu_simd.h"
#include "peak_data.h"
#include "peak_features.h"
#include <stdatomic.h>

typedef double (*peak_kernel)(uint64_t rounds);

struct peak_row {
    int dtype, path;
    uint32_t needs;
    /* Multiply-adds of one step: lanes, and the neighbours that are added to one lane. */
    int lanes, group;
    const char *verb;
    peak_kernel run;
};
#define TILE_STEPS 16
#define ROW(verb, dtype, name, path, needs, lanes, group)                                          \
    {CPUSIMD_PEAK_##dtype, path, needs, lanes, group, #verb, verb##_##name}

/* For each type and path the first kernel whose needs are met is the one. */
#if defined(__x86_64__)
#include "peak_x86.h"
static const struct peak_row rows[] = {
    ROW(fma, F64, f64_scalar, CPUSIMD_SCALAR, PEAK_FMA, 1, 1),
    ROW(muladd, F64, f64_scalar, CPUSIMD_SCALAR, 0, 1, 1),
    ROW(fma, F64, f64_sse, CPUSIMD_SSE, PEAK_FMA, 2, 1),
    ROW(muladd, F64, f64_sse, CPUSIMD_SSE, 0, 2, 1),
    ROW(fma, F64, f64_avx2, CPUSIMD_AVX2, PEAK_AVX2 | PEAK_FMA, 4, 1),
    ROW(fma, F64, f64_avx512, CPUSIMD_AVX512, PEAK_AVX512, 8, 1),
    ROW(fma, F32, f32_scalar, CPUSIMD_SCALAR, PEAK_FMA, 1, 1),
    ROW(muladd, F32, f32_scalar, CPUSIMD_SCALAR, 0, 1, 1),
    ROW(fma, F32, f32_sse, CPUSIMD_SSE, PEAK_FMA, 4, 1),
    ROW(muladd, F32, f32_sse, CPUSIMD_SSE, 0, 4, 1),
    ROW(fma, F32, f32_avx2, CPUSIMD_AVX2, PEAK_AVX2 | PEAK_FMA, 8, 1),
    ROW(fma, F32, f32_avx512, CPUSIMD_AVX512, PEAK_AVX512, 16, 1),
    ROW(fma, F16, f16_avx512, CPUSIMD_AVX512, PEAK_AVX512 | PEAK_FP16, 32, 1),
    ROW(dot, BF16, bf16_avx512, CPUSIMD_AVX512, PEAK_AVX512 | PEAK_BF16, 16, 2),
    ROW(muladd, I32, i32_scalar, CPUSIMD_SCALAR, 0, 1, 1),
    ROW(muladd, I32, i32_sse, CPUSIMD_SSE, PEAK_SSE41, 4, 1),
    ROW(muladd, I32, i32_avx2, CPUSIMD_AVX2, PEAK_AVX2, 8, 1),
    ROW(muladd, I32, i32_avx512, CPUSIMD_AVX512, PEAK_AVX512, 16, 1),
    ROW(madd, I16, i16_sse, CPUSIMD_SSE, 0, 4, 2),
    ROW(madd, I16, i16_avx2, CPUSIMD_AVX2, PEAK_AVX2, 8, 2),
    ROW(dot, I16, i16_avx512, CPUSIMD_AVX512, PEAK_AVX512 | PEAK_VNNI, 16, 2),
    ROW(madd, I16, i16_avx512, CPUSIMD_AVX512, PEAK_AVX512, 16, 2),
    ROW(madd, I8, i8_sse, CPUSIMD_SSE, PEAK_SSSE3, 4, 4),
    ROW(dot, I8, i8_avx2, CPUSIMD_AVX2, PEAK_AVX2 | PEAK_AVX_VNNI, 8, 4),
    ROW(madd, I8, i8_avx2, CPUSIMD_AVX2, PEAK_AVX2, 8, 4),
    ROW(dot, I8, i8_avx512, CPUSIMD_AVX512, PEAK_AVX512 | PEAK_VNNI, 16, 4),
    ROW(madd, I8, i8_avx512, CPUSIMD_AVX512, PEAK_AVX512, 16, 4),
    ROW(tile, BF16, bf16_amx, CPUSIMD_PEAK_AMX, PEAK_AMX | PEAK_AMX_BF16 | PEAK_TILES, 256, 32),
    ROW(tile, F16, f16_amx, CPUSIMD_PEAK_AMX, PEAK_AMX | PEAK_AMX_FP16 | PEAK_TILES, 256, 32),
    ROW(tile, I8, i8_amx, CPUSIMD_PEAK_AMX, PEAK_AMX | PEAK_AMX_INT8 | PEAK_TILES, 256, 64),
};
#elif defined(__aarch64__)
#include "peak_neon.h"
static const struct peak_row rows[] = {
    ROW(fma, F64, f64_scalar, CPUSIMD_SCALAR, 0, 1, 1),
    ROW(fma, F64, f64_neon, CPUSIMD_NEON, 0, 2, 1),
    ROW(fma, F32, f32_scalar, CPUSIMD_SCALAR, 0, 1, 1),
    ROW(fma, F32, f32_neon, CPUSIMD_NEON, 0, 4, 1),
    ROW(fma, F16, f16_neon, CPUSIMD_NEON, PEAK_NEON_FP16, 8, 1),
    ROW(dot, BF16, bf16_neon, CPUSIMD_NEON, PEAK_NEON_BF16, 4, 2),
    ROW(muladd, I32, i32_neon, CPUSIMD_NEON, 0, 4, 1),
    ROW(dot, I8, i8_neon, CPUSIMD_NEON, PEAK_NEON_DOT, 4, 4),
};
#else
static double nothing(uint64_t rounds) { return 0 * (double)rounds; }
static const struct peak_row rows[] = {{-1, -1, 0, 1, 1, "none", nothing}};
#endif
#define ROW_COUNT ((int)(sizeof rows / sizeof *rows))

/* Asked for once: hypervisors take tens of microseconds for each question about the CPU. */
static uint32_t known_features(void) {
    static _Atomic uint32_t known;
    const uint32_t asked = 1u << 31;
    uint32_t had = known;
    if (!(had & asked)) known = had = peak_features() | asked;
    return had;
}

int cpusimd_peak_find(int dtype, int path, int fuses, const char **lacks) {
    uint32_t had = known_features() & ~(fuses ? 0u : (uint32_t)PEAK_FMA);
    const char *missing = 0;
    for (int i = 0; i < ROW_COUNT; i++) {
        if (rows[i].dtype != dtype || rows[i].path != path) continue;
        const char *lack = peak_missing(rows[i].needs, had);
        if (!lack) return i;
        missing = lack;
    }
    if (lacks) *lacks = missing;
    return -1;
}

const char *cpusimd_peak_verb(int kernel) {
    return kernel >= 0 && kernel < ROW_COUNT ? rows[kernel].verb : "none";
}

uint64_t cpusimd_peak_grain(int dtype, int path) {
    if (path == CPUSIMD_PEAK_AMX) return CPUSIMD_PEAK_TILE_GRAIN;
    switch (dtype) {
    case CPUSIMD_PEAK_I8: return 4 * CPUSIMD_PEAK_GRAIN;
    case CPUSIMD_PEAK_F16:
    case CPUSIMD_PEAK_BF16:
    case CPUSIMD_PEAK_I16: return 2 * CPUSIMD_PEAK_GRAIN;
    default: return CPUSIMD_PEAK_GRAIN;
    }
}

struct peak_job {
    const struct peak_row *row;
    uint64_t grains, rounds_per_grain;
    _Atomic double total;
};

static void add_to(_Atomic double *total, double value) {
    double before = *total;
    while (!atomic_compare_exchange_weak(total, &before, before + value)) {}
}

static void peak_task(void *argument, int thread, int threads) {
    struct peak_job *job = argument;
    uint64_t share = job->grains / (uint64_t)threads;
    uint64_t rest = job->grains % (uint64_t)threads;
    uint64_t grains = share + ((uint64_t)thread < rest ? 1 : 0);
    add_to(&job->total, job->row->run(grains * job->rounds_per_grain) * job->row->group);
}

double cpusimd_peak_run(cpusimd_pool *pool, int kernel, uint64_t operations) {
    const struct peak_row *row = &rows[kernel];
    uint64_t grain = cpusimd_peak_grain(row->dtype, row->path);
    uint64_t steps = row->path == CPUSIMD_PEAK_AMX ? TILE_STEPS : 12;
    uint64_t per_round = 2 * steps * (uint64_t)row->lanes * (uint64_t)row->group;
    struct peak_job job = {row, operations / grain, grain / per_round, 0};
    cpusimd_pool_run(pool, peak_task, &job);
    return job.total;
}
