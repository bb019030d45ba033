/* SPDX-License-Identifier: MIT */
#ifndef PTREE_CODEC_H
#define PTREE_CODEC_H

#include "proctree.h"

/*
 * A fact as bytes. A record is CODEC_HEADER bytes of its payload's length, the payload, and padding
 * to a multiple of CODEC_HEADER.
 */
#define CODEC_HEADER 4u
#define CODEC_PAYLOAD_MAX (1u << 30)

/* No record of this fact is longer. 0: it is too long to be one. */
size_t codec_bound(const struct ptree_fact *fact);
/* Writes the record; there is room for codec_bound(). Returns its size. */
size_t codec_encode(const struct ptree_fact *fact, unsigned char *out);
/* The size of the record whose header this is; 0: it cannot be. */
size_t codec_record_size(const unsigned char *header);
/* payload: without header and padding. What is borrowed is in it. -EBADMSG. */
int codec_decode(const unsigned char *payload, size_t size, struct ptree_fact *fact);

/* One field of a fact, as a reader of it would put it. */
struct codec_value {
	const char *name; /* of the member of struct ptree_fact: "birth.pid" */
	enum {
		CODEC_FLAG,
		CODEC_UNSIGNED,
		CODEC_SIGNED,
		CODEC_UNKNOWN,
		CODEC_TEXT,
		CODEC_BYTES
	} type;
	uint64_t number;
	int64_t signed_number;
	const char *bytes; /* TEXT, BYTES; borrowed from the fact */
	size_t size;
};
/* False: it has no more. */
bool codec_value(const struct ptree_fact *fact, unsigned index, struct codec_value *value);

#endif
