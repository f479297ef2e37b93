/* SPDX-License-Identifier: Apache-2.0
 *
 * A small host in C, against which plug-ins are tried without the harness: every table slot of the
 * core, MatMul, Gemm and Add against sums in f64, wrong use, and the cost of Empty.
 *
 *     host_check LIBRARY [SYMBOL]     prints "ok" lines and exits 0, or says what is wrong */
#define _GNU_SOURCE
#include "assay_plugin.h"
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static assay_error error = {.h = {sizeof(assay_error), ASSAY_KIND_ERROR, NULL}};
static const assay_plugin *plugin;
static const assay_memory_v1 *memory;
static const assay_queue_v1 *queue;
static const assay_op_v1 *op;
static assay_device device;
static assay_queue q;

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("line %d: expected %s (last error: %s: %s)\n", __LINE__, #condition,            \
                   error.where, error.message);                                                    \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static assay_str text(const char *s) {
    assay_str made = {s, strlen(s)};
    return made;
}

static uint64_t random_state = 88172645463325252u;
static double uniform(void) {
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (double)(random_state >> 11) * 0x1p-52 - 1;
}

typedef struct {
    assay_tensor t;
    double *values; /* what is or should be in it */
    int64_t count;
} tensor;

static tensor make(uint32_t dtype, uint32_t rank, const int64_t *dims) {
    tensor made;
    memset(&made, 0, sizeof made);
    made.t.h.size = sizeof made.t;
    made.t.dtype = dtype;
    made.t.rank = rank;
    made.count = 1;
    for (uint32_t i = 0; i < rank; i++) made.count *= made.t.dims[i] = dims[i];
    made.values = calloc((size_t)made.count + 1, sizeof(double));
    for (int64_t i = 0; i < made.count; i++) made.values[i] = uniform();
    return made;
}

static uint64_t bytes(const tensor *x) {
    return (uint64_t)x->count * (x->t.dtype == ASSAY_F64 ? 8 : 4);
}

/* Into device memory, in the tensor's type; `values` become what was rounded to. */
static void upload(tensor *x, int poison) {
    char *raw = calloc(1, bytes(x) + 8);
    for (int64_t i = 0; i < x->count; i++) {
        if (poison) x->values[i] = NAN;
        float f = (float)x->values[i];
        if (x->t.dtype == ASSAY_F32)
            memcpy(raw + 4 * i, &f, 4), x->values[i] = f;
        else
            memcpy(raw + 8 * i, &x->values[i], 8);
    }
    EXPECT(memory->allocate(device, 0, bytes(x), 0, &x->t.buffer, &error) == ASSAY_OK);
    EXPECT(queue->write(q, x->t.buffer, 0, raw, bytes(x), &error) == ASSAY_OK);
    EXPECT(queue->sync(q, ASSAY_TIMEOUT_FOREVER, &error) == ASSAY_OK);
    free(raw);
}

static void download(tensor *x) {
    char *raw = malloc(bytes(x) + 8);
    EXPECT(queue->read(q, raw, x->t.buffer, 0, bytes(x), &error) == ASSAY_OK);
    EXPECT(queue->sync(q, ASSAY_TIMEOUT_FOREVER, &error) == ASSAY_OK);
    for (int64_t i = 0; i < x->count; i++) {
        float f;
        memcpy(&f, raw + 4 * i * (x->t.dtype == ASSAY_F32), 4);
        if (x->t.dtype == ASSAY_F32)
            x->values[i] = f;
        else
            memcpy(&x->values[i], raw + 8 * i, 8);
    }
    free(raw);
}

