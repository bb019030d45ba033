/* SPDX-License-Identifier: MIT */
/* What is told in pieces: for those who read it, in the inspector's threads. */
#ifndef PROCTOP_INSPECT_ROWS_H
#define PROCTOP_INSPECT_ROWS_H

#include "model/inspect.h"

/* Rows on their way. They are told in batches, a few in a second. */
struct inspect_rows {
	struct inspect_reading *reading;
	struct inspection *batch; /* NULL: there is no memory, or nobody waits any more */
	size_t kept, bytes;	  /* of the batches before, too */
	uint64_t done;
	uint64_t due_ns; /* the next one */
};

void inspect_rows_begin(struct inspect_rows *rows, struct inspect_reading *reading);
/* One more was read. Where its row is to be added; NULL: those that there are are enough. */
struct listing *inspect_rows_add(struct inspect_rows *rows);
/* Asked after each step: what is due is told. False: nobody waits for more. */
bool inspect_rows_go_on(struct inspect_rows *rows);
/* At once. */
void inspect_rows_tell(struct inspect_rows *rows);
/* From now on the rows come anew, instead of those that were told. */
void inspect_rows_replace(struct inspect_rows *rows);
/* 0, or why there are no more. */
void inspect_rows_end(struct inspect_rows *rows, int err);

/* A value of a stranger's, of which so many bytes are put. */
void inspect_put(struct listing *listing, const char *bytes, size_t size, size_t most);

void inspect_read_environment(struct inspect_reading *reading, struct ptree_probe *probe);
void inspect_read_files(struct inspect_reading *reading, struct ptree_procfs *procfs,
			struct ptree_probe *probe);
void inspect_read_maps(struct inspect_reading *reading, struct ptree_probe *probe);
void inspect_read_threads(struct inspect_reading *reading, struct ptree_probe *probe,
			  const struct inspect_samples *before);

/* inspect-secret.c: it looks like something that is not for everybody's eyes. */
bool inspect_is_secret(const char *name, size_t name_size, const char *value, size_t value_size);

#endif
