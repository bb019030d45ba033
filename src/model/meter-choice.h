/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_METER_CHOICE_H
#define PROCTOP_METER_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum meter {
	METER_CPU,
	METER_MEMORY,
	METER_SWAP,
	METER_FORKS,
	METER_EXECS,
	METER_FAILURES,
	METER_DISK_READ,
	METER_DISK_WRITE,
	METER_NET_RECEIVE,
	METER_NET_SEND,
	METER_TASKS,
	METER_PRESSURE,
	METER_SHORT_LIVED,
	METER_THREADS,
	METER_SPAWNER,
	METER_LONGER_LIVED,
	METER_LOAD,
	METER_CORES,
	METER_HISTORY,
};
#define METER_COUNT 19

/* Where it stands: bars at the left, rates with a graph beside them, then words; below all of that
   what is as wide as the screen. */
enum meter_place { METER_BAR, METER_RATE, METER_WORDS, METER_WIDE };

struct meter_info {
	const char *name, *help;
	enum meter_place place;
	bool is_default;
};
extern const struct meter_info meter_infos[METER_COUNT];

/* Which meters there are, and in what order those of a place stand. Without any it is the default
   ones. */
struct meter_choice {
	uint8_t meters[METER_COUNT];
	size_t count;
	bool is_none; /* not one of them */
};

/* Those of a place. Returns how many. */
size_t meter_choice_of(const struct meter_choice *choice, enum meter_place place,
		       enum meter out[METER_COUNT]);
/* All of them, in order, also the default ones. */
void meter_choice_all(const struct meter_choice *choice, struct meter_choice *all);
/* "cpu,memory", "default", or "none". False: error says what was expected, and nothing has changed.
 */
bool meter_choice_parse(struct meter_choice *choice, const char *list, char *error, size_t size);
/* The same as text; as snprintf(). */
size_t meter_choice_format(const struct meter_choice *choice, char *out, size_t size);

#endif
