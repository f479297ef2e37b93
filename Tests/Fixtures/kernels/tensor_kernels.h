/* Element-wise, reducing and normalising kernels on odd sizes and on numbers from all over the
 * range, compared with the C library in long double. Included by every_kernel.c. */
#include "cpu_simd_tensors.h"
#include "cpu_simd_training.h"
#include <float.h>

static uint64_t random_state = 1;
static uint64_t next_random(void) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return random_state ^ random_state >> 29;
}

/* Half precision by way of the bits of f32, written for clarity and not for speed. */
static float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
static double half_value(uint16_t h) {
    int exponent = h >> 10 & 31, mantissa = h & 1023;
    double value = exponent == 31 ? (mantissa ? NAN : INFINITY)
                   : exponent     ? ldexp(1024 + mantissa, exponent - 25)
                                  : ldexp(mantissa, -24);
    return h & 0x8000 ? -value : value;
}

static double value_at(const void *memory, uint64_t i, int type) {
    switch (type) {
    case CPUSIMD_F64: return ((const double *)memory)[i];
    case CPUSIMD_F32: return (double)((const float *)memory)[i];
    case CPUSIMD_F16: return half_value(((const uint16_t *)memory)[i]);
    case CPUSIMD_BF16:
        return (double)float_of((uint32_t)((const uint16_t *)memory)[i] << 16);
    case CPUSIMD_I64: return (double)((const int64_t *)memory)[i];
    case CPUSIMD_I32: return (double)((const int32_t *)memory)[i];
    case CPUSIMD_I8: return (double)((const int8_t *)memory)[i];
    default: return (double)((const uint8_t *)memory)[i];
    }
}

/* Any bits at all, half of them of moderate size; memory ends where the last element does. */
static void *random_tensor(uint64_t count, int type) {
    size_t bytes = cpusimd_type_bytes(type);
    uint8_t *memory = malloc(count > 0 ? count * bytes : 1);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t bits = next_random() >> 3;
        if (type == CPUSIMD_F32 && bits & 1) bits = (bits & 0x83ffffff) | 0x3c000000;
        if (type == CPUSIMD_F64 && bits & 1)
            bits = (bits & 0x807fffffffffffff) | 0x3f80000000000000;
        if (type == CPUSIMD_BOOL) bits &= 1;
        memcpy(memory + i * bytes, &bits, bytes);
    }
    return memory;
}

struct reference {
    int operation;
    const char *name;
    long double (*value)(long double);
    double error; /* in units of roundoff of the arithmetic */
    double least; /* the error is relative to at least this */
};

