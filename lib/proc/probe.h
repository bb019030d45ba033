/* SPDX-License-Identifier: MIT */
/*
 * What those who look into one process have in common: its directory, opened once, and what an
 * error of reading there means. Everything that is opened goes through here.
 */
#ifndef PTREE_PROBE_H
#define PTREE_PROBE_H

#include "proctree.h"
#include "span.h"

#include <dirent.h>
#include <sys/stat.h>

struct procfs_units;

/* What the kernel puts behind the path of a file without a name. */
#define PROBE_DELETED " (deleted)"

/*
 * Opens what is in the process's directory, as openat(2). A descriptor, or an error of a probe.
 */
int probe_open_file(const struct ptree_probe *probe, const char *path, int flags);
void probe_close_file(const struct ptree_probe *probe, int fd);
/* A directory there, to be read. 0, or an error of a probe. */
int probe_open_directory(const struct ptree_probe *probe, const char *path, DIR **out);
void probe_close_directory(const struct ptree_probe *probe, DIR *directory);

/* Makes of procfs_error()'s an error of a probe: whether what is not there is none, or not told. */
int probe_explain(const struct ptree_probe *probe, int error);

/*
 * Reads a file there, whole, but no more than limit bytes. *bytes is malloc()ed. 0, or an error of
 * a probe.
 */
int probe_read(const struct ptree_probe *probe, const char *path, size_t limit, char **bytes,
	       size_t *size);
/* The same into a buffer; returns how much there was. What fills it may have been cut. */
ssize_t probe_read_into(const struct ptree_probe *probe, const char *path, char *buf, size_t size);

/* Reads a link there, with a NUL. Its size, or an error of a probe; -EBADMSG if it is too long. */
ssize_t probe_read_link(const struct ptree_probe *probe, const char *path, char *buf, size_t size);

/* What a link there leads to, without asking a server for it. 0, or an error of a probe. */
int probe_stat(const struct ptree_probe *probe, const char *path, struct statx *file);
/* What is at an absolute path as the process sees it. 0, or -errno. */
int probe_stat_path(struct ptree_probe *probe, const char *path, struct statx *file);

/*
 * Takes the kernel's " (deleted)" off a target that link has, and says whether it was the kernel's:
 * a file can really be called so.
 */
bool probe_take_deleted(struct ptree_probe *probe, const char *link, char *target);

bool probe_is_same_file(const struct statx *a, const struct statx *b);

const struct ptree_procfs *probe_procfs(const struct ptree_probe *probe);
const struct procfs_units *probe_units(const struct ptree_probe *probe);

#endif
