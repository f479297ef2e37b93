/* Runs MatMul of the backend cpu-simd through its plug-in ABI, and OpenBLAS (f32, f64) or oneDNN
 * (bf16, bytes) beside it on the same buffers with as many threads.
 *
 * Usage: gemm_driver CPU[,CPU...]. Reads one command a line, answers one line each:
 *   core                      OpenBLAS's name of the kernels that it picked
 *   matmul DTYPE M N K CONSTANT MS
 *                             prepares f32, f64, bf16 or i8, which is MatMulInteger of u8 by i8;
 *                             CONSTANT 1: B is a weight and may be packed once. Samples of each
 *                             will take about MS milliseconds or one call.
 *                             Answers: kernel, bytes packed, seconds of set-up
 *   run ours | other          one sample: nanoseconds, and operations done
 * Answers begin with "ok", or "no" and a reason. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "assay_plugin.h"
#include "gemm_onednn.h"
#include <cblas.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const assay_plugin *assay_cpu_simd_entry_v1(const assay_host *host, assay_error *e);
char *openblas_get_corename(void);
void openblas_set_num_threads(int threads);
int openblas_setaffinity(int thread, size_t size, cpu_set_t *set);

static struct {
    const assay_plugin *plugin;
    const assay_memory_v1 *memory;
    const assay_queue_v1 *queues;
    const assay_op_v1 *ops;
    assay_device device;
    assay_queue queue;
    assay_op op;
    assay_buffer buffers[3];
    void *hosts[3];
    assay_tensor tensors[3];
    const assay_tensor *inputs[2], *outputs[1];
    enum { F64, F32, BF16, BYTES } type;
    int m, n, k;
    uint64_t calls[2]; /* in a sample of ours and of the other's */
} g;
/* Of A, B and Y. */
static const uint32_t dtypes[4][3] = {{ASSAY_F64, ASSAY_F64, ASSAY_F64},
                                      {ASSAY_F32, ASSAY_F32, ASSAY_F32},
                                      {ASSAY_BF16, ASSAY_BF16, ASSAY_BF16},
                                      {ASSAY_U8, ASSAY_I8, ASSAY_I32}};
static const uint64_t sizes[4][3] = {{8, 8, 8}, {4, 4, 4}, {2, 2, 2}, {1, 1, 4}};
static assay_error failure;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_RAW, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static assay_str text(const char *from) { return (assay_str){from, strlen(from)}; }

static int start(const int64_t *cpus, int count) {
    assay_kv options[2] = {{.key = text("threads"), .type = ASSAY_KV_INT, .count = 1},
                           {.key = text("cpus"), .type = ASSAY_KV_INTS, .count = (uint32_t)count}};
    options[0].v.i = count;
    options[1].v.ints = cpus;
    failure.h.size = (uint32_t)sizeof failure;
    /* OpenBLAS's threads started with the process; each gets one CPU, as ours do. */
    openblas_set_num_threads(count);
    for (int i = 0; i < count; i++) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((int)cpus[i], &set);
        if (i == 0 ? sched_setaffinity(0, sizeof set, &set) != 0
                   : openblas_setaffinity(i - 1, sizeof set, &set) != 0)
            return 0;
    }
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

static void forget(void) {
    onednn_forget();
    if (g.op) g.ops->destroy(g.op);
    g.op = NULL;
    for (int i = 0; i < 3; i++) {
        if (g.buffers[i]) g.memory->release(g.buffers[i], NULL);
        g.buffers[i] = NULL;
    }
}

static void fill(int index, uint64_t at, uint64_t random) {
    double value = (double)(random >> 11) * 0x1p-53 - 0.5;
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    switch (g.type) {
    case F64: ((double *)g.hosts[index])[at] = value; break;
    case F32: ((float *)g.hosts[index])[at] = single; break;
    case BF16: ((uint16_t *)g.hosts[index])[at] = (uint16_t)(bits >> 16); break;
    default:
        if (index < 2) ((uint8_t *)g.hosts[index])[at] = (uint8_t)(random >> 40);
    }
}

/* A matrix of numbers that look random, as tensor `index`. */
static int matrix(int index, int rows, int columns, uint32_t flags) {
    uint64_t count = (uint64_t)rows * (uint64_t)columns, bytes = count * sizes[g.type][index];
    if (g.memory->allocate(g.device, 0, bytes, 64, &g.buffers[index], &failure)) return 0;
    if (g.memory->map(g.buffers[index], &g.hosts[index], &failure)) return 0;
    uint64_t state = 1 + (uint64_t)index;
    for (uint64_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        fill(index, i, state);
    }
    g.tensors[index] = (assay_tensor){.h = {.size = sizeof(assay_tensor)},
                                      .dtype = dtypes[g.type][index], .rank = 2,
                                      .dims = {rows, columns}, .flags = flags,
                                      .buffer = g.buffers[index]};
    return 1;
}

static uint64_t ours(void) {
    uint64_t before = now();
    for (uint64_t i = 0; i < g.calls[0]; i++)
        if (g.ops->enqueue(g.op, g.queue, g.inputs, g.outputs, NULL, &failure)) return 0;
    return now() - before;
}

