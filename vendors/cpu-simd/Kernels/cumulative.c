/* Running sums along an axis. */
#include "moves.h"

/* Sums that are carried at once: one waits for the one before it, several hide that. */
#define CHAINS 8
#define BLOCK 256
#define COLUMNS 512

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

/* `chain`: n terms of each of CHAINS lines, which start at in[k * line]; step is 1, or -1 in
 * reverse. `totals`: their sums alone. */
#define CUMULATE(type)                                                                             \
    static void chain_##type(const type *in, type *out, ptrdiff_t line, size_t n, ptrdiff_t step,  \
                             int exclusive, type *carried) {                                       \
        type sums[CHAINS];                                                                         \
        memcpy(sums, carried, sizeof sums);                                                        \
        for (size_t i = 0; i < n; i++, in += step, out += step) {                                  \
            for (int k = 0; k < CHAINS; k++) {                                                     \
                type before = sums[k];                                                             \
                sums[k] += in[k * line];                                                           \
                out[k * line] = exclusive ? before : sums[k];                                      \
            }                                                                                      \
        }                                                                                          \
        memcpy(carried, sums, sizeof sums);                                                        \
    }                                                                                              \
    static type single_##type(const type *in, type *out, size_t n, ptrdiff_t step, int exclusive,  \
                              type sum) {                                                          \
        for (size_t i = 0; i < n; i++, in += step, out += step) {                                  \
            type before = sum;                                                                     \
            sum += *in;                                                                            \
            *out = exclusive ? before : sum;                                                       \
        }                                                                                          \
        return sum;                                                                                \
    }                                                                                              \
    static void totals_##type(const type *in, ptrdiff_t line, size_t n, ptrdiff_t step,            \
                              type *sums) {                                                        \
        for (size_t i = 0; i < n; i++, in += step)                                                 \
            for (int k = 0; k < CHAINS; k++) sums[k] += in[k * line];                              \
    }                                                                                              \
    /* One line as CHAINS parts: their sums first, then each from the sum of those before it. */   \
    static void line_##type(const struct cumulate_job *job, const type *in, type *out) {           \
        const size_t n = job->shape.n, part = n / CHAINS;                                          \
        const ptrdiff_t step = job->reverse ? -1 : 1, line = (ptrdiff_t)part * step;               \
        type sums[CHAINS] = {0}, sum = 0;                                                          \
        if (job->reverse) in += n - 1, out += n - 1;                                               \
        if (n >= 4 * CHAINS) {                                                                     \
            totals_##type(in, line, part, step, sums);                                             \
            for (int k = 0; k < CHAINS; k++) {                                                     \
                type own = sums[k];                                                                \
                sums[k] = sum;                                                                     \
                sum += own;                                                                        \
            }                                                                                      \
            chain_##type(in, out, line, part, step, job->exclusive, sums);                         \
            sum = sums[CHAINS - 1];                                                                \
            in += CHAINS * line, out += CHAINS * line;                                             \
            single_##type(in, out, n - CHAINS * part, step, job->exclusive, sum);                  \
        } else {                                                                                   \
            single_##type(in, out, n, step, job->exclusive, 0);                                    \
        }                                                                                          \
    }                                                                                              \
    static void rows_##type(const struct cumulate_job *job, size_t low, size_t high) {             \
        const size_t n = job->shape.n;                                                             \
        const type *in = (const type *)(const void *)job->in;                                      \
        type *out = (type *)(void *)job->out;                                                      \
        for (; low + CHAINS <= high; low += CHAINS) {                                              \
            type sums[CHAINS] = {0};                                                               \
            size_t start = low * n + (job->reverse ? n - 1 : 0);                                   \
            chain_##type(in + start, out + start, (ptrdiff_t)n, n, job->reverse ? -1 : 1,          \
                         job->exclusive, sums);                                                    \
        }                                                                                          \
        for (; low < high; low++) line_##type(job, in + low * n, out + low * n);                   \
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
            const type *in = (const type *)(const void *)(job->in + place);                        \
            type *out = (type *)(void *)(job->out + place);                                        \
            if (job->widen) job->widen(in, values, count), in = values, out = results;             \
            for (size_t j = 0; j < count; j++) {                                                   \
                type before = sums[j];                                                             \
                sums[j] += in[j];                                                                  \
                out[j] = job->exclusive ? before : sums[j];                                        \
            }                                                                                      \
            if (job->narrow) job->narrow(results, job->out + place, count);                        \
        }                                                                                          \
    }
CUMULATE(double)
CUMULATE(float)
CUMULATE(uint64_t)
CUMULATE(uint32_t)

/* Rows of f16 and bf16, CHAINS of them and block by block in f32; missing rows are zero. */
static void rows_half(const struct cumulate_job *job, size_t low, size_t high) {
    const size_t n = job->shape.n;
    float values[CHAINS * BLOCK] = {0}, results[CHAINS * BLOCK];
    for (; low < high; low += CHAINS) {
        const size_t rows = high - low < CHAINS ? high - low : CHAINS;
        float sums[CHAINS] = {0};
        for (size_t done = 0; done < n; done += BLOCK) {
            size_t count = n - done < BLOCK ? n - done : BLOCK;
            size_t start = job->reverse ? n - done - count : done;
            for (size_t k = 0; k < rows; k++)
                job->widen(job->in + ((low + k) * n + start) * 2, values + k * BLOCK, count);
            size_t first = job->reverse ? count - 1 : 0;
            chain_float(values + first, results + first, BLOCK, count, job->reverse ? -1 : 1,
                        job->exclusive, sums);
            for (size_t k = 0; k < rows; k++)
                job->narrow(results + k * BLOCK, job->out + ((low + k) * n + start) * 2, count);
        }
    }
}

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
    case CPUSIMD_BF16: job.rows = rows_half, job.columns = columns_float; break;
    case CPUSIMD_I64: job.rows = rows_uint64_t, job.columns = columns_uint64_t; break;
    default: job.rows = rows_uint32_t, job.columns = columns_uint32_t;
    }
    cpusimd_pool_run(pool, cumulate_task, &job);
}
