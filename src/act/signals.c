/* SPDX-License-Identifier: MIT */
/* Signals by name and number; see signals.h. The names are libc's. */
#include "act/signals.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"

void signal_format(int number, char out[SIGNAL_NAME_SIZE])
{
	const char *name = sigabbrev_np(number);

	if (name)
		snprintf(out, SIGNAL_NAME_SIZE, "%s", name);
	else if (number == SIGRTMIN)
		snprintf(out, SIGNAL_NAME_SIZE, "RTMIN");
	else if (number > SIGRTMIN && number <= SIGRTMAX)
		snprintf(out, SIGNAL_NAME_SIZE, "RTMIN+%d", number - SIGRTMIN);
	else
		snprintf(out, SIGNAL_NAME_SIZE, "%d", number);
}

const char *signal_meaning(int number)
{
	const char *text = sigdescr_np(number);

	return text ? text : "";
}

bool signal_is_to_end(int number)
{
	return number == SIGTERM || number == SIGKILL || number == SIGINT || number == SIGQUIT ||
	       number == SIGABRT;
}

/* Those between belong to libc's threads. */
static bool can_be_sent(int number)
{
	return (number > 0 && sigabbrev_np(number)) || (number >= SIGRTMIN && number <= SIGRTMAX);
}

static void add(int numbers[SIGNALS_MAX], size_t *count, int number)
{
	for (size_t i = 0; i < *count; i++) {
		if (numbers[i] == number)
			return;
	}
	if (*count < SIGNALS_MAX && can_be_sent(number))
		numbers[(*count)++] = number;
}

size_t signals_list(int numbers[SIGNALS_MAX])
{
	static const int first[] = { SIGTERM, SIGKILL, SIGINT,	SIGHUP,	 SIGQUIT,
				     SIGSTOP, SIGCONT, SIGUSR1, SIGUSR2, SIGABRT };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		add(numbers, &count, first[i]);
	for (int number = 1; number <= SIGRTMAX; number++)
		add(numbers, &count, number);
	return count;
}

/* Digits and nothing else. Negative: it is no number, or none that any signal has. */
static int parse_number(const char *text)
{
	size_t length = strlen(text);

	if (!length || length > 4 || strspn(text, DIGITS) != length)
		return -1;
	return (int)strtol(text, NULL, 10);
}

/* "RTMIN+3", "RTMAX-1"; 0: it is none of these. */
static int parse_realtime(const char *text)
{
	bool is_min = !strncasecmp(text, "RTMIN+", 6);
	int offset, number;

	if (!is_min && strncasecmp(text, "RTMAX-", 6) != 0)
		return strcasecmp(text, "RTMAX") ? 0 : SIGRTMAX;
	offset = parse_number(text + 6);
	if (offset < 0)
		return 0;
	number = is_min ? SIGRTMIN + offset : SIGRTMAX - offset;
	return number >= SIGRTMIN && number <= SIGRTMAX ? number : 0;
}

static size_t find_exactly(const char *text, int numbers[SIGNALS_MAX])
{
	int number = isdigit((unsigned char)*text) ? parse_number(text) : parse_realtime(text);

	if (number <= 0 || !can_be_sent(number))
		return 0;
	numbers[0] = number;
	return 1;
}

static size_t find_names(const char *text, int numbers[SIGNALS_MAX])
{
	size_t length = strlen(text), count = 0;
	int all[SIGNALS_MAX];
	size_t all_count = signals_list(all);

	for (size_t i = 0; i < all_count; i++) {
		char name[SIGNAL_NAME_SIZE];

		signal_format(all[i], name);
		if (!strcasecmp(name, text)) {
			numbers[0] = all[i];
			return 1;
		}
		if (!strncasecmp(name, text, length))
			numbers[count++] = all[i];
	}
	return count;
}

static size_t find(const char *text, int numbers[SIGNALS_MAX])
{
	size_t count = find_exactly(text, numbers);

	return count || isdigit((unsigned char)*text) ? count : find_names(text, numbers);
}

/* While SIG is being typed it may become any of them; a number does not follow it. */
size_t signals_find(const char *text, int numbers[SIGNALS_MAX])
{
	size_t length = strlen(text);

	if (!length)
		return 0;
	if (length >= 2 && length <= 3 && !strncasecmp("SIG", text, length))
		return signals_list(numbers);
	if (strncasecmp(text, "SIG", 3) != 0)
		return find(text, numbers);
	return isdigit((unsigned char)text[3]) ? 0 : find(text + 3, numbers);
}
