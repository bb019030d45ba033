/* SPDX-License-Identifier: MIT */
/*
 * Facts as bytes and back: one table says of every kind which fields it has, in which order. It
 * knows no tree. A field that the bytes do not reach is 0 (an older writer did not know it), and
 * bytes beyond the fields are kept as they are (a newer one knows more).
 */
#include "codec.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define VARINT_MAX 10 /* bytes of a number of 64 bits */
#define FIELDS_MAX 35

enum field_type {
	END,
	FLAG, /* bool */
	U8,
	U16,
	U32,
	U64,
	ID,	/* uint32_t of which PTREE_UNKNOWN_ID is common: shifted by one */
	NUMBER, /* int: the sign in the lowest bit */
	LETTER, /* char */
	COMM,	/* char[PTREE_COMM_SIZE], as long as it is */
	TEXT,	/* char[40], as long as it is */
	BYTES,	/* a pointer, and a size_t behind it */
};

#define TEXT_SIZE 40

struct field {
	uint8_t type;
	uint16_t offset;
	const char *name;
};

struct kind {
	const char *name;
	struct field fields[FIELDS_MAX];
};

/* Bytes are a pointer that its size follows, whatever the pointer is to. */
struct slice {
	const void *bytes;
	size_t size;
};

#define F(type, member)                                                                            \
	{                                                                                          \
		type, offsetof(struct ptree_fact, u.member), #member                               \
	}
#define KINDS_END (PTREE_FACT_KEPT + 1)

