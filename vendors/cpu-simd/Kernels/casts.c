/* Conversions between all storage types, in as few steps as there are kernels for. */
#include "tensors.h"
#include <string.h>

/* Elements that threads share out: whole cache lines of every type. */
#define GRAIN 512
/* f32 rounded to odd: a stop on the way from f64, not a type. */
#define ODD CPUSIMD_STORED_COUNT
#define STEPS_MAX 5

struct cast_job {
    int steps;
    cast_kernel kernels[STEPS_MAX];
    size_t from_bytes, to_bytes;
    const char *in;
    char *out;
    size_t count;
};

/* The type with arithmetic that is nearest to one without. */
static int nearest(int type) {
    switch (type) {
    case CPUSIMD_F16:
    case CPUSIMD_BF16:
    case CPUSIMD_F8E4M3:
    case CPUSIMD_F8E5M2: return CPUSIMD_F32;
    case CPUSIMD_I16:
    case CPUSIMD_U16: return CPUSIMD_I32;
    case CPUSIMD_U64:
    case CPUSIMD_U32: return CPUSIMD_I64;
    default: return type;
    }
}

/* Where to go from a type; numbers of more digits than f32 are rounded once only. */
static int next_stop(const struct tensor_set *set, int from, int to) {
    if (from == ODD || set->casts[from][to]) return to;
    if (nearest(to) == CPUSIMD_F32 && to != CPUSIMD_F32) {
        if (from == CPUSIMD_F64) return ODD;
        if (cpusimd_type_bytes(from) == 1 && nearest(from) == from) return CPUSIMD_F32;
        return set->casts[from][CPUSIMD_F64] ? CPUSIMD_F64 : nearest(from);
    }
    return set->casts[from][nearest(to)] ? nearest(to) : nearest(from);
}

static void plan(struct cast_job *job, const struct tensor_set *set, int from, int to,
                 int saturates) {
    while (from != to) {
        int next = next_stop(set, from, to);
        int source = from == ODD ? CPUSIMD_F32 : from;
        cast_kernel kernel = next == ODD ? set->to_odd : set->casts[source][next];
        if (!saturates && next == CPUSIMD_F8E4M3) kernel = set->to_f8e4m3_or_nan;
        if (!saturates && next == CPUSIMD_F8E5M2) kernel = set->to_f8e5m2_or_infinity;
        job->kernels[job->steps++] = kernel;
        from = next;
    }
}

static void cast_part(const struct cast_job *job, const char *in, char *out, size_t count) {
    enum { BLOCK = 1024 };
    if (job->steps == 0) {
        memcpy(out, in, count * job->from_bytes);
        return;
    }
    if (job->steps == 1) {
        job->kernels[0](in, out, count);
        return;
    }
    uint64_t between[2][BLOCK];
    for (size_t i = 0; i < count; i += BLOCK) {
        size_t n = count - i < BLOCK ? count - i : BLOCK;
        const void *source = in + i * job->from_bytes;
        for (int step = 0; step < job->steps; step++) {
            void *target = step + 1 < job->steps ? (void *)between[step & 1]
                                                 : out + i * job->to_bytes;
            job->kernels[step](source, target, n);
            source = target;
        }
    }
}

static void cast_task(void *argument, int thread, int threads) {
    const struct cast_job *job = argument;
    size_t low, high;
    tensor_share(job->count, GRAIN, thread, threads, &low, &high);
    if (high > low)
        cast_part(job, job->in + low * job->from_bytes, job->out + low * job->to_bytes,
                  high - low);
}

void cpusimd_cast_run(cpusimd_pool *pool, int isa, int from, int to, int saturates, const void *in,
                      void *out, uint64_t count) {
    struct cast_job job = {.from_bytes = cpusimd_type_bytes(from),
                           .to_bytes = cpusimd_type_bytes(to), .in = in, .out = out,
                           .count = count};
    plan(&job, cpusimd_tensor_set(isa), from, to, saturates);
    cpusimd_pool_run(pool, cast_task, &job);
}

void cpusimd_cast(const struct tensor_set *set, int from, int to, const void *in, void *out,
                  size_t n) {
    struct cast_job job = {.from_bytes = cpusimd_type_bytes(from),
                           .to_bytes = cpusimd_type_bytes(to)};
    plan(&job, set, from, to, 1);
    cast_part(&job, in, out, n);
}

double cpusimd_value(int type, const void *address) {
    double value;
    struct cast_job job = {.from_bytes = cpusimd_type_bytes(type), .to_bytes = 8};
    plan(&job, cpusimd_tensor_set(CPUSIMD_SCALAR), type, CPUSIMD_F64, 1);
    cast_part(&job, address, (char *)&value, 1);
    return value;
}
