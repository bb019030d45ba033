/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_OUTLET_H
#define PROCTOP_OUTLET_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes for a terminal, which takes them when it will: nothing here waits, but where it is said. */
struct outlet {
	int fd;	     /* non-blocking; not closed here */
	char *bytes; /* what was not taken yet begins at sent */
	size_t size, sent, capacity;
	bool is_gone; /* nobody reads it any more */
};

/* All of it or nothing: -ENOMEM. */
int outlet_put(struct outlet *outlet, const char *bytes, size_t size);
/* What a file has in it up to its position, which is emptied. -ENOMEM: it was lost. */
int outlet_take_file(struct outlet *outlet, int fd);

bool outlet_has_bytes(const struct outlet *outlet);
/* Hands over what is taken now. 0, or -EIO: it is gone. */
int outlet_flush(struct outlet *outlet);

/*
 * Before the terminal goes to somebody else: hands over all, and waits for that up to a second. If
 * the last frame is not taken, the terminal may have half a sequence of it: that is ended then, and
 * the bytes that restore it are the last that it gets.
 */
void outlet_flush_last(struct outlet *outlet, const char *restoring, size_t size);

void outlet_free(struct outlet *outlet);

#endif
