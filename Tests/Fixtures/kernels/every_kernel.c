/* Calls every kernel of the reference backend on odd sizes, in memory that ends where the data
 * ends. Built with sanitizers by scripts/kernels-sanitized: any step outside is an error. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu_simd.h"

static const uint64_t sizes[] = {1, 3, 15, 17, 31, 33, 127, 129};
#define SIZE_COUNT (sizeof sizes / sizeof *sizes)

static void *filled(uint64_t count, int single) {
    size_t bytes = count * (single ? sizeof(float) : sizeof(double));
    char *memory = malloc(bytes ? bytes : 1);
    for (uint64_t i = 0; i < count; i++) {
        double value = (double)(i % 7) - 3;
        if (single) ((float *)(void *)memory)[i] = (float)value;
        else ((double *)(void *)memory)[i] = value;
    }
    return memory;
}

static double at(const void *memory, uint64_t index, int single) {
    return single ? ((const float *)memory)[index] : ((const double *)memory)[index];
}

static void expect(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "every_kernel: %s is wrong\n", what);
    exit(1);
}

#include "product_kernels.h"
#include "tensor_kernels.h"
#include "layer_kernels.h"
#include "move_kernels.h"
#include "training_kernels.h"

/* Sums whose values are known: softmax adds up to 1. */
static void reductions(cpusimd_pool *pool, cpusimd_numeric type) {
    cpusimd_kind kind = {type.isa, type.single ? CPUSIMD_F32 : CPUSIMD_F64};
    void *workspace = aligned_alloc(64, cpusimd_softmax_workspace(pool));
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        uint64_t n = sizes[i];
        cpusimd_axis shapes[] = {{3, n, 1}, {1, n, 1}, {2, n, 5}};
        for (int s = 0; s < 3; s++) {
            uint64_t rows = shapes[s].outer * shapes[s].inner;
            void *in = filled(rows * n, type.single), *out = filled(rows * n, type.single);
            void *sums = filled(rows, type.single);
            cpusimd_softmax_run(pool, kind, 0, shapes[s], in, out, workspace);
            double total = 0;
            for (uint64_t k = 0; k < n; k++) total += at(out, k * shapes[s].inner, type.single);
            expect(fabs(total - 1) < 1e-4, "softmax");
            cpusimd_reduce_run(pool, kind, CPUSIMD_REDUCE_SUM, kind.type, shapes[s], 1, in, sums,
                               workspace);
            double sum = 0;
            for (uint64_t k = 0; k < n; k++) sum += at(in, k * shapes[s].inner, type.single);
            expect(fabs(at(sums, 0, type.single) - sum) < 1e-3, "sum");
            free(in), free(out), free(sums);
        }
    }
    free(workspace);
}

static void products(cpusimd_pool *pool, cpusimd_numeric type) {
    const uint64_t start = 0;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        for (size_t j = 0; j < SIZE_COUNT; j += 3) {
            uint64_t m = sizes[i], n = sizes[j], k = sizes[(i + j) % SIZE_COUNT];
            void *a = filled(m * k, type.single), *b = filled(k * n, type.single);
            void *c = filled(m * n, type.single);
            cpusimd_matmul shape = {m, n, k, 1, &start, &start};
            uint64_t bytes = cpusimd_matmul_workspace(pool, type, &shape);
            void *workspace = aligned_alloc(64, (bytes + 127) & ~(uint64_t)63);
            cpusimd_matmul_run(pool, type, &shape, a, b, c, workspace);
            double last = 0;
            for (uint64_t x = 0; x < k; x++)
                last += at(a, (m - 1) * k + x, type.single) * at(b, x * n + n - 1, type.single);
            expect(fabs(at(c, m * n - 1, type.single) - last) < 1e-2, "matmul");
            free(a), free(b), free(c), free(workspace);
        }
    }
}