static long double inverse(long double x) { return 1 / x; }
static long double inverse_root(long double x) { return 1 / sqrtl(x); }
static long double negative(long double x) { return -x; }
static long double sigmoid(long double x) { return 1 / (1 + expl(-x)); }
static long double silu(long double x) { return x / (1 + expl(-x)); }
static long double rectified(long double x) { return x < 0 ? 0 : x; }
static long double leaky(long double x) { return x < 0 ? (long double)0.25 * x : x; }
static long double elu(long double x) { return x < 0 ? (long double)0.25 * expm1l(x) : x; }
static long double gelu(long double x) { return x / 2 * erfcl(-x / sqrtl(2)); }
static long double gelu_tanh(long double x) {
    return x / (1 + expl(-2 * sqrtl(2 / 3.14159265358979323846264L) * (x + 0.044715l * x * x * x)));
}
static long double softplus(long double x) {
    return isnan(x) ? x : fmaxl(x, 0) + log1pl(expl(-fabsl(x)));
}
static long double hard_swish(long double x) {
    return x * fmaxl(0, fminl(1, x / 6 + (long double)0.5));
}
static long double swish(long double x) { return x / (1 + expl((long double)-0.25 * x)); }
static long double sign(long double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
static long double clipped(long double x) { return x < (long double)0.25 ? 0.25l : x > 2 ? 2 : x; }

/* Limits: twice those of OpenCL C. `least` where the definition itself cancels. */
static const struct reference references[] = {
    {CPUSIMD_ABS, "abs", fabsl, 0, 0},
    {CPUSIMD_NEG, "neg", negative, 0, 0},
    {CPUSIMD_SQRT, "sqrt", sqrtl, 1, 0},
    {CPUSIMD_RECIPROCAL, "reciprocal", inverse, 1, 0},
    {CPUSIMD_RSQRT, "rsqrt", inverse_root, 4, 0},
    {CPUSIMD_EXP, "exp", expl, 4, 0},
    {CPUSIMD_LOG, "log", logl, 6, 0},
    {CPUSIMD_SIN, "sin", sinl, 8, 0},
    {CPUSIMD_COS, "cos", cosl, 8, 0},
    {CPUSIMD_TANH, "tanh", tanhl, 10, 0},
    {CPUSIMD_SIGMOID, "sigmoid", sigmoid, 12, 0},
    {CPUSIMD_RELU, "relu", rectified, 0, 0},
    {CPUSIMD_LEAKY_RELU, "leakyrelu", leaky, 1, 0},
    {CPUSIMD_ELU, "elu", elu, 10, 0},
    {CPUSIMD_ERF, "erf", erfl, 32, 0},
    {CPUSIMD_FLOOR, "floor", floorl, 0, 0},
    {CPUSIMD_CEIL, "ceil", ceill, 0, 0},
    {CPUSIMD_ROUND, "round", rintl, 0, 0},
    {CPUSIMD_SIGN, "sign", sign, 0, 0},
    {CPUSIMD_CLIP, "clip", clipped, 0, 0},
    {CPUSIMD_SILU, "silu", silu, 14, 0},
    {CPUSIMD_GELU, "gelu", gelu, 32, 1},
    {CPUSIMD_GELU_TANH, "gelu tanh", gelu_tanh, 32, 1},
    {CPUSIMD_TAN, "tan", tanl, 10, 0},
    {CPUSIMD_SOFTPLUS, "softplus", softplus, 13, 0},
    {CPUSIMD_HARD_SWISH, "hardswish", hard_swish, 4, 0.5},
    {CPUSIMD_SWISH, "swish", swish, 14, 0.5},
};

/* The error of y in units of what is allowed; infinite where one is NaN and the other is not. */
static double excess(double y, long double right, double error, double least, int type) {
    static const double largest[] = {DBL_MAX, FLT_MAX, 65504, 0x1.fep127};
    static const double roundoffs[] = {0x1p-53, 0x1p-24, 0x1p-11, 0x1p-8};
    static const double smallest[] = {DBL_MIN, FLT_MIN, 0x1p-24, FLT_MIN};
    if (isnan(right) || isnan(y)) return isnan(right) && isnan(y) ? 0 : INFINITY;
    if ((double)right == y) return 0;
    double math = type == CPUSIMD_F64 ? 0x1p-53 : 0x1p-24;
    double magnitude = fabs((double)right), scale = magnitude < least ? least : magnitude;
    double stored = type == CPUSIMD_F16 || type == CPUSIMD_BF16 ? roundoffs[type] * magnitude : 0;
    double allowed = error * math * scale + stored + smallest[type];
    int is_near = magnitude >= largest[type] * (1 - 16 * math) && (y > 0) == (right > 0);
    if (isinf(y)) return is_near ? 0 : 1e9;
    return (double)fabsl((long double)y - right) / allowed;
}

static void unary_kernels(cpusimd_pool *pool, int isa, int type, int shows) {
    const double parameters[2] = {0.25, 2};
    const uint64_t counts[] = {1, 7, 15, 33, 1029, 9001};
    for (size_t r = 0; r < sizeof references / sizeof *references; r++) {
        const struct reference *reference = &references[r];
        double worst = 0, where = 0;
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            uint64_t count = counts[c];
            void *in = random_tensor(count, type), *out = random_tensor(count, type);
            double given[2] = {parameters[0], parameters[1]};
            cpusimd_unary_run(pool, (cpusimd_kind){isa, type}, reference->operation, in, out, count,
                              given);
            for (uint64_t i = 0; i < count; i++) {
                double x = value_at(in, i, type), least = reference->least * fabs(x);
                double over = excess(value_at(out, i, type), reference->value((long double)x),
                                     reference->error, least, type);
                if (over > worst) worst = over, where = x;
            }
            free(in), free(out);
        }
        if (shows) printf("%-10s type %d: %.3f of what is allowed, at %a\n", reference->name, type,
                          worst, where);
        if (worst > 1)
            fprintf(stderr, "%s of type %d at %a: %g times what is allowed\n", reference->name,
                    type, where, worst);
        expect(worst <= 1, reference->name);
    }
}

