/* Convolution: the weights times patches of the image, which are packed block by block as the
 * product needs them; channels by themselves are multiplied where they lie. */
#include "layers.h"
#include "products.h"
#include "share.h"
#include <string.h>

/* How one shape is computed: the same for the same shape, threads and machine. */
struct plan {
    const struct gemm_kernels *product;
    const struct layer_kernels *layer;
    cpusimd_windows windows; /* of one row where patches are the image itself */
    size_t bytes, m, n, k, taps;
    size_t depth_block, column_block; /* columns of a block: whole strips */
    size_t strips, row_parts;
    size_t strip_pieces;                 /* most pieces of a strip */
    size_t starts_bytes, table_bytes, each; /* of a thread */
    size_t packed_bytes;
};

static size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }
static size_t least(size_t a, size_t b) { return a < b ? a : b; }

int cpusimd_convolution_is_depthwise(const cpusimd_convolution *job) {
    return job->inputs == 1 && job->outputs <= 4;
}

static cpusimd_windows windows_of(const cpusimd_convolution *job) {
    cpusimd_windows w = job->windows;
    int is_image = w.rows == 1 && w.columns == 1 && w.row_stride == 1 && w.column_stride == 1 &&
                   !w.top && !w.left && w.out_height == w.height && w.out_width == w.width;
    if (!is_image) return w;
    w.width = w.out_width = w.width * w.height;
    w.height = w.out_height = 1;
    return w;
}

/* The parts of the rows that leave the threads about equally busy; each part packs patches anew. */
static size_t choose_row_parts(const struct plan *plan, size_t units, size_t threads) {
    size_t most = plan->m / plan->product->rows, parts = 1;
    for (; parts < most; parts++) {
        size_t all = units * parts, longest = (all + threads - 1) / threads;
        if (longest * threads * 10 <= all * 11) break;
    }
    return parts;
}

static struct plan plan_of(const cpusimd_convolution *job, int threads) {
    struct plan plan = {.product = cpusimd_product_kernels(job->type),
                        .layer = &cpusimd_layer_set(job->type.isa)->numeric[job->type.single],
                        .windows = windows_of(job), .bytes = job->type.single ? 4 : 8,
                        .m = job->outputs, .taps = job->windows.rows * job->windows.columns};
    const cpusimd_windows *windows = &plan.windows;
    size_t width = plan.layer->columns;
    plan.n = windows->out_height * windows->out_width;
    plan.k = job->inputs * plan.taps;
    plan.depth_block = cpusimd_product_depth(plan.product, plan.k);
    plan.column_block = cpusimd_cache_bytes(2) / 2 / (plan.depth_block * plan.bytes);
    plan.column_block = plan.column_block < width ? width : plan.column_block / width * width;
    plan.column_block = least(plan.column_block, round_up(plan.n, width));
    plan.strips = (plan.n + width - 1) / width;
    plan.packed_bytes = job->groups * round_up(plan.m, plan.product->rows) * plan.k * plan.bytes;
    plan.row_parts = choose_row_parts(&plan, job->images * job->groups * plan.strips,
                                      (size_t)threads);
    /* Runs of columns in one row of the output, each with zeros before it, and zeros at the end. */
    size_t out = windows->out_width ? windows->out_width : 1, runs = (width + out - 2) / out + 1;
    plan.strip_pieces = plan.taps * (2 * least(runs, width) + 2);
    size_t strips = plan.column_block / width;
    plan.starts_bytes = round_up(strips * (plan.taps + 1) * sizeof(uint32_t), 64);
    plan.table_bytes = round_up(strips * plan.strip_pieces * sizeof(struct layer_piece), 64);
    size_t panel = (plan.column_block * plan.depth_block + width) * plan.bytes;
    plan.each = round_up(plan.starts_bytes + plan.table_bytes + panel, 4096);
    return plan;
}

/* ---- weights -------------------------------------------------------------------------------- */
uint64_t cpusimd_convolution_packed_bytes(const cpusimd_convolution *job) {
    if (cpusimd_convolution_is_depthwise(job)) return 0;
    return plan_of(job, 1).packed_bytes;
}

struct packing {
    const cpusimd_convolution *job;
    struct plan plan;
    const char *from;
    char *to;
};

/* For each group, blocks of k one after another; in each, strips of rows. */
static void pack_task(void *argument, int thread, int threads) {
    const struct packing *packing = argument;
    const struct plan *plan = &packing->plan;
    size_t strip = plan->product->rows, rows = round_up(plan->m, strip), low, high;
    size_t strips = rows / strip;
    cpusimd_share(packing->job->groups * strips, 1, thread, threads, &low, &high);
    for (size_t unit = low; unit < high; unit++) {
        size_t group = unit / strips, row = unit % strips * strip;
        char *to = packing->to + group * rows * plan->k * plan->bytes;
        for (size_t p = 0; p < plan->k; p += plan->depth_block) {
            size_t depth = least(plan->depth_block, plan->k - p);
            product_pack_rows(
                plan->product,
                packing->from + ((group * plan->m + row) * plan->k + p) * plan->bytes, plan->k,
                least(strip, plan->m - row), depth, to + (rows * p + row * depth) * plan->bytes);
        }
    }
}

