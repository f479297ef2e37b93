/* Windows over planes, in bands of rows with their pads: convolution of single channels and
 * pooling, over threads. */
#include "layers.h"
#include "share.h"

static const struct layer_set *const sets[CPUSIMD_ISA_COUNT] = {
    [CPUSIMD_SCALAR] = &cpusimd_layers_scalar,
#if defined(__x86_64__)
    [CPUSIMD_SSE] = &cpusimd_layers_sse,
    [CPUSIMD_AVX2] = &cpusimd_layers_avx2,
    [CPUSIMD_AVX512] = &cpusimd_layers_avx512,
#elif defined(__aarch64__)
    [CPUSIMD_NEON] = &cpusimd_layers_neon,
#endif
};

const struct layer_set *cpusimd_layer_set(int isa) { return sets[isa]; }

size_t cpusimd_band_width(const cpusimd_windows *windows) {
    return (windows->out_width - 1) * windows->column_stride +
           (windows->columns - 1) * windows->column_dilation + 1;
}

static size_t rows_of_input(const cpusimd_windows *windows, size_t rows) {
    return (rows - 1) * windows->row_stride + (windows->rows - 1) * windows->row_dilation + 1;
}

size_t cpusimd_band_bytes(const cpusimd_windows *windows, size_t rows, size_t bytes) {
    /* A step of four vectors may begin with its last column. */
    size_t beyond = 64 * (windows->column_stride + 1);
    size_t count = rows_of_input(windows, rows) * cpusimd_band_width(windows) + beyond;
    return (count * bytes + 63) / 64 * 64;
}

size_t cpusimd_band_rows(const cpusimd_windows *windows, size_t planes, size_t bytes, int threads) {
    size_t rows = windows->out_height;
    while (rows > 1 &&
           rows_of_input(windows, rows) * cpusimd_band_width(windows) * bytes > 24576)
        rows = (rows + 1) / 2;
    size_t parts = planes ? ((size_t)threads + planes - 1) / planes : 1;
    size_t most = (windows->out_height + parts - 1) / parts;
    return rows < most ? rows : most;
}

/* ---- pooling -------------------------------------------------------------------------------- */

struct pooling_run {
    const cpusimd_pooling *job;
    const struct pooling_kernels *kernels;
    const char *x, *row_counts, *column_counts;
    char *y, *bands;
    size_t band_rows, each, number;
};

static size_t number_bytes(int type) { return cpusimd_type_bytes(cpusimd_accumulator(type)); }

/* What the counts of means need, and then a band for each thread. */
static size_t counts_bytes(const cpusimd_pooling *job) {
    size_t count = job->windows.out_height + job->windows.out_width;
    return (count * number_bytes(job->kind.type) + 63) / 64 * 64;
}

static size_t pooling_rows(const cpusimd_pool *pool, const cpusimd_pooling *job) {
    return cpusimd_band_rows(&job->windows, job->planes, number_bytes(job->kind.type),
                             cpusimd_pool_threads(pool));
}

uint64_t cpusimd_pooling_workspace(const cpusimd_pool *pool, const cpusimd_pooling *job) {
    size_t band = cpusimd_band_bytes(&job->windows, pooling_rows(pool, job),
                                     number_bytes(job->kind.type));
    return counts_bytes(job) + band * (size_t)cpusimd_pool_threads(pool);
}

/* Along one dimension, the elements of each window that a mean divides by. */
static void count_elements(void *to, size_t bytes, size_t windows, size_t taps, size_t stride,
                           size_t dilation, size_t low, size_t high) {
    for (size_t w = 0; w < windows; w++) {
        size_t count = 0;
        for (size_t tap = 0; tap < taps; tap++) {
            size_t place = w * stride + tap * dilation;
            count += place >= low && place < high;
        }
        if (bytes == 8) ((double *)to)[w] = (double)count;
        else ((float *)to)[w] = (float)count;
    }
}

static void pooling_task(void *argument, int thread, int threads) {
    const struct pooling_run *run = argument;
    const cpusimd_pooling *job = run->job;
    const cpusimd_windows *windows = &job->windows;
    size_t bytes = cpusimd_type_bytes(job->kind.type), low, high;
    size_t parts = (windows->out_height + run->band_rows - 1) / run->band_rows;
    char *band = run->bands + (size_t)thread * run->each;
    int is_mean = job->operation != CPUSIMD_POOL_MAXIMUM;
    cpusimd_share(job->planes * parts, 1, thread, threads, &low, &high);
    for (size_t unit = low; unit < high; unit++) {
        size_t plane = unit / parts, row = unit % parts * run->band_rows;
        size_t rows = windows->out_height - row;
        if (rows > run->band_rows) rows = run->band_rows;
        struct layer_band rim = {
            run->x + plane * windows->height * windows->width * bytes, windows, row, rows,
            cpusimd_band_width(windows), band};
        run->kernels->band[is_mean](&rim);
        struct layer_windows over = {
            .band = band, .windows = windows, .rows = rows, .width = rim.width,
            .out = run->y + (plane * windows->out_height + row) * windows->out_width * bytes,
            .row_counts = run->row_counts + row * run->number,
            .column_counts = run->column_counts};
        if (is_mean) run->kernels->mean(&over);
        else run->kernels->maximum(&over);
    }
}

void cpusimd_pooling_run(cpusimd_pool *pool, const cpusimd_pooling *job, const void *x, void *y,
                         void *workspace) {
    const cpusimd_windows *windows = &job->windows;
    if (job->planes * windows->out_height * windows->out_width == 0) return;
    size_t number = number_bytes(job->kind.type), rows = pooling_rows(pool, job);
    char *counts = workspace, *columns = counts + windows->out_height * number;
    int with_pads = job->operation == CPUSIMD_POOL_MEAN_WITH_PADS;
    if (job->operation != CPUSIMD_POOL_MAXIMUM) {
        size_t top = windows->top, left = windows->left;
        size_t bottom = top + windows->height, right = left + windows->width;
        count_elements(counts, number, windows->out_height, windows->rows, windows->row_stride,
                       windows->row_dilation, with_pads ? 0 : top,
                       with_pads ? bottom + windows->bottom : bottom);
        count_elements(columns, number, windows->out_width, windows->columns,
                       windows->column_stride, windows->column_dilation, with_pads ? 0 : left,
                       with_pads ? right + windows->right : right);
    }
    struct pooling_run run = {
        job, &cpusimd_layer_set(job->kind.isa)->pooling[job->kind.type], x, counts, columns, y,
        counts + counts_bytes(job), rows, cpusimd_band_bytes(windows, rows, number), number};
    cpusimd_pool_run(pool, pooling_task, &run);
}