static const struct kind kinds[KINDS_END] = {
	[PTREE_FACT_CLOCK] = { "clock",
			       { F(U64, clock.real_offset_ns), F(TEXT, clock.boot_id) } },
	[PTREE_FACT_SOURCE] = { "source",
				{ F(U8, source.state), F(NUMBER, source.reason),
				  F(U64, source.lost), F(U64, source.execs),
				  F(U64, source.argv_read), F(U64, source.argv_late) } },
	[PTREE_FACT_LOST] = { "lost", { F(U64, count) } },
	[PTREE_FACT_COMPARED] = { "compared", { { END, 0, NULL } } },
	[PTREE_FACT_UNHEARD_OF] = { "unheard-of",
				    { F(U32, unknown.what), F(U16, unknown.size),
				      F(BYTES, unknown.bytes) } },
	[PTREE_FACT_USER] = { "user", { F(ID, user.uid), F(BYTES, user.name) } },
	[PTREE_FACT_HOST] = { "host",
			      { F(U16, host.user), F(U16, host.nice), F(U16, host.system),
				F(U16, host.irq), F(U16, host.steal), F(U16, host.iowait),
				F(U16, host.busy), F(U16, host.cpus), F(U16, host.load[0]),
				F(U16, host.load[1]), F(U16, host.load[2]),
				F(U64, host.total_bytes), F(U64, host.available_bytes),
				F(U64, host.swap_total_bytes), F(U64, host.swap_free_bytes),
				F(U64, host.runnable), F(U64, host.forks), F(BYTES, host.cpu) } },
	[PTREE_FACT_TICK] = { "tick", { F(U64, interval_ns) } },
	[PTREE_FACT_APPEARED] = { "appeared",
				  { F(NUMBER, birth.pid), F(U64, birth.begin_ns),
				    F(U64, birth.parent), F(U64, birth.origin),
				    F(U64, birth.image), F(ID, birth.ruid), F(ID, birth.euid),
				    F(ID, birth.rgid), F(ID, birth.egid), F(NUMBER, birth.sid),
				    F(NUMBER, birth.tracer), F(FLAG, birth.is_begin_exact),
				    F(FLAG, birth.is_origin_told), F(FLAG, birth.is_kernel_thread),
				    F(FLAG, birth.is_placeholder) } },
	[PTREE_FACT_FILLED] = { "filled",
				{ F(U64, date.begin_ns), F(FLAG, date.is_exact),
				  F(U64, date.parent) } },
	[PTREE_FACT_REDATED] = { "redated",
				 { F(U64, date.begin_ns), F(FLAG, date.is_exact),
				   F(U64, date.parent) } },
	[PTREE_FACT_ORIGIN] = { "origin", { F(U64, origin.id), F(FLAG, origin.is_told) } },
	[PTREE_FACT_MOVED] = { "moved", { F(U64, parent) } },
	[PTREE_FACT_KERNEL_THREAD] = { "kernel-thread", { F(FLAG, flag) } },
	[PTREE_FACT_USERS] = { "users", { F(ID, ids.real), F(ID, ids.effective) } },
	[PTREE_FACT_GROUPS] = { "groups", { F(ID, ids.real), F(ID, ids.effective) } },
	[PTREE_FACT_SESSION] = { "session", { F(NUMBER, pid) } },
	[PTREE_FACT_TRACER] = { "tracer", { F(NUMBER, pid) } },
	[PTREE_FACT_CORE_DUMP] = { "core-dump", { { END, 0, NULL } } },
	[PTREE_FACT_IMAGE] = { "image", { F(U64, image.id), F(U64, image.begin_ns), F(U16, image.kept) } },
	[PTREE_FACT_SHARED] = { "shared", { F(U64, image.id) } },
	[PTREE_FACT_NAME] = { "name", { F(U64, name.image), F(COMM, name.comm) } },
	[PTREE_FACT_ARGUMENTS] = { "arguments",
				   { F(U64, arguments.image), F(U64, arguments.read_ns),
				     F(U64, arguments.reader), F(U8, arguments.status),
				     F(BYTES, arguments.bytes) } },
	[PTREE_FACT_IMAGE_DATED] = { "image-dated",
				     { F(U64, image.id), F(U64, image.begin_ns) } },
	[PTREE_FACT_THREAD_BEGAN] = { "thread-began",
				      { F(U64, thread.id), F(NUMBER, thread.tid),
					F(U64, thread.begin_ns), F(COMM, thread.comm) } },
	[PTREE_FACT_THREAD_NAMED] = { "thread-named",
{ F(U64, thread.id), F(NUMBER, thread.tid), F(COMM, thread.comm) } },
	[PTREE_FACT_THREAD_ENDED] = { "thread-ended", { F(U64, thread.id), F(NUMBER, thread.tid) } },
	[PTREE_FACT_THREAD_SAMPLED] = { "thread-sampled",
					{ F(U64, thread.id), F(NUMBER, thread.tid),
					  F(U64, thread.begin_ns), F(U64, thread.sampled_ns),
					  F(U64, thread.cpu_ns), F(ID, thread.cpu_permille) } },
	[PTREE_FACT_LEADER] = { "leader", { F(FLAG, flag) } },
	[PTREE_FACT_ENDED] = { "ended",
			       { F(U64, end.end_ns), F(U32, end.status),
				 F(FLAG, end.is_status_known), F(FLAG, end.is_status_inferred) } },
	[PTREE_FACT_STATUS] = { "status",
				{ F(U64, end.end_ns), F(U32, end.status),
				  F(FLAG, end.is_status_known), F(FLAG, end.is_status_inferred) } },
	[PTREE_FACT_REVIVED] = { "revived", { { END, 0, NULL } } },
	[PTREE_FACT_ZOMBIE] = { "zombie", { { END, 0, NULL } } },
	[PTREE_FACT_REAPED] = { "reaped", { { END, 0, NULL } } },
	[PTREE_FACT_ACCOUNTED] = { "accounted",
				   { F(NUMBER, accounting.pid), F(FLAG, accounting.is_process),
				     F(U16, accounting.version), F(U32, accounting.known),
				     F(U64, accounting.cpu_user_ns),
				     F(U64, accounting.cpu_system_ns),
				     F(U64, accounting.cpu_run_ns), F(U64, accounting.elapsed_ns),
				     F(U64, accounting.max_rss_bytes),
				     F(U64, accounting.read_bytes), F(U64, accounting.write_bytes),
				     F(ID, accounting.uid), F(ID, accounting.gid),
				     F(NUMBER, accounting.ppid), F(U32, accounting.status),
				     F(COMM, accounting.comm) } },
	[PTREE_FACT_SAMPLED] = { "sampled",
				 { F(LETTER, sample.state), F(U64, sample.rss_bytes),
				   F(FLAG, sample.has_cpu), F(U64, sample.cpu_user_ns),
				   F(U64, sample.cpu_system_ns), F(U64, sample.interval_ns),
				   F(U64, sample.waited_cpu_ns), F(NUMBER, sample.nice),
				   F(NUMBER, sample.priority), F(NUMBER, sample.pgrp),
				   F(U32, sample.tty), F(U64, sample.virtual_bytes),
				   F(U64, sample.minor_faults), F(U64, sample.major_faults) } },
	[PTREE_FACT_RETAINED] = { "retained", { { END, 0, NULL } } },
	[PTREE_FACT_FORGOTTEN] = { "forgotten", { { END, 0, NULL } } },
	[PTREE_FACT_KEPT_IMAGE] = { "kept-image",
				    { F(U64, kept_image.id), F(U64, kept_image.twin),
				      F(U64, kept_image.begin_ns), F(U64, kept_image.read_ns),
				      F(U64, kept_image.reader), F(U8, kept_image.status),
				      F(COMM, kept_image.comm), F(BYTES, kept_image.bytes) } },
	[PTREE_FACT_KEPT_NODE] = { "kept-node",
				   { F(NUMBER, kept_node.pid), F(NUMBER, kept_node.sid),
				     F(NUMBER, kept_node.tracer), F(U64, kept_node.begin_ns),
				     F(U64, kept_node.end_ns), F(U64, kept_node.parent_ns),
				     F(U64, kept_node.change_ns), F(U64, kept_node.sampled_ns),
				     F(U64, kept_node.over_key), F(U64, kept_node.image),
				     F(U32, kept_node.exec_count), F(U32, kept_node.elided),
				     F(U32, kept_node.status), F(ID, kept_node.ruid),
				     F(ID, kept_node.euid), F(ID, kept_node.rgid),
				     F(ID, kept_node.egid), F(U64, kept_node.cpu_user_ns),
				     F(U64, kept_node.cpu_system_ns), F(U64, kept_node.rss_bytes),
				     F(U32, kept_node.cpu_permille), F(U8, kept_node.change),
				     F(U8, kept_node.fate), F(LETTER, kept_node.state),
				     F(U32, kept_node.flags),
				     F(U64, kept_node.waited_cpu_ns), F(NUMBER, kept_node.nice),
				     F(NUMBER, kept_node.priority), F(NUMBER, kept_node.pgrp),
				     F(U32, kept_node.tty), F(U64, kept_node.virtual_bytes),
				     F(U64, kept_node.minor_faults), F(U64, kept_node.major_faults),
				     F(U64, kept_node.users_ns) } },
	[PTREE_FACT_KEPT_PAST_IMAGE] = { "kept-past-image", { F(U64, image.id) } },
	[PTREE_FACT_KEPT_PARENT] = { "kept-parent", { F(U64, parent) } },
	[PTREE_FACT_KEPT_ORIGIN] = { "kept-origin", { F(U64, origin.id) } },
	[PTREE_FACT_KEPT_THREAD] = { "kept-thread",
				     { F(U64, thread.id), F(NUMBER, thread.tid),
				       F(U64, thread.begin_ns), F(COMM, thread.comm),
				       F(U64, thread.sampled_ns), F(U64, thread.cpu_ns),
				       F(ID, thread.cpu_permille) } },
	[PTREE_FACT_KEPT_EDGE] = { "kept-edge",
				   { F(U64, edge.parent), F(U64, edge.from_ns),
				     F(U64, edge.to_ns) } },
	[PTREE_FACT_KEPT_ACCOUNT] = { "kept-account",
				      { F(U64, kept_account.cpu_user_ns),
					F(U64, kept_account.cpu_system_ns),
					F(U64, kept_account.cpu_run_ns),
					F(U64, kept_account.elapsed_ns),
					F(U64, kept_account.max_rss_bytes),
					F(U64, kept_account.read_bytes),
					F(U64, kept_account.write_bytes),
					F(U64, kept_account.charged_ns), F(U32, kept_account.known),
					F(U32, kept_account.tasks),
					F(FLAG, kept_account.is_elapsed_whole) } },
	[PTREE_FACT_KEPT_SUMMARY] = { "kept-summary",
				      { F(U64, summary.gone), F(U64, summary.failed),
					F(U64, summary.cpu_ns), F(U64, summary.cpu_unknown),
					F(U32, summary.command_count),
					F(BYTES, summary.commands) } },
	[PTREE_FACT_KEPT_ACTIVITY] = { "kept-activity",
				       { F(U32, kept_activity.forks_per_ks),
					 F(U32, kept_activity.execs_per_ks),
					 F(U32, kept_activity.failures_per_ks),
					 F(U32, kept_activity.exited_cpu_permille),
					 F(U64, kept_activity.cpu_ns),
					 F(U64, kept_activity.failed_ns),
					 F(U32, kept_activity.forks), F(U32, kept_activity.execs),
					 F(U32, kept_activity.failures) } },
	[PTREE_FACT_KEPT] = { "kept",
			      { F(U64, kept.next_id), F(U64, kept.next_key), F(U64, kept.gone),
				F(U64, kept.forks), F(U64, kept.execs), F(U64, kept.exits),
				F(U64, kept.failures), F(U64, kept.exited_cpu_ns[0]),
				F(U64, kept.exited_cpu_ns[1]), F(U64, kept.exited_cpu_ns[2]),
				F(U64, kept.exited_cpu_ns[3]), F(U64, kept.exited_more_ns) } },
};