static long double slope(int operation, long double x) {
    const long double root = sqrtl(2 / 3.14159265358979323846264L);
    long double share = 1 / (1 + expl(-x)), density = root / 2 * expl(-x * x / 2), t;
    if (operation == CPUSIMD_SILU_GRAD) return share * (1 + x / (1 + expl(x)));
    if (operation == CPUSIMD_GELU_GRAD) return erfcl(-x / sqrtl(2)) / 2 + x * density;
    t = tanhl(root * (x + 0.044715l * x * x * x));
    return (1 + t + x * (1 - t * t) * root * (1 + 3 * 0.044715l * x * x)) / 2;
}

static long double pair_value(int operation, long double a, long double b) {
    switch (operation) {
    case CPUSIMD_SUM: return a + b;
    case CPUSIMD_SUB: return a - b;
    case CPUSIMD_MUL: return a * b;
    case CPUSIMD_DIV: return a / b;
    case CPUSIMD_POW: return powl(a, b);
    case CPUSIMD_MIN: return isnan(a) || isnan(b) ? NAN : a < b ? a : b;
    case CPUSIMD_MAX: return isnan(a) || isnan(b) ? NAN : a > b ? a : b;
    case CPUSIMD_REMAINDER: return fmodl(a, b);
    case CPUSIMD_PRELU: return a < 0 ? a * b : a;
    case CPUSIMD_RELU_GRAD: return b > 0 ? a : 0;
    case CPUSIMD_SIGMOID_GRAD: return a * b * (1 - b);
    case CPUSIMD_TANH_GRAD: return a * (1 - b * b);
    case CPUSIMD_SILU_GRAD:
    case CPUSIMD_GELU_GRAD:
    case CPUSIMD_GELU_TANH_GRAD: return a * slope(operation, b);
    case CPUSIMD_EQUAL: return a == b;
    case CPUSIMD_GREATER: return a > b;
    case CPUSIMD_GREATER_OR_EQUAL: return a >= b;
    case CPUSIMD_LESS: return a < b;
    case CPUSIMD_LESS_OR_EQUAL: return a <= b;
    default: return a != b;
    }
}

/* The error allowed in units of roundoff, and to what it is relative at least. */
static double pair_error(int operation, double a, double b, double *least) {
    *least = 0;
    if (operation == CPUSIMD_POW) return 32;
    if (operation == CPUSIMD_REMAINDER) return 0;
    if (operation < CPUSIMD_SIGMOID_GRAD || operation >= CPUSIMD_EQUAL) return 2;
    *least = fabs(a) * (operation > CPUSIMD_TANH_GRAD ? 1 + fabs(b) : 1);
    return operation > CPUSIMD_TANH_GRAD ? 40 : 3;
}

