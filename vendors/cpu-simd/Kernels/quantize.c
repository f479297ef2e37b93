/* Numbers to bytes and back over threads. */
#include "blocks.h"
#include "cpu_simd_quantize.h"
#include <math.h>
#include <string.h>

struct scaling_job {
    const cpusimd_scaling *scaling;
    const struct tensor_kernels *kernels;
    const char *in, *scales; /* of the arithmetic type */
    char *out;
    const char *zeros; /* of the arithmetic type to quantize, f64 to dequantize */
    size_t in_bytes, out_bytes, kept_bytes, zero_bytes;
    int dequantizes;
};

/* Neighbouring elements that share a scale, or each of which has its own. */
struct scaling_run {
    size_t length, entry, step;
};

/* The run that starts at an element, up to `limit` elements long. */
static struct scaling_run run_at(const cpusimd_scaling *scaling, size_t element, size_t limit) {
    const cpusimd_axis *shape = &scaling->shape;
    struct scaling_run run = {limit, 0, 0};
    if (scaling->scale_count == 1 && scaling->block == 0) return run;
    size_t inner = shape->inner, place = element / inner % shape->n, left;
    if (scaling->block == 0) {
        run.entry = place;
        run.step = inner == 1;
        left = inner == 1 ? shape->n - place : inner - element % inner;
    } else {
        size_t blocks = (shape->n + scaling->block - 1) / scaling->block;
        size_t block = place / scaling->block;
        run.entry = (element / (inner * shape->n) * blocks + block) * inner + element % inner;
        run.step = inner != 1;
        left = (block + 1) * scaling->block;
        if (left > shape->n) left = shape->n;
        left = inner == 1 ? left - place : inner - element % inner;
    }
    if (left < run.length) run.length = left;
    return run;
}

/* Codes to f16 and bf16 by way of f32. */
static void dequantize_part(const struct scaling_job *job, const char *in, char *out, size_t n,
                            const char *scales, const char *zeros, size_t step) {
    int type = job->scaling->code_type;
    if (job->kept_bytes == job->out_bytes) {
        job->kernels->dequantize(type, in, out, n, scales, (const double *)(const void *)zeros,
                                 step);
        return;
    }
    float between[1024];
    for (size_t i = 0; i < n; i += 1024) {
        size_t count = n - i < 1024 ? n - i : 1024;
        job->kernels->dequantize(type, in + i * job->in_bytes, between, count,
                                 scales + i * step * job->kept_bytes,
                                 (const double *)(const void *)zeros + i * step, step);
        job->kernels->store(between, out + i * job->out_bytes, count);
    }
}

static void scaling_task(void *argument, int thread, int threads) {
    const struct scaling_job *job = argument;
    const cpusimd_scaling *scaling = job->scaling;
    size_t low, high, count = scaling->shape.outer * scaling->shape.n * scaling->shape.inner;
    tensor_share(count, 512, thread, threads, &low, &high);
    while (low < high) {
        struct scaling_run run = run_at(scaling, low, high - low);
        const char *in = job->in + low * job->in_bytes;
        char *out = job->out + low * job->out_bytes;
        const char *scales = job->scales + run.entry * job->kept_bytes;
        const char *zeros = job->zeros + run.entry * job->zero_bytes;
        if (job->dequantizes)
            dequantize_part(job, in, out, run.length, scales, zeros, run.step);
        else
            job->kernels->quantize(in, out, run.length, scales, zeros, run.step,
                                   scaling->code_type == CPUSIMD_I8);
        low += run.length;
    }
}

static size_t padded(uint64_t count) { return (size_t)(count + 7) / 8 * 8; }

uint64_t cpusimd_scaling_workspace(const cpusimd_scaling *scaling) {
    return 2 * sizeof(double) * padded(scaling->scale_count);
}

static void scaling_run(cpusimd_pool *pool, struct scaling_job *job, double *workspace) {
    const cpusimd_scaling *scaling = job->scaling;
    const struct tensor_set *set = cpusimd_tensor_set(scaling->kind.isa);
    int kept = cpusimd_accumulator(scaling->kind.type);
    int zero_type = job->dequantizes ? CPUSIMD_F64 : kept;
    double *scales = workspace, *zeros = workspace + padded(scaling->scale_count);
    size_t n = scaling->scale_count;
    cpusimd_cast(set, scaling->kind.type, kept, scaling->scales, scales, n);
    memset(zeros, 0, n * sizeof *zeros);
    if (scaling->zeros) cpusimd_cast(set, scaling->code_type, zero_type, scaling->zeros, zeros, n);
    job->kernels = cpusimd_tensor_kernels(scaling->kind);
    job->scales = (const char *)scales;
    job->zeros = (const char *)zeros;
    job->kept_bytes = cpusimd_type_bytes(kept);
    job->zero_bytes = cpusimd_type_bytes(zero_type);
    cpusimd_pool_run(pool, scaling_task, job);
}