/* Runs it and compares; returns the status of query. */
static assay_status run(assay_op_desc *desc, tensor *in, uint32_t inputs, tensor *out,
                        const double *want, const char *label) {
    const assay_tensor *ins[4], *outs[1] = {&out->t};
    assay_op_info info = {.h = {sizeof info, ASSAY_KIND_OP_INFO, NULL}};
    assay_op prepared;
    double worst = 0, size = 1e-30, tolerance = out->t.dtype == ASSAY_F32 ? 1e-5 : 1e-13;
    for (uint32_t i = 0; i < inputs; i++) ins[i] = &in[i].t;
    desc->h.size = sizeof *desc;
    desc->inputs = ins;
    desc->outputs = outs;
    desc->input_count = inputs;
    desc->output_count = 1;
    assay_status status = op->query(device, desc, &info, &error);
    if (status != ASSAY_OK) return status;
    EXPECT(info.supported == 1 && info.algorithm_count >= 1);
    upload(out, 1);
    EXPECT(op->prepare(device, desc, 0, &prepared, &info, &error) == ASSAY_OK);
    for (int repeat = 0; repeat < 2; repeat++)
        EXPECT(op->enqueue(prepared, q, ins, outs, NULL, &error) == ASSAY_OK);
    EXPECT(queue->sync(q, ASSAY_TIMEOUT_FOREVER, &error) == ASSAY_OK);
    download(out);
    for (int64_t i = 0; i < out->count; i++) {
        double off = fabs(out->values[i] - want[i]);
        if (!(off <= worst)) worst = off; /* also for NaN */
        if (fabs(want[i]) > size) size = fabs(want[i]);
    }
    printf("ok   %-34s error %.1e  kernel %s, setup %.1e s\n", label, worst / size, info.kernel,
           info.setup_s);
    EXPECT(worst / size < tolerance);
    op->destroy(prepared);
    for (uint32_t i = 0; i < inputs; i++)
        EXPECT(memory->release(in[i].t.buffer, &error) == ASSAY_OK);
    EXPECT(memory->release(out->t.buffer, &error) == ASSAY_OK);
    return ASSAY_OK;
}

/* a: [batch_a, m, k], b: [batch_b, k, n], each batch 1 or the larger; ranks above 2 as asked. */
static void matmul(uint32_t dtype, int64_t batch_a, int64_t batch_b, int64_t m, int64_t n,
                   int64_t k, uint32_t rank_a, uint32_t rank_b) {
    int64_t batch = batch_a > batch_b ? batch_a : batch_b;
    int64_t dims_a[] = {batch_a, m, k}, dims_b[] = {batch_b, k, n}, dims_y[3];
    uint32_t rank_y = 0;
    char label[64];
    if (rank_a > 2 || rank_b > 2) dims_y[rank_y++] = batch;
    if (rank_a > 1) dims_y[rank_y++] = m;
    if (rank_b > 1) dims_y[rank_y++] = n;
    tensor in[2] = {make(dtype, rank_a, rank_a == 1 ? dims_a + 2 : dims_a + 3 - rank_a),
                    make(dtype, rank_b, rank_b == 1 ? dims_b + 1 : dims_b + 3 - rank_b)};
    tensor out = make(dtype, rank_y, dims_y);
    upload(&in[0], 0), upload(&in[1], 0);
    double *want = calloc((size_t)(batch * m * n) + 1, sizeof *want);
    for (int64_t z = 0; z < batch; z++)
        for (int64_t i = 0; i < m; i++)
            for (int64_t j = 0; j < n; j++)
                for (int64_t l = 0; l < k; l++)
                    want[(z * m + i) * n + j] +=
                        in[0].values[((batch_a > 1 ? z : 0) * m + i) * k + l] *
                        in[1].values[((batch_b > 1 ? z : 0) * k + l) * n + j];
    assay_op_desc desc = {.domain = text(""), .name = text("MatMul"), .opset = 13};
    snprintf(label, sizeof label, "MatMul f%d %dD x %dD %dx%d %dx%dx%d", dtype == 1 ? 64 : 32,
             (int)rank_a, (int)rank_b, (int)batch_a, (int)batch_b, (int)m, (int)n, (int)k);
    if (run(&desc, in, 2, &out, want, label) != ASSAY_OK)
        printf("     %-34s unsupported: %s\n", label, error.message);
}

