/* SPDX-License-Identifier: Apache-2.0
 *
 * As device-memory, but the last 8 bytes of what is moved never arrive. */
#define FIXTURE_ARRIVES(bytes) ((bytes) > 4096 ? (bytes) - 8 : (bytes))
#include "device-memory.c"
