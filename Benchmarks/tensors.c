/* Runs operators of the backend cpu-simd through its plug-in ABI, beside its own memory kernels.
 *
 * Usage: tensors CPU[,CPU...]. Reads one command a line, answers one line each:
 *   triad STORES BYTES                    prepares MemoryTriad on BYTES of three arrays
 *   operator NAME DTYPE ROWS COLUMNS KIND prepares an operator on a tensor [ROWS, COLUMNS]
 *   run triad | operator CALLS            nanoseconds, and bytes moved by definition
 * KIND says what the operator takes: one, two (inputs), where, normalize (with scale and bias), rms
 * (with scale), rows (reduced along columns), all (reduced to one), exchanged (to [COLUMNS, ROWS]),
 * joined (two side by side), chosen (rows in no order). Answers begin with "ok" and the kernel, or
 * "no" and a reason. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "assay_plugin.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const assay_plugin *assay_cpu_simd_entry_v1(const assay_host *host, assay_error *e);

/* One prepared operation with its tensors: inputs, then the output. */
struct prepared {
    assay_op op;
    assay_buffer buffers[4];
    assay_tensor tensors[4];
    const assay_tensor *inputs[3], *outputs[1];
    uint32_t input_count;
    uint64_t bytes;
};
static struct {
    const assay_plugin *plugin;
    const assay_memory_v1 *memory;
    const assay_queue_v1 *queues;
    const assay_op_v1 *ops;
    assay_device device;
    assay_queue queue;
    struct prepared triad, subject;
} g;
static assay_error failure;

static assay_str text(const char *from) { return (assay_str){from, strlen(from)}; }
static assay_kv number(const char *key, int64_t value) {
    assay_kv kv = {.key = text(key), .type = ASSAY_KV_INT, .count = 1};
    kv.v.i = value;
    return kv;
}
static assay_kv string(const char *key, const char *value) {
    assay_kv kv = {.key = text(key), .type = ASSAY_KV_STRING, .count = 1};
    kv.v.s = text(value);
    return kv;
}

static int start(const int64_t *cpus, int count) {
    assay_kv options[2] = {number("threads", count),
                           {.key = text("cpus"), .type = ASSAY_KV_INTS, .count = (uint32_t)count}};
    options[1].v.ints = cpus;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((int)cpus[0], &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) return 0;
    failure.h.size = (uint32_t)sizeof failure;
    g.plugin = assay_cpu_simd_entry_v1(NULL, &failure);
    if (!g.plugin) return 0;
    void *impl = g.plugin->impl;
    if (g.plugin->startup(impl, options, 2, &failure) != ASSAY_OK) return 0;
    g.memory = g.plugin->extension(impl, "assay.memory/1");
    g.queues = g.plugin->extension(impl, "assay.queue/1");
    g.ops = g.plugin->extension(impl, "assay.op/1");
    if (g.plugin->device_open(impl, 0, NULL, 0, &g.device, &failure) != ASSAY_OK) return 0;
    return g.queues->create(g.device, 0, &g.queue, &failure) == ASSAY_OK;
}

static void forget(struct prepared *p) {
    if (p->op) g.ops->destroy(p->op);
    for (int i = 0; i < 4; i++)
        if (p->buffers[i]) g.memory->release(p->buffers[i], NULL);
    *p = (struct prepared){0};
}

static uint64_t size_of(uint32_t dtype) {
    switch (dtype) {
    case ASSAY_F64:
    case ASSAY_I64: return 8;
    case ASSAY_F32:
    case ASSAY_I32: return 4;
    case ASSAY_F16:
    case ASSAY_BF16: return 2;
    default: return 1;
    }
}

/* Numbers from 1 to 2, or from 1 to 100; bool alternates. */
static void fill(void *memory, uint32_t dtype, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        double value = 1 + (double)(i % 997) / 997;
        switch (dtype) {
        case ASSAY_F64: ((double *)memory)[i] = value; break;
        case ASSAY_F32: ((float *)memory)[i] = (float)value; break;
        case ASSAY_F16: ((uint16_t *)memory)[i] = (uint16_t)(0x3c00 | i % 997); break;
        case ASSAY_BF16: ((uint16_t *)memory)[i] = (uint16_t)(0x3f80 | i % 127); break;
        case ASSAY_I64: ((int64_t *)memory)[i] = (int64_t)(i % 100) + 1; break;
        case ASSAY_I32: ((int32_t *)memory)[i] = (int32_t)(i % 100) + 1; break;
        case ASSAY_BOOL: ((uint8_t *)memory)[i] = i & 1; break;
        default: ((uint8_t *)memory)[i] = (uint8_t)(i % 100 + 1);
        }
    }
}

