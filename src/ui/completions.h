/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_COMPLETIONS_H
#define PROCTOP_COMPLETIONS_H

#include "draw/area.h"

#define COMPLETIONS_MAX 128
#define COMPLETION_SIZE 48

/*
 * What the word that is typed may become. Plain data; all zero is none. What is offered may be a
 * stranger's bytes: control characters among them are no candidate.
 */
struct completions {
	char items[COMPLETIONS_MAX][COMPLETION_SIZE];
	size_t count;
	size_t from;  /* where in the line the word begins */
	size_t typed; /* bytes of it that are there */
	char word[COMPLETION_SIZE];
	bool is_chosen; /* the item at: Tab goes from one to the next */
	size_t at;
};

/* The word is what stands in line from one byte to another; all items go. */
void completions_begin(struct completions *completions, const char *line, size_t from, size_t to);
/* It becomes one of them if it begins so; case does not count. */
void completions_offer(struct completions *completions, const char *candidate);
void completions_sort(struct completions *completions);
/* What all of them begin with, at least what is typed. NUL-terminated. */
void completions_common(const struct completions *completions, char out[COMPLETION_SIZE]);
/* The next one is chosen. NULL: there are none. */
const char *completions_next(struct completions *completions);
/* In one line, as many as fit; the chosen one is among them. */
void completions_draw(const struct completions *completions, const struct area *area, int y);

#endif