static const struct field *fields_of(uint32_t kind)
{
	static const struct field none = { END, 0, NULL };

	return kind < KINDS_END && kinds[kind].name ? kinds[kind].fields : &none;
}

const char *ptree_fact_kind_name(uint32_t kind)
{
	return kind < KINDS_END && kinds[kind].name ? kinds[kind].name : "unknown";
}

/* ---- reading a field ---- */

#define AT(type, from) (*(const type *)(from))

static struct slice slice_at(const void *from)
{
	struct slice slice;

	memcpy(&slice, from, sizeof(slice));
	return slice;
}

static void set_unsigned(struct codec_value *value, uint64_t number)
{
	value->type = CODEC_UNSIGNED;
	value->number = number;
}

static void set_bytes(struct codec_value *value, int type, const char *bytes, size_t size)
{
	value->type = type;
	value->bytes = bytes;
	value->size = size;
}

static void read_value(enum field_type type, const void *from, struct codec_value *value)
{
	switch (type) {
	case FLAG:
		value->type = CODEC_FLAG;
		value->number = AT(bool, from);
		break;
	case U8:
		set_unsigned(value, AT(uint8_t, from));
		break;
	case U16:
		set_unsigned(value, AT(uint16_t, from));
		break;
	case U32:
		set_unsigned(value, AT(uint32_t, from));
		break;
	case U64:
		set_unsigned(value, AT(uint64_t, from));
		break;
	case ID:
		set_unsigned(value, AT(uint32_t, from));
		if (value->number == PTREE_UNKNOWN_ID)
			value->type = CODEC_UNKNOWN;
		break;
	case NUMBER:
		value->type = CODEC_SIGNED;
		value->signed_number = AT(int, from);
		break;
	case LETTER:
		set_bytes(value, CODEC_TEXT, from, AT(char, from) != '\0');
		break;
	case COMM:
		set_bytes(value, CODEC_TEXT, from, strnlen(from, PTREE_COMM_SIZE));
		break;
	case TEXT:
		set_bytes(value, CODEC_TEXT, from, strnlen(from, TEXT_SIZE));
		break;
	case BYTES:
		set_bytes(value, CODEC_BYTES, slice_at(from).bytes, slice_at(from).size);
		break;
	case END:
		break;
	}
}

