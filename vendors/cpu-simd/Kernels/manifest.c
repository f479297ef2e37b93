/* SPDX-License-Identifier: Apache-2.0 */
#include "include/cpu_simd.h"

#pragma clang diagnostic ignored "-Wc23-extensions"
static const char text[] = {
#embed "../manifest.json"
    , 0};

const char *cpusimd_manifest(void) { return text; }
