/* All kernels of one storage type, and their table. Include with STORAGE, U and HALF. */
#include "storage.h"
#include "unary.h"
#include "binary.h"
#include "reduction.h"
#if FLOATING
#include "softmax.h"
#include "normalization.h"
#include "statistics.h"
#include "gradients.h"
#include "quantize.h"
#include "rotation.h"
#endif

#define EACH(id, name, expression) [CPUSIMD_##id] = S(name##_each),
#define PAIRS(id, name, expression) [CPUSIMD_##id] = S(name##_pairs),
#define REDUCTION(id, name, identity, expression, term)                                            \
    [CPUSIMD_REDUCE_##id] = {S(name##_row), S(name##_columns), N(name##_combine)},
static const struct tensor_kernels S(kernels) = {
    .unary = {UNARY_KERNELS(EACH, EACH)},
    .binary = {BINARY_KERNELS(PAIRS, PAIRS)},
    .reductions = {REDUCTIONS(REDUCTION)
#if FLOATING
                   [CPUSIMD_REDUCE_LOG_SUM_EXP] = {S(log_sum_exp_row), S(log_sum_exp_columns),
                                                   N(log_sum_exp_combine)},
#endif
    },
    .divide = N(divide),
    .store = S(store),
    .arg_row = S(arg_row),
    .arg_columns = S(arg_columns),
#if FLOATING
    .softmax_row = S(softmax_row),
    .softmax_columns = S(softmax_columns),
    .normalize_row = S(normalize_row),
    .rms_row = S(rms_row),
    .normalize_group = S(normalize_group),
    .accumulate = S(accumulate),
    .store_quotient = S(store_quotient),
    .scale_and_add = S(scale_and_add),
    .log_sums = S(log_sums),
    .shares = S(shares),
    .log_share = S(log_share),
    .softmax_grad = S(softmax_grad),
    .normalize_grad = S(normalize_grad),
    .quantize = S(quantize),
    .dequantize = N(dequantize),
    .add_norm_quantize = S(add_norm_quantize),
    .turn_halves = S(turn_halves),
#endif
};
#undef EACH
#undef PAIRS
#undef REDUCTION
#undef UNARY_KERNELS
#undef BINARY_KERNELS
#undef COMPARISONS
#undef SHIFTS
#undef LONG_BLOCK
#undef EACH_PART
#undef FEW_ROWS
#include "storage_end.h"
