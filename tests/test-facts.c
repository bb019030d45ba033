/* SPDX-License-Identifier: MIT */
/*
 * The one door: a tree is what its facts say. Random loads of events, scans, samples and records in
 * every wrong order; a second tree that learned the feed, and a third one from a snapshot in the
 * middle and the facts since, must be the first, as texts of all that there is. And a stranger's
 * facts, which change nothing. No clock, no /proc.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../lib/model/dump.h"
#include "random-load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOADS 1000
#define STEPS 400

/* ---- trees side by side ---- */

struct trees {
	struct ptree_tree *live, *second, *third;
	struct ptree_feed_reader second_at, third_at;
};

static void learn_feed(const struct ptree_tree *from, struct ptree_tree *to,
		       struct ptree_feed_reader *reader)
{
	struct ptree_fact fact;
	int ret;

	while ((ret = ptree_tree_feed_read(from, reader, &fact)) == 1) {
		int err = ptree_tree_learn(to, &fact);

		if (err)
			fprintf(stderr, "# %s of %d is refused\n", ptree_fact_kind_name(fact.kind),
				(int)fact.id);
		assert_int_equal(err, 0);
	}
	assert_int_equal(ret, 0);
}

static void learn_snapshot(const struct ptree_tree *from, struct ptree_tree *to)
{
	struct ptree_facts facts = { 0 };

	assert_int_equal(ptree_tree_snapshot(from, &facts), 0);
	assert_int_equal(ptree_tree_learn_all(to, facts.bytes, facts.size), 0);
	ptree_facts_clear(&facts);
}

/* The first line in which they differ, for those who have to find out why. */
static void explain(const char *a, const char *b)
{
	while (*a && *a == *b) {
		size_t a_line = strcspn(a, "\n"), b_line = strcspn(b, "\n");

		if (a_line != b_line || memcmp(a, b, a_line) != 0)
			break;
		a += a_line + 1;
		b += b_line + 1;
	}
	fprintf(stderr, "# live:    %.*s\n# learned: %.*s\n", (int)strcspn(a, "\n"), a,
		(int)strcspn(b, "\n"), b);
}

static void assert_same(const struct ptree_tree *live, const struct ptree_tree *learned)
{
	char *a, *b;

	assert_int_equal(tree_dump(live, &a), 0);
	assert_int_equal(tree_dump(learned, &b), 0);
	if (strcmp(a, b) != 0) {
		explain(a, b);
		fail();
	}
	free(a);
	free(b);
}

/* ---- all of them ---- */

static void run_load(uint32_t seed)
{
	struct trees trees = { .live = new_tree(8, 1 << 20),
			       .second = new_tree(1000, 0),
			       .third = new_tree(0, 0) };
	struct load load = { .tree = trees.live, .seed = seed, .now_ns = 100 * S };

	ptree_tree_feed_begin(trees.live, &trees.second_at);
	for (int i = 0; i < STEPS; i++) {
		step(&load);
		if (i == STEPS / 2) {
			learn_snapshot(trees.live, trees.third);
			assert_same(trees.live, trees.third);
			ptree_tree_feed_end(trees.live, &trees.third_at);
		}
	}
	learn_feed(trees.live, trees.second, &trees.second_at);
	learn_feed(trees.live, trees.third, &trees.third_at);
	assert_same(trees.live, trees.second);
	assert_same(trees.live, trees.third);
	ptree_tree_free(trees.live);
	ptree_tree_free(trees.second);
	ptree_tree_free(trees.third);
}

static void trees_that_learned_the_same_are_the_same_after_any_load(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= LOADS; seed++)
		run_load(seed);
}

/* ---- a stranger's facts ---- */

static struct ptree_fact birth(uint64_t id, pid_t pid, uint64_t parent)
{
	return (struct ptree_fact){ .kind = PTREE_FACT_APPEARED,
				    .time_ns = S,
				    .id = id,
				    .u.birth = { .pid = pid, .begin_ns = S, .parent = parent } };
}

static struct ptree_tree *plant(void)
{
	struct ptree_tree *tree = new_tree(0, 4096);
	struct ptree_fact one = birth(1, 10, 0), two = birth(2, 20, 1), three = birth(3, 30, 2);

	two.u.birth.origin = 1;
	three.u.birth.origin = 2;
	assert_int_equal(ptree_tree_learn(tree, &one), 0);
	assert_int_equal(ptree_tree_learn(tree, &two), 0);
	assert_int_equal(ptree_tree_learn(tree, &three), 0);
	return tree;
}

static void assert_refused(struct ptree_tree *tree, struct ptree_fact fact)
{
	struct ptree_feed_reader before, after;
	char *was, *is;

	assert_int_equal(tree_dump(tree, &was), 0);
	ptree_tree_feed_end(tree, &before);
	assert_int_equal(ptree_tree_learn(tree, &fact), -EINVAL);
	ptree_tree_feed_end(tree, &after);
	assert_int_equal(tree_dump(tree, &is), 0);
	assert_string_equal(is, was);
	assert_int_equal(after.next, before.next);
	free(was);
	free(is);
}

