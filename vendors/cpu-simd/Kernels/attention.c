/* Attention: tiles of queries pass over blocks of keys, and keep of each block its largest score,
 * the sum of its shares and its part of the result. Scores never lie in memory as a whole. */
#include "attention.h"
#include "share.h"
#include <stdatomic.h>
#include <string.h>

struct run {
    const cpusimd_attention *job;
    const cpusimd_attention_tensors *tensors;
    struct attention_plan plan;
    char *workspace, *parts;
    atomic_size_t next;
};

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

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

/* ---- the cache, with the keys and values of the call behind it ------------------------------- */

/* Positions [first, first + count) of a shared head, counted over the batch. */
static void extend(const struct run *run, size_t head, size_t first, size_t count) {
    const cpusimd_attention *job = run->job;
    char *present[2] = {run->tensors->present_key, run->tensors->present_value};
    for (int which = 0; which < 2; which++) {
        size_t bytes = (which ? job->value_size : job->size) * run->plan.bytes;
        for (size_t at = first; present[which] && at < first + count;) {
            struct source source = source_of(run, which, head / job->shared_heads,
                                             head % job->shared_heads, at, first + count - at);
            char *to = present[which] + (head * run->plan.keys + at) * bytes;
            size_t step = source.step * run->plan.bytes;
            if (step == bytes) {
                memcpy(to, source.from, source.count * bytes);
            } else {
                for (size_t i = 0; i < source.count; i++)
                    memcpy(to + i * bytes, source.from + i * step, bytes);
            }
            at += source.count;
        }
    }
}

/* ---- a tile --------------------------------------------------------------------------------- */

/* One tile of one shared head: rows [row, row + rows). */
struct tile {
    size_t batch, shared, row, rows;
    char *own; /* the thread's workspace */
    char *largest, *sums, *results;
};

static size_t head_of(const struct attention_plan *plan, const struct tile *tile, size_t row) {
    return tile->shared * plan->group + (tile->row + row) % plan->group;
}
static size_t query_of(const struct attention_plan *plan, const struct tile *tile, size_t row) {
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
    const struct attention_plan *plan = &run->plan;
    const cpusimd_attention *job = run->job;
    size_t row_bytes = job->size * plan->bytes;
    char *to = tile->own + plan->queries, *scratch = tile->own + plan->scores;
    for (size_t i = 0; i < tile->rows; i += ATTENTION_ROWS) {
        size_t rows = least(ATTENTION_ROWS, tile->rows - i);
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
    const struct attention_plan *plan = &run->plan;
    const cpusimd_attention *job = run->job;
    size_t counts[ATTENTION_ROWS], bytes = plan->bytes;
    const void *masks[ATTENTION_ROWS];
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
        tile->own + plan->scores, rows, keys, counts, run->tensors->mask ? masks : NULL,
        is_bool, job->mask_steps[3], job->softcap, tile->largest + row * bytes,
        tile->sums + row * bytes, tile->results + row * job->value_size * bytes, job->value_size};
    plan->layer->attend(&step);
}

/* A block of keys for few rows: both operands are read where they lie. */
static void few_rows(const struct run *run, const struct tile *tile, size_t first,
                     struct source keys, struct source values) {
    const struct attention_plan *plan = &run->plan;
    const cpusimd_attention *job = run->job;
    char *scores = tile->own + plan->scores;
    struct gemm_direct dot = {
        .a = tile->own + plan->queries, .b = keys.from, .c = scores, .rows = tile->rows,
        .columns = keys.count, .depth = job->size, .a_row = job->size, .a_column = 1,
        .b_step = keys.step, .ldc = ATTEND_STEP};
    plan->product->dot(&dot);
    attend(run, tile, 0, tile->rows, first, keys.count);
    struct gemm_direct panel = {
        .a = scores, .b = values.from, .c = tile->results, .rows = tile->rows,
        .columns = job->value_size, .depth = keys.count, .a_row = ATTEND_STEP, .a_column = 1,
        .b_step = values.step, .ldc = job->value_size, .accumulate = 1};
    plan->product->panel(&panel);
}