/* Gemm: both operands transposed, B packed once, a row of C added. */
static void gemms(cpusimd_pool *pool, cpusimd_numeric type) {
    const uint64_t start = 0;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        for (size_t j = 0; j < SIZE_COUNT; j += 3) {
            uint64_t m = sizes[i], n = sizes[j], k = sizes[(i + j) % SIZE_COUNT];
            void *a = filled(m * k, type.single), *b = filled(k * n, type.single);
            void *y = filled(m * n, type.single), *c = filled(n, type.single);
            cpusimd_gemm job = {.type = type, .m = m, .n = n, .k = k, .batches = 1,
                                .a_starts = &start, .b_starts = &start, .a_row = 1,
                                .a_column = m, .b_row = 1, .b_column = k, .alpha = 2,
                                .beta = -1, .c = c, .c_column = 1};
            uint64_t packed = cpusimd_gemm_packed_bytes(&job);
            void *room = packed ? aligned_alloc(64, (packed + 63) & ~(uint64_t)63) : NULL;
            if (packed) cpusimd_gemm_pack(pool, &job, b, room);
            if (packed) job.packed = room;
            uint64_t bytes = cpusimd_gemm_workspace(pool, &job);
            void *workspace = aligned_alloc(64, (bytes + 127) & ~(uint64_t)63);
            cpusimd_gemm_run(pool, &job, a, b, y, workspace);
            double last = -at(c, n - 1, type.single);
            for (uint64_t x = 0; x < k; x++)
                last += 2 * at(a, x * m + m - 1, type.single) * at(b, n * k - k + x, type.single);
            expect(fabs(at(y, m * n - 1, type.single) - last) < 1e-2, "gemm");
            free(a), free(b), free(c), free(y), free(room), free(workspace);
        }
    }
}

static void memory(cpusimd_pool *pool, int isa) {
    for (uint64_t count = 64; count <= 64 * 9; count += 64) {
        double *arrays[3];
        for (int i = 0; i < 3; i++) {
            arrays[i] = aligned_alloc(64, count * sizeof(double));
            for (uint64_t k = 0; k < count; k++) arrays[i][k] = (double)k;
        }
        for (int kernel = 0; kernel < CPUSIMD_MEMORY_COUNT; kernel++) {
            for (int stream = 0; stream < 2; stream++) {
                cpusimd_memory_job job = {isa, kernel, stream && kernel != CPUSIMD_READ,
                                          kernel == CPUSIMD_READ ? NULL : arrays[0], arrays[1],
                                          arrays[2], count, 3, 3.0};
                cpusimd_memory_run(pool, &job);
            }
        }
        expect(arrays[0][count - 1] == (double)(count - 1) * 4, "triad");
        for (int i = 0; i < 3; i++) free(arrays[i]);
    }
}

static void peaks(cpusimd_pool *pool, int path) {
    for (int dtype = CPUSIMD_PEAK_F64; dtype <= CPUSIMD_PEAK_I8; dtype++)
        for (int fuses = 0; fuses < 2; fuses++) {
            int kernel = cpusimd_peak_find(dtype, path, fuses, NULL);
            if (kernel < 0) continue;
            uint64_t operations = 500 * cpusimd_peak_grain(dtype, path);
            expect(cpusimd_peak_run(pool, kernel, operations) == (double)operations / 2, "peak");
        }
}

static void starting(cpusimd_pool *pool) {
    const uint64_t words = 2048, updates = 256 * 9;
    int64_t *from = malloc(words * 8), *to = malloc(words * 8), *again = malloc(words * 8);
    for (uint64_t i = 0; i < words; i++) from[i] = (int64_t)i;
    cpusimd_random_run(pool, from, to, words, updates);
    expect(memcmp(from, to, words * 8) != 0, "random");
    /* The same updates a second time undo themselves. */
    cpusimd_random_run(pool, to, again, words, updates);
    expect(memcmp(from, again, words * 8) == 0, "random twice");
    free(from), free(to), free(again);
    if (cpusimd_pool_threads(pool) > 1) expect(cpusimd_hand_over(pool, 1, 50) == 100, "hands");
    expect(cpusimd_parallel(pool, 20) == 20, "regions");
    expect(cpusimd_spawn(3) == 3, "threads");
    int64_t fresh = 0;
    expect(cpusimd_fault(10, 0, &fresh) >= 0 && fresh == 10, "pages");
    expect(cpusimd_capacity(pool, 4096 * 33, 0) == 33, "capacity");
    expect(cpusimd_huge_given() >= 0, "huge pages");
}