static void float_pairs(cpusimd_pool *pool, int isa, int type) {
    for (int operation = 0; operation < CPUSIMD_BINARY_COUNT; operation++) {
        if (!cpusimd_binary_exists(type, operation)) continue;
        int gives_bool = operation >= CPUSIMD_EQUAL;
        int is_slope = operation >= CPUSIMD_SIGMOID_GRAD && !gives_bool;
        for (int repeated = 0; repeated < 3; repeated++) {
            uint64_t rows = 3, n = 1031;
            void *a = random_tensor(rows * n, type), *b = random_tensor(rows * n, type);
            void *out = random_tensor(rows * n, gives_bool ? CPUSIMD_BOOL : type);
            cpusimd_spread shape = {.rank = 2, .dims = {rows, n},
                                    .steps = {{n, repeated != 1}, {n, repeated != 2}}};
            cpusimd_binary_run(pool, (cpusimd_kind){isa, type}, operation, &shape, a, b, out);
            for (uint64_t i = 0; i < rows * n; i++) {
                uint64_t first = i / n * n;
                double x = value_at(a, repeated == 1 ? first : i, type);
                double y = value_at(b, repeated == 2 ? first : i, type);
                double z = value_at(out, i, gives_bool ? CPUSIMD_BOOL : type), least;
                /* No result of a sigmoid, and products that overflow on the way. */
                if (is_slope && !(fabs(y) < 1000)) continue;
                long double right = pair_value(operation, x, y);
                double error = pair_error(operation, x, y, &least);
                double over = excess(z, right, error, least, gives_bool ? CPUSIMD_F64 : type);
                if (over > 1) fprintf(stderr, "operation %d type %d of %a, %a: %a, not %La\n",
                                      operation, type, x, y, z, right);
                expect(over <= 1, "an operator of two inputs");
            }
            free(a), free(b), free(out);
        }
    }
}

static int64_t whole_value(int operation, int64_t x, int64_t y) {
    switch (operation) {
    case CPUSIMD_AND: return x & y;
    case CPUSIMD_OR: return x | y;
    case CPUSIMD_XOR: return x ^ y;
    case CPUSIMD_DIV: return y == 0 ? 0 : x / y;
    case CPUSIMD_REMAINDER: return y == 0 ? 0 : x % y;
    case CPUSIMD_MODULO: return y == 0 ? 0 : (x % y + y) % y;
    case CPUSIMD_SHIFT_LEFT: return y > 7 ? 0 : (uint8_t)(x << y);
    case CPUSIMD_SHIFT_RIGHT: return y > 7 ? 0 : x >> y;
    default: return (int64_t)pair_value(operation, (long double)x, (long double)y);
    }
}

static void whole_pairs(cpusimd_pool *pool, int isa, int type) {
    for (int operation = 0; operation < CPUSIMD_BINARY_COUNT; operation++) {
        if (operation == CPUSIMD_POW || !cpusimd_binary_exists(type, operation)) continue;
        uint64_t n = 1031;
        int8_t *a = random_tensor(n, CPUSIMD_I8), *b = random_tensor(n, CPUSIMD_I8);
        size_t bytes = cpusimd_type_bytes(type);
        char *left = malloc(n * bytes), *right = malloc(n * bytes), *out = malloc(n * bytes);
        cpusimd_cast_run(pool, isa, CPUSIMD_I8, type, 1, a, left, n);
        cpusimd_cast_run(pool, isa, CPUSIMD_I8, type, 1, b, right, n);
        cpusimd_spread shape = {.rank = 1, .dims = {n}, .steps = {{1}, {1}}};
        cpusimd_binary_run(pool, (cpusimd_kind){isa, type}, operation, &shape, left, right, out);
        for (uint64_t i = 0; i < n; i++) {
            int64_t x = (int64_t)value_at(left, i, type), y = (int64_t)value_at(right, i, type);
            int64_t z = (int64_t)(operation >= CPUSIMD_EQUAL ? value_at(out, i, CPUSIMD_BOOL)
                                                             : value_at(out, i, type));
            int64_t expected = whole_value(operation, x, y);
            /* 8-bit results wrap. */
            if (type == CPUSIMD_I8) expected = (int8_t)expected;
            if (type == CPUSIMD_U8) expected = (uint8_t)expected;
            expect(z == expected, "an operator of whole numbers");
        }
        free(a), free(b), free(left), free(right), free(out);
    }
}

