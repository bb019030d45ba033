/* SPDX-License-Identifier: MIT */
/* The palette of 256 colours, and those that are red, green and blue. */
#include "draw/palette.h"
#include "draw/canvas.h"

/* Behind the first 16, which everybody has otherwise, are a cube and greys. */
static int32_t rgb_of(int32_t index)
{
	static const uint8_t levels[] = { 0, 95, 135, 175, 215, 255 };
	static const int32_t bright[] = { 0x7f7f7f, 0xff5555, 0x55ff55, 0xffff55,
					  0x5555ff, 0xff55ff, 0x55ffff, 0xffffff };
	int32_t cube = index - 16, grey = 8 + 10 * (index - 232);

	if (index < 16)
		return bright[index - 8];
	if (index >= 232)
		return grey << 16 | grey << 8 | grey;
	return levels[cube / 36] << 16 | levels[cube / 6 % 6] << 8 | levels[cube % 6];
}

static int distance(int32_t a, int32_t b)
{
	int red = (a >> 16 & 255) - (b >> 16 & 255);
	int green = (a >> 8 & 255) - (b >> 8 & 255);
	int blue = (a & 255) - (b & 255);

	return red * red + green * green + blue * blue;
}

static int32_t nearest(int32_t rgb)
{
	int32_t best = 16;

	for (int32_t index = 17; index < 256; index++) {
		if (distance(rgb_of(index), rgb) < distance(rgb_of(best), rgb))
			best = index;
	}
	return best;
}

/* A terminal of true colours has no palette, but for the first 8. */
int32_t palette_color(int32_t color, int colors)
{
	if (color >= STYLE_RGB)
		return colors > 256 ? color - STYLE_RGB : nearest(color - STYLE_RGB);
	return colors > 256 && color >= 8 ? rgb_of(color) : color;
}
