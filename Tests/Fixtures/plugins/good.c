/* SPDX-License-Identifier: Apache-2.0
 *
 * The control: behaves. */
#include "fixture.h"

FIXTURE_RUN(fixture_run)
