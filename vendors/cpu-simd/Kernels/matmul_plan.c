/* Chooses kernels for matrix products, and how one is cut into blocks and parts. */
#include "matmul.h"
#include "peak_features.h"
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static const struct gemm_kernels *const tables[CPUSIMD_ISA_COUNT] = {
    [CPUSIMD_SCALAR] = cpusimd_gemm_scalar,
#if defined(__x86_64__)
    [CPUSIMD_SSE] = cpusimd_gemm_sse,
    [CPUSIMD_AVX2] = cpusimd_gemm_avx2,
    [CPUSIMD_AVX512] = cpusimd_gemm_avx512,
#elif defined(__aarch64__)
    [CPUSIMD_NEON] = cpusimd_gemm_neon,
#endif
};

/* ---- kernels ------------------------------------------------------------------------------- */
/* Asked for once: in a virtual machine each question costs microseconds. */
static uint32_t features(void) {
    static _Atomic uint32_t known;
    const uint32_t asked = 1u << 31;
    uint32_t found = atomic_load_explicit(&known, memory_order_relaxed);
    if (found) return found;
    found = peak_features() | asked;
#ifdef CPUSIMD_EMULATED_TILES
    found |= PEAK_TILES | PEAK_AMX_BF16 | PEAK_AMX_INT8;
#endif
    atomic_store_explicit(&known, found, memory_order_relaxed);
    return found;
}

#if defined(__x86_64__)
/* The least time of a few tiles of the same product. */
static uint64_t tiles_time(const struct gemm_kernels *kernels) {
    enum { DEPTH = 512 };
    static const int32_t zeros[32 * DEPTH];
    float c[12 * 32];
    struct gemm_tiles job = {zeros, zeros, c, kernels->rows, kernels->columns,
                             DEPTH / kernels->group, 32, 0};
    uint64_t best = UINT64_MAX;
    for (int trial = 0; trial < 8; trial++) {
        uint64_t before = cpusimd_now_ns();
        for (int i = 0; i < 8; i++) kernels->tiles(&job);
        uint64_t took = cpusimd_now_ns() - before;
        if (took < best) best = took;
    }
    return best;
}

/* Some processors add pairs of bf16 at half the rate of f32, others at twice: tried once. */
static int pairs_are_faster(void) {
    static atomic_int known; /* 0: not tried yet */
    int found = atomic_load_explicit(&known, memory_order_relaxed);
    if (found) return found > 0;
    uint64_t pairs = tiles_time(&cpusimd_gemm_avx512_bf16);
    found = pairs < tiles_time(&cpusimd_gemm_avx512[GEMM_BF16]) ? 1 : -1;
    atomic_store_explicit(&known, found, memory_order_relaxed);
    return found > 0;
}
#endif

const struct gemm_kernels *cpusimd_gemm_kernels(const cpusimd_gemm *job) {
    const struct gemm_kernels *table = tables[job->type.isa];
    if (job->stored == CPUSIMD_GEMM_PLAIN) return &table[job->type.single ? GEMM_F32 : GEMM_F64];
    if (job->stored == CPUSIMD_GEMM_F16) return &table[GEMM_F16];
    /* Pairs of bf16 have no room for products of codes and scales. */
    if (job->stored == CPUSIMD_GEMM_BF16 && job->block) return &table[GEMM_BF16];
#if defined(__x86_64__)
    if (job->type.isa == CPUSIMD_AVX512 && !job->basic) {
        const uint32_t tiles = PEAK_TILES | PEAK_BF16;
        const uint32_t bytes = tiles | PEAK_AMX_INT8, pairs = tiles | PEAK_AMX_BF16;
        if (job->stored == CPUSIMD_GEMM_BYTES && (features() & bytes) == bytes)
            return &cpusimd_gemm_amx_bytes;
        if (job->stored == CPUSIMD_GEMM_BF16 && (features() & pairs) == pairs)
            return &cpusimd_gemm_amx_bf16;
        if (job->stored == CPUSIMD_GEMM_BYTES && features() & PEAK_VNNI)
            return &cpusimd_gemm_avx512_vnni;
        if (job->stored == CPUSIMD_GEMM_BF16 && features() & PEAK_BF16 && pairs_are_faster())
            return &cpusimd_gemm_avx512_bf16;
    }
#elif defined(__aarch64__)
    if (job->type.isa == CPUSIMD_NEON && !job->basic && job->stored == CPUSIMD_GEMM_BYTES &&
        features() & PEAK_NEON_DOT)
        return &cpusimd_gemm_neon_dot;
#else
    (void)features;
#endif
    return &table[job->stored == CPUSIMD_GEMM_BF16 ? GEMM_BF16 : GEMM_BYTES];
}

