/* Attention: tiles of queries pass over blocks of keys, and keep of each block its largest score,
 * the sum of its shares and its part of the result. Scores never lie in memory as a whole.
 *
 * The heads that share keys and values are rows of one tile: row r of a shared head is query
 * r / group of its head r % group. */
#include "layers.h"
#include "products.h"
#include "share.h"
#include <stdatomic.h>
#include <string.h>

/* Rows that are multiplied together, and rows for which a block of keys is packed once. */
#define ROWS_STEP 48
#define ROWS_MOST 240
/* Up to so many rows keys are read where they lie: packing would cost more than it saves. */
#define ROWS_FEW 8

struct plan {
    const struct gemm_kernels *product;
    const struct layer_kernels *layer;
    size_t bytes, group, rows; /* of a shared head */
    size_t keys, tile, tiles;  /* rows of a tile, tiles of a shared head */
    size_t splits, split_keys; /* parts of the keys */
    size_t step;               /* elements from one row of scores to the next */
    int is_few;
    /* Offsets in a thread's workspace, and its bytes. */
    size_t queries, scores, packed_scores, packed_keys, packed_values, state, each;
    size_t part_bytes; /* of what one part of the keys gives a tile */
};

struct run {
    const cpusimd_attention *job;
    const cpusimd_attention_tensors *tensors;
    struct plan plan;
    char *workspace, *parts;
    atomic_size_t next;
};

static size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }
static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Largest scores, sums and results of a tile's rows, as bytes. */
static size_t state_bytes(const struct plan *plan, size_t width) {
    return round_up(plan->tile * (width + 2) * plan->bytes, 64);
}

static void choose_tiles(struct plan *plan, const cpusimd_attention *job, int threads) {
    size_t most = ROWS_MOST, heads = job->batch * job->shared_heads;
    while (most > ROWS_STEP && heads * ((plan->rows + most - 1) / most) < 4 * (size_t)threads)
        most -= ROWS_STEP;
    plan->tiles = (plan->rows + most - 1) / most;
    plan->tile = (plan->rows + plan->tiles - 1) / plan->tiles;
    if (!plan->is_few) plan->tile = round_up(plan->tile, plan->product->rows);
    size_t items = heads * plan->tiles;
    size_t blocks = (plan->keys + ATTEND_KEYS_MAX - 1) / ATTEND_KEYS_MAX;
    plan->splits = items >= (size_t)threads ? 1 : ((size_t)threads + items - 1) / items;
    plan->splits = least(plan->splits, blocks);
    plan->split_keys = (blocks + plan->splits - 1) / plan->splits * ATTEND_KEYS_MAX;
    plan->splits = (plan->keys + plan->split_keys - 1) / plan->split_keys;
}

static size_t take(size_t *at, size_t bytes) {
    size_t place = *at;
    *at += round_up(bytes, 64);
    return place;
}

static struct plan plan_of(const cpusimd_attention *job, int threads) {
    struct plan plan = {.product = cpusimd_product_kernels(job->type),
                        .layer = &cpusimd_layer_set(job->type.isa)->numeric[job->type.single],
                        .bytes = job->type.single ? 4 : 8,
                        .group = job->heads / job->shared_heads,
                        .keys = job->past_keys + job->new_keys};
    plan.rows = plan.group * job->queries;
    plan.is_few = plan.rows <= ROWS_FEW && plan.product->dot && plan.product->panel;
    choose_tiles(&plan, job, threads);
    size_t at = 0, bytes = plan.bytes, strip = plan.product->columns;
    /* Not a power of two: rows would share few places in the first cache level. */
    plan.step = ATTEND_KEYS_MAX + 16;
    plan.state = take(&at, state_bytes(&plan, job->value_size));
    plan.queries = take(&at, round_up(plan.tile, plan.product->rows) * job->size * bytes);
    size_t wide = job->size > plan.step ? job->size : plan.step;
    plan.scores = take(&at, (size_t)ROWS_STEP * wide * bytes);
    if (!plan.is_few) {
        plan.packed_scores = take(&at, (size_t)ROWS_STEP * ATTEND_KEYS_MAX * bytes);
        plan.packed_keys = take(&at, round_up(ATTEND_KEYS_MAX, strip) * job->size * bytes);
        plan.packed_values =
            take(&at, round_up(job->value_size, strip) * ATTEND_KEYS_MAX * bytes);
    }
    plan.each = round_up(at, 4096);
    plan.part_bytes = plan.splits > 1 ? state_bytes(&plan, job->value_size) : 0;
    return plan;
}

