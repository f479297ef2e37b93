/* What every instruction set and storage type supplies to element-wise, reducing and normalising
 * operators: one table each. */
#ifndef CPUSIMD_TENSORS_H
#define CPUSIMD_TENSORS_H
#include "cpu_simd_tensors.h"

#define REPEATED_NONE 0
#define REPEATED_A 1
#define REPEATED_B 2
/* Columns that one call of a kernel for columns takes at most: several pages of a row, which the
 * hardware follows better than many short pieces. */
#define COLUMNS_MAX 4096
/* Elements whose exponentials are kept while their sum is found: in f32 a quarter, in f64 half of a
 * second cache level of 1 MiB. */
#define SCRATCH_ELEMENTS 65536

/* `stream`: stores go past the caches; `out` starts at a multiple of its element's size. */
typedef void (*unary_kernel)(const void *in, void *out, size_t n, const double *parameters,
                             int stream);
typedef void (*binary_kernel)(const void *a, const void *b, void *out, size_t n, int repeated,
                              int stream);

struct reduction_kernels {
    void (*row)(const void *in, size_t n, void *accumulator);
    void (*columns)(const void *in, void *accumulators, size_t rows, size_t stride,
                    size_t columns);
    void (*combine)(void *accumulators, const void *parts, size_t count);
};

struct tensor_kernels {
    unary_kernel unary[CPUSIMD_UNARY_COUNT];    /* null where the type has no such operator */
    binary_kernel binary[CPUSIMD_BINARY_COUNT];
    struct reduction_kernels reductions[CPUSIMD_REDUCE_COUNT];
    void (*divide)(void *accumulators, size_t count, double divisor);
    void (*store)(const void *accumulators, void *out, size_t count);
    int64_t (*arg_row)(const void *in, size_t n, int smallest, int last);
    void (*arg_columns)(const void *in, int64_t *out, size_t rows, size_t stride, size_t columns,
                        int smallest, int last);
    /* Null for whole numbers. */
    void (*softmax_row)(const void *in, void *out, size_t n, void *scratch, int logarithm,
                        int stream);
    void (*softmax_columns)(const void *in, void *out, size_t n, size_t stride, size_t columns,
                            void *scratch, int logarithm, int stream);
    void (*normalize_row)(const void *in, const void *scale, const void *bias, void *out, size_t n,
                          double epsilon, double statistics[2], int stream);
    void (*rms_row)(const void *in, const void *scale, void *out, size_t n, double epsilon,
                    int stream);
    void (*normalize_group)(const void *in, const void *scale, const void *bias, void *out,
                            size_t channels, size_t run, double epsilon, int stream);
    /* Adds to accumulators, or with `first` starts them; all elements of `in` are one at step 0. */
    void (*accumulate)(const void *in, size_t step, void *accumulators, size_t n, int first);
    void (*store_quotient)(const void *accumulators, void *out, size_t n, double divisor,
                           int stream);
    /* x * slope + offset, both of the arithmetic type, one for all at step 0. */
    void (*scale_and_add)(const void *in, void *out, size_t n, const void *slopes,
                          const void *offsets, size_t step, int stream);
    /* Of columns, or of a row where stride is 1: the largest argument, and the logarithm of the sum
     * of exponentials less that; then from them factor * exp(x - both), or x - both. */
    void (*log_sums)(const void *in, size_t n, size_t stride, size_t columns, void *most,
                     void *rest);
    void (*shares)(const void *in, void *out, size_t n, size_t stride, size_t columns,
                   const void *most, const void *rest, double factor, int logarithm, int stream);
    double (*log_share)(const void *element, const void *most, const void *rest);
    void (*softmax_grad)(const void *gradient, const void *result, void *out, size_t n,
                         size_t stride, size_t columns, int logarithm, int stream);
    /* Adds to the accumulators what the row gives to the gradients of scale and bias. */
    void (*normalize_grad)(const void *gradient, const void *in, const void *scale, void *out,
                           size_t n, double epsilon, void *scale_sums, void *bias_sums,
                           int stream);
    /* To bytes; scales and zero points are of the arithmetic type. */
    void (*quantize)(const void *in, void *out, size_t n, const void *scales, const void *zeros,
                     size_t step, int is_signed);
    /* From whole numbers of `type` to the arithmetic type. */
    void (*dequantize)(int type, const void *in, void *out, size_t n, const void *scales,
                       const double *zeros, size_t step);
    void (*add_norm_quantize)(const void *in, const void *residual, const void *scale, void *codes,
                              void *code_scale, void *sums, size_t n, double epsilon,
                              void *scratch);
    void (*turn_halves)(const void *in, const void *cosines, const void *sines, void *out,
                        size_t half);
};
typedef void (*cast_kernel)(const void *in, void *out, size_t n);
/* Steps are 0 or 1. */
typedef void (*where_kernel)(const uint8_t *condition, const void *a, const void *b, void *out,
                             size_t n, size_t condition_step, size_t a_step, size_t b_step);

struct tensor_set {
    const struct tensor_kernels *types[CPUSIMD_TYPE_COUNT];
    /* [from][to]; null where it takes several steps. */
    cast_kernel casts[CPUSIMD_STORED_COUNT][CPUSIMD_STORED_COUNT];
    /* f32 to floats of 8 bits that overflow to NaN or infinity. */
    cast_kernel to_f8e4m3_or_nan, to_f8e5m2_or_infinity;
    /* Whole numbers in the order of elements, the bits `flip` turned; the result is the least. */
    uint32_t (*narrow_keys[CPUSIMD_STORED_COUNT])(const void *in, uint32_t *keys, size_t n,
                                                  uint32_t flip);
    uint64_t (*wide_keys[CPUSIMD_STORED_COUNT])(const void *in, uint64_t *keys, size_t n,
                                                uint64_t flip);
    /* 1 where a number drawn from `seed` for an element is at least `threshold`, else 0. */
    void (*draw)(uint8_t *mask, size_t n, uint32_t first, uint32_t seed, uint32_t threshold);
    /* f64 to f32 so that a second rounding, to f16 or bf16, is as if it were the only one. */
    cast_kernel to_odd;
    where_kernel where[4]; /* by the logarithm of the element's size */
};
extern const struct tensor_set cpusimd_tensors_scalar, cpusimd_tensors_sse, cpusimd_tensors_avx2,
    cpusimd_tensors_avx512, cpusimd_tensors_neon;
const struct tensor_set *cpusimd_tensor_set(int isa);
const struct tensor_kernels *cpusimd_tensor_kernels(cpusimd_kind kind);

/* Whether outputs should go past the caches: everything that the call touches is more than they
 * hold, so that what is stored would be gone before anyone reads it. */
int cpusimd_streams(uint64_t bytes);
/* After streamed stores, before the thread says that it is done. */
void cpusimd_stream_fence(int stream);

/* Converts n elements in the calling thread. */
void cpusimd_cast(const struct tensor_set *set, int from, int to, const void *in, void *out,
                  size_t n);

/* The part of `count` that a thread takes, in whole grains but for the last. */
static inline void tensor_share(size_t count, size_t grain, int thread, int threads, size_t *low,
                                size_t *high) {
    size_t grains = (count + grain - 1) / grain;
    *low = grains * (size_t)thread / (size_t)threads * grain;
    *high = grains * ((size_t)thread + 1) / (size_t)threads * grain;
    if (*low > count) *low = count;
    if (*high > count) *high = count;
}
#endif