static void gemm(uint32_t dtype, int64_t m, int64_t n, int64_t k, int trans_a, int trans_b,
                 uint32_t rank_c, const int64_t *dims_c, double alpha, double beta) {
    int64_t dims_a[] = {trans_a ? k : m, trans_a ? m : k}, dims_y[] = {m, n};
    int64_t dims_b[] = {trans_b ? n : k, trans_b ? k : n};
    tensor in[3] = {make(dtype, 2, dims_a), make(dtype, 2, dims_b), make(dtype, rank_c, dims_c)};
    tensor out = make(dtype, 2, dims_y);
    double *want = calloc((size_t)(m * n) + 1, sizeof *want);
    char label[64];
    for (int i = 0; i < 3; i++) upload(&in[i], 0);
    int64_t rows = rank_c > 1 ? dims_c[0] : 1, columns = rank_c ? dims_c[rank_c - 1] : 1;
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) {
            double sum = 0;
            for (int64_t l = 0; l < k; l++)
                sum += in[0].values[trans_a ? l * m + i : i * k + l] *
                       in[1].values[trans_b ? j * k + l : l * n + j];
            int64_t at = (rows > 1 ? i : 0) * columns + (columns > 1 ? j : 0);
            want[i * n + j] = alpha * sum + beta * in[2].values[at];
        }
    assay_kv attributes[4];
    memset(attributes, 0, sizeof attributes);
    const char *names[] = {"alpha", "beta", "transA", "transB"};
    for (int i = 0; i < 4; i++) {
        attributes[i].key = text(names[i]);
        attributes[i].type = i < 2 ? ASSAY_KV_FLOAT : ASSAY_KV_INT;
        attributes[i].count = 1;
    }
    attributes[0].v.f = alpha, attributes[1].v.f = beta;
    attributes[2].v.i = trans_a, attributes[3].v.i = trans_b;
    assay_op_desc desc = {.domain = text(""), .name = text("Gemm"), .opset = 13};
    desc.attributes = attributes;
    desc.attribute_count = 4;
    snprintf(label, sizeof label, "Gemm f%d %dx%dx%d trans %d%d C %dD", dtype == 1 ? 64 : 32,
             (int)m, (int)n, (int)k, trans_a, trans_b, (int)rank_c);
    if (run(&desc, in, 3, &out, want, label) != ASSAY_OK)
        printf("     %-34s unsupported: %s\n", label, error.message);
}

