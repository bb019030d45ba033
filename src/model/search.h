/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SEARCH_H
#define PROCTOP_SEARCH_H

#include "draw/text.h"

#define SEARCH_SIZE 1024

/* What is searched for: text, or behind "~" a regular expression. All zero is nothing. It must not
   be moved. */
struct search {
	char text[SEARCH_SIZE]; /* as it was typed */
	char error[128];	/* why it can find nothing; "" if it can */
	struct text_needle needle;
	struct pattern *pattern; /* NULL: it is text */
};

void search_clear(struct search *search);
/* It is cut if it is too long. */
void search_set(struct search *search, const char *text);
bool search_is_set(const struct search *search);

bool search_has(const struct search *search, const char *text, size_t size);
/* The first place from there on. */
bool search_find(const struct search *search, const char *text, size_t size, size_t from,
		 size_t *at, size_t *length);

#endif
