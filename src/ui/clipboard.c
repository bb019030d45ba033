/* SPDX-License-Identifier: MIT */
/* A text for the terminal's clipboard; see clipboard.h. Pure. */
#include "ui/clipboard.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "\033]52;c;";

#define PREFIX_SIZE (sizeof(prefix) - 1)

/* RFC 4648: three bytes are four characters; the last of them may be padding. */
static char *put_base64(char *out, const unsigned char *bytes, size_t size)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t bits = (uint32_t)bytes[i] << 16 |
				(left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
				(left > 2 ? bytes[i + 2] : 0);

		*out++ = digits[bits >> 18];
		*out++ = digits[bits >> 12 & 63];
		*out++ = left > 1 ? digits[bits >> 6 & 63] : '=';
		*out++ = left > 2 ? digits[bits & 63] : '=';
	}
	return out;
}

long clipboard_sequence(const char *text, size_t size, char **out)
{
	char *at;

	if (size > CLIPBOARD_MAX)
		return -E2BIG;
	at = malloc(PREFIX_SIZE + (size + 2) / 3 * 4 + 1);
	if (!at)
		return -ENOMEM;
	*out = at;
	memcpy(at, prefix, PREFIX_SIZE);
	at = put_base64(at + PREFIX_SIZE, (const unsigned char *)text, size);
	*at++ = '\a';
	return at - *out;
}
