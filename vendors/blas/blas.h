/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the BLAS backend share. */
#ifndef ASSAY_BLAS_PARTS_H
#define ASSAY_BLAS_PARTS_H
#include "assay_simple.h"

enum { BLAS_ROW_MAJOR = 101, BLAS_NO_TRANSPOSE = 111, BLAS_TRANSPOSE = 112 };

/* A library that was loaded, with 32-bit integers and the symbols that we use. */
typedef struct blas_library {
    void *handle; /* NULL: none is loaded */
    int may_unload;
    int threads;      /* 0: the library will not say */
    char runtime[64]; /* "OpenBLAS 0.3.21, SkylakeX, pthreads, 2 threads" */
    char core[64];    /* the kernels chosen, where it says */
    char file[64];    /* the name it was loaded from, without folders */
    void (*sgemm)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha,
                  const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);
    void (*dgemm)(int order, int trans_a, int trans_b, int m, int n, int k, double alpha,
                  const double *a, int lda, const double *b, int ldb, double beta, double *c,
                  int ldc);
    void (*sgemv)(int order, int trans, int m, int n, float alpha, const float *a, int lda,
                  const float *x, int step_x, float beta, float *y, int step_y);
    void (*dgemv)(int order, int trans, int m, int n, double alpha, const double *a, int lda,
                  const double *x, int step_x, double beta, double *y, int step_y);
    float (*sdot)(int n, const float *x, int step_x, const float *y, int step_y);
    double (*ddot)(int n, const double *x, int step_x, const double *y, int step_y);
} blas_library;

/* Loads the first library there is, or the one that ASSAY_BLAS_LIBRARY names, and sets its number
 * of threads; 0: its own choice. */
assay_status blas_library_load(blas_library *library, int threads, assay_error *e);
void blas_library_unload(blas_library *library);

/* The slots of assay_simple_backend; `user` is the blas_library. */
assay_status blas_supports(void *user, const assay_op_desc *desc, assay_op_info *info,
                           assay_error *e);
assay_status blas_prepare(void *user, const assay_op_desc *desc, void *const *constants,
                          assay_op_info *info, void **state, assay_error *e);
assay_status blas_run(void *user, void *state, const void *const *inputs, void *const *outputs,
                      assay_error *e);
void blas_destroy(void *user, void *state);
#endif
