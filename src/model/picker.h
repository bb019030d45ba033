/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_PICKER_H
#define PROCTOP_PICKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PICKER_LABEL_SIZE 32

/* A short list of which one item is chosen. */
struct picker_item {
	uint64_t value; /* the asker's */
	char label[PICKER_LABEL_SIZE];
	bool has_number;
	unsigned number; /* said at the right of the label */
};

struct picker {
	struct picker_item *items;
	size_t count, capacity;
	size_t at;
};

bool picker_add(struct picker *picker, const struct picker_item *item); /* false: no memory */
void picker_move(struct picker *picker, int64_t items);		      /* as far as there are any */
const struct picker_item *picker_chosen(const struct picker *picker); /* NULL: it is empty */
void picker_clear(struct picker *picker);

#endif
