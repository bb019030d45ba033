/* SPDX-License-Identifier: MIT */
/* Which variables of an environment are not shown to whoever looks over a shoulder. */
#include "model/inspect-rows.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Anywhere in a name. */
static const char *const parts[] = {
	"PASSW", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY", "PRIVATE", "COOKIE",
};

/* Between the underscores of one: KEYMAP and MONKEY are no keys. */
static const char *const words[] = {
	"KEY", "KEYS", "PASS", "PWD", "JWT", "CREDS", "AUTH", "DSN", "SALT", "OTP", "PIN",
};

static bool has_part(const char *name, size_t size, const char *part)
{
	size_t length = strlen(part);

	for (size_t at = 0; at + length <= size; at++) {
		if (!strncasecmp(name + at, part, length))
			return true;
	}
	return false;
}

static bool is_word(const char *name, size_t size)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strlen(words[i]) == size && !strncasecmp(name, words[i], size))
			return true;
	}
	return false;
}

static bool has_word(const char *name, size_t size)
{
	size_t from = 0;

	for (size_t at = 0; at <= size; at++) {
		if (at < size && isalnum((unsigned char)name[at]))
			continue;
		if (is_word(name + from, at - from))
			return true;
		from = at + 1;
	}
	return false;
}

/* Paths of the working directory and of sockets, which everybody has. */
static bool is_known(const char *name, size_t size)
{
	static const char *const known[] = { "PWD", "OLDPWD", "SSH_AUTH_SOCK" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strlen(known[i]) == size && !memcmp(name, known[i], size))
			return true;
	}
	return false;
}

/* "scheme://user:password@host" */
static bool has_password(const char *value, size_t size)
{
	const char *end = value + size;
	const char *at = memmem(value, size, "://", 3);
	bool has_colon = false;

	for (at = at ? at + 3 : end; at < end && *at != '/'; at++) {
		if (*at == '@' && has_colon)
			return true;
		has_colon |= *at == ':';
	}
	return false;
}

bool inspect_is_secret(const char *name, size_t name_size, const char *value, size_t value_size)
{
	if (is_known(name, name_size))
		return false;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (has_part(name, name_size, parts[i]))
			return true;
	}
	return has_word(name, name_size) || (value && has_password(value, value_size));
}
