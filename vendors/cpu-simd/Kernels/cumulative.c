/* Running sums along an axis. */
#include "moves.h"

/* Sums that are carried at once: one waits for the one before it, several hide that. */
#define CHAINS 8
#define BLOCK 256
#define COLUMNS 1024

struct cumulate_job {
    int exclusive, reverse;
    cpusimd_axis shape;
    size_t bytes;
    const char *in;
    char *out;
    cast_kernel widen, narrow;
    void (*rows)(const struct cumulate_job *job, size_t low, size_t high);
    void (*columns)(const struct cumulate_job *job, size_t part);
};

/* `together`: CHAINS lines of n elements, null where there is none, by way of blocks in the first
 * cache: lines a power of two apart would fall on the same few places there. Without outputs it
 * finds the sums alone. */
#define CUMULATE(type)                                                                             \
    static void chain_##type(const type *restrict in, type *restrict out, size_t n,                \
                             ptrdiff_t step, int exclusive, type *carried) {                       \
        type sums[CHAINS];                                                                         \
        memcpy(sums, carried, sizeof sums);                                                        \
        for (size_t i = 0; i < n; i++, in += step, out += step) {                                  \
            for (int k = 0; k < CHAINS; k++) {                                                     \
                type before = sums[k];                                                             \
                sums[k] += in[k * BLOCK];                                                          \
                out[k * BLOCK] = exclusive ? before : sums[k];                                     \
            }                                                                                      \
        }                                                                                          \
        memcpy(carried, sums, sizeof sums);                                                        \
    }                                                                                              \
    static void together_##type(const struct cumulate_job *job, const char *const *in,             \
                                char *const *out, size_t n, type *sums) {                          \
        type values[CHAINS * BLOCK], results[CHAINS * BLOCK];                                      \
        for (int k = 0; k < CHAINS; k++)                                                           \
            if (!in[k]) memset(values + k * BLOCK, 0, BLOCK * sizeof(type));                       \
        for (size_t done = 0; done < n; done += BLOCK) {                                           \
            size_t count = n - done < BLOCK ? n - done : BLOCK;                                    \
            size_t start = (job->reverse ? n - done - count : done) * job->bytes;                  \
            for (int k = 0; k < CHAINS; k++) {                                                     \
                if (in[k] && job->widen) job->widen(in[k] + start, values + k * BLOCK, count);     \
                else if (in[k]) memcpy(values + k * BLOCK, in[k] + start, count * sizeof(type));   \
            }                                                                                      \
            size_t first = job->reverse ? count - 1 : 0;                                           \
            chain_##type(values + first, results + first, count, job->reverse ? -1 : 1,            \
                         job->exclusive, sums);                                                    \
            for (int k = 0; out && k < CHAINS; k++) {                                              \
                const type *from = results + k * BLOCK;                                            \
                if (in[k] && job->narrow) job->narrow(from, out[k] + start, count);                \
                else if (in[k]) memcpy(out[k] + start, from, count * sizeof(type));                \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
    /* One line as CHAINS parts: their sums first, then each from the sum of those before it. */   \
    static void line_##type(const struct cumulate_job *job, const char *in, char *out) {           \
        const size_t n = job->shape.n, part = n / CHAINS, rest = n - CHAINS * part;                \
        const char *parts[CHAINS] = {0}, *tail[CHAINS] = {0};                                      \
        char *results[CHAINS] = {0}, *last[CHAINS] = {0};                                          \
        type sums[CHAINS] = {0}, sum = 0;                                                          \
        for (size_t k = 0; k < CHAINS; k++) {                                                      \
            size_t start = (job->reverse ? n - (k + 1) * part : k * part) * job->bytes;            \
            parts[k] = in + start, results[k] = out + start;                                       \
        }                                                                                          \
        size_t end = job->reverse ? 0 : (n - rest) * job->bytes;                                   \
        tail[0] = in + end, last[0] = out + end;                                                   \
        together_##type(job, parts, NULL, part, sums);                                             \
        for (int k = 0; k < CHAINS; k++) {                                                         \
            type own = sums[k];                                                                    \
            sums[k] = sum;                                                                         \
            sum += own;                                                                            \
        }                                                                                          \
        together_##type(job, parts, results, part, sums);                                          \
        memset(sums, 0, sizeof sums);                                                              \
        sums[0] = sum;                                                                             \
        together_##type(job, tail, last, rest, sums);                                              \
    }                                                                                              \
    static void rows_##type(const struct cumulate_job *job, size_t low, size_t high) {             \
        const size_t row = job->shape.n * job->bytes;                                              \
        while (low < high) {                                                                       \
            const size_t count = high - low < CHAINS ? high - low : CHAINS;                        \
            if (count < CHAINS && job->shape.n >= CHAINS * BLOCK) {                                \
                line_##type(job, job->in + low * row, job->out + low * row);                       \
                low++;                                                                             \
                continue;                                                                          \
            }                                                                                      \
            const char *in[CHAINS] = {0};                                                          \
            char *out[CHAINS] = {0};                                                               \
            type sums[CHAINS] = {0};                                                               \
            for (size_t k = 0; k < count; k++)                                                     \
                in[k] = job->in + (low + k) * row, out[k] = job->out + (low + k) * row;            \
            together_##type(job, in, out, job->shape.n, sums);                                     \
            low += count;                                                                          \
        }                                                                                          \
    }                                                                                              \
    /* Columns are added row by row. */                                                            \
    static void columns_##type(const struct cumulate_job *job, size_t part) {                      \
        const size_t n = job->shape.n, inner = job->shape.inner;                                   \
        const size_t parts = (inner + COLUMNS - 1) / COLUMNS, first = part % parts * COLUMNS;      \
        const size_t count = inner - first < COLUMNS ? inner - first : COLUMNS;                    \
        type sums[COLUMNS] = {0}, values[COLUMNS], results[COLUMNS];                               \
        for (size_t i = 0; i < n; i++) {                                                           \
            size_t row = part / parts * n + (job->reverse ? n - 1 - i : i);                        \
            size_t place = (row * inner + first) * job->bytes;                                     \
            const type *restrict in = (const type *)(const void *)(job->in + place);               \
            type *restrict out = (type *)(void *)(job->out + place);                               \
            if (job->widen) job->widen(in, values, count), in = values, out = results;             \
            if (job->exclusive) memcpy(out, sums, count * sizeof(type));                           \
            for (size_t j = 0; j < count; j++) sums[j] += in[j];                                   \
            if (!job->exclusive) memcpy(out, sums, count * sizeof(type));                          \
            if (job->narrow) job->narrow(results, job->out + place, count);                        \
        }                                                                                          \
    }
