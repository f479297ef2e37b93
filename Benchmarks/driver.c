/* Runs the backend cpu-simd through its plug-in ABI, and comparators beside it on the same buffers.
 *
 * Usage: driver CPU[,CPU...]. Reads one command a line, answers one line each:
 *   memory KERNEL STORES BYTES MS   prepares one kernel; samples will take about MS milliseconds
 *   peak DTYPE PATH UNIT MS         prepares peak arithmetic
 *   run ours | gcc | clang          one sample: nanoseconds, and bytes or operations done
 *   clock KERNEL ADDITIONS MS       hertz beside the kernel's instructions, the least of threads
 * Answers begin with "ok", or "no" and a reason. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "assay_plugin.h"
#include "cpu_simd.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

const assay_plugin *assay_cpu_simd_entry_v1(const assay_host *host, assay_error *e);
double measured_clock(const char *kernel, uint64_t loops, int additions);

typedef double (*loop)(double *, const double *, const double *, size_t, uint64_t, double);
#define LOOPS(compiler)                                                                            \
    double loops_##compiler##_read(double *, const double *, const double *, size_t, uint64_t,     \
                                   double);                                                        \
    DECLARE(compiler, write) DECLARE(compiler, copy) DECLARE(compiler, scale)                      \
    DECLARE(compiler, add) DECLARE(compiler, triad)
#define DECLARE(compiler, name)                                                                    \
    double loops_##compiler##_##name(double *, const double *, const double *, size_t, uint64_t,   \
                                     double);                                                      \
    double loops_##compiler##_##name##_nt(double *, const double *, const double *, size_t,        \
                                          uint64_t, double);
LOOPS(gcc)
LOOPS(clang)
#define PAIR(compiler, name) {loops_##compiler##_##name, loops_##compiler##_##name##_nt}
#define ROW(compiler)                                                                              \
    {{loops_##compiler##_read, loops_##compiler##_read}, PAIR(compiler, write),                    \
     PAIR(compiler, copy), PAIR(compiler, scale), PAIR(compiler, add), PAIR(compiler, triad)}
static const loop loops[2][6][2] = {ROW(gcc), ROW(clang)};
static const char *const names[6] = {"MemoryRead", "MemoryWrite", "MemoryCopy",
                                     "MemoryScale", "MemoryAdd", "MemoryTriad"};
static const uint64_t arrays[6] = {1, 1, 2, 2, 3, 3};

static struct {
    const assay_plugin *plugin;
    const assay_memory_v1 *memory;
    const assay_queue_v1 *queues;
    const assay_op_v1 *ops;
    assay_device device;
    assay_queue queue;
    assay_op op;
    assay_buffer buffers[3];
    double *hosts[3];
    assay_tensor tensors[3];
    const assay_tensor *inputs[2], *outputs[1];
    uint32_t input_count;
    cpusimd_pool *pool; /* for the comparators */
    int kernel, non_temporal;
    uint64_t elements, passes, work;
} g;
static assay_error failure;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_RAW, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

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
    if (g.queues->create(g.device, 0, &g.queue, &failure) != ASSAY_OK) return 0;
    int numbers[64];
    for (int i = 0; i < count && i < 64; i++) numbers[i] = (int)cpus[i];
    g.pool = cpusimd_pool_create(count, numbers, count);
    return g.pool != NULL;
}

static void forget(void) {
    if (g.op) g.ops->destroy(g.op);
    g.op = NULL;
    for (int i = 0; i < 3; i++) {
        if (g.buffers[i]) g.memory->release(g.buffers[i], NULL);
        g.buffers[i] = NULL;
    }
}

static int prepare(const char *name, const assay_kv *attributes, uint32_t count, char *kernel) {
    assay_op_desc desc = {.h = {.size = sizeof desc}, .domain = text("assay"), .name = text(name),
                          .opset = 1, .inputs = g.inputs, .outputs = g.outputs,
                          .input_count = g.input_count, .output_count = 1,
                          .attributes = attributes, .attribute_count = count};
    assay_op_info info = {.h = {.size = sizeof info}};
    if (g.op) g.ops->destroy(g.op);
    g.op = NULL;
    if (g.ops->prepare(g.device, &desc, 0, &g.op, &info, &failure) != ASSAY_OK) return 0;
    memcpy(kernel, info.kernel, sizeof info.kernel);
    return 1;
}

/* A buffer of our own allocator, filled, as tensor `index`. */
static int buffer(int index, uint64_t elements) {
    if (g.memory->allocate(g.device, 0, elements * 8, 64, &g.buffers[index], &failure)) return 0;
    if (g.memory->map(g.buffers[index], (void **)&g.hosts[index], &failure)) return 0;
    for (uint64_t i = 0; i < elements; i++) g.hosts[index][i] = 1 + (double)(i % 7);
    g.tensors[index] = (assay_tensor){.h = {.size = sizeof(assay_tensor)}, .dtype = ASSAY_F64,
                                      .rank = 1, .dims = {(int64_t)elements},
                                      .buffer = g.buffers[index]};
    return 1;
}

static uint64_t sample(void) {
    uint64_t before = now();
    if (g.ops->enqueue(g.op, g.queue, g.inputs, g.outputs, NULL, &failure) != ASSAY_OK) return 0;
    return now() - before;
}

