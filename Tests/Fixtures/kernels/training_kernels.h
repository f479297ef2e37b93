/* Gradients, losses and quantisation on odd sizes, with random numbers; included by every_kernel.c.
 * What they should give is in training.json: here one value of each is compared, and memory ends
 * where tensors do. */
#include "cpu_simd_quantize.h"

/* Moderate numbers of a type. */
static void *moderate(cpusimd_pool *pool, uint64_t count, int type, double offset) {
    double *values = malloc((count + 1) * sizeof *values);
    void *out = malloc(count * cpusimd_type_bytes(type) + 1);
    for (uint64_t i = 0; i < count; i++)
        values[i] = offset + (double)(next_random() >> 40) / (double)(1 << 22) - 2;
    cpusimd_cast_run(pool, CPUSIMD_SCALAR, CPUSIMD_F64, type, 1, values, out, count);
    free(values);
    return out;
}

static double slack(int type) {
    return type == CPUSIMD_F64 ? 1e-12 : type == CPUSIMD_F32 ? 1e-4 : 0.1;
}

static void losses(cpusimd_pool *pool, int isa, int type, cpusimd_axis shape) {
    uint64_t labels = shape.outer * shape.inner, count = labels * shape.n;
    void *scores = moderate(pool, count, type, 0), *logarithms = moderate(pool, count, type, 0);
    void *gradient = moderate(pool, count, type, 0), *weights = moderate(pool, shape.n, type, 3);
    void *each = moderate(pool, labels, type, 0), *loss = moderate(pool, 1, type, 0);
    void *room = aligned_alloc(64, cpusimd_entropy_workspace(pool));
    int32_t *names = malloc(labels * sizeof *names);
    for (uint64_t i = 0; i < labels; i++) names[i] = (int32_t)(next_random() % shape.n);
    cpusimd_entropy job = {.kind = {isa, type}, .shape = shape, .label_type = CPUSIMD_I32,
                           .scores = scores, .labels = names, .loss = each,
                           .logarithms = logarithms, .reduction = CPUSIMD_LOSS_EACH};
    cpusimd_entropy_run(pool, &job, room);
    job = (cpusimd_entropy){.kind = {isa, type}, .shape = shape, .label_type = CPUSIMD_I32,
                            .scores = scores, .labels = names, .weights = weights, .loss = loss,
                            .reduction = CPUSIMD_LOSS_MEAN};
    cpusimd_entropy_run(pool, &job, room);
    job = (cpusimd_entropy){.kind = {isa, type}, .shape = shape, .label_type = CPUSIMD_I32,
                            .scores = scores, .labels = names, .gradient = gradient, .factor = 1};
    cpusimd_entropy_run(pool, &job, room);
    uint64_t element = (uint64_t)names[0] * shape.inner;
    double share = value_at(logarithms, element, type);
    expect(fabs(value_at(each, 0, type) + share) <= slack(type), "loss");
    expect(fabs(value_at(gradient, element, type) - (exp(share) - 1)) <= slack(type),
           "gradient of the loss");
    free(scores), free(logarithms), free(gradient), free(weights), free(each), free(loss);
    free(room), free(names);
}

static void norms(cpusimd_pool *pool, int isa, int type, uint64_t rows, uint64_t n) {
    cpusimd_kind kind = {isa, type};
    void *x = moderate(pool, rows * n, type, 0), *dy = moderate(pool, rows * n, type, 0);
    void *scale = moderate(pool, n, type, 4), *dx = moderate(pool, rows * n, type, 0);
    void *scales = moderate(pool, n, type, 0), *biases = moderate(pool, n, type, 0);
    void *room = aligned_alloc(64, cpusimd_normalize_grad_workspace(pool, kind, n));
    cpusimd_normalize_grad_run(pool, kind, rows, n, 1e-3, dy, x, scale, dx, scales, biases, room);
    double total = 0;
    for (uint64_t r = 0; r < rows; r++) total += value_at(dy, r * n + n - 1, type);
    expect(fabs(value_at(biases, n - 1, type) - total) <= slack(type) * 4, "gradient of a bias");
    free(room);
    room = aligned_alloc(64, cpusimd_add_norm_quantize_workspace(pool, n));
    int8_t *codes = malloc(rows * n);
    void *steps = moderate(pool, rows, type, 0);
    cpusimd_add_norm_quantize_run(pool, kind, rows, n, 1e-3, x, dy, scale, codes, steps, dx, room);
    double sum = value_at(x, 0, type) + value_at(dy, 0, type);
    expect(fabs(value_at(dx, 0, type) - sum) <= slack(type), "sum");
    free(room);
    cpusimd_batch job = {.kind = kind, .factor_type = type, .moment_type = type, .epsilon = 1e-3,
                         .batch = rows, .channels = n, .run = 1, .in = x, .scale = scale,
                         .bias = scale, .mean = scale, .variance = scale, .out = dx};
    room = aligned_alloc(64, (cpusimd_batch_workspace(&job) + 63) / 64 * 64);
    cpusimd_batch_run(pool, &job, room);
    double s = value_at(scale, 0, type);
    double right = (value_at(x, 0, type) - s) / sqrt(s + 1e-3) * s + s;
    expect(fabs(value_at(dx, 0, type) - right) <= slack(type), "batch normalisation");
    job.batch = 1, job.channels = rows, job.run = n;
    if (rows <= n) cpusimd_batch_run(pool, &job, room);
    free(x), free(dy), free(scale), free(dx), free(scales), free(biases), free(room), free(codes);
    free(steps);
}