void cpusimd_convolution_pack(cpusimd_pool *pool, const cpusimd_convolution *job,
                              const void *weights, void *to) {
    struct packing packing = {job, plan_of(job, 1), weights, to};
    cpusimd_pool_run(pool, pack_task, &packing);
}

/* ---- patches -------------------------------------------------------------------------------- */
static void add_piece(struct layer_piece *pieces, uint32_t first, uint32_t *count, int64_t from,
                      size_t to, size_t length) {
    if (length == 0) return;
    struct layer_piece *last = *count > first ? &pieces[*count - 1] : NULL;
    if (last && from < 0 && last->from < 0) last->count += (uint32_t)length;
    else pieces[(*count)++] = (struct layer_piece){from, (uint32_t)to, (uint32_t)length};
}

/* The pieces of `length` windows of output row `row` from `column` on, for one tap. */
static void add_run(const cpusimd_windows *w, size_t tap, size_t row, size_t column, size_t length,
                    size_t to, struct layer_piece *pieces, uint32_t first, uint32_t *count) {
    size_t y = row * w->row_stride + tap / w->columns * w->row_dilation;
    size_t shift = tap % w->columns * w->column_dilation, stride = w->column_stride;
    /* Of the windows, those from `low` to `high` look into the image. */
    size_t low = shift >= w->left ? 0 : (w->left - shift + stride - 1) / stride;
    size_t room = w->width + w->left;
    size_t high = room <= shift ? 0 : (room - shift + stride - 1) / stride;
    if (y < w->top || y - w->top >= w->height) low = high = 0;
    size_t end = column + length;
    low = low < column ? column : least(low, end);
    high = high < low ? low : least(high, end);
    add_piece(pieces, first, count, -1, to, low - column);
    if (high > low) {
        size_t x = low * stride + shift - w->left;
        add_piece(pieces, first, count, (int64_t)((y - w->top) * w->width + x), to + low - column,
                  high - low);
    }
    add_piece(pieces, first, count, -1, to + high - column, end - high);
}

/* The pieces of one strip of up to `width` columns. */
static void lay_strip(const struct plan *plan, size_t column, size_t width,
                      struct layer_piece *pieces, uint32_t *starts) {
    const cpusimd_windows *windows = &plan->windows;
    uint32_t count = 0;
    size_t columns = least(width, plan->n - column);
    for (size_t tap = 0; tap < plan->taps; tap++) {
        uint32_t first = starts[tap] = count;
        for (size_t j = 0; j < columns;) {
            size_t row = (column + j) / windows->out_width, at = (column + j) % windows->out_width;
            size_t length = least(windows->out_width - at, columns - j);
            add_run(windows, tap, row, at, length, j, pieces, first, &count);
            j += length;
        }
        add_piece(pieces, first, &count, -1, columns, width - columns);
    }
    starts[plan->taps] = count;
}

/* ---- running -------------------------------------------------------------------------------- */
struct run {
    const cpusimd_convolution *job;
    struct plan plan;
    const char *x, *end, *weights;
    char *y, *workspace;
};

/* Rows [row, row + rows) of the outputs of one group of one image, for a block of columns. */
static void run_block(const struct run *run, size_t item, size_t row, size_t rows, size_t column,
                      size_t columns, char *own) {
    const struct plan *plan = &run->plan;
    const cpusimd_convolution *job = run->job;
    size_t bytes = plan->bytes, width = plan->layer->columns, group = item % job->groups;
    size_t all_rows = round_up(plan->m, plan->product->rows);
    const char *weights = run->weights + group * all_rows * plan->k * bytes;
    uint32_t *starts = (uint32_t *)(void *)own;
    struct layer_piece *pieces = (struct layer_piece *)(void *)(own + plan->starts_bytes);
    size_t plane = plan->windows.height * plan->windows.width;
    struct layer_patches patches = {
        run->x + item * job->inputs * plane * bytes, run->end, plane, plan->taps,
        plan->windows.column_stride, columns, 0, 0, pieces, starts, plan->strip_pieces,
        own + plan->starts_bytes + plan->table_bytes};
    for (size_t j = 0; j * width < columns; j++)
        lay_strip(plan, column + j * width, width, pieces + j * plan->strip_pieces,
                  starts + j * (plan->taps + 1));
    char *y = run->y + ((item * plan->m + row) * plan->n + column) * bytes;
    for (size_t p = 0; p < plan->k; p += plan->depth_block) {
        size_t depth = least(plan->depth_block, plan->k - p);
        patches.first = p;
        patches.depth = depth;
        plan->layer->patches(&patches);
        struct gemm_tiles tiles = {weights + (all_rows * p + row * depth) * bytes, patches.to, y,
                                   rows, columns, depth, plan->n, p > 0};
        plan->product->tiles(&tiles);
    }
    if (plan->k == 0)
        for (size_t r = 0; r < rows; r++) memset(y + r * plan->n * bytes, 0, columns * bytes);
    if (job->bias)
        product_add(plan->product, y, (const char *)job->bias + (group * plan->m + row) * bytes,
                    rows, columns, plan->n);
}