CUMULATE(double)
CUMULATE(float)
CUMULATE(uint64_t)
CUMULATE(uint32_t)

static void cumulate_task(void *argument, int thread, int threads) {
    const struct cumulate_job *job = argument;
    size_t low, high;
    if (job->shape.inner == 1) {
        tensor_share(job->shape.outer, CHAINS, thread, threads, &low, &high);
        if (job->shape.outer < CHAINS * (size_t)threads)
            tensor_share(job->shape.outer, 1, thread, threads, &low, &high);
        job->rows(job, low, high);
        return;
    }
    size_t parts = job->shape.outer * ((job->shape.inner + COLUMNS - 1) / COLUMNS);
    tensor_share(parts, 1, thread, threads, &low, &high);
    for (size_t part = low; part < high; part++) job->columns(job, part);
}

void cpusimd_cumulate_run(cpusimd_pool *pool, int isa, int type, int exclusive, int reverse,
                          cpusimd_axis shape, const void *in, void *out) {
    if (shape.outer * shape.n * shape.inner == 0) return;
    struct cumulate_job job = {.exclusive = exclusive, .reverse = reverse, .shape = shape,
                               .bytes = cpusimd_type_bytes(type), .in = in, .out = out,
                               .widen = widening(isa, type), .narrow = narrowing(isa, type)};
    switch (type) {
    case CPUSIMD_F64: job.rows = rows_double, job.columns = columns_double; break;
    case CPUSIMD_F32: job.rows = rows_float, job.columns = columns_float; break;
    case CPUSIMD_F16:
    case CPUSIMD_BF16: job.rows = rows_float, job.columns = columns_float; break;
    case CPUSIMD_I64: job.rows = rows_uint64_t, job.columns = columns_uint64_t; break;
    default: job.rows = rows_uint32_t, job.columns = columns_uint32_t;
    }
    cpusimd_pool_run(pool, cumulate_task, &job);
}
