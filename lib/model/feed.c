/* SPDX-License-Identifier: MIT */
/*
 * The feed: the latest facts, encoded, in a ring that is bounded in bytes. Readers pull at their
 * own pace; one that was overtaken is told so. Records are whole: what does not fit before the
 * ring's end begins anew at its start, and a header of 0 says so. A fact that is larger than the
 * ring is missed by every reader.
 */
#include "feed.h"
#include "codec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_RING 4096u

int feed_init(struct feed *feed, size_t bytes)
{
	*feed = (struct feed){ 0 };
	if (!bytes)
		return 0;
	if (bytes > SIZE_MAX / 2)
		return -ENOMEM;
	bytes = bytes < SMALLEST_RING ? SMALLEST_RING : bytes;
	feed->size = (bytes + CODEC_HEADER - 1) / CODEC_HEADER * CODEC_HEADER;
	feed->ring = malloc(feed->size);
	return feed->ring ? 0 : -ENOMEM;
}

void feed_clear(struct feed *feed)
{
	free(feed->ring);
	*feed = (struct feed){ 0 };
}

static unsigned char *at(const struct feed *feed, uint64_t position)
{
	return feed->ring + position % feed->size;
}

static uint64_t left_before_end(const struct feed *feed, uint64_t position)
{
	return feed->size - position % feed->size;
}

static size_t padded(size_t size)
{
	return (size + CODEC_HEADER - 1) / CODEC_HEADER * CODEC_HEADER;
}

/* The record at that position, or at the ring's start if there is none before its end. */
static uint64_t skip_gap(const struct feed *feed, uint64_t position)
{
	if (position != feed->head && !codec_record_size(at(feed, position)))
		position += left_before_end(feed, position);
	return position;
}

static bool is_news(const unsigned char *record)
{
	const unsigned char *flags = record + CODEC_HEADER;

	while (*flags++ & 0x80) /* over the kind */
		;
	return *flags & 4;
}

static void drop_oldest(struct feed *feed)
{
	uint64_t tail = skip_gap(feed, feed->tail);

	if (tail == feed->head) {
		feed->tail = tail;
		return;
	}
	feed->tail_number++;
	feed->tail_news += is_news(at(feed, tail));
	feed->tail = tail + padded(codec_record_size(at(feed, tail)));
}

static void drop_all(struct feed *feed)
{
	feed->tail = feed->head;
	feed->tail_number = feed->head_number;
	feed->tail_news = feed->head_news;
}

/* Leaves room for so many bytes in one piece. */
static void make_room(struct feed *feed, size_t bytes)
{
	uint64_t left = left_before_end(feed, feed->head);
	uint64_t begin = left < bytes ? feed->head + left : feed->head;

	while (begin + bytes > feed->tail + feed->size && feed->tail != feed->head)
		drop_oldest(feed);
	if (begin == feed->head)
		return;
	memset(at(feed, feed->head), 0, CODEC_HEADER);
	if (feed->tail == feed->head)
		feed->tail = begin;
	feed->head = begin;
}

void feed_push(struct feed *feed, const struct ptree_fact *fact)
{
	size_t bound = feed->size ? codec_bound(fact) : 0;

	if (!feed->size)
		return;
	if (!bound || bound > feed->size) {
		feed->head_number++;
		feed->head_news += fact->is_news;
		drop_all(feed);
		return;
	}
	make_room(feed, bound);
	feed->head += codec_encode(fact, at(feed, feed->head));
	feed->head_number++;
	feed->head_news += fact->is_news;
}

/* ---- readers ---- */

void ptree_tree_feed_end(const struct ptree_tree *tree, struct ptree_feed_reader *reader)
{
	const struct feed *feed = &tree->feed;

	*reader = (struct ptree_feed_reader){ feed->head_number, feed->head_news, feed->head };
}

void ptree_tree_feed_begin(const struct ptree_tree *tree, struct ptree_feed_reader *reader)
{
	const struct feed *feed = &tree->feed;

	*reader = (struct ptree_feed_reader){ feed->tail_number, feed->tail_news, feed->tail };
}

int ptree_tree_feed_read(const struct ptree_tree *tree, struct ptree_feed_reader *reader,
			 struct ptree_fact *fact)
{
	const struct feed *feed = &tree->feed;
	const unsigned char *record;

	if (!feed->size)
		return -ENOTSUP;
	if (reader->next < feed->tail_number) {
		ptree_tree_feed_begin(tree, reader);
		return -EOVERFLOW;
	}
	if (reader->next >= feed->head_number)
		return 0;
	reader->at = skip_gap(feed, reader->at);
	record = at(feed, reader->at);
	if (codec_decode(record + CODEC_HEADER, codec_record_size(record) - CODEC_HEADER, fact))
		return -EBADMSG;
	reader->at += padded(codec_record_size(record));
	reader->next++;
	reader->news += fact->is_news;
	return 1;
}
