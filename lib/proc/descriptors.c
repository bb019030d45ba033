/* SPDX-License-Identifier: MIT */
/* The open descriptors of a process, one at a time; see descriptors.h. */
#include "descriptors.h"
#include "base/sized.h"
#include "probe.h"
#include "procfs.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define TARGET_BYTES (PATH_MAX + 64)
#define INFO_BYTES 1024 /* what is looked for comes first */

struct ptree_descriptors {
	struct ptree_probe *probe;
	DIR *dir;
	int number;
	char target[TARGET_BYTES];
};

/* ---- parsing ---- */

static bool take_inode(struct span target, const char *kind, uint64_t *inode)
{
	uint64_t number;

	if (!span_take(&target, kind) || !span_take_number(&target, &number) ||
	    !span_is(&target, "]"))
		return false;
	*inode = number;
	return true;
}

enum ptree_descriptor_kind descriptors_parse_target(struct span target, uint64_t *inode)
{
	if (take_inode(target, "pipe:[", inode))
		return PTREE_DESCRIPTOR_PIPE;
	if (take_inode(target, "socket:[", inode))
		return PTREE_DESCRIPTOR_SOCKET;
	if (span_starts_with(&target, "anon_inode:"))
		return PTREE_DESCRIPTOR_ANONYMOUS;
	if (span_starts_with(&target, "/memfd:"))
		return PTREE_DESCRIPTOR_MEMORY;
	return PTREE_DESCRIPTOR_OTHER;
}

