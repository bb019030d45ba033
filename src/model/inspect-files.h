/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_INSPECT_FILES_H
#define PROCTOP_INSPECT_FILES_H

#include "model/inspect-rows.h"

/* The descriptors of a process, as many as are shown. */
struct inspect_file {
	int number;
	enum ptree_descriptor_kind kind;
	bool is_deleted, is_cut, has_flags, is_unix;
	bool is_elsewhere; /* in another network namespace, about which one cannot ask */
	uint32_t flags;
	uint64_t inode; /* of a pipe or socket; else 0 */
	uint64_t
	    peer_inode; /* of the other end: of a pipe its own; 0: there is none, or nobody knows */
	size_t target_at, socket_at; /* in the text */
};
#define INSPECT_NO_TEXT SIZE_MAX

struct inspect_files {
	pid_t pid;
	struct inspect_file *list; /* by number */
	size_t count, capacity;
	char *text;
	size_t text_size, text_capacity;
};

/* All of them by inode, malloc()ed; NULL: no memory. The first in it with that inode or a larger
   one. */
struct inspect_file **inspect_files_by_inode(const struct inspect_files *files);
size_t inspect_files_find(const struct inspect_files *files, struct inspect_file *const *by_inode,
			  uint64_t inode);

/* Who reads, or writes, at one pipe or socket; of more than these only how many. */
#define INSPECT_HOLDERS_MAX 3
struct inspect_holders {
	unsigned count; /* processes */
	pid_t last;	/* the latest of them */
	struct {
		pid_t pid;
		char name[PTREE_COMM_SIZE];
	} list[INSPECT_HOLDERS_MAX];
};
struct inspect_end {
	uint64_t inode;
	struct inspect_holders readers, writers;
};

struct inspect_ends {
	pid_t pid;		  /* whose the files are */
	struct inspect_end *list; /* by inode */
	size_t count;
	bool is_whole; /* all processes could be looked into */
};

/* inspect-ends.c: looks through all processes. */
void inspect_ends_find(struct inspect_ends *ends, struct inspect_files *files,
		       struct inspect_rows *rows, struct ptree_procfs *procfs);
/* " -> cat 202", behind a file's line. */
void inspect_ends_put(const struct inspect_ends *ends, struct listing *listing,
		      const struct inspect_file *file);
void inspect_ends_clear(struct inspect_ends *ends);

#endif
