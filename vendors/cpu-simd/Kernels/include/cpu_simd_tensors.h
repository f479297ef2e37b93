/* cpu_simd_tensors.h - element-wise, reducing and normalising kernels of the reference backend.
 *
 * Tensors are dense and row-major. f16 and bf16 are storage: arithmetic on them is in f32, between
 * the load and the store. bool is a byte of 0 or 1 and is worked on as u8. */
#ifndef CPU_SIMD_TENSORS_H
#define CPU_SIMD_TENSORS_H
#include "cpu_simd.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

#define CPUSIMD_F64 0
#define CPUSIMD_F32 1
#define CPUSIMD_F16 2
#define CPUSIMD_BF16 3
#define CPUSIMD_I64 4
#define CPUSIMD_I32 5
#define CPUSIMD_I8 6
#define CPUSIMD_U8 7
#define CPUSIMD_BOOL 8
#define CPUSIMD_TYPE_COUNT 9
/* Types that are stored, moved and converted, but have no arithmetic here. */
#define CPUSIMD_I16 9
#define CPUSIMD_U64 10
#define CPUSIMD_U32 11
#define CPUSIMD_U16 12
#define CPUSIMD_F8E4M3 13
#define CPUSIMD_F8E5M2 14
#define CPUSIMD_STORED_COUNT 15
uint64_t cpusimd_type_bytes(int type);

/* Where kernels are taken from: a set, and the type of the (first) input. */
typedef struct cpusimd_kind {
    int isa, type;
} cpusimd_kind;

/* ---- one input ------------------------------------------------------------------------------ */
#define CPUSIMD_ABS 0
#define CPUSIMD_NEG 1
#define CPUSIMD_SQRT 2
#define CPUSIMD_RECIPROCAL 3
#define CPUSIMD_RSQRT 4
#define CPUSIMD_EXP 5
#define CPUSIMD_LOG 6
#define CPUSIMD_SIN 7
#define CPUSIMD_COS 8
#define CPUSIMD_TANH 9
#define CPUSIMD_SIGMOID 10
#define CPUSIMD_RELU 11
#define CPUSIMD_LEAKY_RELU 12 /* alpha */
#define CPUSIMD_ELU 13        /* alpha */
#define CPUSIMD_GELU 14
#define CPUSIMD_GELU_TANH 15
#define CPUSIMD_SILU 16
#define CPUSIMD_ERF 17
#define CPUSIMD_FLOOR 18
#define CPUSIMD_CEIL 19
#define CPUSIMD_ROUND 20
#define CPUSIMD_SIGN 21
#define CPUSIMD_CLIP 22        /* from alpha to beta */
#define CPUSIMD_IS_NAN 23      /* to bool */
#define CPUSIMD_IS_INF 24      /* to bool; alpha: negative ones count, beta: positive ones */
#define CPUSIMD_NOT 25         /* of bool */
#define CPUSIMD_BITWISE_NOT 26
#define CPUSIMD_TAN 27
#define CPUSIMD_SOFTPLUS 28
#define CPUSIMD_HARD_SWISH 29
#define CPUSIMD_SWISH 30 /* alpha */
#define CPUSIMD_UNARY_COUNT 31
/* Whether the type has the operator: 1 or 0. */
int cpusimd_unary_exists(int type, int operation);
/* `parameters`: alpha and beta. */
void cpusimd_unary_run(cpusimd_pool *pool, cpusimd_kind kind, int operation, const void *in,
                       void *out, uint64_t count, const double *parameters);
/* Rounds to nearest, truncates towards whole numbers and saturates; NaN becomes 0 there. Whole
 * numbers keep their low bits. Without `saturates` floats of 8 bits overflow to NaN or infinity. */
void cpusimd_cast_run(cpusimd_pool *pool, int isa, int from, int to, int saturates, const void *in,
                      void *out, uint64_t count);
/* One element, rounded to f64. */
double cpusimd_value(int type, const void *address);

/* ---- two and three inputs ------------------------------------------------------------------- */
#define CPUSIMD_SUM 0
#define CPUSIMD_SUB 1
#define CPUSIMD_MUL 2
#define CPUSIMD_DIV 3
#define CPUSIMD_POW 4
#define CPUSIMD_MIN 5
#define CPUSIMD_MAX 6
#define CPUSIMD_AND 7 /* bit by bit, of whole numbers and bool */
#define CPUSIMD_OR 8
#define CPUSIMD_XOR 9
#define CPUSIMD_REMAINDER 10 /* with the sign of the dividend */
#define CPUSIMD_MODULO 11    /* with that of the divisor, of whole numbers */
#define CPUSIMD_SHIFT_LEFT 12
#define CPUSIMD_SHIFT_RIGHT 13
#define CPUSIMD_PRELU 14
/* Gradients: that of the result, and the input or, for sigmoid and tanh, the result itself. */
#define CPUSIMD_RELU_GRAD 15
#define CPUSIMD_SIGMOID_GRAD 16
#define CPUSIMD_TANH_GRAD 17
#define CPUSIMD_SILU_GRAD 18
#define CPUSIMD_GELU_GRAD 19
#define CPUSIMD_GELU_TANH_GRAD 20
#define CPUSIMD_EQUAL 21 /* this and the following to bool */
#define CPUSIMD_GREATER 22
#define CPUSIMD_GREATER_OR_EQUAL 23
#define CPUSIMD_LESS 24
#define CPUSIMD_LESS_OR_EQUAL 25
#define CPUSIMD_NOT_EQUAL 26
#define CPUSIMD_BINARY_COUNT 27
int cpusimd_binary_exists(int type, int operation);

