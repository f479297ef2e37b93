/* Matrix products: runs the plan of one, each thread its part. */
#include "matmul.h"
#include "share.h"
#include <string.h>

struct gemm_run {
    const cpusimd_gemm *job;
    struct plan plan;
    const char *a, *b;
    char *y, *workspace;
};

/* A part of one product, for one thread. */
struct part {
    const char *a, *b; /* the product's operands; b packed where the job says so */
    char *y, *own;
    size_t row, rows, column, columns;
    struct gemm_part_codes codes; /* for bytes */
};

static int threads_of(const struct plan *plan) { return plan->grid_rows * plan->grid_columns; }

uint64_t cpusimd_gemm_workspace(const cpusimd_pool *pool, const cpusimd_gemm *job) {
    struct plan plan = gemm_plan(pool, job);
    return plan.each * (uint64_t)threads_of(&plan);
}

/* ---- packing B once ------------------------------------------------------------------------ */
/* Bytes of B's strips; of bytes, the sums of its columns follow. */
static size_t strip_bytes(const struct gemm_kernels *kernels, const cpusimd_gemm *job) {
    size_t block = gemm_depth_block(kernels, job->k), whole = job->k / block;
    size_t depth = whole * gemm_groups(kernels, block) +
                   gemm_groups(kernels, job->k - whole * block);
    return round_up(job->n, kernels->columns) * depth * kernels->packed_bytes;
}

uint64_t cpusimd_gemm_packed_bytes(const cpusimd_gemm *job) {
    const struct gemm_kernels *kernels = cpusimd_gemm_kernels(job);
    if (!gemm_packs(kernels, job)) return 0;
    size_t sums = job->stored == CPUSIMD_GEMM_BYTES ? job->n * sizeof(int32_t) : 0;
    return strip_bytes(kernels, job) + sums;
}

struct packing {
    const cpusimd_gemm *job;
    const struct gemm_kernels *kernels;
    const char *from;
    char *to;
};

static void pack_b(const cpusimd_gemm *job, const struct gemm_kernels *kernels, const char *from,
                   size_t p, size_t depth, size_t column, size_t columns, char *to) {
    if (job->block) {
        struct gemm_pack pack = {.from = from + column * (job->k / 2), .across = job->k,
                                 .along = 1, .count = columns, .depth = depth, .to = to,
                                 .block = job->block, .first = p};
        pack.scales = gemm_at(job->b_scales, column * (job->k / job->block), kernels->bytes);
        kernels->pack_nibbles(&pack);
        return;
    }
    struct gemm_pack pack = {
        .from = gemm_at(from, p * job->b_row + column * job->b_column, kernels->bytes),
        .across = job->b_column, .along = job->b_row, .count = columns, .depth = depth, .to = to,
        .is_signed = job->codes.b_signed};
    kernels->pack_b(&pack);
}

/* Blocks of k one after another; in each, strips of columns. */
static void pack_task(void *argument, int thread, int threads) {
    const struct packing *packing = argument;
    const cpusimd_gemm *job = packing->job;
    const struct gemm_kernels *kernels = packing->kernels;
    size_t block = gemm_depth_block(kernels, job->k), low, high;
    cpusimd_share(job->n, kernels->columns, thread, threads, &low, &high);
    char *to = packing->to;
    if (low >= high) return;
    for (size_t p = 0; p < job->k; p += block) {
        size_t depth = least(block, job->k - p);
        size_t bytes = gemm_groups(kernels, depth) * kernels->packed_bytes;
        pack_b(job, kernels, packing->from, p, depth, low, high - low, to + low * bytes);
        to += round_up(job->n, kernels->columns) * bytes;
    }
    if (job->stored == CPUSIMD_GEMM_BYTES)
        kernels->column_sums(gemm_at(packing->from, low, 1), job->b_row, job->k, high - low,
                             job->codes.b_signed, (int32_t *)(void *)to + low);
}

void cpusimd_gemm_pack(cpusimd_pool *pool, const cpusimd_gemm *job, const void *b, void *to) {
    struct packing packing = {job, cpusimd_gemm_kernels(job), b, to};
    cpusimd_pool_run(pool, pack_task, &packing);
}

/* ---- running ------------------------------------------------------------------------------- */
/* Where a row's sums begin in a part, and how far it is to the next row's. */
static char *sums_of(const struct gemm_run *run, const struct part *part, size_t row, size_t kept,
                     size_t column, size_t *step) {
    size_t bytes = run->plan.kernels->packed_bytes;
    if (!run->plan.keeps_sums) {
        *step = run->job->n;
        return part->y + (row * run->job->n + column) * bytes;
    }
    *step = part->columns;
    char *sums = part->own + run->plan.a_bytes + run->plan.b_bytes;
    return sums + (kept * part->columns + column - part->column) * bytes;
}

