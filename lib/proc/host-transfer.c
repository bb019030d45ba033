/* SPDX-License-Identifier: MIT */
/* What went to and from disks and networks: the kernel's counters, summed up. */
#include <errno.h>
#include <string.h>

#include "base/units.h"
#include "host.h"
#include "span.h"

#define SECTOR_BYTES 512 /* whatever the disk's own are: Documentation/admin-guide/iostats.rst */

static bool add(uint64_t *sum, uint64_t more)
{
	return !__builtin_add_overflow(*sum, more, sum);
}

/* ---- /proc/diskstats ---- */

/* What is on other disks, or in memory, and would be counted twice, or is none. */
static bool is_no_disk(const struct span *name)
{
	static const char *const names[] = { "loop", "ram", "zram", "dm-", "md", "sr", "fd" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_starts_with(name, names[i]))
			return true;
	}
	return false;
}

/* The kernel lists a disk's partitions right behind it: sda sda1, nvme0n1 nvme0n1p1. */
static bool is_part_of(const struct span *name, const struct span *disk)
{
	size_t size = span_size(disk);

	return size && span_size(name) > size && !memcmp(name->at, disk->at, size);
}

/* "8 0 sda READS MERGED SECTORS MS WRITES MERGED SECTORS ..." */
static bool take_disk(struct span line, struct span *name, uint64_t counts[7])
{
	uint64_t number;

	for (int i = 0; i < 2; i++) {
		span_skip_blanks(&line);
		if (!span_take_number(&line, &number))
			return false;
	}
	span_skip_blanks(&line);
	*name = span_take_word(&line);
	for (int i = 0; i < 7; i++) {
		span_skip_blanks(&line);
		if (!span_take_number(&line, &counts[i]))
			return false;
	}
	return span_size(name) > 0;
}

int host_parse_diskstats(const char *buf, size_t size, uint64_t *in_bytes, uint64_t *out_bytes)
{
	struct span line, name, disk = { 0 }, text = span_of(buf, size);
	uint64_t in = 0, out = 0, counts[7];

	if (!size || buf[size - 1] != '\n')
		return -EBADMSG;
	while (span_take_line(&text, &line)) {
		if (!take_disk(line, &name, counts))
			return -EBADMSG;
		if (is_no_disk(&name) || is_part_of(&name, &disk))
			continue;
		disk = name;
		if (!add(&in, counts[2]) || !add(&out, counts[6]))
			return -EBADMSG;
	}
	if (__builtin_mul_overflow(in, SECTOR_BYTES, &in) ||
	    __builtin_mul_overflow(out, SECTOR_BYTES, &out))
		return -EBADMSG;
	*in_bytes = in;
	*out_bytes = out;
	return 0;
}

/* ---- /proc/net/dev ---- */

/* "eth0: BYTES ...": eight columns received, then eight sent. */
static bool take_interface(struct span line, struct span *name, uint64_t *in, uint64_t *out)
{
	uint64_t number;

	span_skip_blanks(&line);
	if (!span_take_until(&line, ':', name))
		return false;
	for (int i = 0; i <= 8; i++) {
		span_skip_blanks(&line);
		if (!span_take_number(&line, &number))
			return false;
		*(i ? out : in) = number;
	}
	return true;
}

int host_parse_net_dev(const char *buf, size_t size, uint64_t *in_bytes, uint64_t *out_bytes)
{
	struct span line, name, text = span_of(buf, size);
	uint64_t in = 0, out = 0, received, sent;

	if (!size || buf[size - 1] != '\n' || !span_take_line(&text, &line) ||
	    !span_take_line(&text, &line))
		return -EBADMSG;
	while (span_take_line(&text, &line)) {
		if (!take_interface(line, &name, &received, &sent))
			return -EBADMSG;
		if (!span_is(&name, "lo") && (!add(&in, received) || !add(&out, sent)))
			return -EBADMSG;
	}
	*in_bytes = in;
	*out_bytes = out;
	return 0;
}

/* ---- rates ---- */

/* What was unplugged takes its counts with it. */
static uint64_t per_second(uint64_t before, uint64_t now, uint64_t interval_ns)
{
	uint64_t more = now > before ? now - before : 0;

	return (uint64_t)((double)more * (double)NS_PER_S / (double)interval_ns);
}

void host_note_transfer(struct host_transfer *transfer, bool is_known, uint64_t in_bytes,
			uint64_t out_bytes, uint64_t boot_ns)
{
	struct ptree_transfer *pub = &transfer->pub;
	uint64_t interval_ns = boot_ns - transfer->boot_ns;

	pub->has_rates = is_known && transfer->is_known && interval_ns;
	if (pub->has_rates) {
		pub->in_bytes_per_s = per_second(pub->in_bytes, in_bytes, interval_ns);
		pub->out_bytes_per_s = per_second(pub->out_bytes, out_bytes, interval_ns);
	}
	pub->in_bytes = in_bytes;
	pub->out_bytes = out_bytes;
	transfer->is_known = is_known;
	transfer->boot_ns = boot_ns;
}
