/* cpu_simd_training.h - gradients, the loss of classification, and normalisation by given
 * statistics. Types are f64, f32, f16 and bf16; see cpu_simd_tensors.h. */
#ifndef CPU_SIMD_TRAINING_H
#define CPU_SIMD_TRAINING_H
#include "cpu_simd_tensors.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/* result * (gradient - sum of gradient * result) along n, or with `logarithm`
 * gradient - exp(result) * sum of gradient. */
void cpusimd_softmax_grad_run(cpusimd_pool *pool, cpusimd_kind kind, int logarithm,
                              cpusimd_axis shape, const void *gradient, const void *result,
                              void *out);

/* Bytes of workspace, aligned to 64. */
uint64_t cpusimd_normalize_grad_workspace(const cpusimd_pool *pool, cpusimd_kind kind, uint64_t n);
/* Gradients of layer normalisation of rows of n elements: of its input, scale and bias. */
void cpusimd_normalize_grad_run(cpusimd_pool *pool, cpusimd_kind kind, uint64_t rows, uint64_t n,
                                double epsilon, const void *gradient, const void *in,
                                const void *scale, void *out, void *scale_out, void *bias_out,
                                void *workspace);

#define CPUSIMD_LOSS_EACH 0
#define CPUSIMD_LOSS_SUM 1
#define CPUSIMD_LOSS_MEAN 2
/* Scores [outer, n, inner] with a label for each of the outer times inner; what is null is not
 * wanted. A label outside the n classes counts as ignored. */
typedef struct cpusimd_entropy {
    cpusimd_kind kind;
    cpusimd_axis shape;
    int label_type; /* CPUSIMD_I64 or CPUSIMD_I32 */
    int ignores;    /* whether `ignored` is a label that counts for nothing */
    int64_t ignored;
    int reduction;
    const void *_Nullable scores, *_Nullable labels, *_Nullable weights;
    void *_Nullable loss, *_Nullable logarithms; /* of the shares of all classes */
    void *_Nullable gradient; /* (share - 1 at the label) * factor */
    double factor;
} cpusimd_entropy;
/* Bytes of workspace, aligned to 64. */
uint64_t cpusimd_entropy_workspace(const cpusimd_pool *pool);
void cpusimd_entropy_run(cpusimd_pool *pool, const cpusimd_entropy *job, void *workspace);

/* (x - mean) / sqrt(variance + epsilon) * scale + bias, all of them of a channel's own; x is
 * [batch, channels, run]. scale and bias are of factor_type, mean and variance of moment_type. */
typedef struct cpusimd_batch {
    cpusimd_kind kind;
    int factor_type, moment_type;
    uint64_t batch, channels, run;
    double epsilon;
    const void *_Nullable in, *_Nullable scale, *_Nullable bias, *_Nullable mean,
        *_Nullable variance;
    void *_Nullable out;
} cpusimd_batch;
/* Bytes of workspace, aligned to 64. */
uint64_t cpusimd_batch_workspace(const cpusimd_batch *job);
void cpusimd_batch_run(cpusimd_pool *pool, const cpusimd_batch *job, void *workspace);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#endif