static size_t items_of(const struct plan *plan, const cpusimd_attention *job) {
    return job->batch * job->shared_heads * plan->tiles;
}

uint64_t cpusimd_attention_workspace(const cpusimd_pool *pool, const cpusimd_attention *job) {
    int threads = cpusimd_pool_threads(pool);
    if (job->batch * job->heads * job->queries == 0 || job->past_keys + job->new_keys == 0)
        return 0;
    struct plan plan = plan_of(job, threads);
    return plan.each * (uint64_t)threads +
           plan.part_bytes * items_of(&plan, job) * plan.splits;
}

/* ---- where things lie ----------------------------------------------------------------------- */

/* The element at which a head's position begins. */
static size_t place(int flat, size_t batch, size_t head, size_t position, size_t heads,
                    size_t positions, size_t size) {
    return flat ? ((batch * positions + position) * heads + head) * size
                : ((batch * heads + head) * positions + position) * size;
}

/* Keys or values from position `first` on, up to `count`, no more than lie together. */
struct source {
    const char *from;
    size_t step, count;
};

static struct source source_of(const struct run *run, int is_value, size_t batch, size_t head,
                               size_t first, size_t count) {
    const cpusimd_attention *job = run->job;
    size_t size = is_value ? job->value_size : job->size, bytes = run->plan.bytes;
    if (first < job->past_keys) {
        const char *past = is_value ? run->tensors->past_value : run->tensors->past_key;
        size_t start = place(0, batch, head, first, job->shared_heads, job->past_keys, size);
        return (struct source){past + start * bytes, size, least(count, job->past_keys - first)};
    }
    const char *new = is_value ? run->tensors->v : run->tensors->k;
    size_t start = place(job->flat, batch, head, first - job->past_keys, job->shared_heads,
                         job->new_keys, size);
    return (struct source){new + start * bytes, job->flat ? job->shared_heads * size : size, count};
}

/* One tile of one shared head: rows [row, row + rows). */
struct tile {
    size_t batch, shared, row, rows;
    char *own; /* the thread's workspace */
    char *largest, *sums, *results;
};

static size_t head_of(const struct plan *plan, const struct tile *tile, size_t row) {
    return tile->shared * plan->group + (tile->row + row) % plan->group;
}
static size_t query_of(const struct plan *plan, const struct tile *tile, size_t row) {
    return (tile->row + row) / plan->group;
}

/* The keys that a row of a tile looks at, from the first on. */
static size_t visible(const struct run *run, const struct tile *tile, size_t row) {
    const cpusimd_attention *job = run->job;
    size_t keys = run->plan.keys;
    if (job->causal)
        keys = least(keys, job->past_keys + query_of(&run->plan, tile, row) + 1);
    return job->mask == CPUSIMD_MASK_NONE ? keys : least(keys, job->mask_keys);
}

static const char *query_at(const struct run *run, const struct tile *tile, size_t row) {
    const cpusimd_attention *job = run->job;
    return (const char *)run->tensors->q +
           place(job->flat, tile->batch, head_of(&run->plan, tile, row),
                 query_of(&run->plan, tile, row), job->heads, job->queries, job->size) *
               run->plan.bytes;
}