/* Dimensions of the output, and for each input the elements to step: 0 where it is repeated. */
typedef struct cpusimd_spread {
    uint32_t rank; /* at least 1 */
    uint64_t dims[8], steps[3][8];
} cpusimd_spread;
/* `out` may be `a` where a is not repeated. */
void cpusimd_binary_run(cpusimd_pool *pool, cpusimd_kind kind, int operation,
                        const cpusimd_spread *shape, const void *a, const void *b, void *out);
/* a where the bytes of `condition` are not 0, else b. */
void cpusimd_where_run(cpusimd_pool *pool, cpusimd_kind kind, const cpusimd_spread *shape,
                       const void *condition, const void *a, const void *b, void *out);

/* The sum of any number of floating-point tensors, each with a shape of its own whose first steps
 * are meant, divided by `divisor`; kept in f32 for f16 and bf16, and rounded once. */
void cpusimd_sum_run(cpusimd_pool *pool, cpusimd_kind kind, uint32_t inputs,
                     const cpusimd_spread *shapes, const void *_Nonnull const *_Nonnull in,
                     void *out, double divisor);

/* ---- along an axis -------------------------------------------------------------------------- */
/* Reductions of a sort; a mean is a sum with a divisor. */
#define CPUSIMD_REDUCE_SUM 0
#define CPUSIMD_REDUCE_PROD 1
#define CPUSIMD_REDUCE_MAX 2
#define CPUSIMD_REDUCE_MIN 3
#define CPUSIMD_REDUCE_SUM_SQUARE 4
#define CPUSIMD_REDUCE_SUM_ABS 5      /* floating-point numbers only, as what follows */
#define CPUSIMD_REDUCE_LOG_SUM_EXP 6
#define CPUSIMD_REDUCE_COUNT 7
/* A reduction, of whose results a function of one input is taken before they are stored. */
#define CPUSIMD_REDUCE_THEN(reduction, function) ((reduction) | ((function) + 1) << 8)
/* The type in which partial results of a type are kept: f32 for f16 and bf16. */
int cpusimd_accumulator(int type);
/* Bytes that cpusimd_reduce_run needs, aligned to 64. */
uint64_t cpusimd_reduce_workspace(const cpusimd_pool *pool, cpusimd_kind kind, cpusimd_axis shape);
/* Reduces along n, from kind.type to `result`: that type or its accumulator. */
void cpusimd_reduce_run(cpusimd_pool *pool, cpusimd_kind kind, int operation, int result,
                        cpusimd_axis shape, double divisor, const void *in, void *out,
                        void *workspace);
/* The index along n of the largest (or smallest) element; a NaN counts as either. */
void cpusimd_arg_run(cpusimd_pool *pool, cpusimd_kind kind, int smallest, int last,
                     cpusimd_axis shape, const void *in, int64_t *out);

/* f64, f32, f16 and bf16 only. Bytes of workspace, aligned to 64. */
uint64_t cpusimd_softmax_workspace(const cpusimd_pool *pool);
void cpusimd_softmax_run(cpusimd_pool *pool, cpusimd_kind kind, int logarithm, cpusimd_axis shape,
                         const void *in, void *out, void *workspace);
/* Rows of n elements; a null bias adds nothing. `rms`: divided by the root mean square, no bias.
 * Where wanted, and not of rms, the mean of each row and what it was multiplied with. */
void cpusimd_normalize_run(cpusimd_pool *pool, cpusimd_kind kind, int rms, uint64_t rows,
                           uint64_t n, double epsilon, const void *in, const void *scale,
                           const void *_Nullable bias, void *out, float *_Nullable means,
                           float *_Nullable inverses);
/* Each of `groups` groups of each of `batch` items: channels / groups runs of `run` elements. */
void cpusimd_group_normalize_run(cpusimd_pool *pool, cpusimd_kind kind, uint64_t batch,
                                 uint64_t groups, uint64_t channels, uint64_t run, double epsilon,
                                 const void *in, const void *scale, const void *bias, void *out);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#endif
