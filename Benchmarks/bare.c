/* What the harness does, written as plainly as C allows: the comparator of harness.py.
 *
 *   bare clock             nanoseconds of a back-to-back pair of clock readings, median of 10 000
 *   bare gemm N SAMPLES    nanoseconds of cblas_sgemm N x N x N, median of samples of >= 1 ms
 *
 * Build: cc -O2 bare.c -lopenblas */
#define _GNU_SOURCE
#include <cblas.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_RAW, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, ascending);
    return values[count / 2];
}

static float *matrix(int n, uint64_t seed) {
    size_t bytes = (size_t)n * (size_t)n * sizeof(float);
    float *m = aligned_alloc(2 << 20, (bytes + (2 << 20) - 1) & ~(size_t)((2 << 20) - 1));
    madvise(m, bytes, MADV_HUGEPAGE);
    for (size_t i = 0; i < bytes / sizeof(float); i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        m[i] = (float)((double)(seed >> 11) * 0x1p-53) - 0.5f;
    }
    return m;
}

int main(int argc, char **argv) {
    static double values[100000];
    if (argc > 1 && strcmp(argv[1], "clock") == 0) {
        for (int i = 0; i < 10000; i++) {
            uint64_t a = now(), b = now();
            values[i] = (double)(b - a);
        }
        printf("%.3f\n", median(values, 10000));
        return 0;
    }
    int n = atoi(argv[2]), samples = atoi(argv[3]);
    float *a = matrix(n, 1), *b = matrix(n, 2), *c = matrix(n, 3);
    uint64_t batch = 1, elapsed = 0;
    for (int i = -20; i < samples; i++) {
        uint64_t before = now();
        for (uint64_t k = 0; k < batch; k++)
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0f, a, n, b, n, 0.0f,
                        c, n);
        elapsed = now() - before;
        if (elapsed < 1000000) batch *= 2;
        if (i >= 0) values[i] = (double)elapsed / (double)batch;
    }
    printf("%.1f\n", median(values, samples));
    return 0;
}
