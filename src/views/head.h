/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_HEAD_H
#define PROCTOP_HEAD_H

#include "draw/area.h"
#include "model/scene.h"

/*
 * The head of the screen: the machine, how current the picture is, the meters. It is there whatever
 * is open. area: that of the whole screen.
 */

/* How many lines it takes of at most max_lines. */
int head_lines(const struct scene *scene, const struct area *screen, int max_lines);
void head_draw(const struct scene *scene, const struct area *screen, int lines);

/* Its first line, for a state. */
void head_draw_first(const struct scene *scene, const struct area *screen,
		     const struct ptree_monitor_status *status);

/* The meters take so many lines of at most max_lines, from y on. */
int meters_lines(const struct scene *scene, const struct area *screen, int max_lines);
void meters_draw(const struct scene *scene, const struct area *screen, int y, int lines);

#endif