static int place(struct prepared *p, int index, uint32_t dtype, uint64_t rows, uint64_t columns) {
    uint64_t count = rows * columns;
    void *host;
    if (g.memory->allocate(g.device, 0, count * size_of(dtype), 64, &p->buffers[index], &failure))
        return 0;
    if (g.memory->map(p->buffers[index], &host, &failure)) return 0;
    fill(host, dtype, count);
    p->tensors[index] = (assay_tensor){.h = {.size = sizeof(assay_tensor)}, .dtype = dtype,
                                       .rank = rows == 1 ? 1 : 2, .buffer = p->buffers[index],
                                       .dims = {(int64_t)(rows == 1 ? columns : rows),
                                                (int64_t)columns}};
    p->bytes += count * size_of(dtype);
    return 1;
}

static int prepare(struct prepared *p, const char *domain, const char *name,
                   const assay_kv *attributes, uint32_t count, char *kernel) {
    for (uint32_t i = 0; i < p->input_count; i++) p->inputs[i] = &p->tensors[i];
    p->outputs[0] = &p->tensors[p->input_count];
    assay_op_desc desc = {.h = {.size = sizeof desc}, .domain = text(domain), .name = text(name),
                          .inputs = p->inputs, .outputs = p->outputs,
                          .input_count = p->input_count, .output_count = 1,
                          .attributes = attributes, .attribute_count = count};
    assay_op_info info = {.h = {.size = sizeof info}};
    if (g.ops->prepare(g.device, &desc, 0, &p->op, &info, &failure) != ASSAY_OK) return 0;
    memcpy(kernel, info.kernel, sizeof info.kernel);
    return 1;
}

static int triad(const char *stores, uint64_t bytes, char *kernel) {
    struct prepared *p = &g.triad;
    forget(p);
    uint64_t elements = bytes / 3 / 512 * 64;
    for (int i = 0; i < 3; i++)
        if (!place(p, i, ASSAY_F64, 1, elements)) return 0;
    p->input_count = 2;
    assay_kv attributes[2] = {number("bytes", (int64_t)bytes), string("stores", stores)};
    return prepare(p, "assay", "MemoryTriad", attributes, 2, kernel);
}

static uint32_t dtype_named(const char *name) {
    static const struct {
        const char *name;
        uint32_t dtype;
    } names[] = {{"f64", ASSAY_F64}, {"f32", ASSAY_F32}, {"f16", ASSAY_F16}, {"bf16", ASSAY_BF16},
                 {"i64", ASSAY_I64}, {"i32", ASSAY_I32}, {"i8", ASSAY_I8}, {"u8", ASSAY_U8},
                 {"bool", ASSAY_BOOL}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, name) == 0) return names[i].dtype;
    return 0;
}

/* Constant axes: the columns. */
static int place_axes(struct prepared *p, int index) {
    if (!place(p, index, ASSAY_I64, 1, 1)) return 0;
    p->tensors[index].flags = ASSAY_TENSOR_CONST;
    return 1;
}

/* As many rows as there are, in no order. */
static int place_indices(struct prepared *p, int index, uint64_t rows) {
    void *host;
    if (!place(p, index, ASSAY_I64, 1, rows)) return 0;
    if (g.memory->map(p->buffers[index], &host, &failure)) return 0;
    for (uint64_t i = 0; i < rows; i++)
        ((int64_t *)host)[i] = (int64_t)((i * 0x9e3779b97f4a7c15u >> 32) % rows);
    return 1;
}

/* What only moves: copies of the first input in another order. */
static int moving(struct prepared *p, const char *name, uint32_t dtype, uint64_t rows,
                  uint64_t columns, const char *kind, char *kernel) {
    int joined = strcmp(kind, "joined") == 0, chosen = strcmp(kind, "chosen") == 0, inputs = 0;
    if (!place(p, inputs++, dtype, rows, columns)) return 0;
    if (joined && !place(p, inputs++, dtype, rows, columns)) return 0;
    if (chosen && !place_indices(p, inputs++, rows)) return 0;
    int exchanged = !joined && !chosen;
    if (!place(p, inputs, dtype, exchanged ? columns : rows,
               exchanged ? rows : joined ? 2 * columns : columns))
        return 0;
    p->input_count = (uint32_t)inputs;
    assay_kv axis = number("axis", 1);
    return prepare(p, "", name, &axis, joined ? 1 : 0, kernel);
}