bool codec_value(const struct ptree_fact *fact, unsigned index, struct codec_value *value)
{
	const struct field *field = fields_of(fact->kind);

	while (field->type != END && index--)
		field++;
	if (field->type == END)
		return false;
	*value = (struct codec_value){ .name = field->name };
	read_value((enum field_type)field->type, (const char *)fact + field->offset, value);
	return true;
}

/* ---- writing ---- */

static unsigned char *put_number(unsigned char *out, uint64_t value)
{
	while (value >= 0x80) {
		*out++ = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	*out++ = (unsigned char)value;
	return out;
}

static unsigned char *put_bytes(unsigned char *out, const void *bytes, size_t size)
{
	out = put_number(out, size);
	if (size)
		memcpy(out, bytes, size);
	return out + size;
}

static uint64_t number_of(enum field_type type, const void *from)
{
	switch (type) {
	case FLAG:
		return AT(bool, from);
	case U8:
		return AT(uint8_t, from);
	case U16:
		return AT(uint16_t, from);
	case U32:
		return AT(uint32_t, from);
	case U64:
		return AT(uint64_t, from);
	case ID:
		return AT(uint32_t, from) + 1u; /* wraps */
	case NUMBER:
		return (uint64_t)AT(int, from) << 1 ^ (AT(int, from) < 0 ? UINT64_MAX : 0);
	case LETTER:
		return AT(unsigned char, from);
	case END:
	case COMM:
	case TEXT:
	case BYTES:
		break;
	}
	return 0;
}

static unsigned char *put_field(unsigned char *out, enum field_type type, const void *from)
{
	struct slice slice;

	switch (type) {
	case COMM:
		return put_bytes(out, from, strnlen(from, PTREE_COMM_SIZE - 1));
	case TEXT:
		return put_bytes(out, from, strnlen(from, TEXT_SIZE - 1));
	case BYTES:
		slice = slice_at(from);
		return put_bytes(out, slice.bytes, slice.size);
	default:
		return put_number(out, number_of(type, from));
	}
}

size_t codec_bound(const struct ptree_fact *fact)
{
	const struct field *field = fields_of(fact->kind);
	size_t bound = CODEC_HEADER + (4 + FIELDS_MAX) * VARINT_MAX + 2 * CODEC_HEADER;

	if (fact->more_size > CODEC_PAYLOAD_MAX)
		return 0;
	bound += fact->more_size;
	for (; field->type != END; field++) {
		const char *from = (const char *)fact + field->offset;

		if (field->type == COMM || field->type == TEXT)
			bound += TEXT_SIZE;
		if (field->type == BYTES) {
			if (slice_at(from).size > CODEC_PAYLOAD_MAX)
				return 0;
			bound += slice_at(from).size;
		}
	}
	return bound <= CODEC_PAYLOAD_MAX ? bound : 0;
}

static void put_header(unsigned char *out, size_t size)
{
	for (unsigned i = 0; i < CODEC_HEADER; i++)
		out[i] = (unsigned char)(size >> 8 * i);
}

size_t codec_encode(const struct ptree_fact *fact, unsigned char *out)
{
	unsigned char *at = out + CODEC_HEADER;
	unsigned char flags =
	    (unsigned char)(fact->source | fact->is_news << 2 | fact->is_past << 3);

	at = put_number(at, fact->kind);
	*at++ = flags;
	at = put_number(at, fact->time_ns);
	at = put_number(at, fact->id);
	for (const struct field *field = fields_of(fact->kind); field->type != END; field++)
		at =
		    put_field(at, (enum field_type)field->type, (const char *)fact + field->offset);
	if (fact->more_size)
		memcpy(at, fact->more, fact->more_size);
	at += fact->more_size;
	put_header(out, (size_t)(at - out) - CODEC_HEADER);
	while ((at - out) % CODEC_HEADER)
		*at++ = 0;
	return (size_t)(at - out);
}

/* ---- reading ---- */

struct input {
	const unsigned char *at, *end;
};

static int take_number(struct input *input, uint64_t *value)
{
	uint64_t result = 0;

	for (unsigned shift = 0; input->at < input->end && shift < 64; shift += 7) {
		unsigned char byte = *input->at++;

		if (shift == 63 && byte > 1)
			return -EBADMSG;
		result |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*value = result;
			return 0;
		}
	}
	return -EBADMSG;
}