/* ---- a tile --------------------------------------------------------------------------------- */

static void clear_state(const struct run *run, const struct tile *tile) {
    size_t bytes = run->plan.bytes;
    for (size_t r = 0; r < tile->rows; r++) {
        if (bytes == 8) ((double *)(void *)tile->largest)[r] = -__builtin_inf();
        else ((float *)(void *)tile->largest)[r] = -__builtin_inff();
    }
    memset(tile->sums, 0, tile->rows * bytes);
    memset(tile->results, 0, tile->rows * run->job->value_size * bytes);
}

/* Queries times the scale: as they are for few rows, else packed. */
static void gather_queries(const struct run *run, const struct tile *tile) {
    const struct plan *plan = &run->plan;
    const cpusimd_attention *job = run->job;
    size_t row_bytes = job->size * plan->bytes;
    char *to = tile->own + plan->queries, *scratch = tile->own + plan->scores;
    for (size_t i = 0; i < tile->rows; i += ROWS_STEP) {
        size_t rows = least(ROWS_STEP, tile->rows - i);
        char *own = plan->is_few ? to + i * row_bytes : scratch;
        for (size_t r = 0; r < rows; r++)
            plan->layer->scale(query_at(run, tile, i + r), own + r * row_bytes, job->size,
                               job->scale);
        if (!plan->is_few)
            product_pack_rows(plan->product, own, job->size, rows, job->size,
                              to + i * row_bytes);
    }
}

/* Scores of `rows` rows to shares, for keys from `first` on. */
static void attend(const struct run *run, const struct tile *tile, size_t row, size_t rows,
                   size_t first, size_t keys) {
    const struct plan *plan = &run->plan;
    const cpusimd_attention *job = run->job;
    size_t counts[ROWS_STEP], bytes = plan->bytes;
    const void *masks[ROWS_STEP];
    int is_bool = job->mask == CPUSIMD_MASK_BOOL;
    for (size_t r = 0; r < rows; r++) {
        size_t all = visible(run, tile, row + r);
        counts[r] = all <= first ? 0 : least(keys, all - first);
        size_t start = tile->batch * job->mask_steps[0] +
                       head_of(plan, tile, row + r) * job->mask_steps[1] +
                       query_of(plan, tile, row + r) * job->mask_steps[2] +
                       first * job->mask_steps[3];
        masks[r] = run->tensors->mask
                       ? (const char *)run->tensors->mask + start * (is_bool ? 1 : bytes)
                       : NULL;
    }
    struct layer_attend step = {
        tile->own + plan->scores, rows, keys, plan->step, counts, run->tensors->mask ? masks : NULL,
        is_bool, job->mask_steps[3], job->softcap, tile->largest + row * bytes,
        tile->sums + row * bytes, tile->results + row * job->value_size * bytes, job->value_size};
    plan->layer->attend(&step);
}

/* A block of keys for few rows: both operands are read where they lie. */
static void few_rows(const struct run *run, const struct tile *tile, size_t first,
                     struct source keys, struct source values) {
    const struct plan *plan = &run->plan;
    const cpusimd_attention *job = run->job;
    char *scores = tile->own + plan->scores;
    struct gemm_direct dot = {tile->own + plan->queries, keys.from, scores, tile->rows, keys.count,
                              job->size, job->size, 1, keys.step, plan->step, 0};
    plan->product->dot(&dot);
    attend(run, tile, 0, tile->rows, first, keys.count);
    struct gemm_direct panel = {scores, values.from, tile->results, tile->rows, job->value_size,
                                keys.count, plan->step, 1, values.step, job->value_size, 1};
    plan->product->panel(&panel);
}

