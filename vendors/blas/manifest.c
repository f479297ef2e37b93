/* SPDX-License-Identifier: Apache-2.0 */
#include "include/assay_blas.h"

#pragma clang diagnostic ignored "-Wc23-extensions"
static const char text[] = {
#embed "manifest.json"
    , 0};

const char *assay_blas_manifest_v1(void) { return text; }