/* Rows from `row` on, whose sums are kept from `kept` on. */
static void finish(const struct gemm_run *run, const struct part *part, size_t row, size_t kept,
                   size_t rows, size_t column, size_t columns) {
    const cpusimd_gemm *job = run->job;
    int is_codes = job->stored == CPUSIMD_GEMM_BYTES;
    int changes = is_codes ? part->codes.any_zeros : job->alpha != 1 || job->c;
    if (!changes && !run->plan.keeps_sums) return;
    size_t step;
    struct gemm_finish finish = {
        .sums = sums_of(run, part, row, kept, column, &step),
        .y = part->y + (row * job->n + column) * gemm_y_bytes(job),
        .rows = rows, .columns = columns, .ldy = job->n, .c_row = job->c_row,
        .c_column = job->c_column, .alpha = job->alpha, .beta = job->beta};
    finish.sums_step = step;
    if (is_codes) {
        const struct gemm_part_codes *codes = &part->codes;
        size_t i = row - part->row, j = column - part->column;
        finish.codes = (struct gemm_codes){
            codes->a_zeros + i, codes->row_rests + i, codes->b_zeros + j, codes->column_sums + j,
            codes->row_scales ? codes->row_scales + i : NULL,
            codes->row_scales ? codes->column_scales + j : NULL, job->codes.y_zero,
            job->codes.y_signed ? -128 : 0, job->codes.y_signed ? 127 : 255};
    } else if (job->c) {
        finish.c = gemm_at(job->c, row * job->c_row + column * job->c_column, gemm_y_bytes(job));
    }
    run->plan.kernels->finish(&finish);
}

/* One panel of A times all blocks of columns. */
static void column_blocks(const struct gemm_run *run, const struct part *part, size_t row,
                          size_t rows, size_t p, size_t depth) {
    const cpusimd_gemm *job = run->job;
    const struct plan *plan = &run->plan;
    const struct gemm_kernels *kernels = plan->kernels;
    size_t strip = gemm_groups(kernels, depth) * kernels->packed_bytes;
    for (size_t j = 0; j < part->columns; j += plan->column_block) {
        size_t columns = least(plan->column_block, part->columns - j), column = part->column + j;
        const char *packed = part->own + plan->a_bytes;
        if (job->packed) {
            size_t before = gemm_groups(kernels, p) * kernels->packed_bytes;
            packed = part->b + round_up(job->n, kernels->columns) * before + column * strip;
        } else {
            pack_b(job, kernels, part->b, p, depth, column, columns, part->own + plan->a_bytes);
        }
        struct gemm_tiles tiles = {
            part->own, packed, NULL, rows, columns, gemm_groups(kernels, depth), 0, p > 0};
        tiles.c = sums_of(run, part, row, 0, column, &tiles.ldc);
        kernels->tiles(&tiles);
        if (p + depth == job->k) finish(run, part, row, 0, rows, column, columns);
    }
}

static void run_tiles(const struct gemm_run *run, const struct part *part) {
    const cpusimd_gemm *job = run->job;
    const struct plan *plan = &run->plan;
    for (size_t i = 0; i < part->rows; i += plan->row_block) {
        size_t rows = least(plan->row_block, part->rows - i), row = part->row + i;
        for (size_t p = 0; p < job->k; p += plan->depth_block) {
            size_t depth = least(plan->depth_block, job->k - p);
            struct gemm_pack pack = {
                .from = gemm_at(part->a, row * job->a_row + p * job->a_column,
                                plan->kernels->bytes),
                .across = job->a_row, .along = job->a_column, .count = rows, .depth = depth,
                .to = part->own, .is_signed = job->codes.a_signed};
            plan->kernels->pack_a(&pack);
            column_blocks(run, part, row, rows, p, depth);
        }
    }
}

/* B with elements along k as neighbours, for dot products. */
static void turn(const struct gemm_run *run, const struct part *part, struct gemm_direct *direct) {
    const cpusimd_gemm *job = run->job;
    size_t bytes = run->plan.kernels->bytes;
    char *own = part->own + run->plan.a_bytes;
    for (size_t j = 0; j < part->columns; j++)
        for (size_t p = 0; p < job->k; p++)
            memcpy(own + (j * job->k + p) * bytes,
                   gemm_at(direct->b, j * job->b_column + p * job->b_row, bytes), bytes);
    direct->b = own;
    direct->b_step = job->k;
}

