/* Matrix products: cuts them into blocks for the caches and parts for the threads. */
#include "gemm.h"
#include "share.h"
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum path { TILES, PANEL, DOT };

/* How one shape is computed: the same for the same shape, threads and machine. */
struct plan {
    const struct gemm_kernels *kernels;
    enum path path;
    int grid_rows, grid_columns;                  /* threads that share one product */
    size_t depth_block, row_block, column_block; /* depth in elements of k */
    size_t a_bytes, each;                         /* workspace of a thread: panel of A, and all */
};

struct gemm_run {
    const cpusimd_gemm *job;
    struct plan plan;
    const char *a, *b;
    char *y, *workspace;
};

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

static size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }
static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Bytes of a data cache, asked for once: in a virtual machine each question costs microseconds.
 * What the system does not know, or cannot be true, becomes the usual size. */
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

/* Elements of k in one block: a strip of A fills three quarters of the first cache. Blocks of one
 * product are nearly equal. It decides how B lies packed, so nothing else may enter. */
static size_t depth_block(const struct gemm_kernels *kernels, size_t k) {
    size_t most = cache_bytes(1) * 3 / 4 / (kernels->rows * kernels->packed_bytes);
    most = (most < 64 ? 64 : most > 512 ? 512 : most) / 16 * 16 * kernels->group;
    size_t blocks = (k + most - 1) / most;
    return blocks ? round_up((k + blocks - 1) / blocks, 8 * kernels->group) : most;
}

static size_t groups(const struct gemm_kernels *kernels, size_t depth) {
    return (depth + kernels->group - 1) / kernels->group;
}

/* Few rows or few columns: each operand is read about once, so that packing would not pay. */
static enum path path_of(const struct gemm_kernels *kernels, const cpusimd_gemm *job) {
    if (job->n <= 8 && job->m > 4 && job->a_column == 1 && kernels->dot) return DOT;
    if (job->m > 16) return TILES;
    if (job->b_column == 1 && kernels->panel) return job->packed && job->m > 1 ? TILES : PANEL;
    if (job->packed) return TILES;
    return job->b_row == 1 && job->a_column == 1 && kernels->dot ? DOT : TILES;
}

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

static struct plan plan_of(const cpusimd_pool *pool, const cpusimd_gemm *job) {
    struct plan plan = {.kernels = &tables[job->type.isa][job->type.single ? 1 : 0]};
    const struct gemm_kernels *kernels = plan.kernels;
    plan.path = path_of(kernels, job);
    /* Below some microseconds for each thread, waking them costs more than they save. */
    double work = (double)job->m * (double)job->n * (double)job->k * (double)job->batches;
    int threads = cpusimd_pool_threads(pool);
    if (work < 131072.0 * threads) threads = 1 + (int)(work / 131072.0);
    if (threads > cpusimd_pool_threads(pool)) threads = cpusimd_pool_threads(pool);
    plan.grid_rows = plan.grid_columns = 1;
    if (job->batches < (uint64_t)threads) choose_grid(&plan, job, threads);
    else plan.grid_rows = threads;
    plan.depth_block = depth_block(kernels, job->k);
    if (plan.path == DOT && job->b_row != 1 && job->n > 1) {
        plan.each = round_up(job->n * job->k * kernels->b_bytes, 4096);
        return plan;
    }
    if (plan.path != TILES) return plan;
    size_t depth = groups(kernels, plan.depth_block) * kernels->packed_bytes;
    plan.column_block = cache_bytes(2) / 2 / depth / kernels->columns * kernels->columns;
    if (plan.column_block < kernels->columns) plan.column_block = kernels->columns;
    /* A's panel is read once for each block of columns: the third level or memory is near enough.*/
    plan.row_block = round_up(1024, kernels->rows);
    size_t rows = least(round_up(job->m, kernels->rows), plan.row_block);
    plan.a_bytes = round_up(rows * depth, 4096);
    size_t columns = least(round_up(job->n, kernels->columns), plan.column_block);
    plan.each = plan.a_bytes + (job->packed ? 0 : round_up(columns * depth, 4096));
    return plan;
}

static int threads_of(const struct plan *plan) { return plan->grid_rows * plan->grid_columns; }

uint64_t cpusimd_gemm_workspace(const cpusimd_pool *pool, const cpusimd_gemm *job) {
    struct plan plan = plan_of(pool, job);
    return plan.each * (uint64_t)threads_of(&plan);
}

/* A part of one product, for one thread. */
struct part {
    const char *a, *b; /* the product's operands; b packed where the job says so */
    char *y, *own;
    size_t row, rows, column, columns;
};

static const char *at(const char *from, size_t elements, size_t bytes) {
    return from + elements * bytes;
}