static uint64_t other(void) {
    int m = g.m, n = g.n, k = g.k;
    uint64_t before = now();
    for (uint64_t i = 0; i < g.calls[1]; i++) {
        if (g.type == F32)
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, g.hosts[0], k,
                        g.hosts[1], n, 0, g.hosts[2], n);
        else if (g.type == F64)
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, g.hosts[0], k,
                        g.hosts[1], n, 0, g.hosts[2], n);
        else
            onednn_run();
    }
    return now() - before;
}

static double result(const void *from, uint64_t index) {
    if (g.type == F64) return ((const double *)from)[index];
    if (g.type == F32) return ((const float *)from)[index];
    if (g.type == BYTES) return ((const int32_t *)from)[index];
    uint32_t bits = (uint32_t)((const uint16_t *)from)[index] << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Whether both computed the same: a fast wrong product is no comparison. */
static int agree(void) {
    static const double roundoffs[4] = {0x1p-53, 0x1p-24, 0x1p-24, 0};
    uint64_t count = (uint64_t)g.m * (uint64_t)g.n;
    size_t bytes = count * sizes[g.type][2];
    void *mine = malloc(bytes);
    if (!mine || !ours()) return free(mine), 0;
    memcpy(mine, g.hosts[2], bytes);
    other();
    int good = 1;
    for (uint64_t i = 0; i < count; i++) {
        double a = result(mine, i), b = result(g.hosts[2], i);
        double bound = roundoffs[g.type] * (8 + 4.0 * g.k);
        if (g.type == BF16) bound += 0x1p-7 * (b < 0 ? -b : b);
        if (!(a - b <= bound && b - a <= bound)) good = 0;
    }
    free(mine);
    return good;
}

static int prepare(int constant, double ms, assay_op_info *info) {
    forget();
    if (!matrix(0, g.m, g.k, 0) || !matrix(2, g.m, g.n, 0)) return 0;
    if (!matrix(1, g.k, g.n, constant ? ASSAY_TENSOR_CONST : 0)) return 0;
    g.inputs[0] = &g.tensors[0];
    g.inputs[1] = &g.tensors[1];
    g.outputs[0] = &g.tensors[2];
    assay_op_desc desc = {.h = {.size = sizeof desc}, .domain = text(""),
                          .name = text(g.type == BYTES ? "MatMulInteger" : "MatMul"), .opset = 13,
                          .inputs = g.inputs, .outputs = g.outputs, .input_count = 2,
                          .output_count = 1};
    info->h.size = sizeof *info;
    if (g.ops->prepare(g.device, &desc, 0, &g.op, info, &failure) != ASSAY_OK) return 0;
    if (g.type >= BF16 && !onednn_prepare(g.type == BYTES, constant, g.m, g.n, g.k, g.hosts[0],
                                          g.hosts[1], g.hosts[2]))
        return snprintf(failure.message, sizeof failure.message, "no oneDNN"), 0;
    g.calls[0] = g.calls[1] = 1;
    if (!agree()) return snprintf(failure.message, sizeof failure.message, "wrong product"), 0;
    for (int who = 0; who < 2; who++) {
        for (int attempt = 0; attempt < 6; attempt++) {
            uint64_t took = who ? other() : ours();
            double wanted = (double)g.calls[who] * ms * 1e6 / (double)(took ? took : 1);
            if ((double)took >= 0.8 * ms * 1e6) break;
            g.calls[who] = wanted < 1 ? 1 : (uint64_t)wanted;
        }
    }
    return 1;
}

static void answer(const char *line) {
    char word[32];
    int constant;
    double ms;
    assay_op_info info = {0};
    if (strncmp(line, "core", 4) == 0) {
        printf("ok %s\n", openblas_get_corename());
    } else if (sscanf(line, "matmul %31s %d %d %d %d %lf", word, &g.m, &g.n, &g.k, &constant,
                      &ms) == 6) {
        static const char *const names[4] = {"f64", "f32", "bf16", "i8"};
        for (int i = 0; i < 4; i++)
            if (strcmp(word, names[i]) == 0) g.type = i;
        if (prepare(constant, ms, &info))
            printf("ok %s %llu %.6f\n", info.kernel, (unsigned long long)info.packed_bytes,
                   info.setup_s);
        else printf("no %s\n", failure.message);
    } else if (sscanf(line, "run %31s", word) == 1) {
        int who = strcmp(word, "ours") != 0;
        uint64_t took = who ? other() : ours();
        uint64_t work = 2 * (uint64_t)g.m * (uint64_t)g.n * (uint64_t)g.k * g.calls[who];
        printf("ok %llu %llu\n", (unsigned long long)took, (unsigned long long)work);
    } else {
        printf("no such command\n");
    }
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
    forget();
    g.queues->destroy(g.queue, NULL);
    g.plugin->device_close(g.device);
    g.plugin->shutdown(g.plugin->impl);
    return 0;
}
