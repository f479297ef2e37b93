/* SPDX-License-Identifier: Apache-2.0
 *
 * Cheats: its device's clock runs 3 % fast. */
#define DEVICE_CLOCK(ns) ((ns) * 1.03)
#include "device-clock.h"
