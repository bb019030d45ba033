/* SPDX-License-Identifier: MIT */
/* Values as people write them; see quantity.h. Exact: what has a fraction is no floating point. */
#include "model/quantity.h"

#include <ctype.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

struct unit {
	const char *name;
	uint64_t factor;
};

#define KIB UINT64_C(1024)
#define NS_PER_S UINT64_C(1000000000)

/* The last one is what has no unit. */
static const struct unit size_units[] = {
	{ "K", KIB }, { "M", KIB *KIB }, { "G", KIB *KIB *KIB }, { "T", KIB *KIB *KIB *KIB },
	{ "", 1 },
};

static const struct unit time_units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", NS_PER_S },
	{ "m", 60 * NS_PER_S },
	{ "h", 3600 * NS_PER_S },
	{ "d", 86400 * NS_PER_S },
	{ "w", 7 * 86400 * NS_PER_S },
	{ "", NS_PER_S },
};

static const struct unit rate_units[] = { { "", 1000 } };

static const struct unit share_units[] = { { "%", 10 }, { "", 10 } };

static bool add(uint64_t *sum, uint64_t what)
{
	return !__builtin_add_overflow(*sum, what, sum);
}

static bool multiply(uint64_t *product, uint64_t factor)
{
	return !__builtin_mul_overflow(*product, factor, product);
}

/* Digits, as many as there are. */
static bool take_whole(const char **at, uint64_t *value)
{
	if (!isdigit((unsigned char)**at))
		return false;
	for (*value = 0; isdigit((unsigned char)**at); ++*at) {
		if (!multiply(value, 10) || !add(value, (uint64_t)(**at - '0')))
			return false;
	}
	return true;
}

/* ".5" of a unit, cut to whole numbers. */
static bool take_fraction(const char **at, uint64_t factor, uint64_t *value)
{
	if (**at != '.')
		return true;
	if (!isdigit((unsigned char)*++*at))
		return false;
	for (; isdigit((unsigned char)**at); ++*at) {
		uint64_t digit = (uint64_t)(**at - '0');

		*value += digit * (factor / 10) + digit * (factor % 10) / 10;
		factor /= 10;
	}
	return true;
}

/* Sizes and times are told apart by their units' case: M is mega, m are minutes. */
static const struct unit *find_unit(const struct unit *units, const char *text, size_t size)
{
	for (;; units++) {
		if (strlen(units->name) == size && !strncmp(units->name, text, size))
			return units;
		if (!*units->name)
			return NULL;
	}
}

static bool take_piece(const char **at, const struct unit *units, uint64_t *value)
{
	const char *number = *at, *end;
	const struct unit *unit;
	uint64_t whole = 0, fraction = 0;

	end = number + strspn(number, "0123456789.");
	unit = find_unit(units, end, strspn(end, "abcdefghijklmnopqrstuvwxyzKMGT%"));
	if (!unit || !take_whole(at, &whole) || !take_fraction(at, unit->factor, &fraction) ||
	    *at != end || !multiply(&whole, unit->factor) || !add(value, whole) ||
	    !add(value, fraction))
		return false;
	*at = end + strlen(unit->name);
	return true;
}

/* kB and KiB are K, as they are everywhere in /proc. */
static bool read_size(const char *text, uint64_t *bytes)
{
	char plain[40];
	size_t size = strlen(text);

	if (size >= sizeof(plain))
		return false;
	memcpy(plain, text, size + 1);
	if (size > 1 && toupper((unsigned char)plain[size - 1]) == 'B')
		plain[--size] = '\0';
	if (size > 2 && plain[size - 1] == 'i' && isalpha((unsigned char)plain[size - 2]))
		plain[--size] = '\0';
	if (size && strchr("kmgt", plain[size - 1]))
		plain[size - 1] = (char)toupper((unsigned char)plain[size - 1]);
	text = plain;
	*bytes = 0;
	return take_piece(&text, size_units, bytes) && !*text;
}