/* A block of keys, packed, for a part of a tile. */
static void many_rows(const struct run *run, const struct tile *tile, size_t row, size_t rows,
                      size_t first, size_t packed) {
    const struct attention_plan *plan = &run->plan;
    const cpusimd_attention *job = run->job;
    size_t bytes = plan->bytes, keys = 0;
    for (size_t r = 0; r < rows; r++) {
        size_t all = visible(run, tile, row + r);
        if (all > first + keys) keys = least(packed, all - first);
    }
    if (keys == 0) return;
    char *scores = tile->own + plan->scores;
    struct gemm_tiles tiles = {tile->own + plan->queries + row * job->size * bytes,
                               tile->own + plan->packed_keys, scores, rows, keys, job->size,
                               ATTEND_STEP, 0};
    plan->product->tiles(&tiles);
    attend(run, tile, row, rows, first, keys);
    struct layer_values part = {scores, rows, keys, tile->own + plan->packed_values, packed,
                                tile->results + row * job->value_size * bytes, job->value_size};
    plan->layer->values(&part);
}

/* Whether tiles copy the cache as they pass over it: each key is then seen by one tile only. */
static int extends(const struct run *run) {
    return run->plan.tiles == 1 && (run->tensors->present_key || run->tensors->present_value);
}

/* Keys [low, high) for one tile. */
static void run_keys(const struct run *run, const struct tile *tile, size_t low, size_t high) {
    const struct attention_plan *plan = &run->plan;
    const cpusimd_attention *job = run->job;
    size_t head = tile->batch * job->shared_heads + tile->shared;
    /* Later rows look at no fewer keys. */
    size_t end = least(high, visible(run, tile, tile->rows - 1));
    if (extends(run)) extend(run, head, low > end ? low : end, high - (low > end ? low : end));
    for (size_t first = low; first < end;) {
        size_t count = least(ATTEND_KEYS_MAX, end - first);
        struct source keys = source_of(run, 0, tile->batch, tile->shared, first, count);
        struct source values = source_of(run, 1, tile->batch, tile->shared, first, keys.count);
        /* What is copied is near when it is read again. */
        if (extends(run)) extend(run, head, first, keys.count);
        if (plan->is_few) {
            few_rows(run, tile, first, keys, values);
        } else {
            product_pack_columns(plan->product, keys.from, keys.step, 1, keys.count, job->size,
                                 tile->own + plan->packed_keys);
            product_pack_columns(plan->product, values.from, values.step, 0, job->value_size,
                                 keys.count, tile->own + plan->packed_values);
            for (size_t row = 0; row < tile->rows; row += ATTENTION_ROWS)
                many_rows(run, tile, row, least(ATTENTION_ROWS, tile->rows - row), first,
                          keys.count);
        }
        first += keys.count;
    }
}

static void finish_tile(const struct run *run, const struct tile *tile) {
    const struct attention_plan *plan = &run->plan;
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
    const struct attention_plan *plan = &run->plan;
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
    const struct attention_plan *plan = &run->plan;
    size_t count = cpusimd_attention_items(plan, run->job) * plan->splits, unit;
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
    const struct attention_plan *plan = &run->plan;
    size_t low, high, width = run->job->value_size, bytes = plan->bytes;
    cpusimd_share(cpusimd_attention_items(plan, run->job), 1, thread, threads, &low, &high);
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

/* Copies the cache and what is new, where tiles do not do it themselves. */
static void extend_task(void *argument, int thread, int threads) {
    const struct run *run = argument;
    size_t keys = run->plan.keys, low, high;
    cpusimd_share(run->job->batch * run->job->shared_heads * keys, 64, thread, threads, &low,
                  &high);
    for (size_t row = low; row < high;) {
        size_t count = least(keys - row % keys, high - row);
        extend(run, row / keys, row % keys, count);
        row += count;
    }
}

void cpusimd_attention_run(cpusimd_pool *pool, const cpusimd_attention *job,
                           const cpusimd_attention_tensors *tensors, void *workspace) {
    struct run run = {.job = job, .tensors = tensors, .workspace = workspace};
    size_t results = job->batch * job->heads * job->queries * job->value_size;
    int threads = cpusimd_pool_threads(pool);
    run.plan.keys = job->past_keys + job->new_keys;
    run.plan.bytes = job->type.single ? 4 : 8;
    if (results > 0 && run.plan.keys > 0) run.plan = cpusimd_attention_plan(job, threads);
    else if (results > 0) memset(tensors->y, 0, results * run.plan.bytes);
    if ((tensors->present_key || tensors->present_value) && run.plan.keys > 0 &&
        run.plan.tiles != 1)
        cpusimd_pool_run(pool, extend_task, &run);
    if (results == 0 || run.plan.keys == 0) return;
    run.parts = run.workspace + run.plan.each * (size_t)threads;
    cpusimd_pool_run(pool, run_task, &run);
    if (run.plan.splits > 1) cpusimd_pool_run(pool, join_task, &run);
}
