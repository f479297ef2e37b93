/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_BLAS_H
#define ASSAY_BLAS_H
#include "assay_plugin.h"
#ifdef __cplusplus
extern "C" {
#endif
/* The BLAS backend's entry: MatMul and Gemm in f32 and f64 on the CBLAS library that startup finds:
 * OpenBLAS, BLIS or MKL, in that order, or the one that ASSAY_BLAS_LIBRARY names. */
const assay_plugin *assay_blas_entry_v1(const assay_host *host, assay_error *e);
/* The backend's manifest, as in manifest.json. */
const char *assay_blas_manifest_v1(void);
#ifdef __cplusplus
}
#endif
#endif