/* ---- packing B once ------------------------------------------------------------------------ */
uint64_t cpusimd_gemm_packed_bytes(const cpusimd_gemm *job) {
    const struct gemm_kernels *kernels = &tables[job->type.isa][job->type.single ? 1 : 0];
    cpusimd_gemm with = *job;
    with.packed = kernels;
    if (job->k == 0 || path_of(kernels, &with) != TILES) return 0;
    size_t block = depth_block(kernels, job->k), whole = job->k / block;
    size_t depth = whole * groups(kernels, block) + groups(kernels, job->k - whole * block);
    return round_up(job->n, kernels->columns) * depth * kernels->packed_bytes;
}

struct packing {
    const cpusimd_gemm *job;
    const struct gemm_kernels *kernels;
    const char *from;
    char *to;
};

/* Blocks of k one after another; in each, strips of columns. */
static void pack_task(void *argument, int thread, int threads) {
    const struct packing *packing = argument;
    const cpusimd_gemm *job = packing->job;
    const struct gemm_kernels *kernels = packing->kernels;
    size_t block = depth_block(kernels, job->k), low, high;
    cpusimd_share(job->n, kernels->columns, thread, threads, &low, &high);
    char *to = packing->to;
    for (size_t p = 0; p < job->k && low < high; p += block) {
        size_t depth = least(block, job->k - p);
        size_t bytes = groups(kernels, depth) * kernels->packed_bytes;
        kernels->pack_b(at(packing->from, p * job->b_row + low * job->b_column, kernels->b_bytes),
                        job->b_column, job->b_row, high - low, depth, to + low * bytes);
        to += round_up(job->n, kernels->columns) * bytes;
    }
}

void cpusimd_gemm_pack(cpusimd_pool *pool, const cpusimd_gemm *job, const void *b, void *to) {
    struct packing packing = {job, &tables[job->type.isa][job->type.single ? 1 : 0], b, to};
    cpusimd_pool_run(pool, pack_task, &packing);
}

/* ---- running ------------------------------------------------------------------------------- */
static void finish(const struct gemm_run *run, const struct part *part, size_t row, size_t rows,
                   size_t column, size_t columns) {
    const cpusimd_gemm *job = run->job;
    if (job->alpha == 1 && !job->c) return;
    size_t bytes = run->plan.kernels->packed_bytes;
    struct gemm_finish finish = {
        part->y + (row * job->n + column) * bytes,
        job->c ? (const char *)job->c + (row * job->c_row + column * job->c_column) * bytes : NULL,
        rows, columns, job->n, job->c_row, job->c_column, job->alpha, job->beta};
    run->plan.kernels->finish(&finish);
}

/* One panel of A times all blocks of columns. */
static void column_blocks(const struct gemm_run *run, const struct part *part, size_t row,
                          size_t rows, size_t p, size_t depth) {
    const cpusimd_gemm *job = run->job;
    const struct plan *plan = &run->plan;
    const struct gemm_kernels *kernels = plan->kernels;
    size_t strip = groups(kernels, depth) * kernels->packed_bytes;
    for (size_t j = 0; j < part->columns; j += plan->column_block) {
        size_t columns = least(plan->column_block, part->columns - j), column = part->column + j;
        const char *packed = part->own + plan->a_bytes;
        if (job->packed) {
            size_t before = groups(kernels, p) * kernels->packed_bytes;
            packed = part->b + round_up(job->n, kernels->columns) * before + column * strip;
        } else {
            kernels->pack_b(at(part->b, p * job->b_row + column * job->b_column, kernels->b_bytes),
                            job->b_column, job->b_row, columns, depth, part->own + plan->a_bytes);
        }
        struct gemm_tiles tiles = {
            part->own, packed, part->y + (row * job->n + column) * kernels->packed_bytes, rows,
            columns, groups(kernels, depth), job->n, p > 0};
        kernels->tiles(&tiles);
        if (p + depth == job->k) finish(run, part, row, rows, column, columns);
    }
}

static void run_tiles(const struct gemm_run *run, const struct part *part) {
    const cpusimd_gemm *job = run->job;
    const struct plan *plan = &run->plan;
    for (size_t i = 0; i < part->rows; i += plan->row_block) {
        size_t rows = least(plan->row_block, part->rows - i), row = part->row + i;
        for (size_t p = 0; p < job->k; p += plan->depth_block) {
            size_t depth = least(plan->depth_block, job->k - p);
            plan->kernels->pack_a(
                at(part->a, row * job->a_row + p * job->a_column, plan->kernels->a_bytes),
                job->a_row, job->a_column, rows, depth, part->own);
            column_blocks(run, part, row, rows, p, depth);
        }
    }
}

