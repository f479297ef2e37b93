/* Outputs whose positions are looked up dimension by dimension: padding and nearest neighbours. */
#include "moves.h"
#include <stdlib.h>

/* Positions of the last dimension that follow one another in the input, or repeat one element, or
 * the fill value. */
struct run {
    uint64_t place, count;
    int64_t source; /* below zero: fill */
    int repeats;
};

struct cpusimd_tables {
    uint32_t rank;
    uint64_t dims[8], unit, block;
    int64_t *entries[8]; /* into `room` */
    struct run *runs;
    uint64_t run_count;
    int64_t room[];
};

static int is_run(const int64_t *entries, uint64_t place, int64_t step) {
    if (entries[place - 1] < 0) return entries[place] < 0;
    return entries[place] >= 0 && entries[place] - entries[place - 1] == step;
}

/* Fills `runs`, which may be null, and says how many there are. */
static uint64_t find_runs(const int64_t *entries, uint64_t count, struct run *runs) {
    uint64_t found = 0;
    for (uint64_t place = 0; place < count; found++) {
        uint64_t end = place + 1;
        int64_t step = 1;
        if (end < count && is_run(entries, end, 0)) step = 0;
        while (end < count && is_run(entries, end, step)) end++;
        if (runs) runs[found] = (struct run){place, end - place, entries[place], step == 0};
        place = end;
    }
    return found;
}

cpusimd_tables *cpusimd_tables_create(uint32_t rank, const uint64_t *dims, const int64_t *tables,
                                      uint64_t unit, uint64_t block) {
    uint64_t entries = 0;
    for (uint32_t i = 0; i < rank; i++) entries += dims[i];
    cpusimd_tables *made = malloc(sizeof *made + entries * sizeof(int64_t));
    if (!made) return NULL;
    *made = (cpusimd_tables){.rank = rank, .unit = unit, .block = block};
    if (entries > 0) memcpy(made->room, tables, entries * sizeof(int64_t));
    int64_t *next = made->room;
    for (uint32_t i = 0; i < rank; i++) {
        made->dims[i] = dims[i];
        made->entries[i] = next;
        next += dims[i];
    }
    const int64_t *last = made->entries[rank - 1];
    made->run_count = find_runs(last, dims[rank - 1], NULL);
    made->runs = malloc((made->run_count + 1) * sizeof(struct run));
    if (!made->runs) {
        free(made);
        return NULL;
    }
    find_runs(last, dims[rank - 1], made->runs);
    return made;
}

void cpusimd_tables_destroy(cpusimd_tables *tables) {
    if (!tables) return;
    free(tables->runs);
    free(tables);
}

struct tables_job {
    const cpusimd_tables *tables;
    const char *in;
    char *out;
    const void *fill;
    size_t rows;
    int stream;
};

static void row_of_runs(const struct tables_job *job, const char *in, char *out) {
    const cpusimd_tables *tables = job->tables;
    size_t bytes = tables->unit * tables->block;
    for (uint64_t i = 0; i < tables->run_count; i++) {
        const struct run *run = &tables->runs[i];
        char *to = out + run->place * bytes;
        const char *from = in + run->source * (int64_t)tables->unit;
        if (run->source < 0)
            repeat_element(to, job->fill, tables->unit, run->count * tables->block);
        else if (run->repeats) repeat_element(to, from, bytes, run->count);
        else copy_bytes(to, from, run->count * bytes, job->stream);
    }
}

#define LOOKED_UP(type)                                                                            \
    {                                                                                              \
        const type *from = (const type *)(const void *)in;                                         \
        type *to = (type *)(void *)out;                                                            \
        type fill = *(const type *)job->fill;                                                      \
        for (size_t i = 0; i < n; i++) to[i] = entries[i] < 0 ? fill : from[entries[i]];           \
    }

static void row_of_elements(const struct tables_job *job, const char *in, char *out) {
    const cpusimd_tables *tables = job->tables;
    const int64_t *entries = tables->entries[tables->rank - 1];
    const size_t n = tables->dims[tables->rank - 1];
    FOR_ELEMENT(tables->unit, LOOKED_UP)
}

static void tables_task(void *argument, int thread, int threads) {
    const struct tables_job *job = argument;
    const cpusimd_tables *tables = job->tables;
    const uint32_t last = tables->rank - 1;
    const size_t n = tables->dims[last], row_bytes = n * tables->unit * tables->block;
    /* Short runs cost more than looking up each element. */
    int by_runs = tables->block > 1 || tables->run_count * 8 <= n || n < 8;
    int has_steps = 0;
    for (uint64_t i = 0; i < tables->run_count; i++) has_steps |= tables->runs[i].count == 1;
    if (!has_steps && tables->run_count * 16 <= n) by_runs = 1;
    size_t low, high;
    tensor_share(job->rows, 1, thread, threads, &low, &high);
    int64_t before = -1;
    for (size_t row = low; row < high; row++) {
        int64_t start = 0;
        size_t rest = row;
        int outside = 0;
        for (uint32_t i = last; i-- > 0; rest /= tables->dims[i]) {
            int64_t entry = tables->entries[i][rest % tables->dims[i]];
            outside |= entry < 0;
            start += entry;
        }
        char *out = job->out + row * row_bytes;
        if (!outside && start == before) {
            memcpy(out, out - row_bytes, row_bytes);
        } else if (outside) {
            repeat_element(out, job->fill, tables->unit, n * tables->block);
        } else {
            const char *in = job->in + start * (int64_t)tables->unit;
            if (by_runs) row_of_runs(job, in, out);
            else row_of_elements(job, in, out);
        }
        before = outside ? -1 : start;
    }
    cpusimd_stream_fence(job->stream);
}

void cpusimd_tables_run(cpusimd_pool *pool, const cpusimd_tables *tables, const void *in, void *out,
                        const void *fill) {
    struct tables_job job = {tables, in, out, fill, 1, 0};
    for (uint32_t i = 0; i + 1 < tables->rank; i++) job.rows *= tables->dims[i];
    size_t row = tables->dims[tables->rank - 1] * tables->unit * tables->block;
    job.stream = cpusimd_streams(2 * job.rows * row);
    if (job.rows > 0 && row > 0) cpusimd_pool_run(pool, tables_task, &job);
}