static int memory(const char *kernel, const char *stores, uint64_t bytes, double ms, char *used) {
    forget();
    g.kernel = -1;
    for (int i = 0; i < 6; i++)
        if (strcasecmp(names[i] + 6, kernel) == 0) g.kernel = i;
    if (g.kernel < 0) return 0;
    g.non_temporal = strcmp(stores, "nonTemporal") == 0;
    g.elements = bytes / arrays[g.kernel] / 512 * 64;
    g.input_count = g.kernel == 1 ? 0 : g.kernel > 3 ? 2 : 1;
    /* Inputs are tensors 0 and 1, the output tensor 2. */
    for (uint32_t i = 0; i < g.input_count; i++) {
        if (!buffer((int)i, g.elements)) return 0;
        g.inputs[i] = &g.tensors[i];
    }
    if (!buffer(2, g.kernel == 0 ? 1 : g.elements)) return 0;
    g.outputs[0] = &g.tensors[2];
    g.passes = 1;
    for (int attempt = 0; attempt < 4; attempt++) {
        assay_kv attributes[3] = {number("bytes", (int64_t)bytes), string("stores", stores),
                                  number("repetitions", (int64_t)g.passes)};
        if (!prepare(names[g.kernel], attributes, 3, used)) return 0;
        sample();
        uint64_t took = sample();
        double wanted = (double)g.passes * ms * 1e6 / (double)(took ? took : 1);
        if (attempt == 3 || (double)took >= 0.8 * ms * 1e6) break;
        g.passes = wanted < 1 ? 1 : (uint64_t)wanted;
    }
    g.work = g.elements * 8 * arrays[g.kernel] * g.passes;
    return 1;
}

static int peak(const char *dtype, const char *path, const char *unit, double ms, char *used) {
    forget();
    g.input_count = 0;
    g.kernel = -1;
    if (!buffer(2, 1)) return 0;
    g.outputs[0] = &g.tensors[2];
    /* A multiple of every type's grain. */
    uint64_t grain = strcmp(unit, "matrix") == 0 ? CPUSIMD_PEAK_TILE_GRAIN : 4 * CPUSIMD_PEAK_GRAIN;
    grain *= (uint64_t)cpusimd_pool_threads(g.pool);
    g.work = grain * 1024;
    for (int attempt = 0; attempt < 4; attempt++) {
        assay_kv attributes[4] = {string("dtype", dtype), string("path", path),
                                  string("unit", unit), number("operations", (int64_t)g.work)};
        if (!prepare("Peak", attributes, 4, used)) return 0;
        uint64_t took = sample();
        if (attempt == 3 || (double)took >= 0.8 * ms * 1e6) break;
        g.work = (uint64_t)((double)g.work * ms * 1e6 / (double)(took ? took : 1)) / grain * grain;
        if (g.work == 0) g.work = grain;
    }
    return 1;
}

static void loop_task(void *argument, int thread, int threads) {
    uint64_t blocks = g.elements / 64, low = blocks * (uint64_t)thread / (uint64_t)threads * 64;
    uint64_t high = blocks * ((uint64_t)thread + 1) / (uint64_t)threads * 64;
    loop body = *(const loop *)argument;
    if (high > low)
        body(g.hosts[2] + (g.kernel ? low : 0), g.hosts[0] ? g.hosts[0] + low : NULL,
             g.hosts[1] ? g.hosts[1] + low : NULL, high - low, g.passes, 3.0);
}

static uint64_t comparator(int compiler) {
    uint64_t before = now();
    loop body = loops[compiler][g.kernel][g.non_temporal];
    cpusimd_pool_run(g.pool, loop_task, &body);
    return now() - before;
}

struct clock_job {
    const char *kernel;
    int additions;
    uint64_t loops;
    double hertz[64];
};

static void clock_task(void *argument, int thread, int threads) {
    struct clock_job *job = argument;
    (void)threads;
    job->hertz[thread & 63] = measured_clock(job->kernel, job->loops, job->additions);
}

static double clocks(const char *kernel, int additions, double ms) {
    struct clock_job job = {.kernel = kernel, .additions = additions,
                            .loops = (uint64_t)(ms * 1e-3 * 3e9 / 30)};
    cpusimd_pool_run(g.pool, clock_task, &job);
    double least = job.hertz[0];
    for (int i = 1; i < cpusimd_pool_threads(g.pool) && i < 64; i++)
        if (job.hertz[i] < least) least = job.hertz[i];
    return least;
}

static void answer(const char *line) {
    char one[32], two[32], three[32], used[128] = "";
    unsigned long long bytes;
    double ms;
    int additions;
    if (sscanf(line, "memory %31s %31s %llu %lf", one, two, &bytes, &ms) == 4) {
        if (memory(one, two, bytes, ms, used)) printf("ok %s\n", used);
        else printf("no %s\n", failure.message);
    } else if (sscanf(line, "peak %31s %31s %31s %lf", one, two, three, &ms) == 4) {
        if (peak(one, two, three, ms, used)) printf("ok %s\n", used);
        else printf("no %s\n", failure.message);
    } else if (sscanf(line, "clock %31s %d %lf", one, &additions, &ms) == 3) {
        printf("ok %.0f\n", clocks(one, additions, ms));
    } else if (sscanf(line, "run %31s", one) == 1) {
        uint64_t took = strcmp(one, "ours") == 0 ? sample() : comparator(strcmp(one, "gcc") != 0);
        printf("ok %llu %llu\n", (unsigned long long)took, (unsigned long long)g.work);
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
    cpusimd_pool_destroy(g.pool);
    return 0;
}