static void what_cannot_be_is_refused_and_changes_nothing(void **state)
{
	struct ptree_tree *tree = plant();
	struct ptree_fact fact;

	(void)state;
	for (uint32_t kind = PTREE_FACT_FILLED; kind <= PTREE_FACT_FORGOTTEN; kind++)
		assert_refused(tree, (struct ptree_fact){ .kind = kind, .id = 99 });
	assert_refused(tree, birth(1, 40, 0));	/* the id is somebody's */
	assert_refused(tree, birth(9, 20, 0));	/* the pid is */
	assert_refused(tree, birth(9, 0, 0));	/* nobody's pid */
	assert_refused(tree, birth(9, 40, 77)); /* a parent that is not known */
	fact = birth(9, 40, 1);
	fact.u.birth.origin = 77;
	assert_refused(tree, fact);
	fact = birth(9, 40, 1);
	fact.u.birth.origin = 1;
	fact.u.birth.image = 5; /* its origin has none */
	assert_refused(tree, fact);
	assert_refused(tree,
		       (struct ptree_fact){ .kind = PTREE_FACT_MOVED, .id = 1, .u.parent = 3 });
	assert_refused(tree,
		       (struct ptree_fact){ .kind = PTREE_FACT_ORIGIN, .id = 1, .u.origin.id = 3 });
	assert_refused(tree, (struct ptree_fact){ .kind = PTREE_FACT_REVIVED, .id = 1 });
	assert_refused(tree, (struct ptree_fact){ .kind = PTREE_FACT_ZOMBIE, .id = 1 });
	assert_refused(tree, (struct ptree_fact){ .kind = PTREE_FACT_FORGOTTEN, .id = 1 });
	assert_refused(tree, (struct ptree_fact){ .kind = PTREE_FACT_RETAINED, .id = 1 });
	assert_refused(tree, (struct ptree_fact){ .kind = PTREE_FACT_TICK, .time_ns = S });
	assert_refused(tree,
		       (struct ptree_fact){ .kind = PTREE_FACT_NAME, .id = 1, .u.name.image = 2 });
	assert_refused(tree, (struct ptree_fact){ .kind = PTREE_FACT_THREAD_ENDED,
						  .id = 1,
						  .u.thread = { .id = 2, .tid = 5 } });
	assert_refused(tree, (struct ptree_fact){
				 .kind = PTREE_FACT_KEPT_NODE, .id = 50, .u.kept_node.pid = 50 });
	assert_refused(
	    tree, (struct ptree_fact){ .kind = PTREE_FACT_SAMPLED, .id = 1, .u.sample.nice = 128 });
	assert_refused(tree, (struct ptree_fact){ .kind = PTREE_FACT_SAMPLED,
						  .id = 1,
						  .u.sample.priority = -40000 });
	ptree_tree_free(tree);
}

static void a_snapshot_of_what_no_process_has_is_refused(void **state)
{
	const struct ptree_fact possible = { .kind = PTREE_FACT_KEPT_NODE,
					     .id = 50,
					     .u.kept_node = { .pid = 50, .flags = 1 } };
	struct ptree_tree *tree = new_tree(100, 0);
	struct ptree_fact fact = possible;

	(void)state;
	fact.u.kept_node.nice = -129;
	assert_refused(tree, fact);
	fact = possible;
	fact.u.kept_node.priority = 32768;
	assert_refused(tree, fact);
	fact = possible;
	fact.u.kept_node.flags |= 16; /* it lives, and its exit status is known */
	assert_refused(tree, fact);
	assert_int_equal(ptree_tree_learn(tree, &possible), 0);
	ptree_tree_free(tree);
}

/* ---- bytes ---- */

static void an_unknown_kind_is_passed_on_and_later_fields_are_kept(void **state)
{
	struct ptree_tree *tree = plant();
	const struct ptree_fact unknown = { .kind = 4711,
					    .time_ns = 2 * S,
					    .id = 7,
					    .is_news = true,
					    .more = "\001\002\003",
					    .more_size = 3 };
	struct ptree_fact newer = {
		.kind = PTREE_FACT_REAPED, .id = 1, .more = "x", .more_size = 1
	};
	struct ptree_facts list = { 0 };
	struct ptree_feed_reader reader;
	struct ptree_fact fact;
	size_t at = 0;

	(void)state;
	ptree_tree_feed_end(tree, &reader);
	assert_int_equal(ptree_tree_learn(tree, &unknown), 0);
	assert_int_equal(ptree_tree_feed_read(tree, &reader, &fact), 1);
	assert_int_equal(fact.kind, 4711);
	assert_int_equal(fact.id, 7);
	assert_true(fact.is_news);
	assert_int_equal(fact.more_size, 3);
	assert_memory_equal(fact.more, "\001\002\003", 3);
	assert_int_equal(ptree_facts_append(&list, &newer), 0);
	assert_int_equal(ptree_facts_next(list.bytes, list.size, &at, &fact), 1);
	assert_int_equal(fact.kind, PTREE_FACT_REAPED);
	assert_int_equal(fact.more_size, 1);
	assert_int_equal(at, list.size);
	ptree_facts_clear(&list);
	ptree_tree_free(tree);
}