static void add(void) {
    int64_t dims[] = {7, 129};
    tensor in[2] = {make(ASSAY_F32, 2, dims), make(ASSAY_F32, 2, dims)};
    tensor out = make(ASSAY_F32, 2, dims);
    double want[7 * 129];
    upload(&in[0], 0), upload(&in[1], 0);
    for (int i = 0; i < 7 * 129; i++) want[i] = in[0].values[i] + in[1].values[i];
    assay_op_desc desc = {.domain = text(""), .name = text("Add"), .opset = 14};
    if (run(&desc, in, 2, &out, want, "Add f32 7x129") != ASSAY_OK)
        printf("     %-34s unsupported: %s\n", "Add f32 7x129", error.message);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void empty(void) {
    assay_op_desc desc = {
        .h = {sizeof desc, 0, NULL}, .domain = text("assay"), .name = text("Empty"), .opset = 1};
    assay_op_info info = {.h = {sizeof info, 0, NULL}};
    assay_op prepared;
    if (op->query(device, &desc, &info, &error) != ASSAY_OK) {
        printf("     %-34s unsupported: %s\n", "Empty", error.message);
        return;
    }
    EXPECT(op->prepare(device, &desc, 0, &prepared, &info, &error) == ASSAY_OK);
    double best = 1e9;
    for (int round = 0; round < 20; round++) {
        double start = now();
        for (int i = 0; i < 100000; i++)
            EXPECT(op->enqueue(prepared, q, NULL, NULL, NULL, &error) == ASSAY_OK);
        double each = (now() - start) / 100000;
        if (each < best) best = each;
    }
    printf("ok   %-34s %.2f ns per enqueue\n", "Empty", best);
    op->destroy(prepared);
}

static void wrong_use(void) {
    assay_buffer b, none = NULL;
    void *host;
    char data[100], back[100];
    EXPECT(memory->allocate(device, 0, 100, 4096, &b, &error) == ASSAY_OK);
    if (ASSAY_HAS(memory, assay_memory_v1, map))
        EXPECT(memory->map(b, &host, &error) == ASSAY_OK && (uintptr_t)host % 4096 == 0);
    for (int i = 0; i < 100; i++) data[i] = (char)i;
    EXPECT(queue->write(q, b, 3, data, 97, &error) == ASSAY_OK);
    EXPECT(queue->write(q, b, 4, data, 97, &error) == ASSAY_E_INVALID);
    EXPECT(queue->write(q, b, UINT64_MAX, data, 2, &error) == ASSAY_E_INVALID);
    EXPECT(queue->read(q, back, b, 3, 97, &error) == ASSAY_OK && !memcmp(data, back, 97));
    if (ASSAY_HAS(queue, assay_queue_v1, fill)) {
        EXPECT(queue->fill(q, b, 1, 6, 0x04030201, &error) == ASSAY_OK);
        EXPECT(queue->read(q, back, b, 0, 8, &error) == ASSAY_OK);
        EXPECT(!memcmp(back + 1, "\1\2\3\4\1\2", 6) && back[7] == 4);
    }
    EXPECT(memory->release(none, &error) == ASSAY_E_INVALID);
    EXPECT(memory->release((assay_buffer)(void *)data, &error) == ASSAY_E_INVALID);
    EXPECT(memory->release((assay_buffer)(void *)q, &error) == ASSAY_E_INVALID);
    EXPECT(memory->release(b, &error) == ASSAY_OK);
    EXPECT(memory->release(b, &error) == ASSAY_E_INVALID);
    EXPECT(memory->allocate(device, 0, 1ull << 60, 0, &b, &error) == ASSAY_E_NO_MEMORY);
    EXPECT(memory->allocate(device, 0, 5 << 20, 0, &b, &error) == ASSAY_OK);
    if (ASSAY_HAS(memory, assay_memory_v1, map))
        EXPECT(memory->map(b, &host, &error) == ASSAY_OK && (uintptr_t)host % (2 << 20) == 0);
    EXPECT(memory->release(b, &error) == ASSAY_OK);
    EXPECT(memory->allocate(device, 0, 0, 0, &b, &error) == ASSAY_OK);
    EXPECT(queue->write(q, b, 0, NULL, 0, &error) == ASSAY_OK);
    EXPECT(memory->release(b, &error) == ASSAY_OK);
    printf("ok   wrong use and memory\n");
}

static void events(void) {
    assay_event v, w;
    double ns;
    uint64_t d, h;
    if (!ASSAY_HAS(queue, assay_queue_v1, clock_pair)) {
        printf("     no events\n");
        return;
    }
    EXPECT(queue->event_create(device, ASSAY_EVENT_TIMING, &v, &error) == ASSAY_OK);
    EXPECT(queue->event_create(device, ASSAY_EVENT_TIMING, &w, &error) == ASSAY_OK);
    EXPECT(queue->event_wait(q, v, &error) == ASSAY_OK);
    EXPECT(queue->event_elapsed(v, w, &ns, &error) == ASSAY_E_INVALID);
    EXPECT(queue->event_record(v, q, &error) == ASSAY_OK);
    EXPECT(queue->event_record(w, q, &error) == ASSAY_OK);
    EXPECT(queue->event_elapsed(v, w, &ns, &error) == ASSAY_OK && ns >= 0 && ns < 1e7);
    EXPECT(queue->clock_pair(device, &d, &h, &ns, &error) == ASSAY_OK && d && ns >= 0);
    EXPECT(queue->event_destroy(v, &error) == ASSAY_OK);
    EXPECT(queue->event_destroy(w, &error) == ASSAY_OK);
    printf("ok   events\n");
}

static void start(const char *threads) {
    int64_t cpus[] = {0, 1};
    assay_kv options[4];
    memset(options, 0, sizeof options);
    const char *names[] = {"role", "clock", "threads", "cpus"};
    for (int i = 0; i < 4; i++) options[i].key = text(names[i]), options[i].count = 1;
    options[0].type = options[1].type = ASSAY_KV_STRING;
    options[0].v.s = text("compute"), options[1].v.s = text("monotonic");
    options[2].type = ASSAY_KV_INT, options[2].v.i = atoi(threads);
    options[3].type = ASSAY_KV_INTS, options[3].count = 2, options[3].v.ints = cpus;
    EXPECT(plugin->startup(plugin->impl, options, 4, &error) == ASSAY_OK);
}

static void props(void) {
    assay_device_props p = {.h = {sizeof p, 0, NULL}}, again = {.h = {sizeof p, 0, NULL}};
    struct {
        assay_device_props p;
        char tail[64];
    } grown;
    assay_device_props small;
    uint32_t count = 0;
    EXPECT(plugin->device_count(plugin->impl, &count, &error) == ASSAY_OK && count >= 1);
    EXPECT(plugin->device_props(plugin->impl, 0, &p, &error) == ASSAY_OK);
    EXPECT(plugin->device_props(plugin->impl, 0, &again, &error) == ASSAY_OK);
    EXPECT(!memcmp(&p, &again, sizeof p));
    EXPECT(plugin->device_props(plugin->impl, count, &p, &error) == ASSAY_E_NOT_FOUND);
    memset(&grown, 0x5a, sizeof grown);
    grown.p.h.size = sizeof grown;
    EXPECT(plugin->device_props(plugin->impl, 0, &grown.p, &error) == ASSAY_OK);
    for (int i = 0; i < 64 && plugin->minor == ASSAY_MINOR; i++) EXPECT(grown.tail[i] == 0);
    memset(&small, 0x5a, sizeof small);
    small.h.size = offsetof(assay_device_props, timing);
    EXPECT(plugin->device_props(plugin->impl, 0, &small, &error) == ASSAY_OK);
    EXPECT(small.type == p.type && small.vendor[0] == 0x5a);
    printf("ok   device '%s' by '%s', runtime '%s', clock overhead %.0f ns\n", p.name, p.vendor,
           p.runtime, p.timing.overhead_ns);
}

int main(int argc, char **argv) {
    static const int64_t full[] = {33, 65}, row[] = {1, 65}, column[] = {33, 1}, bias[] = {65};
    static assay_host host = {.h = {sizeof(assay_host), ASSAY_KIND_HOST, NULL},
                              .major = ASSAY_MAJOR,
                              .minor = ASSAY_MINOR};
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) return printf("%s\n", dlerror()), 1;
    assay_entry_fn entry = NULL;
    void *found = dlsym(library, argc > 2 ? argv[2] : ASSAY_ENTRY);
    memcpy(&entry, &found, sizeof entry);
    EXPECT(entry);
    plugin = entry(&host, &error);
    EXPECT(plugin && plugin == entry(&host, &error) && plugin->major == ASSAY_MAJOR);
    for (int i = 0; i < 5; i++) start("1"), plugin->shutdown(plugin->impl);
    start(getenv("THREADS") ? getenv("THREADS") : "2");
    props();
    EXPECT(plugin->device_open(plugin->impl, 0, NULL, 0, &device, &error) == ASSAY_OK);
    memory = plugin->extension(plugin->impl, "assay.memory/1");
    queue = plugin->extension(plugin->impl, "assay.queue/1");
    op = plugin->extension(plugin->impl, "assay.op/1");
    EXPECT(memory && queue && op && !plugin->extension(plugin->impl, "assay.telepathy/1"));
    EXPECT(assay_has(op, offsetof(assay_op_v1, query)) && ASSAY_HAS(op, assay_op_v1, query));
    EXPECT(!assay_has(op, ((const assay_head *)op)->size) && !assay_has(NULL, 16));
    EXPECT(queue->create(device, 0, &q, &error) == ASSAY_OK);
    wrong_use();
    events();
    empty();
    for (uint32_t dtype = ASSAY_F64; dtype <= ASSAY_F32; dtype++) {
        matmul(dtype, 1, 1, 1, 1, 1, 2, 2);
        matmul(dtype, 1, 1, 127, 129, 65, 2, 2);
        matmul(dtype, 1, 1, 3, 5, 0, 2, 2);
        matmul(dtype, 1, 1, 0, 5, 4, 2, 2);
        matmul(dtype, 3, 3, 17, 9, 33, 3, 3);
        matmul(dtype, 3, 1, 17, 9, 33, 3, 2);
        matmul(dtype, 1, 3, 17, 9, 33, 2, 3);
        matmul(dtype, 3, 1, 17, 9, 33, 3, 3);
        matmul(dtype, 1, 1, 1, 9, 33, 1, 2);
        matmul(dtype, 1, 1, 17, 1, 33, 2, 1);
        matmul(dtype, 1, 1, 1, 1, 33, 1, 1);
        for (int trans = 0; trans < 4; trans++)
            gemm(dtype, 33, 65, 17, trans & 1, trans >> 1, 2, full, 0.5, 2);
        gemm(dtype, 33, 65, 17, 0, 1, 2, row, 1, 1);
        gemm(dtype, 33, 65, 17, 0, 0, 2, column, 1, 1);
        gemm(dtype, 33, 65, 17, 0, 0, 1, bias, 1, -1);
        gemm(dtype, 33, 65, 17, 0, 0, 0, bias, 1, 1);
        gemm(dtype, 33, 65, 17, 0, 0, 1, bias, 1, 0);
        gemm(dtype, 33, 65, 0, 0, 0, 1, bias, 1, 3);
    }
    add();
    EXPECT(queue->destroy(q, &error) == ASSAY_OK);
    plugin->device_close(device);
    plugin->shutdown(plugin->impl);
    return 0;
}
