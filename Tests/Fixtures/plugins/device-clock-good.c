/* SPDX-License-Identifier: Apache-2.0
 *
 * The control for clocks: its device's clock is right. */
#define DEVICE_CLOCK(ns) (ns)
#include "device-clock.h"
