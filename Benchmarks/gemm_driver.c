/* Runs MatMul of the backend cpu-simd through its plug-in ABI, and OpenBLAS beside it on the same
 * buffers with as many threads.
 *
 * Usage: gemm_driver CPU[,CPU...]. Reads one command a line, answers one line each:
 *   core                      OpenBLAS's name of the kernels that it picked
 *   matmul DTYPE M N K CONSTANT MS
 *                             prepares f32 or f64; CONSTANT 1: B is a weight and may be packed
 *                             once. Samples of each will take about MS milliseconds or one call.
 *                             Answers: kernel, bytes packed, seconds of set-up
 *   run ours | blas           one sample: nanoseconds, and operations done
 * Answers begin with "ok", or "no" and a reason. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "assay_plugin.h"
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
    int single, m, n, k;
    uint64_t calls[2]; /* in a sample of ours and of OpenBLAS */
} g;
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
    if (g.op) g.ops->destroy(g.op);
    g.op = NULL;
    for (int i = 0; i < 3; i++) {
        if (g.buffers[i]) g.memory->release(g.buffers[i], NULL);
        g.buffers[i] = NULL;
    }
}

/* A matrix of numbers that look random, as tensor `index`. */
static int matrix(int index, int rows, int columns, uint32_t flags) {
    uint64_t count = (uint64_t)rows * (uint64_t)columns, bytes = count * (g.single ? 4 : 8);
    if (g.memory->allocate(g.device, 0, bytes, 64, &g.buffers[index], &failure)) return 0;
    if (g.memory->map(g.buffers[index], &g.hosts[index], &failure)) return 0;
    uint64_t state = 1 + (uint64_t)index;
    for (uint64_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        double value = (double)(state >> 11) * 0x1p-53 - 0.5;
        if (g.single) ((float *)g.hosts[index])[i] = (float)value;
        else ((double *)g.hosts[index])[i] = value;
    }
    g.tensors[index] = (assay_tensor){.h = {.size = sizeof(assay_tensor)},
                                      .dtype = g.single ? ASSAY_F32 : ASSAY_F64, .rank = 2,
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

static uint64_t blas(void) {
    int m = g.m, n = g.n, k = g.k;
    uint64_t before = now();
    for (uint64_t i = 0; i < g.calls[1]; i++) {
        if (g.single)
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, g.hosts[0], k,
                        g.hosts[1], n, 0, g.hosts[2], n);
        else
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, g.hosts[0], k,
                        g.hosts[1], n, 0, g.hosts[2], n);
    }
    return now() - before;
}

/* Whether both computed the same: a fast wrong product is no comparison. */
static int agree(void) {
    uint64_t count = (uint64_t)g.m * (uint64_t)g.n;
    size_t bytes = count * (g.single ? 4 : 8);
    void *mine = malloc(bytes);
    if (!mine || !ours()) return free(mine), 0;
    memcpy(mine, g.hosts[2], bytes);
    blas();
    double bound = (g.single ? 0x1p-24 : 0x1p-53) * (8 + 4.0 * g.k);
    int good = 1;
    for (uint64_t i = 0; i < count; i++) {
        double a = g.single ? ((float *)mine)[i] : ((double *)mine)[i];
        double b = g.single ? ((float *)g.hosts[2])[i] : ((double *)g.hosts[2])[i];
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
    assay_op_desc desc = {.h = {.size = sizeof desc}, .domain = text(""), .name = text("MatMul"),
                          .opset = 13, .inputs = g.inputs, .outputs = g.outputs, .input_count = 2,
                          .output_count = 1};
    info->h.size = sizeof *info;
    if (g.ops->prepare(g.device, &desc, 0, &g.op, info, &failure) != ASSAY_OK) return 0;
    g.calls[0] = g.calls[1] = 1;
    if (!agree()) return snprintf(failure.message, sizeof failure.message, "wrong product"), 0;
    for (int who = 0; who < 2; who++) {
        for (int attempt = 0; attempt < 6; attempt++) {
            uint64_t took = who ? blas() : ours();
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
        g.single = strcmp(word, "f32") == 0;
        if (prepare(constant, ms, &info))
            printf("ok %s %llu %.6f\n", info.kernel, (unsigned long long)info.packed_bytes,
                   info.setup_s);
        else printf("no %s\n", failure.message);
    } else if (sscanf(line, "run %31s", word) == 1) {
        int who = strcmp(word, "ours") != 0;
        uint64_t took = who ? blas() : ours();
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