int main(void) {
    const char *name = getenv("ASSAY_CPU_ISA");
    int isa = name ? cpusimd_isa_named(name) : cpusimd_isa_best();
    if (isa < 0 || !cpusimd_isa_allowed(isa, cpusimd_isa_best())) {
        printf("every_kernel: %s: not on this machine\n", name ? name : "?");
        return 0;
    }
    for (int threads = 1; threads <= 2; threads++) {
        cpusimd_pool *pool = cpusimd_pool_create(threads, NULL, 0);
        for (int single = 0; single < 2; single++) {
            cpusimd_numeric type = {isa, single};
            reductions(pool, type);
            products(pool, type);
            gemms(pool, type);
            convolutions(pool, type);
            pools(pool, type);
            attentions(pool, type);
        }
        short_products(pool, isa);
        peaks(pool, isa);
        peaks(pool, CPUSIMD_PEAK_AMX);
        memory(pool, isa);
        tensor_kernels(pool, isa);
        move_kernels(pool, isa);
        training_kernels(pool, isa);
        starting(pool);
        cpusimd_pool_destroy(pool);
    }
    int64_t table[64] = {0};
    for (int i = 0; i < 8; i++) table[8 * i] = 8 * ((i + 3) % 8);
    cpusimd_chase *chase = cpusimd_chase_create(table, 64, 0);
    expect(cpusimd_chase_run(chase, 5) == 8 * (15 % 8), "chase");
    for (int threads = 1; threads <= 3; threads++) {
        const uint64_t words = 2 * CPUSIMD_LOAD_BLOCK / 8;
        int64_t *stream = malloc(words * 8), streamed[2];
        cpusimd_pool *pool = cpusimd_pool_create(threads, NULL, 0);
        for (uint64_t i = 0; i < words; i++) stream[i] = 3;
        expect(cpusimd_loaded_run(pool, chase, 5, stream, words, 100, streamed) == 8 * (15 % 8),
               "loaded chase");
        expect(streamed[0] >= (threads - 1) * CPUSIMD_LOAD_BLOCK &&
                   streamed[1] == streamed[0] / 8 * 3,
               "load");
        expect(cpusimd_loaded_run(pool, chase, 6, NULL, 0, 0, streamed) == 8 * (18 % 8) &&
                   streamed[0] == 0 && streamed[1] == 0,
               "chase without load");
        cpusimd_pool_destroy(pool);
        free(stream);
    }
    cpusimd_chase_destroy(chase);
    int error = 0;
    for (int random = 0; random < 2; random++) {
        enum { FILE_BYTES = 9 * 4096 };
        char *from = malloc(FILE_BYTES + 8), *to = malloc(FILE_BYTES + 8);
        for (int i = 0; i < FILE_BYTES; i++) from[8 + i] = (char)(i % 251);
        cpusimd_storage *file = cpusimd_storage_open("/tmp", FILE_BYTES, 4096, random, 0, &error);
        expect(file != NULL, "a file");
        expect(cpusimd_storage_write(file, from + 8, to + 8) == 0 &&
                   memcmp(to + 8, from + 8 + FILE_BYTES - 4096, 4096) == 0,
               "a file written");
        expect(cpusimd_storage_read(file, to + 8) == 0 &&
                   memcmp(to + 8, from + 8, FILE_BYTES) == 0,
               "a file read");
        cpusimd_storage_close(file);
        free(from), free(to);
    }
    expect(!cpusimd_storage_open("/nowhere", 4096, 4096, 0, 0, &error) && error != 0, "nowhere");
    printf("every_kernel: %s: passed\n", cpusimd_isa_name(isa));
    return 0;
}
