/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_WAITED_IO_H
#define PROCTOP_WAITED_IO_H

#include <stddef.h>
#include <stdint.h>

#define WAITED_IO_MAX 128

/*
 * What a process has read and written, by its /proc/PID/io, is also what its children had that it
 * waited for, and theirs (wait_task_zombie() in the kernel's exit.c). So what was told of one while
 * it lived comes again, at once and as its parent's. Here it is kept until it has come, so that it
 * can be taken away; and for no longer than that, since not each parent waits.
 */
struct waited_io {
	struct {
		uint64_t parent, noted_ns;
		uint64_t read_bytes, written_bytes;
	} items[WAITED_IO_MAX]; /* in no order */
	size_t count;
	size_t next; /* which one goes when there is no room */
};

/* A child of that process is over, of which that was told. */
void waited_io_note(struct waited_io *waited, uint64_t parent, uint64_t now_ns, uint64_t read_bytes,
		    uint64_t written_bytes);
/* So much more was found by a look that began then; what remains was not told before. */
void waited_io_subtract(struct waited_io *waited, uint64_t parent, uint64_t looked_ns,
			uint64_t *read_bytes, uint64_t *written_bytes);

#endif