/* "1h30m": pieces, of which each but a single one has its unit. */
static bool read_time(const char *text, uint64_t *ns)
{
	size_t pieces = 0;
	bool has_unit = true;

	*ns = 0;
	do {
		if (!take_piece(&text, time_units, ns))
			return false;
		has_unit = has_unit && !isdigit((unsigned char)text[-1]);
		pieces++;
	} while (*text);
	return has_unit || pieces == 1;
}

static bool read_share(const char *text, uint64_t *permille)
{
	*permille = 0;
	return take_piece(&text, share_units, permille) && !*text;
}

static bool read_rate(const char *text, uint64_t *per_ks)
{
	*per_ks = 0;
	return take_piece(&text, rate_units, per_ks) && !*text;
}

static bool read_plain(const char *text, uint64_t most, uint64_t *number)
{
	return take_whole(&text, number) && !*text && *number <= most;
}

static bool read_signal(const char *text, uint64_t *number)
{
	const char *name = strncasecmp(text, "SIG", 3) ? text : text + 3;

	if (read_plain(text, SIGRTMAX, number))
		return *number > 0;
	for (int signal = 1; signal < NSIG; signal++) {
		const char *known = sigabbrev_np(signal);

		if (known && !strcasecmp(known, name)) {
			*number = (uint64_t)signal;
			return true;
		}
	}
	return false;
}

static bool read_signed(const char *text, uint64_t *number)
{
	bool is_negative = *text == '-';

	if (!read_plain(text + is_negative, INT32_MAX, number))
		return false;
	*number = is_negative ? FIELD_ZERO - *number : FIELD_ZERO + *number;
	return true;
}

static bool read_flag(const char *text, uint64_t *flag)
{
	*flag = !strcmp(text, "yes");
	return *flag || !strcmp(text, "no");
}

bool quantity_read(enum field_kind kind, const char *text, uint64_t *number)
{
	switch (kind) {
	case FIELD_NUMBER:
	case FIELD_USER:
		return read_plain(text, UINT32_MAX, number);
	case FIELD_PID:
		return read_plain(text, INT_MAX, number);
	case FIELD_FLAG:
		return read_flag(text, number);
	case FIELD_PERMILLE:
		return read_share(text, number);
	case FIELD_RATE:
		return read_rate(text, number);
	case FIELD_BYTES:
	case FIELD_BYTE_RATE:
		return read_size(text, number);
	case FIELD_DURATION:
		return read_time(text, number);
	case FIELD_SIGNAL:
		return read_signal(text, number);
	case FIELD_SIGNED:
		return read_signed(text, number);
	case FIELD_STATE:
	case FIELD_BOOT_TIME:
	case FIELD_TEXT:
	case FIELD_NAMESPACES:
	case FIELD_TTY:
	case FIELD_ARGUMENTS:
		break;
	}
	return false;
}

const char *quantity_expected(enum field_kind kind)
{
	switch (kind) {
	case FIELD_PID:
		return "a process's number";
	case FIELD_NUMBER:
	case FIELD_SIGNED:
		return "a number";
	case FIELD_FLAG:
		return "yes or no";
	case FIELD_PERMILLE:
		return "a share of a CPU or of the memory like 50 or 2.5%";
	case FIELD_RATE:
		return "how often a second like 20 or 0.5";
	case FIELD_BYTES:
	case FIELD_BYTE_RATE:
		return "a size like 4096, 100M or 1.5G";
	case FIELD_DURATION:
		return "a time like 10s, 250ms or 1h30m";
	case FIELD_SIGNAL:
		return "a signal like KILL or 9";
	case FIELD_STATE:
		return "letters of states like D or RD";
	case FIELD_USER:
	case FIELD_BOOT_TIME:
	case FIELD_TEXT:
	case FIELD_NAMESPACES:
	case FIELD_TTY:
	case FIELD_ARGUMENTS:
		break;
	}
	return "a value";
}
