/* SPDX-License-Identifier: MIT */
/* What the files of the meters share. */
#ifndef PROCTOP_VIEWS_METERS_IMPL_H
#define PROCTOP_VIEWS_METERS_IMPL_H

#include "draw/area.h"
#include "model/scene.h"

#define METER_LABEL_WIDTH 3
#define METER_VALUE_WIDTH 9 /* "812G/1.2T" */
#define METER_HISTORY_LINES 4

/* In a line of their own; how wide the bar is, without label and value. */
void meter_draw_bar(const struct scene *scene, const struct area *area, int y, int width,
		    enum meter meter);

/* Each CPU: a bar where there is room for bars, else a cell. */
int meter_core_lines(const struct scene *scene, const struct area *area);
void meter_draw_cores(const struct scene *scene, const struct area *area, int y);

/* CPU and memory over the last minutes, beside one another. */
void meter_draw_history(const struct scene *scene, const struct area *area, int y);

void meter_describe(const struct scene *scene, enum meter meter, char *out, size_t size);

#endif