/* Units: strips of all images and groups, once for each part of the rows. */
static void run_task(void *argument, int thread, int threads) {
    const struct run *run = argument;
    const struct plan *plan = &run->plan;
    size_t width = plan->layer->columns, items = run->job->images * run->job->groups, low, high;
    char *own = run->workspace + (size_t)thread * plan->each;
    cpusimd_share(items * plan->strips * plan->row_parts, 1, thread, threads, &low, &high);
    while (low < high) {
        size_t part = low / (items * plan->strips), strip = low % plan->strips;
        size_t count = least(least(plan->strips - strip, high - low), plan->column_block / width);
        size_t row, end;
        cpusimd_share(plan->m, plan->product->rows, (int)part, (int)plan->row_parts, &row, &end);
        size_t column = strip * width;
        run_block(run, low / plan->strips % items, row, end - row, column,
                  least(count * width, plan->n - column), own);
        low += count;
    }
}

/* ---- channels by themselves ----------------------------------------------------------------- */
static size_t depthwise_rows(const cpusimd_convolution *job, int threads) {
    return cpusimd_band_rows(&job->windows, job->images * job->groups, job->type.single ? 4 : 8,
                             threads);
}

static void depthwise_task(void *argument, int thread, int threads) {
    const struct run *run = argument;
    const cpusimd_convolution *job = run->job;
    const cpusimd_windows *windows = &job->windows;
    const struct layer_set *set = cpusimd_layer_set(job->type.isa);
    size_t bytes = run->plan.bytes, band_rows = depthwise_rows(job, threads), low, high;
    size_t parts = (windows->out_height + band_rows - 1) / band_rows;
    size_t taps = windows->rows * windows->columns, plane = windows->height * windows->width;
    char *band = run->workspace + (size_t)thread * run->plan.each;
    cpusimd_share(job->images * job->groups * parts, 1, thread, threads, &low, &high);
    for (size_t unit = low; unit < high; unit++) {
        size_t item = unit / parts, row = unit % parts * band_rows;
        struct layer_band rim = {run->x + item * plane * bytes, windows, row,
                                 least(band_rows, windows->out_height - row),
                                 cpusimd_band_width(windows), band};
        set->pooling[job->type.single ? CPUSIMD_F32 : CPUSIMD_F64].band[1](&rim);
        for (size_t m = 0; m < job->outputs; m++) {
            size_t channel = item % job->groups * job->outputs + m;
            size_t out = ((item * job->outputs + m) * windows->out_height + row);
            struct layer_windows over = {
                .band = band, .windows = windows, .rows = rim.rows, .width = rim.width,
                .out = run->y + out * windows->out_width * bytes,
                .weights = run->weights + channel * taps * bytes,
                .bias = job->bias ? (const char *)job->bias + channel * bytes : NULL};
            set->numeric[job->type.single].depthwise(&over);
        }
    }
}

/* ---- both ----------------------------------------------------------------------------------- */
static size_t results(const cpusimd_convolution *job) {
    return job->images * job->groups * job->outputs * job->windows.out_height *
           job->windows.out_width;
}

static size_t depthwise_bytes(const cpusimd_convolution *job, int threads) {
    return cpusimd_band_bytes(&job->windows, depthwise_rows(job, threads),
                              job->type.single ? 4 : 8);
}

uint64_t cpusimd_convolution_workspace(const cpusimd_pool *pool, const cpusimd_convolution *job) {
    int threads = cpusimd_pool_threads(pool);
    if (results(job) == 0) return 0;
    if (cpusimd_convolution_is_depthwise(job))
        return depthwise_bytes(job, threads) * (uint64_t)threads;
    struct plan plan = plan_of(job, threads);
    return plan.each * (uint64_t)threads + (job->packed ? 0 : plan.packed_bytes);
}

void cpusimd_convolution_run(cpusimd_pool *pool, const cpusimd_convolution *job, const void *x,
                             const void *weights, void *y, void *workspace) {
    if (results(job) == 0) return;
    int threads = cpusimd_pool_threads(pool);
    size_t bytes = job->type.single ? 4 : 8;
    size_t inputs = job->images * job->groups * job->inputs * job->windows.height *
                    job->windows.width;
    struct run run = {.job = job, .x = x, .end = (const char *)x + inputs * bytes, .y = y,
                      .weights = weights, .workspace = workspace};
    if (cpusimd_convolution_is_depthwise(job)) {
        run.plan = (struct plan){.bytes = bytes, .each = depthwise_bytes(job, threads)};
        cpusimd_pool_run(pool, depthwise_task, &run);
        return;
    }
    run.plan = plan_of(job, threads);
    if (job->packed) {
        run.weights = job->packed;
    } else {
        char *packed = run.workspace + run.plan.each * (size_t)threads;
        cpusimd_convolution_pack(pool, job, weights, packed);
        run.weights = packed;
    }
    cpusimd_pool_run(pool, run_task, &run);
}