/* A block of keys, packed, for a part of a tile. */
static void many_rows(const struct run *run, const struct tile *tile, size_t row, size_t rows,
                      size_t first, size_t packed) {
    const struct plan *plan = &run->plan;
    const cpusimd_attention *job = run->job;
    size_t bytes = plan->bytes, strip = plan->product->columns, keys = 0;
    for (size_t r = 0; r < rows; r++) {
        size_t all = visible(run, tile, row + r);
        if (all > first + keys) keys = least(packed, all - first);
    }
    if (keys == 0) return;
    char *scores = tile->own + plan->scores, *shares = tile->own + plan->packed_scores;
    struct gemm_tiles tiles = {tile->own + plan->queries + row * job->size * bytes,
                               tile->own + plan->packed_keys, scores, rows, keys, job->size,
                               plan->step, 0};
    plan->product->tiles(&tiles);
    attend(run, tile, row, rows, first, keys);
    product_pack_rows(plan->product, scores, plan->step, rows, keys, shares);
    /* Strip by strip: those of the values are as long as the whole block. */
    for (size_t j = 0; j < job->value_size; j += strip) {
        struct gemm_tiles part = {
            shares, tile->own + plan->packed_values + j * packed * bytes,
            tile->results + (row * job->value_size + j) * bytes, rows,
            least(strip, job->value_size - j), keys, job->value_size, 1};
        plan->product->tiles(&part);
    }
}

/* Keys [low, high) for one tile. */
static void run_keys(const struct run *run, const struct tile *tile, size_t low, size_t high) {
    const struct plan *plan = &run->plan;
    const cpusimd_attention *job = run->job;
    /* Later rows look at no fewer keys. */
    high = least(high, visible(run, tile, tile->rows - 1));
    for (size_t first = low; first < high;) {
        size_t count = least(ATTEND_KEYS_MAX, high - first);
        struct source keys = source_of(run, 0, tile->batch, tile->shared, first, count);
        struct source values = source_of(run, 1, tile->batch, tile->shared, first, keys.count);
        if (plan->is_few) {
            few_rows(run, tile, first, keys, values);
        } else {
            product_pack_columns(plan->product, keys.from, keys.step, 1, keys.count, job->size,
                                 tile->own + plan->packed_keys);
            product_pack_columns(plan->product, values.from, values.step, 0, job->value_size,
                                 keys.count, tile->own + plan->packed_values);
            for (size_t row = 0; row < tile->rows; row += ROWS_STEP)
                many_rows(run, tile, row, least(ROWS_STEP, tile->rows - row), first, keys.count);
        }
        first += keys.count;
    }
}

static void finish_tile(const struct run *run, const struct tile *tile) {
    const struct plan *plan = &run->plan;
    const cpusimd_attention *job = run->job;
    size_t width = job->value_size, bytes = plan->bytes;
    for (size_t r = 0; r < tile->rows; r++) {
        size_t to = place(job->flat, tile->batch, head_of(plan, tile, r), query_of(plan, tile, r),
                          job->heads, job->queries, width);
        plan->layer->divide(tile->results + r * width * bytes, tile->sums + r * bytes,
                            (char *)run->tensors->y + to * bytes, width);
    }
}

static struct tile tile_of(const struct run *run, size_t item, char *own, char *state) {
    const struct plan *plan = &run->plan;
    size_t head = item / plan->tiles, bytes = plan->tile * plan->bytes;
    struct tile tile = {head / run->job->shared_heads, head % run->job->shared_heads,
                        item % plan->tiles * plan->tile, 0, own, state, state + bytes,
                        state + 2 * bytes};
    if (tile.row < plan->rows) tile.rows = least(plan->tile, plan->rows - tile.row);
    return tile;
}

/* Tiles go to whoever is free: with a causal mask they differ in length, and the last of a head are
 * the longest. */