static int take_slice(struct input *input, size_t max, struct slice *slice)
{
	uint64_t size;
	int err = take_number(input, &size);

	if (err || size > max || size > (size_t)(input->end - input->at))
		return -EBADMSG;
	*slice = (struct slice){ size ? input->at : NULL, (size_t)size };
	input->at += size;
	return 0;
}

static int take_text(struct input *input, char *to, size_t size)
{
	struct slice slice;
	int err = take_slice(input, size - 1, &slice);

	if (err || (slice.size && memchr(slice.bytes, 0, slice.size)))
		return -EBADMSG;
	memset(to, 0, size);
	if (slice.size)
		memcpy(to, slice.bytes, slice.size);
	return 0;
}

static int set_number(enum field_type type, uint64_t value, void *to)
{
	int64_t number = (int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0));

	switch (type) {
	case FLAG:
		if (value > 1)
			return -EBADMSG;
		*(bool *)to = value;
		return 0;
	case U8:
	case LETTER:
		*(uint8_t *)to = (uint8_t)value;
		return value > UINT8_MAX ? -EBADMSG : 0;
	case U16:
		*(uint16_t *)to = (uint16_t)value;
		return value > UINT16_MAX ? -EBADMSG : 0;
	case U32:
		*(uint32_t *)to = (uint32_t)value;
		return value > UINT32_MAX ? -EBADMSG : 0;
	case ID:
		*(uint32_t *)to = (uint32_t)value - 1u;
		return value > UINT32_MAX ? -EBADMSG : 0;
	case U64:
		*(uint64_t *)to = value;
		return 0;
	case NUMBER:
		if (number < INT_MIN || number > INT_MAX)
			return -EBADMSG;
		*(int *)to = (int)number;
		return 0;
	case END:
	case COMM:
	case TEXT:
	case BYTES:
		break;
	}
	return -EBADMSG;
}

