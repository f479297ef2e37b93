/* SPDX-License-Identifier: Apache-2.0
 *
 * The adapter for backends linked into the worker; shared libraries carry a copy of their own. */
#define ASSAY_SIMPLE_IMPLEMENTATION
#define ASSAY_SIMPLE_LINKAGE
#include "include/assay_simple.h"
