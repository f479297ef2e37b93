/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_NULL_H
#define ASSAY_NULL_H
#include "assay_plugin.h"
#ifdef __cplusplus
extern "C" {
#endif
/* The null backend's entry: offers the operation Empty alone, so that timing it shows what the
 * harness and the ABI themselves cost. */
const assay_plugin *assay_null_entry_v1(const assay_host *host, assay_error *e);
/* The backend's manifest, as in manifest.json. */
const char *assay_null_manifest_v1(void);
#ifdef __cplusplus
}
#endif
#endif