static bool find_octal(struct span text, const char *key, uint32_t *out)
{
	struct span rest;
	uint64_t value = 0;

	if (!span_find_line(text, key, &rest))
		return false;
	span_skip_blanks(&rest);
	if (rest.at == rest.end)
		return false;
	for (; rest.at < rest.end; rest.at++) {
		if (*rest.at < '0' || *rest.at > '7')
			return false;
		value = value * 8 + (uint64_t)(*rest.at - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*out = (uint32_t)value;
	return true;
}

int descriptors_parse_info(struct span text, uint64_t *position, uint32_t *flags)
{
	struct span rest;
	int64_t at;
	uint32_t mask;

	if (!span_find_line(text, "pos:", &rest))
		return -EBADMSG;
	span_skip_blanks(&rest);
	if (!span_take_integer(&rest, &at) || rest.at != rest.end ||
	    !find_octal(text, "flags:", &mask))
		return -EBADMSG;
	*position = at < 0 ? 0 : (uint64_t)at;
	*flags = mask;
	return 0;
}

const char *ptree_descriptor_kind_name(enum ptree_descriptor_kind kind)
{
	switch (kind) {
	case PTREE_DESCRIPTOR_FILE:
		return "file";
	case PTREE_DESCRIPTOR_DIRECTORY:
		return "directory";
	case PTREE_DESCRIPTOR_DEVICE:
		return "device";
	case PTREE_DESCRIPTOR_PIPE:
		return "pipe";
	case PTREE_DESCRIPTOR_SOCKET:
		return "socket";
	case PTREE_DESCRIPTOR_MEMORY:
		return "memory";
	case PTREE_DESCRIPTOR_ANONYMOUS:
		return "anonymous";
	case PTREE_DESCRIPTOR_OTHER:
		break;
	}
	return "other";
}

/* ---- reading ---- */

/* -1: it is none. */
static int number_of(const char *name)
{
	struct span text = span_of(name, strlen(name));
	uint64_t number;

	if (!span_take_number(&text, &number) || text.at != text.end || number > INT_MAX)
		return -1;
	return (int)number;
}

/* Those that are closed meanwhile are passed over, a call each. */
int descriptors_next_link(struct ptree_descriptors *descriptors, int *number, char **target)
{
	const struct dirent *entry = (errno = 0, readdir(descriptors->dir));
	char path[32];
	ssize_t size;

	if (!entry)
		return errno ? probe_explain(descriptors->probe, procfs_error(errno)) : 0;
	descriptors->number = number_of(entry->d_name);
	if (descriptors->number < 0)
		return -EAGAIN;
	snprintf(path, sizeof(path), "fd/%d", descriptors->number);
	size = probe_read_link(descriptors->probe, path, descriptors->target, TARGET_BYTES);
	if (size == -EOPNOTSUPP || size == -ENODATA || size == -EBADMSG)
		return -EAGAIN;
	if (size < 0)
		return (int)size;
	*number = descriptors->number;
	*target = descriptors->target;
	return 1;
}

static enum ptree_descriptor_kind kind_of_mode(unsigned mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return PTREE_DESCRIPTOR_FILE;
	case S_IFDIR:
		return PTREE_DESCRIPTOR_DIRECTORY;
	case S_IFCHR:
	case S_IFBLK:
		return PTREE_DESCRIPTOR_DEVICE;
	case S_IFIFO:
		return PTREE_DESCRIPTOR_PIPE;
	case S_IFSOCK:
		return PTREE_DESCRIPTOR_SOCKET;
	default:
		return PTREE_DESCRIPTOR_OTHER;
	}
}

static void read_info(const struct ptree_descriptors *descriptors,
		      struct ptree_descriptor *descriptor)
{
	char path[32], buf[INFO_BYTES];
	ssize_t size;

	snprintf(path, sizeof(path), "fdinfo/%d", descriptors->number);
	size = probe_read_into(descriptors->probe, path, buf, sizeof(buf));
	descriptor->has_details =
	    size > 0 && !descriptors_parse_info(span_of(buf, (size_t)size), &descriptor->position,
						&descriptor->flags);
}

static void read_file(const struct ptree_descriptors *descriptors,
		      struct ptree_descriptor *descriptor)
{
	char path[32];
	struct statx file;

	snprintf(path, sizeof(path), "fd/%d", descriptors->number);
	if (!probe_stat(descriptors->probe, path, &file)) {
		descriptor->inode = file.stx_ino;
		descriptor->device = makedev(file.stx_dev_major, file.stx_dev_minor);
		if (descriptor->kind == PTREE_DESCRIPTOR_OTHER)
			descriptor->kind = kind_of_mode(file.stx_mode);
	}
}

void descriptors_describe(struct ptree_descriptors *descriptors,
			  struct ptree_descriptor *descriptor)
{
	char *target = descriptors->target;
	char path[32];

	*descriptor = (struct ptree_descriptor){ .number = descriptors->number, .target = target };
	descriptor->kind =
	    descriptors_parse_target(span_of(target, strlen(target)), &descriptor->inode);
	read_info(descriptors, descriptor);
	if (descriptor->kind == PTREE_DESCRIPTOR_ANONYMOUS) {
		descriptor->target += strlen("anon_inode:");
	} else if (*target == '/') {
		snprintf(path, sizeof(path), "fd/%d", descriptors->number);
		descriptor->is_deleted = probe_take_deleted(descriptors->probe, path, target);
		read_file(descriptors, descriptor);
	}
}

int ptree_descriptors_next_sized(struct ptree_descriptors *descriptors,
				 struct ptree_descriptor *out, size_t size)
{
	struct ptree_descriptor descriptor;
	char *target;
	int number;
	int ret = descriptors_next_link(descriptors, &number, &target);

	if (ret == 1) {
		descriptors_describe(descriptors, &descriptor);
		sized_write(out, size, &descriptor, sizeof(descriptor));
	}
	return ret;
}

int ptree_descriptors_open(struct ptree_descriptors **out, struct ptree_probe *probe)
{
	struct ptree_descriptors *descriptors = calloc(1, sizeof(*descriptors));
	int err;

	if (!descriptors)
		return -ENOMEM;
	err = probe_open_directory(probe, "fd", &descriptors->dir);
	if (err) {
		free(descriptors);
		return err;
	}
	descriptors->probe = probe;
	*out = descriptors;
	return 0;
}

void ptree_descriptors_close(struct ptree_descriptors *descriptors)
{
	if (!descriptors)
		return;
	probe_close_directory(descriptors->probe, descriptors->dir);
	free(descriptors);
}