static void run_task(void *argument, int thread, int threads) {
    struct run *run = argument;
    const struct plan *plan = &run->plan;
    size_t count = items_of(plan, run->job) * plan->splits, unit;
    char *own = run->workspace + (size_t)thread * plan->each;
    (void)threads;
    while ((unit = atomic_fetch_add_explicit(&run->next, 1, memory_order_relaxed)) < count) {
        size_t item = (count - 1 - unit) / plan->splits, split = (count - 1 - unit) % plan->splits;
        char *state = plan->splits > 1
                          ? run->parts + (item * plan->splits + split) * plan->part_bytes
                          : own + plan->state;
        struct tile tile = tile_of(run, item, own, state);
        if (tile.rows == 0) continue;
        clear_state(run, &tile);
        gather_queries(run, &tile);
        run_keys(run, &tile, split * plan->split_keys,
                 least((split + 1) * plan->split_keys, plan->keys));
        if (plan->splits == 1) finish_tile(run, &tile);
    }
}

/* Puts the parts of the keys together. */
static void join_task(void *argument, int thread, int threads) {
    const struct run *run = argument;
    const struct plan *plan = &run->plan;
    size_t low, high, width = run->job->value_size, bytes = plan->bytes;
    cpusimd_share(items_of(plan, run->job), 1, thread, threads, &low, &high);
    for (size_t item = low; item < high; item++) {
        char *state = run->parts + item * plan->splits * plan->part_bytes;
        struct tile tile = tile_of(run, item, NULL, state);
        for (size_t split = 1; split < plan->splits; split++) {
            struct tile other = tile_of(run, item, NULL, state + split * plan->part_bytes);
            for (size_t r = 0; r < tile.rows; r++)
                plan->layer->join(tile.largest + r * bytes, tile.sums + r * bytes,
                                  tile.results + r * width * bytes, other.largest + r * bytes,
                                  other.sums + r * bytes, other.results + r * width * bytes,
                                  width);
        }
        finish_tile(run, &tile);
    }
}

/* ---- the cache, with the keys and values of the call behind it ------------------------------- */
static void extend_task(void *argument, int thread, int threads) {
    const struct run *run = argument;
    const cpusimd_attention *job = run->job;
    size_t keys = job->past_keys + job->new_keys, bytes = run->plan.bytes, low, high;
    char *present[2] = {run->tensors->present_key, run->tensors->present_value};
    cpusimd_share(job->batch * job->shared_heads * keys, 64, thread, threads, &low, &high);
    for (int which = 0; which < 2; which++) {
        size_t size = which ? job->value_size : job->size;
        for (size_t row = low; present[which] && row < high;) {
            size_t head = row / keys, first = row % keys;
            struct source source =
                source_of(run, which, head / job->shared_heads, head % job->shared_heads, first,
                          least(keys - first, high - row));
            char *to = present[which] + row * size * bytes;
            if (source.step == size) {
                memcpy(to, source.from, source.count * size * bytes);
            } else {
                for (size_t i = 0; i < source.count; i++)
                    memcpy(to + i * size * bytes, source.from + i * source.step * bytes,
                           size * bytes);
            }
            row += source.count;
        }
    }
}

void cpusimd_attention_run(cpusimd_pool *pool, const cpusimd_attention *job,
                           const cpusimd_attention_tensors *tensors, void *workspace) {
    struct run run = {.job = job, .tensors = tensors, .workspace = workspace};
    size_t keys = job->past_keys + job->new_keys;
    size_t results = job->batch * job->heads * job->queries * job->value_size;
    run.plan.bytes = job->type.single ? 4 : 8;
    if ((tensors->present_key || tensors->present_value) && keys > 0)
        cpusimd_pool_run(pool, extend_task, &run);
    if (results == 0) return;
    if (keys == 0) {
        memset(tensors->y, 0, results * run.plan.bytes);
        return;
    }
    int threads = cpusimd_pool_threads(pool);
    run.plan = plan_of(job, threads);
    run.parts = run.workspace + run.plan.each * (size_t)threads;
    cpusimd_pool_run(pool, run_task, &run);
    if (run.plan.splits > 1) cpusimd_pool_run(pool, join_task, &run);
}