/* Codes times their scale are within half of it. */
static void scalings(cpusimd_pool *pool, int isa, int type, cpusimd_axis shape, uint64_t block) {
    uint64_t blocks = block ? (shape.n + block - 1) / block : 1;
    uint64_t count = shape.outer * shape.n * shape.inner;
    for (int each = 0; each < 3; each++) {
        cpusimd_scaling scaling = {.kind = {isa, type}, .shape = shape, .scale_count = 1,
                                   .code_type = each & 1 ? CPUSIMD_I8 : CPUSIMD_U8};
        if (each == 1) scaling.scale_count = shape.n;
        if (each == 2) {
            if (!block) continue;
            scaling.scale_count = shape.outer * blocks * shape.inner;
            scaling.block = block;
        }
        void *scales = moderate(pool, scaling.scale_count, type, 2.5);
        uint8_t *zeros = calloc(scaling.scale_count, 1), *codes = malloc(count);
        void *x = moderate(pool, count, type, 2), *back = moderate(pool, count, type, 0);
        void *room = aligned_alloc(64, (cpusimd_scaling_workspace(&scaling) + 63) / 64 * 64);
        scaling.scales = scales, scaling.zeros = zeros;
        cpusimd_quantize_run(pool, &scaling, x, codes, room);
        cpusimd_dequantize_run(pool, &scaling, codes, back, room);
        for (uint64_t i = 0; i < count; i++)
            expect(fabs(value_at(back, i, type) - value_at(x, i, type)) <= 2.5, "codes");
        scaling.code_type = CPUSIMD_I32, scaling.zeros = NULL;
        int32_t *wide = calloc(count, 4);
        cpusimd_dequantize_run(pool, &scaling, wide, back, room);
        expect(value_at(back, count - 1, type) == 0, "codes of 32 bits");
        free(scales), free(zeros), free(codes), free(x), free(back), free(room), free(wide);
    }
}

static void sums(cpusimd_pool *pool, int isa, int type) {
    uint64_t rows = 5, n = 733;
    cpusimd_spread shapes[3] = {{2, {rows, n}, {{n, 1}}}, {2, {rows, n}, {{1, 0}}},
                                {2, {rows, n}, {{0, 1}}}};
    void *a = moderate(pool, rows * n, type, 0), *b = moderate(pool, rows, type, 0);
    void *c = moderate(pool, n, type, 0), *out = moderate(pool, rows * n, type, 0);
    const void *inputs[3] = {a, b, c};
    cpusimd_sum_run(pool, (cpusimd_kind){isa, type}, 3, shapes, inputs, out, 3);
    for (uint64_t i = 0; i < rows * n; i++) {
        double right = value_at(a, i, type) + value_at(b, i / n, type) + value_at(c, i % n, type);
        expect(fabs(value_at(out, i, type) - right / 3) <= slack(type), "mean");
    }
    free(a), free(b), free(c), free(out);
}

static void training_kernels(cpusimd_pool *pool, int isa) {
    const uint64_t lengths[] = {1, 5, 17, 130, 1025};
    for (int type = 0; type < CPUSIMD_I64; type++) {
        sums(pool, isa, type);
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            uint64_t n = lengths[l];
            norms(pool, isa, type, 3, n);
            for (uint64_t inner = 1; inner <= 3; inner += 2) {
                losses(pool, isa, type, (cpusimd_axis){2, n, inner});
                scalings(pool, isa, type, (cpusimd_axis){2, n, inner}, n / 3);
            }
        }
    }
    float x[70], scale;
    uint8_t codes[70], zero;
    double room[4096];
    for (int i = 0; i < 70; i++) x[i] = (float)(i - 20);
    cpusimd_dynamic_quantize_run(pool, isa, 70, x, codes, &scale, &zero, room);
    expect(codes[0] == 0 && codes[69] == 255 && codes[20] == zero, "codes by range");
}
