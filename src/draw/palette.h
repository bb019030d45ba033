/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_PALETTE_H
#define PROCTOP_PALETTE_H

#include <stdint.h>

/* A colour as a terminal of so many has it, the nearest one if it has not that. Those that are an
   index of the palette of 256, or STYLE_RGB, need at least 256; -1 is the default everywhere. */
int32_t palette_color(int32_t color, int colors);

#endif
