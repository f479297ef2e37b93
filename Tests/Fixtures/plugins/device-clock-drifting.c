/* SPDX-License-Identifier: Apache-2.0
 *
 * Cheats: its device's clock gains 2 % more in every tenth of a second. */
#define DEVICE_CLOCK(ns) ((ns) + (ns) * (ns) * 1e-10)
#include "device-clock.h"
