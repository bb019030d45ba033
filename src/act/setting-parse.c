/* SPDX-License-Identifier: MIT */
/* What people type of nice, I/O priority, CPUs and policy; see setting.h. Pure. */
#include "act/setting.h"
#include "act/setting-impl.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"
#define NUMBER_MAX 99999
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Reads digits at *at and moves behind them. False: there are none, or too many. */
static bool take_number(const char **at, int *number)
{
	size_t length = strspn(*at, DIGITS);

	*number = 0;
	if (!length || length > 5)
		return false;
	for (size_t i = 0; i < length; i++)
		*number = 10 * *number + ((*at)[i] - '0');
	*at += length;
	return *number <= NUMBER_MAX;
}

static bool is_number(const char *text, int *number)
{
	return take_number(&text, number) && !*text;
}

static int refuse(char *error, size_t size, const char *why)
{
	snprintf(error, size, "%s", why);
	return -EINVAL;
}

/* ---- nice ---- */

static int parse_nice(const char *text, struct setting *setting, char *error, size_t size)
{
	bool is_to = *text == '=';
	const char *digits = text + is_to;
	bool is_negative = *digits == '-';
	bool has_sign = is_negative || *digits == '+';
	int number;

	if (!is_number(digits + has_sign, &number))
		return refuse(error, size, setting_syntax(SETTING_NICE));
	setting->is_relative = has_sign && !is_to;
	setting->level = is_negative ? -number : number;
	if (number > (setting->is_relative ? NICE_MOST - NICE_LEAST : NICE_MOST + is_negative))
		return refuse(error, size, "nice goes from -20 (first) to 19 (last)");
	return 0;
}

/* ---- classes and policies ---- */

struct word {
	const char *name;
	int value;
	int least, most; /* of the level behind a colon; most 0: it has none */
	int usual;	 /* without one; -1: there has to be one */
};

static const struct word io_classes[] = {
	{ "best-effort", IO_BEST_EFFORT, 0, 7, 4 },
	{ "be", IO_BEST_EFFORT, 0, 7, 4 },
	{ "realtime", IO_REALTIME, 0, 7, 4 },
	{ "rt", IO_REALTIME, 0, 7, 4 },
	{ "idle", IO_IDLE, 0, 0, 0 },
	{ "none", IO_NONE, 0, 0, 0 },
	{ NULL, 0, 0, 0, 0 },
};

static const struct word policies[] = {
	{ "other", SCHED_OTHER, 0, 0, 0 }, { "batch", SCHED_BATCH, 0, 0, 0 },
	{ "idle", SCHED_IDLE, 0, 0, 0 },   { "fifo", SCHED_FIFO, 1, 99, -1 },
	{ "rr", SCHED_RR, 1, 99, -1 },	   { NULL, 0, 0, 0, 0 },
};

static const struct word *find_word(const struct word *words, const char *text, size_t length)
{
	for (; words->name; words++) {
		if (strlen(words->name) == length && !strncasecmp(words->name, text, length))
			return words;
	}
	return NULL;
}

/* "NAME" or "NAME:LEVEL". */
static int parse_word(const struct word *words, const char *text, struct setting *setting,
		      char *error, size_t size)
{
	size_t length = strcspn(text, ":");
	const struct word *word = find_word(words, text, length);
	const char *syntax = setting_syntax(setting->kind);
	bool has_level = text[length] == ':';

	if (!word || (has_level && !word->most) || (!has_level && word->usual < 0))
		return refuse(error, size, syntax);
	setting->class = word->value;
	setting->level = word->usual;
	if (!has_level)
		return 0;
	if (!is_number(text + length + 1, &setting->level) || setting->level < word->least ||
	    setting->level > word->most) {
		snprintf(error, size, "%s goes from %s:%d to %s:%d", word->name, word->name,
			 word->least, word->name, word->most);
		return -EINVAL;
	}
	return 0;
}

static void format_word(const struct word *words, int value, int level, char *out, size_t size)
{
	for (; words->name; words++) {
		if (words->value != value)
			continue;
		if (words->most)
			snprintf(out, size, "%s:%d", words->name, level);
		else
			snprintf(out, size, "%s", words->name);
		return;
	}
}

void setting_format_io(int class, int level, char *out, size_t size)
{
	format_word(io_classes, class, level, out, size);
}

