/* Matrix products over threads: whole products where there are enough of them, else a part of the
 * rows or columns of each, whichever are more. Every thread packs for itself. */
#include "operators.h"
#include <string.h>

struct matmul_job {
    const struct operator_kernels *kernels;
    const cpusimd_matmul *shape;
    const char *a, *b;
    char *c, *workspace;
    size_t bytes;
};

static size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }

static size_t panel_a_bytes(const struct operator_kernels *kernels, size_t bytes) {
    return round_up(kernels->rows_per_block * kernels->depth_per_block * bytes, 4096);
}

static size_t panel_b_bytes(const struct operator_kernels *kernels, size_t bytes, size_t n) {
    size_t columns = round_up(n, kernels->columns_per_tile);
    if (columns > kernels->columns_per_block) columns = kernels->columns_per_block;
    return round_up(columns * kernels->depth_per_block * bytes, 4096);
}

uint64_t cpusimd_matmul_workspace(const cpusimd_pool *pool, cpusimd_numeric type,
                                  const cpusimd_matmul *shape) {
    const struct operator_kernels *kernels = cpusimd_operators(type.isa, type.single);
    size_t bytes = element_bytes(type.single);
    size_t each = panel_a_bytes(kernels, bytes) + panel_b_bytes(kernels, bytes, shape->n);
    return (uint64_t)cpusimd_pool_threads(pool) * each;
}

static void matmul_part(const struct matmul_job *job, size_t batch, int thread, size_t first_row,
                        size_t rows, size_t first_column, size_t columns) {
    const cpusimd_matmul *shape = job->shape;
    size_t a_bytes = panel_a_bytes(job->kernels, job->bytes);
    size_t each = a_bytes + panel_b_bytes(job->kernels, job->bytes, shape->n);
    char *own = job->workspace + (size_t)thread * each;
    size_t a = shape->a_starts[batch] + first_row * shape->k;
    size_t b = shape->b_starts[batch] + first_column;
    size_t c = batch * shape->m * shape->n + first_row * shape->n + first_column;
    struct gemm_task task = {
        job->a + a * job->bytes, job->b + b * job->bytes, job->c + c * job->bytes, own,
        own + a_bytes, rows, columns, shape->k, shape->k, shape->n, shape->n};
    if (rows > 0 && columns > 0) job->kernels->gemm(&task);
}

static void matmul_task(void *argument, int thread, int threads) {
    const struct matmul_job *job = argument;
    const cpusimd_matmul *shape = job->shape;
    size_t low, high;
    if (shape->batches >= (size_t)threads) {
        cpusimd_share(shape->batches, 1, thread, threads, &low, &high);
        for (size_t batch = low; batch < high; batch++)
            matmul_part(job, batch, thread, 0, shape->m, 0, shape->n);
        return;
    }
    int by_rows = shape->m >= shape->n;
    if (by_rows)
        cpusimd_share(shape->m, job->kernels->rows_per_tile, thread, threads, &low, &high);
    else cpusimd_share(shape->n, job->kernels->columns_per_tile, thread, threads, &low, &high);
    for (size_t batch = 0; batch < shape->batches; batch++) {
        if (by_rows) matmul_part(job, batch, thread, low, high - low, 0, shape->n);
        else matmul_part(job, batch, thread, 0, shape->m, low, high - low);
    }
}

void cpusimd_matmul_run(cpusimd_pool *pool, cpusimd_numeric type, const cpusimd_matmul *shape,
                        const void *a, const void *b, void *c, void *workspace) {
    struct matmul_job job = {cpusimd_operators(type.isa, type.single), shape, a, b, c, workspace,
                             element_bytes(type.single)};
    if (shape->k == 0) {
        memset(c, 0, shape->batches * shape->m * shape->n * job.bytes);
        return;
    }
    cpusimd_pool_run(pool, matmul_task, &job);
}
