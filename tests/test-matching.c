/* SPDX-License-Identifier: MIT */
/*
 * Rules over random loads: after each fact, who is kept as matching is who the filter matches. So
 * no fact makes one match, or cease to, unseen.
 */
#include "random-load.h"

#include "model/rules.h"

#include <stdlib.h>

#define STEPS 30000
#define LOADS 3

/* What facts alone tell. */
static const char *const told[] = {
	"uid=0 => log",	    "comm:n1 => log",	    "cmd:read => log",		"exit>0 => log",
	"signal=9 => log",  "state:S => log",	    "zombie:yes => log",	"ppid=5 => log",
	"origin=7 => log",  "threads>1 => log",	    "session=1 => log",		"rss>=4K => log",
	"time>=1s => log",  "cpu>0 => log",	    "kernel-thread:yes => log", "!comm:n1 => log",
	"pid=9 => log",	    "max-rss>40K => log",   "user:0 | uid=1 => log",	"read>0 => log",
	"virtual=0 => log", "cmd~\"^prog\" => log",
};
/* What a look at all finds. */
static const char *const looked_for[] = { "under:n2 => log", "under:5 !comm:n3 => log",
					  "age>3s => log", "under:prog | uid=2 => log" };

struct fixture {
	struct load load;
	struct ptree_tree *then;
	struct ptree_feed_reader reader;
	struct rules rules;
	uint64_t matches;
};

static void count(void *to, const struct rule *rule, const struct ptree_node *node,
		  uint64_t time_ns)
{
	struct fixture *fixture = to;

	(void)rule, (void)node, (void)time_ns;
	fixture->matches++;
}

static struct rules_context context_of(struct fixture *fixture)
{
	return (struct rules_context){ .tree = fixture->then,
				       .now_ns = fixture->load.now_ns,
				       .own = -1,
				       .matches = count,
				       .to = fixture };
}

static void begin(struct fixture *fixture, uint32_t seed, const char *const *rules,
		  size_t rule_count)
{
	struct rule_error error;

	*fixture = (struct fixture){ .load = { .seed = seed, .now_ns = 100 * S } };
	fixture->load.tree = new_tree(30, 1 << 20);
	fixture->then = new_tree(SIZE_MAX, 0);
	for (size_t i = 0; i < rule_count; i++) {
		if (rules_add(&fixture->rules, rules[i], &error))
			fail_msg("'%s': %s", rules[i], error.text);
	}
}

static void end(struct fixture *fixture)
{
	assert_true(fixture->matches > 100);
	rules_clear(&fixture->rules);
	ptree_tree_free(fixture->then);
	ptree_tree_free(fixture->load.tree);
}

static bool is_text_known(const struct ptree_node *node)
{
	const struct ptree_image *image = ptree_node_image(node, 0);

	return !image ||
	       (image->argv_status != PTREE_ARGV_PENDING && !ptree_node_is_comm_old(node));
}

static void compare(const struct fixture *fixture, const struct ptree_node *node, const char *after)
{
	const struct filter_context context = { .tree = fixture->then,
						.now_ns = fixture->load.now_ns };

	for (size_t i = 0; i < fixture->rules.count; i++) {
		const struct rule *rule = &fixture->rules.at[i];
		bool is = filter_matches(rule->filter, &context, node);

		if (is != id_set_has(&fixture->rules.matching[i], ptree_node_id(node)))
			fail_msg("%d %s '%s' after '%s', unseen", ptree_node_pid(node),
				 is ? "matches" : "does not match", rule->text, after);
	}
}

static void compare_living(struct fixture *fixture, const char *after)
{
	struct ptree_nodes nodes = { 0 };

	ptree_tree_descendants(fixture->then, 0, &nodes);
	for (size_t i = 0; i < nodes.count; i++) {
		if (is_text_known(nodes.node[i]))
			compare(fixture, nodes.node[i], after);
	}
	ptree_nodes_clear(&nodes);
}

/* One fact after the other. */
static void follow(struct fixture *fixture, bool compares)
{
	struct ptree_fact fact;

	while (ptree_tree_feed_read(fixture->load.tree, &fixture->reader, &fact) > 0) {
		struct rules_context context = context_of(fixture);

		assert_int_equal(ptree_tree_learn(fixture->then, &fact), 0);
		assert_int_equal(rules_learn(&fixture->rules, &context, &fact), 0);
		if (compares)
			compare_living(fixture, ptree_fact_kind_name(fact.kind));
	}
}

static void no_fact_passes_unseen(void **state)
{
	struct fixture fixture;

	(void)state;
	for (uint32_t seed = 1; seed <= LOADS; seed++) {
		begin(&fixture, seed, told, sizeof(told) / sizeof(*told));
		for (int i = 0; i < STEPS / 5; i++) {
			step(&fixture.load);
			follow(&fixture, true);
		}
		end(&fixture);
	}
}

static void a_look_at_all_finds_the_rest(void **state)
{
	struct fixture fixture;

	(void)state;
	for (uint32_t seed = 1; seed <= LOADS; seed++) {
		begin(&fixture, seed, looked_for, sizeof(looked_for) / sizeof(*looked_for));
		for (int i = 0; i < STEPS; i++) {
			step(&fixture.load);
			follow(&fixture, false);
			if (rules_next_ns(&fixture.rules) <= fixture.load.now_ns) {
				struct rules_context context = context_of(&fixture);

				assert_int_equal(rules_look(&fixture.rules, &context), 0);
				compare_living(&fixture, "a look");
			}
		}
		end(&fixture);
	}
}

static void what_is_forgotten_is_kept_by_no_rule(void **state)
{
	struct fixture fixture;

	(void)state;
	begin(&fixture, 9, told, sizeof(told) / sizeof(*told));
	for (int i = 0; i < STEPS; i++) {
		step(&fixture.load);
		follow(&fixture, false);
	}
	for (size_t i = 0; i < fixture.rules.count; i++) {
		const struct id_set *matching = &fixture.rules.matching[i];

		for (size_t j = 0; j < matching->count; j++)
			assert_non_null(ptree_tree_find_id(fixture.then, matching->ids[j]));
	}
	end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_fact_passes_unseen),
		cmocka_unit_test(a_look_at_all_finds_the_rest),
		cmocka_unit_test(what_is_forgotten_is_kept_by_no_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