void setting_format_policy(int policy, int level, char *out, size_t size)
{
	format_word(policies, policy, level, out, size);
}

/* ---- CPUs ---- */

static void set_cpus(struct setting *setting, int from, int to)
{
	for (int cpu = from; cpu <= to; cpu++)
		setting->cpus[cpu / 8] |= (unsigned char)(1 << cpu % 8);
	if ((size_t)to + 1 > setting->cpu_count)
		setting->cpu_count = (size_t)to + 1;
}

static bool take_range(const char **at, struct setting *setting)
{
	int from, to;

	if (!take_number(at, &from))
		return false;
	to = from;
	if (**at == '-') {
		(*at)++;
		if (!take_number(at, &to))
			return false;
	}
	if (to < from || to >= SETTING_CPUS)
		return false;
	set_cpus(setting, from, to);
	return true;
}

/* Those that are there are the kernel's business. */
static int parse_cpus(const char *text, struct setting *setting, char *error, size_t size)
{
	if (!strcasecmp(text, "all")) {
		set_cpus(setting, 0, SETTING_CPUS - 1);
		return 0;
	}
	for (;;) {
		if (!take_range(&text, setting))
			return refuse(error, size, setting_syntax(SETTING_CPUS_ALLOWED));
		if (!*text)
			return 0;
		if (*text++ != ',')
			return refuse(error, size, setting_syntax(SETTING_CPUS_ALLOWED));
	}
}

static bool has_cpu(const unsigned char *cpus, size_t count, size_t cpu)
{
	return cpu < count && cpus[cpu / 8] >> cpu % 8 & 1;
}

void setting_format_cpus(const unsigned char *cpus, size_t count, char *out, size_t size)
{
	size_t used = 0;

	for (size_t cpu = 0; cpu < count && used < size; cpu++) {
		size_t from = cpu;

		if (!has_cpu(cpus, count, cpu))
			continue;
		while (has_cpu(cpus, count, cpu + 1))
			cpu++;
		used += (size_t)snprintf(out + used, size - used, "%s%zu", used ? "," : "", from);
		if (cpu > from && used < size)
			used += (size_t)snprintf(out + used, size - used, "-%zu", cpu);
	}
}

/* ---- all of them ---- */

const char *setting_title(enum setting_kind kind)
{
	switch (kind) {
	case SETTING_NICE:
		return "nice";
	case SETTING_IO_PRIORITY:
		return "I/O priority";
	case SETTING_CPUS_ALLOWED:
		return "CPUs";
	case SETTING_POLICY:
		return "scheduling policy";
	}
	return "";
}

const char *setting_syntax(enum setting_kind kind)
{
	switch (kind) {
	case SETTING_NICE:
		return "5 or =-5: to that; +1 or -1: by that";
	case SETTING_IO_PRIORITY:
		return "be:0 to be:7, rt:0 to rt:7, idle or none";
	case SETTING_CPUS_ALLOWED:
		return "a list as 0-3,6, or all";
	case SETTING_POLICY:
		return "other, batch, idle, fifo:1 to fifo:99, rr:1 to rr:99";
	}
	return "";
}

const char *setting_word(enum setting_kind kind, size_t index)
{
	switch (kind) {
	case SETTING_IO_PRIORITY:
		return index < COUNT(io_classes) ? io_classes[index].name : NULL;
	case SETTING_POLICY:
		return index < COUNT(policies) ? policies[index].name : NULL;
	case SETTING_CPUS_ALLOWED:
		return index ? NULL : "all";
	case SETTING_NICE:
		break;
	}
	return NULL;
}

int setting_parse(enum setting_kind kind, const char *text, struct setting *setting, char *error,
		  size_t size)
{
	struct setting parsed = { .kind = kind };
	int err = -EINVAL;

	switch (kind) {
	case SETTING_NICE:
		err = parse_nice(text, &parsed, error, size);
		break;
	case SETTING_IO_PRIORITY:
		err = parse_word(io_classes, text, &parsed, error, size);
		break;
	case SETTING_CPUS_ALLOWED:
		err = parse_cpus(text, &parsed, error, size);
		break;
	case SETTING_POLICY:
		err = parse_word(policies, text, &parsed, error, size);
		break;
	}
	if (!err)
		*setting = parsed;
	return err;
}
