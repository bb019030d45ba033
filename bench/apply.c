/* SPDX-License-Identifier: MIT */
/*
 * How fast the tree is, without a kernel: encoded events are decoded and applied. Prints times;
 * what is fast enough is for the reader to say.
 */
#include "proctree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TRIPLES 4096
#define EVENT_ROOM 128
#define LIVE 1000
#define EVENTS 10000000L
#define CHAIN 100000
#define CHILDREN 20000

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(int ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "apply: %s: %s\n", what, strerror(-ret));
	exit(1);
}

static struct ptree_event event_of(enum ptree_event_kind kind, pid_t parent, pid_t pid)
{
	return (struct ptree_event){ .kind = kind,
				     .time_ns = 1,
				     .pid = pid,
				     .tgid = pid,
				     .parent_pid = parent,
				     .parent_tgid = parent };
}

static struct ptree_tree *new_tree(void)
{
	struct ptree_tree *tree;

	must(ptree_tree_new(&tree, NULL), "tree");
	return tree;
}

static void apply(struct ptree_tree *tree, enum ptree_event_kind kind, pid_t parent, pid_t pid,
		  uint64_t time_ns)
{
	struct ptree_event event = event_of(kind, parent, pid);

	event.time_ns = time_ns;
	must(ptree_tree_apply(tree, &event), "apply");
}

/* ---- a stream ---- */

struct stream {
	unsigned char *bytes;
	size_t size;
};

static void stream_add(struct stream *stream, enum ptree_event_kind kind, pid_t parent, pid_t pid)
{
	const struct ptree_event event = event_of(kind, parent, pid);
	int size = ptree_event_encode(&event, stream->bytes + stream->size, EVENT_ROOM);

	must(size, "encode");
	stream->size += ((size_t)size + 3) & ~(size_t)3; /* as netlink aligns them */
}

static struct stream stream_new(void)
{
	struct stream stream = { .bytes = calloc(TRIPLES * 3, EVENT_ROOM) };

	if (!stream.bytes)
		must(-12, "memory");
	for (pid_t i = 0; i < TRIPLES; i++) {
		stream_add(&stream, PTREE_EVENT_FORK, 1 + i % LIVE, 100000 + i);
		stream_add(&stream, PTREE_EVENT_EXEC, 0, 100000 + i);
		stream_add(&stream, PTREE_EVENT_EXIT, 1 + i % LIVE, 100000 + i);
	}
	return stream;
}

/* Each event is a nanosecond after the one before. */
static long play(struct ptree_tree *tree, const struct stream *stream, long count)
{
	struct ptree_message message;
	struct ptree_reader reader;
	struct ptree_event event;

	ptree_reader_init(&reader, stream->bytes, stream->size);
	while (ptree_reader_next(&reader, &message) == 1) {
		must(ptree_event_decode(&message, &event), "decode");
		event.time_ns = (uint64_t)++count;
		must(ptree_tree_apply(tree, &event), "apply");
	}
	return count;
}

static void measure_stream(void)
{
	struct ptree_tree *tree = new_tree();
	struct stream stream = stream_new();
	long count = LIVE;
	double begin_s;

	for (pid_t pid = 1; pid <= LIVE; pid++)
		apply(tree, PTREE_EVENT_FORK, pid / 2, pid, (uint64_t)pid);
	begin_s = now_s();
	while (count < EVENTS)
		count = play(tree, &stream, count);
	printf("fork, exec, exit beside %d processes: %.2f million events/s\n", LIVE,
	       (double)(count - LIVE) / (now_s() - begin_s) / 1e6);
	ptree_tree_free(tree);
	free(stream.bytes);
}

/* ---- shapes ---- */

static void measure_chain(void)
{
	struct ptree_tree *tree = new_tree();
	struct ptree_nodes nodes = { 0 };
	double begin_s = now_s(), built_s, walked_s;
	int length;

	for (pid_t pid = 1; pid <= CHAIN; pid++)
		apply(tree, PTREE_EVENT_FORK, pid - 1, pid, (uint64_t)pid);
	built_s = now_s();
	length = ptree_tree_ancestry(tree, CHAIN, false, &nodes);
	must(length, "ancestry");
	walked_s = now_s();
	for (pid_t pid = CHAIN; pid > 0; pid--)
		apply(tree, PTREE_EVENT_EXIT, pid - 1, pid, 2 * CHAIN - (uint64_t)pid);
	printf("a chain of %d: built in %.1f ms, walked (%d) in %.1f ms, ended in %.1f ms\n", CHAIN,
	       (built_s - begin_s) * 1e3, length, (walked_s - built_s) * 1e3,
	       (now_s() - walked_s) * 1e3);
	ptree_nodes_clear(&nodes);
	ptree_tree_free(tree);
}

