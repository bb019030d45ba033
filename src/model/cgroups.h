/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_CGROUPS_H
#define PROCTOP_CGROUPS_H

#include <proctree.h>

/*
 * In which cgroup each living process is, as far as it was read, and what that says of unit and
 * container. Nobody is told when a process goes to another one, so all are read again, slowly. A
 * thread reads: first those of whom nothing is known, in batches with pauses between them, so that
 * 10,000 take some seconds, and one that is forked only once it has lived for a while. Nothing is
 * read, nor kept, unless somebody wants it.
 */
struct cgroups;

enum cgroup_state {
	CGROUP_UNREAD,	/* not yet */
	CGROUP_READ,	/* *cgroup */
	CGROUP_UNKNOWN, /* it could not be read */
};

/* Of a few or of many processes. Raw bytes. */
struct cgroup_names {
	const char *path;      /* its beginning, if it is very long */
	const char *unit;      /* "ssh.service"; "vim.scope in user@1000.service"; "": none */
	const char *container; /* "docker 0123456789ab"; "": none */
};

/* proc_path: NULL for /proc. 0 or -errno. */
int cgroups_new(struct cgroups **cgroups, const char *proc_path);
void cgroups_free(struct cgroups *cgroups); /* or NULL; waits for nobody */

/* Readable when there is an answer. */
int cgroups_fd(const struct cgroups *cgroups);
/* Takes answers, and asks for more if it is time. is_stopped: a picture of before is shown, for
   which what has ended since stays. True: something is known that was not before. */
bool cgroups_turn(struct cgroups *cgroups, const struct ptree_tree *tree, bool is_wanted,
		  bool is_stopped, uint64_t now_ns);
uint64_t cgroups_next_ns(const struct cgroups *cgroups); /* when to turn again at the latest */

/* Reads one at once: for who may wait for it, however long that takes. */
void cgroups_read_now(struct cgroups *cgroups, const struct ptree_node *node);

/* cgroups may be NULL: then nothing is read. *cgroup is valid until the next turn. */
enum cgroup_state cgroups_find(const struct cgroups *cgroups, uint64_t id,
			       struct cgroup_names *cgroup);

/* How many changes there have been, and of whom each was; 0: it is too long ago. */
uint64_t cgroups_changes(const struct cgroups *cgroups);
uint64_t cgroups_changed(const struct cgroups *cgroups, uint64_t change);

#endif
