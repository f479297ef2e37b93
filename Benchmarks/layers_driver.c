/* Runs one operator of the backend cpu-simd through its plug-in ABI, on inputs read from files.
 *
 * Usage: layers_driver CPU[,CPU...]. Reads one command a line, answers one line each:
 *   operator NAME OPSET             forgets the last operator and begins another, of f32
 *   input CONSTANT FILE EXTENT...   the next input; a file of "-" leaves it out
 *   output EXTENT...                the next output
 *   attribute NAME VALUE...         whole numbers: one, or a list
 *   prepare                         answers: kernel
 *   run CALLS                       nanoseconds that so many calls took
 *   save FILE                       writes the first output
 * Answers begin with "ok", or "no" and a reason. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "assay_plugin.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 8

const assay_plugin *assay_cpu_simd_entry_v1(const assay_host *host, assay_error *e);

static struct {
    const assay_plugin *plugin;
    const assay_memory_v1 *memory;
    const assay_queue_v1 *queues;
    const assay_op_v1 *ops;
    assay_device device;
    assay_queue queue;
    assay_op op;
    char name[64], keys[MOST][32];
    uint32_t opset, input_count, output_count, attribute_count;
    assay_buffer buffers[2 * MOST];
    uint32_t buffer_count;
    assay_tensor tensors[2][MOST]; /* inputs, outputs */
    const assay_tensor *inputs[MOST], *outputs[MOST];
    assay_kv attributes[MOST];
    int64_t numbers[MOST][8];
    void *result;
    uint64_t result_bytes;
} g;
static assay_error failure;

static assay_str text(const char *from) { return (assay_str){from, strlen(from)}; }

static int start(const int64_t *cpus, int count) {
    assay_kv options[2] = {{.key = text("threads"), .type = ASSAY_KV_INT, .count = 1},
                           {.key = text("cpus"), .type = ASSAY_KV_INTS, .count = (uint32_t)count}};
    options[0].v.i = count;
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

static void forget(void) {
    if (g.op) g.ops->destroy(g.op);
    g.op = NULL;
    for (uint32_t i = 0; i < g.buffer_count; i++) g.memory->release(g.buffers[i], NULL);
    g.buffer_count = g.input_count = g.output_count = g.attribute_count = 0;
}

/* Whole numbers that follow in the line. */
static uint32_t numbers_in(const char *line, int64_t *to) {
    uint32_t count = 0;
    for (char *end; count < 8; line = end) {
        to[count] = strtoll(line, &end, 10);
        if (end == line) break;
        count++;
    }
    return count;
}

static void *place(assay_tensor *tensor, const char *extents, uint32_t flags, uint64_t *bytes) {
    void *host = NULL;
    int64_t dims[8];
    *tensor = (assay_tensor){.h = {.size = sizeof *tensor}, .dtype = ASSAY_F32, .flags = flags};
    tensor->rank = numbers_in(extents, dims);
    *bytes = 4;
    for (uint32_t i = 0; i < tensor->rank; i++) {
        tensor->dims[i] = dims[i];
        *bytes *= (uint64_t)dims[i];
    }
    assay_buffer *buffer = &g.buffers[g.buffer_count];
    if (g.memory->allocate(g.device, 0, *bytes, 64, buffer, &failure) != ASSAY_OK) return NULL;
    g.buffer_count++;
    tensor->buffer = *buffer;
    return g.memory->map(*buffer, &host, &failure) == ASSAY_OK ? host : NULL;
}

static int input(int constant, const char *path, const char *extents) {
    if (g.input_count == MOST) return 0;
    uint32_t index = g.input_count++;
    g.inputs[index] = NULL;
    if (strcmp(path, "-") == 0) return 1;
    uint64_t bytes;
    void *host = place(&g.tensors[0][index], extents, constant ? ASSAY_TENSOR_CONST : 0, &bytes);
    FILE *file = fopen(path, "rb");
    int good = host && file && fread(host, 1, bytes, file) == bytes;
    if (file) fclose(file);
    g.inputs[index] = &g.tensors[0][index];
    return good;
}

static int output(const char *extents) {
    if (g.output_count == MOST) return 0;
    uint32_t index = g.output_count++;
    uint64_t bytes;
    void *host = place(&g.tensors[1][index], extents, 0, &bytes);
    g.outputs[index] = &g.tensors[1][index];
    if (index == 0) g.result = host, g.result_bytes = bytes;
    if (host) memset(host, 0, bytes);
    return host != NULL;
}

static int attribute(const char *name, const char *values) {
    if (g.attribute_count == MOST) return 0;
    uint32_t index = g.attribute_count++;
    uint32_t count = numbers_in(values, g.numbers[index]);
    snprintf(g.keys[index], sizeof g.keys[index], "%s", name);
    g.attributes[index] = (assay_kv){.key = text(g.keys[index]), .count = count,
                                     .type = count == 1 ? ASSAY_KV_INT : ASSAY_KV_INTS};
    if (count == 1) g.attributes[index].v.i = g.numbers[index][0];
    else g.attributes[index].v.ints = g.numbers[index];
    return count > 0;
}

static int prepare(char *kernel) {
    assay_op_desc desc = {.h = {.size = sizeof desc}, .domain = text(""), .name = text(g.name),
                          .opset = g.opset, .inputs = g.inputs, .outputs = g.outputs,
                          .input_count = g.input_count, .output_count = g.output_count,
                          .attributes = g.attributes, .attribute_count = g.attribute_count};
    assay_op_info info = {.h = {.size = sizeof info}};
    if (g.ops->prepare(g.device, &desc, 0, &g.op, &info, &failure) != ASSAY_OK) return 0;
    memcpy(kernel, info.kernel, sizeof info.kernel);
    return 1;
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_RAW, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int run(unsigned calls, char *took) {
    uint64_t before = now();
    for (unsigned i = 0; i < calls; i++)
        if (g.ops->enqueue(g.op, g.queue, g.inputs, g.outputs, NULL, &failure) != ASSAY_OK)
            return 0;
    sprintf(took, "%llu", (unsigned long long)(now() - before));
    return 1;
}

static int save(const char *path) {
    FILE *file = fopen(path, "wb");
    int good = file && fwrite(g.result, 1, g.result_bytes, file) == g.result_bytes;
    return file ? fclose(file) == 0 && good : 0;
}

static void answer(const char *line) {
    char one[256], said[128] = "";
    unsigned number;
    int at = 0, good = 0;
    failure.message[0] = 0;
    if (sscanf(line, "operator %63s %u", g.name, &g.opset) == 2) forget(), good = 1;
    else if (sscanf(line, "input %u %255s%n", &number, one, &at) == 2)
        good = input((int)number, one, line + at);
    else if (strncmp(line, "output", 6) == 0) good = output(line + 6);
    else if (sscanf(line, "attribute %31s%n", one, &at) == 1) good = attribute(one, line + at);
    else if (strncmp(line, "prepare", 7) == 0) good = prepare(said);
    else if (sscanf(line, "run %u", &number) == 1) good = run(number, said);
    else if (sscanf(line, "save %255s", one) == 1) good = save(one);
    if (good) printf("ok %s\n", said);
    else printf("no %s\n", failure.message[0] ? failure.message : "cannot do that");
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
    char line[512];
    while (fgets(line, sizeof line, stdin)) answer(line);
    forget();
    g.queues->destroy(g.queue, NULL);
    g.plugin->device_close(g.device);
    g.plugin->shutdown(g.plugin->impl);
    return 0;
}