static int take_field(struct input *input, enum field_type type, void *to)
{
	struct slice slice;
	uint64_t value;
	int err;

	switch (type) {
	case COMM:
		return take_text(input, to, PTREE_COMM_SIZE);
	case TEXT:
		return take_text(input, to, TEXT_SIZE);
	case BYTES:
		err = take_slice(input, CODEC_PAYLOAD_MAX, &slice);
		if (!err)
			memcpy(to, &slice, sizeof(slice));
		return err;
	default:
		err = take_number(input, &value);
		return err ? err : set_number(type, value, to);
	}
}

static int take_start(struct input *input, struct ptree_fact *fact)
{
	uint64_t kind;
	unsigned flags;

	if (take_number(input, &kind) || !kind || kind > UINT32_MAX || input->at == input->end)
		return -EBADMSG;
	flags = *input->at++;
	if (flags > 0xf || (flags & 3) > PTREE_FACT_INFERRED)
		return -EBADMSG;
	fact->kind = (uint32_t)kind;
	fact->source = (enum ptree_fact_source)(flags & 3);
	fact->is_news = flags & 4;
	fact->is_past = flags & 8;
	return take_number(input, &fact->time_ns) ? -EBADMSG : take_number(input, &fact->id);
}

/* Where nothing is left the fields stay 0; an id that is not there is not known. */
static int take_absent(enum field_type type, void *to)
{
	return type == ID ? set_number(ID, 0, to) : 0;
}

int codec_decode(const unsigned char *payload, size_t size, struct ptree_fact *fact)
{
	struct input input = { payload, payload + size };
	struct ptree_fact result = { 0 };
	int err = take_start(&input, &result);

	for (const struct field *field = fields_of(result.kind); !err && field->type != END;
	     field++) {
		void *to = (char *)&result + field->offset;

		err = input.at == input.end ? take_absent((enum field_type)field->type, to)
					    : take_field(&input, (enum field_type)field->type, to);
	}
	if (err)
		return -EBADMSG;
	result.more_size = (size_t)(input.end - input.at);
	result.more = result.more_size ? input.at : NULL;
	*fact = result;
	return 0;
}

size_t codec_record_size(const unsigned char *header)
{
	size_t size = 0;

	for (unsigned i = 0; i < CODEC_HEADER; i++)
		size |= (size_t)header[i] << 8 * i;
	if (!size || size > CODEC_PAYLOAD_MAX)
		return 0;
	return CODEC_HEADER + size;
}

/* ---- lists ---- */

void ptree_facts_clear(struct ptree_facts *facts)
{
	free(facts->bytes);
	*facts = (struct ptree_facts){ 0 };
}

static int make_room(struct ptree_facts *facts, size_t more)
{
	size_t capacity = facts->capacity ? facts->capacity : 4096;
	unsigned char *bigger;

	if (facts->capacity - facts->size >= more)
		return 0;
	while (capacity - facts->size < more) {
		if (capacity > SIZE_MAX / 2)
			return -ENOMEM;
		capacity *= 2;
	}
	bigger = realloc(facts->bytes, capacity);
	if (!bigger)
		return -ENOMEM;
	facts->bytes = bigger;
	facts->capacity = capacity;
	return 0;
}

int ptree_facts_append(struct ptree_facts *facts, const struct ptree_fact *fact)
{
	size_t bound = codec_bound(fact);

	if (!bound)
		return -E2BIG;
	if (make_room(facts, bound))
		return -ENOMEM;
	facts->size += codec_encode(fact, facts->bytes + facts->size);
	return 0;
}

static size_t padded(size_t size)
{
	return (size + CODEC_HEADER - 1) / CODEC_HEADER * CODEC_HEADER;
}

int ptree_facts_next(const void *bytes, size_t size, size_t *at, struct ptree_fact *fact)
{
	const unsigned char *record = (const unsigned char *)bytes + *at;
	size_t left = size - *at, record_size;

	if (!left)
		return 0;
	if (left < CODEC_HEADER)
		return -EBADMSG;
	record_size = codec_record_size(record);
	if (!record_size || record_size > left)
		return -EBADMSG;
	*at += padded(record_size) < left ? padded(record_size) : left;
	return codec_decode(record + CODEC_HEADER, record_size - CODEC_HEADER, fact) ? -EBADMSG : 1;
}