static void run_direct(const struct gemm_run *run, const struct part *part) {
    const cpusimd_gemm *job = run->job;
    const struct gemm_kernels *kernels = run->plan.kernels;
    size_t bytes = kernels->packed_bytes;
    struct gemm_direct direct = {
        at(part->a, part->row * job->a_row, bytes),
        at(part->b, part->column * job->b_column, bytes),
        part->y + (part->row * job->n + part->column) * bytes, part->rows, part->columns, job->k,
        job->a_row, job->a_column, job->b_row, job->n, 0};
    if (run->plan.path == PANEL) {
        kernels->panel(&direct);
    } else {
        direct.b_step = job->b_column;
        if (job->b_row != 1 && job->n > 1) {
            char *own = part->own;
            for (size_t j = 0; j < part->columns; j++)
                for (size_t p = 0; p < job->k; p++)
                    memcpy(own + (j * job->k + p) * bytes,
                           at(direct.b, j * job->b_column + p * job->b_row, bytes), bytes);
            direct.b = own;
            direct.b_step = job->k;
        } else if (job->b_row != 1) {
            direct.b_step = 0;
        }
        kernels->dot(&direct);
    }
    finish(run, part, part->row, part->rows, part->column, part->columns);
}

static void run_part(const struct gemm_run *run, size_t batch, int thread, int row, int rows,
                     int column, int columns) {
    const cpusimd_gemm *job = run->job;
    const struct gemm_kernels *kernels = run->plan.kernels;
    size_t b = job->packed ? job->b_starts[batch] * job->packed_step
                           : job->b_starts[batch] * kernels->b_bytes;
    struct part part = {
        run->a + job->a_starts[batch] * kernels->a_bytes,
        (job->packed ? (const char *)job->packed : run->b) + b,
        run->y + batch * job->m * job->n * kernels->packed_bytes,
        run->workspace + (size_t)thread * run->plan.each, 0, 0, 0, 0};
    size_t high;
    cpusimd_share(job->m, rows > 1 ? 4 : 1, row, rows, &part.row, &high);
    part.rows = high - part.row;
    cpusimd_share(job->n, kernels->columns, column, columns, &part.column, &high);
    part.columns = high - part.column;
    if (part.rows == 0 || part.columns == 0) return;
    if (run->plan.path == TILES) run_tiles(run, &part);
    else run_direct(run, &part);
}

static void run_task(void *argument, int thread, int threads) {
    const struct gemm_run *run = argument;
    const struct plan *plan = &run->plan;
    int used = threads_of(plan);
    size_t low = 0, high = run->job->batches;
    (void)threads;
    if (thread >= used) return;
    if (run->job->batches >= (uint64_t)used) {
        cpusimd_share(run->job->batches, 1, thread, used, &low, &high);
        for (size_t batch = low; batch < high; batch++) run_part(run, batch, thread, 0, 1, 0, 1);
        return;
    }
    for (size_t batch = 0; batch < high; batch++)
        run_part(run, batch, thread, thread / plan->grid_columns, plan->grid_rows,
                 thread % plan->grid_columns, plan->grid_columns);
}

/* Nothing is summed; C alone is left. */
static void run_empty(const struct gemm_run *run) {
    const cpusimd_gemm *job = run->job;
    size_t item = job->m * job->n * run->plan.kernels->packed_bytes;
    memset(run->y, 0, job->batches * item);
    for (size_t batch = 0; batch < job->batches; batch++) {
        struct part part = {.y = run->y + batch * item};
        finish(run, &part, 0, job->m, 0, job->n);
    }
}

void cpusimd_gemm_run(cpusimd_pool *pool, const cpusimd_gemm *job, const void *a, const void *b,
                      void *y, void *workspace) {
    if (job->m == 0 || job->n == 0 || job->batches == 0) return;
    struct gemm_run run = {job, plan_of(pool, job), a, b, y, workspace};
    if (job->k == 0) run_empty(&run);
    else if (threads_of(&run.plan) == 1) run_task(&run, 0, 1);
    else cpusimd_pool_run(pool, run_task, &run);
}

static cpusimd_gemm plain(cpusimd_numeric type, const cpusimd_matmul *shape) {
    return (cpusimd_gemm){.type = type, .m = shape->m, .n = shape->n, .k = shape->k,
                          .batches = shape->batches, .a_starts = shape->a_starts,
                          .b_starts = shape->b_starts, .a_row = shape->k, .a_column = 1,
                          .b_row = shape->n, .b_column = 1, .alpha = 1};
}

uint64_t cpusimd_matmul_workspace(const cpusimd_pool *pool, cpusimd_numeric type,
                                  const cpusimd_matmul *shape) {
    cpusimd_gemm job = plain(type, shape);
    return cpusimd_gemm_workspace(pool, &job);
}

void cpusimd_matmul_run(cpusimd_pool *pool, cpusimd_numeric type, const cpusimd_matmul *shape,
                        const void *a, const void *b, void *c, void *workspace) {
    cpusimd_gemm job = plain(type, shape);
    cpusimd_gemm_run(pool, &job, a, b, c, workspace);
}

/* ---- for kernels that multiply in tiles of their own ---------------------------------------- */
const struct gemm_kernels *cpusimd_product_kernels(cpusimd_numeric type) {
    return &tables[type.isa][type.single ? 1 : 0];
}

size_t cpusimd_product_depth(const struct gemm_kernels *kernels, size_t k) {
    return depth_block(kernels, k);
}

size_t cpusimd_cache_bytes(int level) { return cache_bytes(level); }