static void run_direct(const struct gemm_run *run, const struct part *part) {
    const cpusimd_gemm *job = run->job;
    const struct gemm_kernels *kernels = run->plan.kernels;
    struct gemm_direct direct = {
        .a = gemm_at(part->a, part->row * job->a_row, kernels->bytes),
        .b = gemm_at(part->b, part->column * job->b_column, kernels->bytes),
        .rows = part->rows, .columns = part->columns, .depth = job->k, .a_row = job->a_row,
        .a_column = job->a_column, .b_step = job->b_row};
    direct.c = sums_of(run, part, part->row, 0, part->column, &direct.ldc);
    if (job->block) {
        direct.b = part->b + part->column * (job->k / 2);
        direct.b_step = job->k;
        direct.block = job->block;
        direct.scales =
            gemm_at(job->b_scales, part->column * (job->k / job->block), kernels->bytes);
        kernels->dot_nibbles(&direct);
    } else if (run->plan.path == PANEL) {
        kernels->panel(&direct);
    } else if (run->plan.path == SMALL) {
        kernels->small(&direct);
    } else {
        direct.b_step = job->b_column;
        if (job->b_row != 1 && job->n > 1) turn(run, part, &direct);
        else if (job->b_row != 1) direct.b_step = 0;
        kernels->dot(&direct);
    }
    finish(run, part, part->row, 0, part->rows, part->column, part->columns);
}

static void make_codes(const struct gemm_run *run, struct part *part) {
    const cpusimd_gemm *job = run->job;
    const struct plan *plan = &run->plan;
    const int32_t *sums = NULL;
    if (job->packed)
        sums = (const int32_t *)(const void *)(part->b + strip_bytes(plan->kernels, job));
    gemm_codes_make(job, plan, part->a, part->b, sums, part->row, part->rows, part->column,
                    part->columns, part->own + plan->a_bytes + plan->b_bytes + plan->sum_bytes,
                    &part->codes);
}

static void run_part(const struct gemm_run *run, size_t batch, int thread, int row, int rows,
                     int column, int columns) {
    const cpusimd_gemm *job = run->job;
    const struct gemm_kernels *kernels = run->plan.kernels;
    size_t b = job->packed ? job->b_starts[batch] * job->packed_step
                           : job->b_starts[batch] * kernels->bytes;
    struct part part = {
        .a = run->a + job->a_starts[batch] * kernels->bytes,
        .b = (job->packed ? (const char *)job->packed : run->b) + b,
        .y = run->y + batch * job->m * job->n * gemm_y_bytes(job),
        .own = run->workspace + (size_t)thread * run->plan.each};
    size_t high;
    cpusimd_share(job->m, rows > 1 ? 4 : 1, row, rows, &part.row, &high);
    part.rows = high - part.row;
    cpusimd_share(job->n, kernels->columns, column, columns, &part.column, &high);
    part.columns = high - part.column;
    if (part.rows == 0 || part.columns == 0) return;
    if (job->stored == CPUSIMD_GEMM_BYTES) make_codes(run, &part);
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

/* Nothing is summed; C or the zero point alone is left. */
static void run_empty(const struct gemm_run *run) {
    const cpusimd_gemm *job = run->job;
    size_t bytes = gemm_y_bytes(job);
    if (job->stored == CPUSIMD_GEMM_BYTES) {
        memset(run->y, gemm_quantizes(job) ? job->codes.y_zero : 0,
               job->batches * job->m * job->n * bytes);
        return;
    }
    double zeros[64] = {0};
    for (size_t batch = 0; batch < job->batches; batch++) {
        for (size_t i = 0; i < job->m; i++) {
            for (size_t j = 0; j < job->n; j += 64) {
                struct gemm_finish finish = {
                    .sums = zeros, .y = run->y + ((batch * job->m + i) * job->n + j) * bytes,
                    .rows = 1, .columns = least(64, job->n - j), .c_row = job->c_row,
                    .c_column = job->c_column, .beta = job->beta};
                if (job->c)
                    finish.c = gemm_at(job->c, i * job->c_row + j * job->c_column, bytes);
                run->plan.kernels->finish(&finish);
            }
        }
    }
}

void cpusimd_gemm_run(cpusimd_pool *pool, const cpusimd_gemm *job, const void *a, const void *b,
                      void *y, void *workspace) {
    if (job->m == 0 || job->n == 0 || job->batches == 0) return;
    struct gemm_run run = {job, gemm_plan(pool, job), a, b, y, workspace};
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