void cpusimd_quantize_run(cpusimd_pool *pool, const cpusimd_scaling *scaling, const void *in,
                          void *out, void *workspace) {
    struct scaling_job job = {.scaling = scaling, .in = in, .out = out, .out_bytes = 1,
                              .in_bytes = cpusimd_type_bytes(scaling->kind.type)};
    scaling_run(pool, &job, workspace);
}

void cpusimd_dequantize_run(cpusimd_pool *pool, const cpusimd_scaling *scaling, const void *in,
                            void *out, void *workspace) {
    struct scaling_job job = {.scaling = scaling, .in = in, .out = out, .dequantizes = 1,
                              .in_bytes = cpusimd_type_bytes(scaling->code_type),
                              .out_bytes = cpusimd_type_bytes(scaling->kind.type)};
    scaling_run(pool, &job, workspace);
}

void cpusimd_dynamic_quantize_run(cpusimd_pool *pool, int isa, uint64_t count, const float *in,
                                  uint8_t *out, float *scale, uint8_t *zero, void *workspace) {
    cpusimd_kind kind = {isa, CPUSIMD_F32};
    cpusimd_axis shape = {1, count, 1};
    float low = 0, high = 0;
    cpusimd_reduce_run(pool, kind, CPUSIMD_REDUCE_MIN, CPUSIMD_F32, shape, 1, in, &low, workspace);
    cpusimd_reduce_run(pool, kind, CPUSIMD_REDUCE_MAX, CPUSIMD_F32, shape, 1, in, &high,
                       workspace);
    if (low > 0) low = 0;
    if (high < 0) high = 0;
    *scale = (high - low) / 255;
    *zero = *scale > 0 ? (uint8_t)rintf(fminf(fmaxf(-low / *scale, 0), 255)) : 0;
    double room[16];
    cpusimd_scaling scaling = {.kind = kind, .code_type = CPUSIMD_U8, .shape = shape,
                               .scale_count = 1, .scales = scale, .zeros = zero};
    cpusimd_quantize_run(pool, &scaling, in, out, room);
}

/* ---- addition, normalisation and quantisation in one ---------------------------------------- */

struct add_norm_job {
    const struct tensor_kernels *kernels;
    const char *in, *residual, *scale;
    char *codes, *code_scales, *sums, *scratch;
    size_t rows, n, bytes;
    double epsilon;
};

static size_t scratch_bytes(size_t n) { return (n * sizeof(double) + 63) / 64 * 64; }

static void add_norm_task(void *argument, int thread, int threads) {
    const struct add_norm_job *job = argument;
    size_t low, high;
    tensor_share(job->rows, 1, thread, threads, &low, &high);
    for (size_t row = low; row < high; row++) {
        size_t start = row * job->n * job->bytes;
        job->kernels->add_norm_quantize(
            job->in + start, job->residual + start, job->scale, job->codes + row * job->n,
            job->code_scales + row * job->bytes, job->sums + start, job->n, job->epsilon,
            job->scratch + (size_t)thread * scratch_bytes(job->n));
    }
}

uint64_t cpusimd_add_norm_quantize_workspace(const cpusimd_pool *pool, uint64_t n) {
    return (uint64_t)cpusimd_pool_threads(pool) * scratch_bytes(n);
}

void cpusimd_add_norm_quantize_run(cpusimd_pool *pool, cpusimd_kind kind, uint64_t rows,
                                   uint64_t n, double epsilon, const void *in,
                                   const void *residual, const void *scale, void *codes,
                                   void *code_scales, void *sums, void *workspace) {
    struct add_norm_job job = {
        .kernels = cpusimd_tensor_kernels(kind), .in = in, .residual = residual, .scale = scale,
        .codes = codes, .code_scales = code_scales, .sums = sums, .scratch = workspace,
        .rows = rows, .n = n, .bytes = cpusimd_type_bytes(kind.type), .epsilon = epsilon};
    cpusimd_pool_run(pool, add_norm_task, &job);
}