const char *cpusimd_gemm_instructions(const cpusimd_gemm *job) {
    return cpusimd_gemm_kernels(job)->name;
}

/* ---- blocks -------------------------------------------------------------------------------- */
/* Bytes of a data cache, asked for once. What the system does not know, or cannot be true, becomes
 * the usual size. */
static size_t cache_bytes(int level) {
    static _Atomic size_t known[3];
    size_t bytes = atomic_load_explicit(&known[level], memory_order_relaxed);
    if (bytes) return bytes;
    static const int names[3] = {0, _SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE};
    static const size_t usual[3] = {0, 32768, 524288};
    long told = sysconf(names[level]);
    int sound = told >= (long)usual[level] / 2 && told <= (long)usual[level] * 8;
    bytes = sound ? (size_t)told : usual[level];
    atomic_store_explicit(&known[level], bytes, memory_order_relaxed);
    return bytes;
}

/* A strip of A fills three quarters of the first cache. Blocks of one product are nearly equal. */
size_t gemm_depth_block(const struct gemm_kernels *kernels, size_t k) {
    size_t most = cache_bytes(1) * 3 / 4 / (kernels->rows * kernels->packed_bytes);
    most = (most < 64 ? 64 : most > 512 ? 512 : most) / 16 * 16 * kernels->group;
    size_t blocks = (k + most - 1) / most;
    return blocks ? round_up((k + blocks - 1) / blocks, 8 * kernels->group) : most;
}

/* Everything lies in the first cache, and rows of B are whole. */
static int is_small(const struct gemm_kernels *kernels, const cpusimd_gemm *job) {
    uint64_t touched = job->m * job->k + job->k * job->n + job->m * job->n;
    return kernels->small && job->b_column == 1 && job->m <= 128 && job->n <= 128 &&
           job->k <= 128 && touched * kernels->bytes <= 3 * cache_bytes(1);
}

/* Few rows or few columns: each operand is read about once, so that packing would not pay. */
static enum path path_of(const struct gemm_kernels *kernels, const cpusimd_gemm *job) {
    if (job->block) return job->m <= 4 ? DOT : TILES;
    if (is_small(kernels, job)) return SMALL;
    if (job->n <= 8 && job->m > 4 && job->a_column == 1 && kernels->dot) return DOT;
    if (job->m > 16) return TILES;
    if (job->b_column == 1 && kernels->panel) return job->packed && job->m > 1 ? TILES : PANEL;
    if (job->packed) return TILES;
    return job->b_row == 1 && job->a_column == 1 && kernels->dot ? DOT : TILES;
}

int gemm_packs(const struct gemm_kernels *kernels, const cpusimd_gemm *job) {
    cpusimd_gemm with = *job;
    with.packed = kernels;
    return job->k > 0 && !job->block && path_of(kernels, &with) == TILES;
}

/* ---- threads ------------------------------------------------------------------------------- */
/* The grid whose slowest thread multiplies and packs least. */
static void choose_grid(struct plan *plan, const cpusimd_gemm *job, int threads) {
    double best = 0;
    for (int rows = 1; rows <= threads; rows++) {
        int columns = threads / rows;
        double m = (double)round_up((job->m + (size_t)rows - 1) / (size_t)rows, 4);
        size_t grain = plan->path == TILES ? plan->kernels->columns : 1;
        double n = (double)round_up((job->n + (size_t)columns - 1) / (size_t)columns, grain);
        /* An element packed costs about as much as four multiplied by a vector. */
        double cost = m * n + 4 * (double)grain * (m + n);
        if (rows > 1 && cost >= best) continue;
        best = cost;
        plan->grid_rows = rows;
        plan->grid_columns = columns;
    }
}

