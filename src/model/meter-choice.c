/* SPDX-License-Identifier: MIT */
/* Which meters there are; see meter-choice.h. What they show is in views/. */
#include "model/meter-choice.h"
#include "draw/text.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT "default"
#define NONE "none"
#define SEPARATORS ", \t"

const struct meter_info meter_infos[METER_COUNT] = {
	[METER_CPU] = { "cpu", "how busy all CPUs are", METER_BAR, true },
	[METER_MEMORY] = { "memory", "used, and cache", METER_BAR, true },
	[METER_SWAP] = { "swap", "used", METER_BAR, true },
	[METER_FORKS] = { "forks", "in a second", METER_RATE, true },
	[METER_EXECS] = { "execs", "in a second", METER_RATE, true },
	[METER_FAILURES] = { "failures", "in a second", METER_RATE, true },
	[METER_DISK_READ] = { "disk-read", "in a second", METER_RATE, false },
	[METER_DISK_WRITE] = { "disk-write", "in a second", METER_RATE, false },
	[METER_NET_RECEIVE] = { "net-receive", "in a second", METER_RATE, false },
	[METER_NET_SEND] = { "net-send", "in a second", METER_RATE, false },
	[METER_TASKS] = { "tasks", "running, zombies", METER_WORDS, true },
	[METER_PRESSURE] = { "pressure", "how long they wait", METER_WORDS, true },
	[METER_SHORT_LIVED] = { "short-lived", "part of the CPU", METER_WORDS, true },
	[METER_THREADS] = { "threads", "of all processes", METER_WORDS, true },
	[METER_SPAWNER] = { "spawner", "who forks most", METER_WORDS, true },
	[METER_LONGER_LIVED] = { "longer-lived", "part of the CPU", METER_WORDS, true },
	[METER_LOAD] = { "load", "of 1, 5, 15 minutes", METER_WORDS, false },
	[METER_CORES] = { "cores", "each CPU", METER_WIDE, true },
	[METER_HISTORY] = { "history", "CPU, memory: graphs", METER_WIDE, true },
};

/* ---- what is chosen ---- */

void meter_choice_all(const struct meter_choice *choice, struct meter_choice *all)
{
	if (choice->count || choice->is_none) {
		*all = *choice;
		return;
	}
	*all = (struct meter_choice){ .count = 0 };
	for (unsigned i = 0; i < METER_COUNT; i++) {
		if (meter_infos[i].is_default)
			all->meters[all->count++] = (uint8_t)i;
	}
}

size_t meter_choice_of(const struct meter_choice *choice, enum meter_place place,
		       enum meter out[METER_COUNT])
{
	struct meter_choice all;
	size_t count = 0;

	meter_choice_all(choice, &all);
	for (size_t i = 0; i < all.count; i++) {
		if (meter_infos[all.meters[i]].place == place)
			out[count++] = (enum meter)all.meters[i];
	}
	return count;
}

/* ---- as text ---- */

static bool reject(const char *name, size_t length, char *error, size_t size)
{
	char safe[40];
	size_t used;

	text_safe(safe, sizeof(safe), name, length, text_is_utf8());
	used = (size_t)snprintf(
	    error, size, "no meter is called '%s': expected " DEFAULT ", " NONE ", or some of",
	    safe);
	for (size_t i = 0; i < METER_COUNT && used < size; i++)
		used += (size_t)snprintf(error + used, size - used, " %s", meter_infos[i].name);
	return false;
}

static bool find(const char *name, size_t length, uint8_t *meter)
{
	for (*meter = 0; *meter < METER_COUNT; ++*meter) {
		if (strlen(meter_infos[*meter].name) == length &&
		    !memcmp(meter_infos[*meter].name, name, length))
			return true;
	}
	return false;
}

static bool parse_names(struct meter_choice *choice, const char *list, char *error, size_t size)
{
	for (;;) {
		size_t length;
		uint8_t meter;

		list += strspn(list, SEPARATORS);
		length = strcspn(list, SEPARATORS);
		if (!length)
			break;
		if (!find(list, length, &meter))
			return reject(list, length, error, size);
		if (!memchr(choice->meters, meter, choice->count))
			choice->meters[choice->count++] = meter;
		list += length;
	}
	return choice->count || reject("", 0, error, size);
}

bool meter_choice_parse(struct meter_choice *choice, const char *list, char *error, size_t size)
{
	struct meter_choice parsed = { .is_none = !strcmp(list, NONE) };

	if (!parsed.is_none && strcmp(list, DEFAULT) != 0 &&
	    !parse_names(&parsed, list, error, size))
		return false;
	*choice = parsed;
	return true;
}

size_t meter_choice_format(const struct meter_choice *choice, char *out, size_t size)
{
	size_t used = 0;

	if (!choice->count)
		return (size_t)snprintf(out, size, "%s", choice->is_none ? NONE : DEFAULT);
	for (size_t i = 0; i < choice->count; i++)
		used +=
		    (size_t)snprintf(used < size ? out + used : NULL, used < size ? size - used : 0,
				     "%s%s", i ? "," : "", meter_infos[choice->meters[i]].name);
	return used;
}
