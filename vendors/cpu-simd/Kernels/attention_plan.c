/* How one attention is cut into tiles of queries and blocks of keys. */
#include "attention.h"

/* Rows for which a block of keys is packed once. */
#define ROWS_MOST 240
/* Up to so many rows keys are read where they lie: packing would cost more than it saves. */
#define ROWS_FEW 8

static size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }
static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Largest scores, sums and results of a tile's rows, as bytes. */
static size_t state_bytes(const struct attention_plan *plan, size_t width) {
    return round_up(plan->tile * (width + 2) * plan->bytes, 64);
}

static void choose_tiles(struct attention_plan *plan, const cpusimd_attention *job, int threads) {
    size_t most = ROWS_MOST, heads = job->batch * job->shared_heads;
    while (most > ATTENTION_ROWS && heads * ((plan->rows + most - 1) / most) < 4 * (size_t)threads)
        most -= ATTENTION_ROWS;
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

struct attention_plan cpusimd_attention_plan(const cpusimd_attention *job, int threads) {
    struct attention_plan plan = {.product = cpusimd_product_kernels(job->type),
                        .layer = &cpusimd_layer_set(job->type.isa)->numeric[job->type.single],
                        .bytes = job->type.single ? 4 : 8,
                        .group = job->heads / job->shared_heads,
                        .keys = job->past_keys + job->new_keys};
    plan.rows = plan.group * job->queries;
    plan.is_few = plan.rows <= ROWS_FEW && plan.product->dot && plan.product->panel;
    choose_tiles(&plan, job, threads);
    size_t at = 0, bytes = plan.bytes, strip = plan.product->columns;
    plan.state = take(&at, state_bytes(&plan, job->value_size));
    plan.queries = take(&at, round_up(plan.tile, plan.product->rows) * job->size * bytes);
    size_t wide = job->size > ATTEND_STEP ? job->size : ATTEND_STEP;
    plan.scores = take(&at, (size_t)ATTENTION_ROWS * wide * bytes);
    if (!plan.is_few) {
        plan.packed_keys = take(&at, round_up(ATTEND_KEYS_MAX, strip) * job->size * bytes);
        plan.packed_values =
            take(&at, round_up(job->value_size, strip) * ATTEND_KEYS_MAX * bytes);
    }
    plan.each = round_up(at, 4096);
    plan.part_bytes = plan.splits > 1 ? state_bytes(&plan, job->value_size) : 0;
    return plan;
}

size_t cpusimd_attention_items(const struct attention_plan *plan, const cpusimd_attention *job) {
    return job->batch * job->shared_heads * plan->tiles;
}

uint64_t cpusimd_attention_workspace(const cpusimd_pool *pool, const cpusimd_attention *job) {
    int threads = cpusimd_pool_threads(pool);
    if (job->batch * job->heads * job->queries == 0 || job->past_keys + job->new_keys == 0)
        return 0;
    struct attention_plan plan = cpusimd_attention_plan(job, threads);
    return plan.each * (uint64_t)threads +
           plan.part_bytes * cpusimd_attention_items(&plan, job) * plan.splits;
}