static void measure_orphans(void)
{
	struct ptree_tree *tree = new_tree();
	double begin_s;

	apply(tree, PTREE_EVENT_FORK, 0, 1, 1);
	apply(tree, PTREE_EVENT_FORK, 1, 2, 2);
	for (pid_t i = 0; i < CHILDREN; i++)
		apply(tree, PTREE_EVENT_FORK, 2, 10 + i, 3 + (uint64_t)i);
	begin_s = now_s();
	apply(tree, PTREE_EVENT_EXIT, 1, 2, CHILDREN + 10);
	must(ptree_tree_adopt(tree, 10, 1), "adopt");
	printf("a parent of %d dies and they are adopted: %.2f ms\n", CHILDREN,
	       (now_s() - begin_s) * 1e3);
	ptree_tree_free(tree);
}

/* ---- facts ---- */

#define FEED_BYTES (8u << 20)
#define LEARNED_FACTS 2000000
#define PROCESSES 10000
#define ROUNDS 9

static struct ptree_tree *new_tree_with_feed(size_t bytes)
{
	const struct ptree_tree_options options = { .feed_bytes = bytes };
	struct ptree_tree *tree;

	must(ptree_tree_new(&tree, &options), "tree");
	return tree;
}

/* What a tree tells while the stream is played to it. */
static size_t record(struct ptree_facts *facts)
{
	struct ptree_tree *tree = new_tree_with_feed(FEED_BYTES);
	struct stream stream = stream_new();
	struct ptree_feed_reader reader;
	struct ptree_fact fact;
	long count = LIVE;

	ptree_tree_feed_begin(tree, &reader);
	for (pid_t pid = 1; pid <= LIVE; pid++)
		apply(tree, PTREE_EVENT_FORK, pid / 2, pid, (uint64_t)pid);
	while (reader.next < LEARNED_FACTS) {
		count = play(tree, &stream, count);
		while (ptree_tree_feed_read(tree, &reader, &fact) == 1)
			must(ptree_facts_append(facts, &fact), "append");
	}
	ptree_tree_free(tree);
	free(stream.bytes);
	return (size_t)reader.next;
}

static void measure_learning(void)
{
	struct ptree_facts facts = { 0 };
	size_t count = record(&facts);
	struct ptree_tree *tree = new_tree_with_feed(FEED_BYTES);
	double begin_s = now_s();

	must(ptree_tree_learn_all(tree, facts.bytes, facts.size), "learn");
	printf("decoded, learned and fed: %.2f million facts/s, %.1f bytes each\n",
	       (double)count / (now_s() - begin_s) / 1e6, (double)facts.size / (double)count);
	ptree_tree_free(tree);
	ptree_facts_clear(&facts);
}

static void plant(struct ptree_tree *tree)
{
	char argv[] = "/usr/bin/sleeper\0--for\0a-while\0and-some-more-arguments";
	struct ptree_process process = { .read_ns = 1000000000,
					 .state = 'S',
					 .comm = "sleeper",
					 .thread_count = 1,
					 .rss_bytes = 4096,
					 .argv = argv,
					 .argv_size = sizeof(argv),
					 .argv_status = PTREE_ARGV_READ };

	for (pid_t pid = 1; pid <= PROCESSES; pid++) {
		process.pid = pid;
		process.ppid = pid / 8;
		process.start_ns = (uint64_t)pid * 1000;
		must(ptree_tree_observe(tree, &process), "observe");
	}
}

static int compare(const void *a, const void *b)
{
	return (*(const double *)a > *(const double *)b) -
	       (*(const double *)a < *(const double *)b);
}

static void measure_snapshot(void)
{
	struct ptree_tree *tree = new_tree();
	double took_s[ROUNDS];
	size_t size = 0;

	plant(tree);
	for (int i = 0; i < ROUNDS; i++) {
		struct ptree_tree *copy = new_tree();
		struct ptree_facts facts = { 0 };
		double begin_s = now_s();

		must(ptree_tree_snapshot(tree, &facts), "snapshot");
		must(ptree_tree_learn_all(copy, facts.bytes, facts.size), "learn");
		took_s[i] = now_s() - begin_s;
		size = facts.size;
		ptree_facts_clear(&facts);
		ptree_tree_free(copy);
	}
	qsort(took_s, ROUNDS, sizeof(took_s[0]), compare);
	printf("a snapshot of %d processes, made and learned: %.1f ms, %zu KiB\n", PROCESSES,
	       took_s[ROUNDS / 2] * 1e3, size / 1024);
	ptree_tree_free(tree);
}

int main(void)
{
	measure_stream();
	measure_learning();
	measure_snapshot();
	measure_chain();
	measure_orphans();
	return 0;
}
