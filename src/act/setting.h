/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SETTING_H
#define PROCTOP_SETTING_H

#include "act/target.h"

#define SETTING_CPUS 8192 /* the kernel's most */
#define SETTING_WORDS_SIZE 128

enum setting_kind {
	SETTING_NICE,
	SETTING_IO_PRIORITY,
	SETTING_CPUS_ALLOWED,
	SETTING_POLICY,
};

/* How the scheduler treats a process, with all its threads. */
struct setting {
	enum setting_kind kind;
	bool is_relative; /* nice: by that much */
	int class;	  /* of I/O, or a policy: SCHED_* */
	int level;	  /* nice; of I/O 0 to 7; of real time 1 to 99 */
	unsigned char cpus[SETTING_CPUS / 8];
	size_t cpu_count; /* up to the last one that is in it */
};

const char *setting_title(enum setting_kind kind);
/* What may be typed, in one line. */
const char *setting_syntax(enum setting_kind kind);

/* The words that may begin it, one after the other; NULL behind the last one. */
const char *setting_word(enum setting_kind kind, size_t index);

/* 0, or -EINVAL with why in words; *setting is then as it was. */
int setting_parse(enum setting_kind kind, const char *text, struct setting *setting, char *error,
		  size_t size);

/* What it is now, in words that setting_parse() takes; "" if that cannot be found out. */
void setting_read(enum setting_kind kind, pid_t pid, char *out, size_t size);

/*
 * Makes it so for all threads of a confirmed target. 0, or a negative errno; in words what it came
 * to, or why not and what would be needed.
 */
int setting_apply(const struct setting *setting, const struct target *target,
		  struct ptree_procfs *procfs, char words[SETTING_WORDS_SIZE]);

#endif
