/* SPDX-License-Identifier: MIT */
/* A queue of bytes in front of a descriptor that does not block; see outlet.h. What it is that they
   say is not its business. */
#include "ui/outlet.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CAPACITY_FIRST 16384
/* How long a terminal that does not read is waited for at the end: for all that is queued, and then
   for what restores it. */
#define PATIENCE_MS 500
#define LAST_WORDS_MS 500

static int reserve(struct outlet *outlet, size_t more)
{
	size_t capacity = outlet->capacity ? outlet->capacity : CAPACITY_FIRST;
	char *bigger;

	while (capacity - outlet->size < more)
		capacity *= 2;
	if (capacity == outlet->capacity)
		return 0;
	bigger = realloc(outlet->bytes, capacity);
	if (!bigger)
		return -ENOMEM;
	outlet->bytes = bigger;
	outlet->capacity = capacity;
	return 0;
}

int outlet_put(struct outlet *outlet, const char *bytes, size_t size)
{
	int err = reserve(outlet, size);

	if (err)
		return err;
	memcpy(outlet->bytes + outlet->size, bytes, size);
	outlet->size += size;
	return 0;
}

int outlet_take_file(struct outlet *outlet, int fd)
{
	off_t size = lseek(fd, 0, SEEK_CUR);
	ssize_t got;
	int err;

	if (size <= 0)
		return 0;
	err = reserve(outlet, (size_t)size);
	if (!err) {
		got = pread(fd, outlet->bytes + outlet->size, (size_t)size, 0);
		if (got > 0)
			outlet->size += (size_t)got;
	}
	if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET))
		outlet->is_gone = true;
	return err;
}

bool outlet_has_bytes(const struct outlet *outlet)
{
	return outlet->sent < outlet->size;
}

int outlet_flush(struct outlet *outlet)
{
	while (outlet_has_bytes(outlet) && !outlet->is_gone) {
		ssize_t sent =
		    write(outlet->fd, outlet->bytes + outlet->sent, outlet->size - outlet->sent);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			return 0;
		if (sent < 0)
			outlet->is_gone = true;
		else
			outlet->sent += (size_t)sent;
	}
	outlet->sent = outlet->size = 0;
	return outlet->is_gone ? -EIO : 0;
}

/* Whether all that is queued was taken in time, if it is read at all. */
static bool flush_patiently(struct outlet *outlet, int patience_ms)
{
	struct pollfd poll_fd = { .fd = outlet->fd, .events = POLLOUT };

	for (int waited = 0; waited < patience_ms; waited += 10) {
		if (outlet_flush(outlet) || !outlet_has_bytes(outlet))
			return true;
		poll(&poll_fd, 1, 10);
		if (poll_fd.revents & POLLOUT)
			poll(NULL, 0, 10); /* true also while nothing is taken */
	}
	return false;
}

/* CAN ends half a sequence. */
void outlet_flush_last(struct outlet *outlet, const char *restoring, size_t size)
{
	static const char cancel[] = { 0x18 };

	if (flush_patiently(outlet, PATIENCE_MS))
		return;
	tcflush(outlet->fd, TCOFLUSH);
	outlet->sent = outlet->size = 0;
	outlet_put(outlet, cancel, sizeof(cancel));
	outlet_put(outlet, restoring, size);
	flush_patiently(outlet, LAST_WORDS_MS);
	outlet->sent = outlet->size = 0;
}

void outlet_free(struct outlet *outlet)
{
	free(outlet->bytes);
	*outlet = (struct outlet){ .fd = -1 };
}