static void learn_images(struct ptree_tree *tree, uint64_t first_id, int count, uint16_t kept)
{
	for (int i = 0; i < count; i++) {
		struct ptree_fact fact = { .kind = PTREE_FACT_IMAGE,
					   .id = 1,
					   .u.image = { .id = first_id + (uint64_t)i,
							.begin_ns = 10 * MS,
							.kept = kept } };

		assert_int_equal(ptree_tree_learn(tree, &fact), 0);
	}
}

static void how_many_images_are_kept_is_said_by_the_fact(void **state)
{
	struct ptree_tree *tree = plant();
	const struct ptree_node *node = ptree_tree_find_id(tree, 1);

	(void)state;
	learn_images(tree, 100, 40, 0);
	assert_int_equal(ptree_node_image(node, 39)->id, 100);
	learn_images(tree, 200, 1, 3);
	assert_int_equal(ptree_node_image(node, 2)->id, 138);
	assert_null(ptree_node_image(node, 3));
	assert_int_equal(ptree_node_exec_count(node), 41);
	ptree_tree_free(tree);
}

/* A chain in which each forks the next one, which runs another program; none but the last is kept.
 */
static void what_forgotten_ancestors_ran_is_forgotten_with_them(void **state)
{
	struct ptree_tree *tree = plant();
	struct ptree_facts list = { 0 };
	struct ptree_fact fact;
	unsigned images = 0;
	uint64_t id = 1;
	size_t at = 0;

	(void)state;
	learn_images(tree, 100, 1, 0);
	for (uint64_t next = 200; next < 1200; next += 2, id = next - 2) {
		fact = birth(next, (pid_t)next, id);
		fact.u.birth.origin = id;
		fact.u.birth.image = id == 1 ? 100 : id + 1;
		assert_int_equal(ptree_tree_learn(tree, &fact), 0);
		fact = (struct ptree_fact){ .kind = PTREE_FACT_IMAGE,
					    .id = next,
					    .u.image = { .id = next + 1, .kept = 8 } };
		assert_int_equal(ptree_tree_learn(tree, &fact), 0);
		if (id == 1)
			continue;
		fact = (struct ptree_fact){ .kind = PTREE_FACT_ENDED,
					    .id = id,
					    .u.end = { 500 * MS, 0, true, false } };
		assert_int_equal(ptree_tree_learn(tree, &fact), 0);
		fact = (struct ptree_fact){ .kind = PTREE_FACT_FORGOTTEN, .id = id };
		assert_int_equal(ptree_tree_learn(tree, &fact), 0);
	}
	assert_int_equal(ptree_tree_snapshot(tree, &list), 0);
	while (ptree_facts_next(list.bytes, list.size, &at, &fact) == 1)
		images += fact.kind == PTREE_FACT_KEPT_IMAGE;
	assert_int_equal(images, 1 + 2); /* the first one's, and what the last one ran and runs */
	ptree_facts_clear(&list);
	ptree_tree_free(tree);
}

/* The layout is for keeps: these bytes are in recordings. */
static void a_fact_has_these_bytes(void **state)
{
	static const unsigned char expected[] = {
		16,   0,    0,	  0,	   /* so many follow */
		36,   4,		   /* ended, told, news */
		0x80, 0xca, 0xb5, 0xee, 1, /* at 500,000,000 ns */
		3,			   /* node 3 */
		0x80, 0xca, 0xb5, 0xee, 1, /* end_ns */
		7,    1,    0,		   /* status, known, not inferred */
	};
	const struct ptree_fact fact = { .kind = PTREE_FACT_ENDED,
					 .is_news = true,
					 .time_ns = 500 * MS,
					 .id = 3,
					 .u.end = { 500 * MS, 7, true, false } };
	struct ptree_facts list = { 0 };

	(void)state;
	assert_int_equal(ptree_facts_append(&list, &fact), 0);
	assert_int_equal(list.size, sizeof(expected));
	assert_memory_equal(list.bytes, expected, sizeof(expected));
	ptree_facts_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_that_learned_the_same_are_the_same_after_any_load),
		cmocka_unit_test(what_cannot_be_is_refused_and_changes_nothing),
		cmocka_unit_test(a_snapshot_of_what_no_process_has_is_refused),
		cmocka_unit_test(an_unknown_kind_is_passed_on_and_later_fields_are_kept),
		cmocka_unit_test(how_many_images_are_kept_is_said_by_the_fact),
		cmocka_unit_test(what_forgotten_ancestors_ran_is_forgotten_with_them),
		cmocka_unit_test(a_fact_has_these_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