/* Rows or columns of the thread that has most of them. */
static size_t most_of(size_t count, size_t grain, int parts) {
    size_t grains = (count + grain - 1) / grain;
    return least(count, (grains + (size_t)parts - 1) / (size_t)parts * grain);
}

/* What a thread needs beside packed operands, for the largest part that it may get. */
static void add_sums(struct plan *plan, const cpusimd_gemm *job, int threads) {
    if (job->stored != CPUSIMD_GEMM_BYTES && !plan->keeps_sums) return;
    int splits = job->batches < (uint64_t)threads;
    size_t rows = most_of(job->m, splits && plan->grid_rows > 1 ? 4 : 1,
                          splits ? plan->grid_rows : 1);
    size_t columns = most_of(job->n, plan->kernels->columns, splits ? plan->grid_columns : 1);
    if (job->stored == CPUSIMD_GEMM_BYTES) {
        plan->row_bytes = round_up(rows * 4, 64);
        plan->column_bytes = round_up(columns * 4, 64);
    }
    if (!plan->keeps_sums) return;
    if (plan->path == TILES) rows = least(rows, plan->row_block);
    plan->sum_bytes = round_up(rows * columns * plan->kernels->packed_bytes, 4096);
}

static void choose_blocks(struct plan *plan, const cpusimd_gemm *job) {
    const struct gemm_kernels *kernels = plan->kernels;
    if (plan->path == DOT && job->b_row != 1 && job->n > 1)
        plan->b_bytes = round_up(job->n * job->k * kernels->bytes, 4096);
    if (plan->path != TILES) return;
    plan->depth_block = gemm_depth_block(kernels, job->k);
    size_t depth = gemm_groups(kernels, plan->depth_block) * kernels->packed_bytes;
    plan->column_block = cache_bytes(2) / 2 / depth / kernels->columns * kernels->columns;
    if (plan->column_block < kernels->columns) plan->column_block = kernels->columns;
    /* A's panel is read once for each block of columns: the third level or memory is near enough.
     * Sums that are kept apart are as many rows of all columns. */
    plan->row_block = round_up(plan->keeps_sums ? 1024 : 2048, kernels->rows);
    size_t rows = least(round_up(job->m, kernels->rows), plan->row_block);
    plan->a_bytes = round_up(rows * depth, 4096);
    size_t columns = least(round_up(job->n, kernels->columns), plan->column_block);
    plan->b_bytes = job->packed ? 0 : round_up(columns * depth, 4096);
}

struct plan gemm_plan(const cpusimd_pool *pool, const cpusimd_gemm *job) {
    struct plan plan = {.kernels = cpusimd_gemm_kernels(job), .grid_rows = 1, .grid_columns = 1};
    plan.path = path_of(plan.kernels, job);
    /* Below some microseconds for each thread, waking them costs more than they save. */
    double work = (double)job->m * (double)job->n * (double)job->k * (double)job->batches;
    int threads = cpusimd_pool_threads(pool);
    if (work < 131072.0 * threads) threads = 1 + (int)(work / 131072.0);
    if (threads > cpusimd_pool_threads(pool)) threads = cpusimd_pool_threads(pool);
    if (threads > 1 && job->batches < (uint64_t)threads) choose_grid(&plan, job, threads);
    else plan.grid_rows = threads;
    plan.keeps_sums = gemm_y_bytes(job) != plan.kernels->packed_bytes;
    choose_blocks(&plan, job);
    add_sums(&plan, job, plan.grid_rows * plan.grid_columns);
    plan.each = plan.a_bytes + plan.b_bytes + plan.sum_bytes +
                round_up(3 * (plan.row_bytes + plan.column_bytes), 4096);
    return plan;
}

/* ---- for kernels that multiply in tiles of their own ---------------------------------------- */
const struct gemm_kernels *cpusimd_product_kernels(cpusimd_numeric type) {
    return &tables[type.isa][type.single ? GEMM_F32 : GEMM_F64];
}

size_t cpusimd_product_depth(const struct gemm_kernels *kernels, size_t k) {
    return gemm_depth_block(kernels, k);
}

size_t cpusimd_cache_bytes(int level) { return cache_bytes(level); }