static int subject(const char *name, const char *type, uint64_t rows, uint64_t columns,
                   const char *kind, char *kernel) {
    static const char *const tests[] = {"IsNaN", "IsInf", "Equal", "Greater", "GreaterOrEqual",
                                        "Less", "LessOrEqual"};
    struct prepared *p = &g.subject;
    forget(p);
    uint32_t dtype = dtype_named(type), result = dtype;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (strcmp(tests[i], name) == 0) result = ASSAY_BOOL;
    if (strcmp(kind, "exchanged") == 0 || strcmp(kind, "joined") == 0 ||
        strcmp(kind, "chosen") == 0)
        return moving(p, name, dtype, rows, columns, kind, kernel);
    int where = strcmp(kind, "where") == 0, is_rows = strcmp(kind, "rows") == 0;
    int is_all = strcmp(kind, "all") == 0, inputs = 0;
    if (where && !place(p, inputs++, ASSAY_BOOL, rows, columns)) return 0;
    if (!place(p, inputs++, dtype, rows, columns)) return 0;
    if (where || strcmp(kind, "two") == 0)
        if (!place(p, inputs++, dtype, rows, columns)) return 0;
    if (strcmp(kind, "normalize") == 0 || strcmp(kind, "rms") == 0)
        if (!place(p, inputs++, dtype, 1, columns)) return 0;
    if (strcmp(kind, "normalize") == 0 && !place(p, inputs++, dtype, 1, columns)) return 0;
    if (is_rows && !place_axes(p, inputs++)) return 0;
    if (!place(p, inputs, result, is_all ? 1 : rows, is_all || is_rows ? 1 : columns)) return 0;
    p->input_count = (uint32_t)inputs;
    if (is_all) p->tensors[inputs].rank = 2, p->tensors[inputs].dims[1] = 1;
    int is_own = strcmp(name, "Silu") == 0 || strcmp(name, "Rsqrt") == 0;
    return prepare(p, is_own ? "assay" : "", name, NULL, 0, kernel);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_RAW, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void measure(struct prepared *p, unsigned calls) {
    uint64_t before = now();
    for (unsigned i = 0; i < calls; i++)
        if (g.ops->enqueue(p->op, g.queue, p->inputs, p->outputs, NULL, &failure) != ASSAY_OK) {
            printf("no %s\n", failure.message);
            return;
        }
    uint64_t took = now() - before;
    printf("ok %llu %llu\n", (unsigned long long)took, (unsigned long long)(p->bytes * calls));
}

static void answer(const char *line) {
    char one[32], two[32], three[32], kernel[128] = "";
    unsigned long long bytes, rows, columns;
    unsigned calls;
    int done;
    if (sscanf(line, "run %31s %u", one, &calls) == 2) {
        struct prepared *p = strcmp(one, "triad") == 0 ? &g.triad : &g.subject;
        if (p->op) measure(p, calls);
        else printf("no such operation\n");
        fflush(stdout);
        return;
    }
    if (sscanf(line, "triad %31s %llu", one, &bytes) == 2) done = triad(one, bytes, kernel);
    else if (sscanf(line, "operator %31s %31s %llu %llu %31s", one, two, &rows, &columns, three) ==
             5)
        done = subject(one, two, rows, columns, three, kernel);
    else done = 0;
    if (done) printf("ok %s\n", kernel);
    else printf("no %s\n", failure.message);
    fflush(stdout);
}

int main(int count, char **arguments) {
    int64_t cpus[64];
    int threads = 0;
    if (count != 2) return 2;
    for (char *at = arguments[1]; threads < 64; at++) {
        cpus[threads++] = strtol(at, &at, 10);
        if (*at != ',') break;
    }
    if (!start(cpus, threads)) {
        printf("no %s\n", failure.message);
        return 1;
    }
    char line[256];
    while (fgets(line, sizeof line, stdin)) answer(line);
    forget(&g.triad);
    forget(&g.subject);
    g.queues->destroy(g.queue, NULL);
    g.plugin->device_close(g.device);
    g.plugin->shutdown(g.plugin->impl);
    return 0;
}