static void casts(cpusimd_pool *pool, int isa) {
    for (int from = 0; from < CPUSIMD_TYPE_COUNT; from++)
        for (int to = 0; to < CPUSIMD_TYPE_COUNT; to++) {
            uint64_t n = 133;
            void *in = random_tensor(n, from), *out = random_tensor(n, to);
            cpusimd_cast_run(pool, isa, from, to, 1, in, out, n);
            for (uint64_t i = 0; i < n; i++) {
                double x = value_at(in, i, from), y = value_at(out, i, to);
                if (to == CPUSIMD_BOOL) expect(y == (x != 0), "cast to bool");
                else if (to < CPUSIMD_I64) expect(excess(y, (long double)x, 1, 0, to) <= 1, "cast");
                else if (fabs(x) < 100 && (x >= 0 || to != CPUSIMD_U8))
                    expect(y == trunc(x), "cast to whole numbers");
            }
            free(in), free(out);
        }
}

static void axis_kernels(cpusimd_pool *pool, int isa, int type) {
    const uint64_t lengths[] = {1, 5, 17, 130, 4099};
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
        for (uint64_t inner = 1; inner <= 3; inner += 2) {
            uint64_t n = lengths[l], rows = 2 * inner;
            cpusimd_kind kind = {isa, type};
            cpusimd_axis shape = {2, n, inner};
            void *in = random_tensor(rows * n, type), *out = random_tensor(rows * n, type);
            void *workspace = aligned_alloc(64, cpusimd_softmax_workspace(pool));
            int64_t *index = malloc(rows * sizeof(int64_t));
            int last = type < CPUSIMD_I64 ? CPUSIMD_REDUCE_COUNT : CPUSIMD_REDUCE_SUM_ABS;
            for (int operation = 0; operation < last; operation++)
                cpusimd_reduce_run(pool, kind, operation, type, shape, 1, in, out, workspace);
            cpusimd_reduce_run(pool, kind, CPUSIMD_REDUCE_MIN, type, shape, 1, in, out, workspace);
            double least = value_at(in, 0, type);
            for (uint64_t k = 1; k < n; k++) {
                double x = value_at(in, k * inner, type);
                if (x < least || isnan(x)) least = x;
                if (isnan(least)) break;
            }
            double found = value_at(out, 0, type);
            expect(found == least || (isnan(found) && isnan(least)), "minimum");
            cpusimd_arg_run(pool, kind, 1, 0, shape, in, index);
            double chosen = value_at(in, (uint64_t)index[0] * inner, type);
            expect(chosen == least || (isnan(chosen) && isnan(least)), "index of the minimum");
            if (type < CPUSIMD_I64) {
                for (int logarithm = 0; logarithm < 2; logarithm++)
                    cpusimd_softmax_run(pool, kind, logarithm, shape, in, out, workspace);
                cpusimd_normalize_run(pool, kind, 0, rows, n, 1e-5, in, in, in, out, NULL, NULL);
                cpusimd_normalize_run(pool, kind, 1, rows, n, 1e-5, in, in, NULL, out, NULL, NULL);
                cpusimd_group_normalize_run(pool, kind, 1, 2, rows, n, 1e-5, in, in, in, out);
                for (int logarithm = 0; logarithm < 2; logarithm++)
                    cpusimd_softmax_grad_run(pool, kind, logarithm, shape, in, in, out);
            }
            free(in), free(out), free(workspace), free(index);
        }
}

static void tensor_kernels(cpusimd_pool *pool, int isa) {
    int shows = getenv("ASSAY_SHOW_ERRORS") != NULL;
    for (int type = 0; type < CPUSIMD_TYPE_COUNT; type++) {
        if (type < CPUSIMD_I64) {
            unary_kernels(pool, isa, type, shows);
            float_pairs(pool, isa, type);
        } else if (type < CPUSIMD_BOOL) {
            whole_pairs(pool, isa, type);
        }
        axis_kernels(pool, isa, type);
    }
    casts(pool, isa);
}
