/* SPDX-License-Identifier: MIT */
/*
 * A property is one row: this test adds one to the table and looks for it wherever properties are
 * met. Its field.c stands for the program's.
 */
#define FIELD_OF_A_TEST                                                                            \
	{                                                                                          \
		.name = "guests", .kind = FIELD_NUMBER, .get = get_guests, .title = "GST",         \
		.width = 4, .sort_name = "guests", .sort_place = 8, .is_filter = true,             \
		.json = "guest_count", .json_in = FIELD_IN_TREE                                    \
	}

#include "model/column.h"

struct field_value;
static bool get_guests(const struct column_context *context, const struct column_subject *subject,
		       struct field_value *value);

#include "../src/model/field.c"

#include "screen.h"

#include <errno.h>

#include "headless/describe.h"
#include "model/filter.h"

/* Process 100 has 7, others have as many as 300 has: 300. */
static bool get_guests(const struct column_context *context, const struct column_subject *subject,
		       struct field_value *value)
{
	pid_t pid = ptree_node_pid(subject->node);

	(void)context;
	value->number = pid == 100 ? 7 : (uint64_t)pid;
	return pid != 1;
}

static void a_new_field_is_a_column(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 160);
	expect_on_screen(screen, " GST ");
	expect_on_screen(screen, "    7 ");
}

static void a_new_field_is_an_order(void **state)
{
	struct screen *screen = *state;

	assert_int_equal(field_sort_count(), 9);
	assert_string_equal(field_sort_name(field_sort_at(8)), "guests");
	type(screen, "sG ");
	expect_on_screen(screen, "SORT by guests");
}

static bool matches(struct screen *screen, const char *expression, pid_t pid)
{
	const struct ptree_tree *tree = screen->session.scene.moment.tree;
	struct filter_error error;
	const struct filter_context context = { .tree = tree };
	struct filter *filter;
	bool answer;

	assert_int_equal(filter_compile(&filter, expression, &error), 0);
	answer = filter_matches(filter, &context, ptree_tree_find(tree, pid));
	filter_free(filter);
	return answer;
}

static void a_new_field_is_a_filter(void **state)
{
	struct filter_error error;
	struct filter *filter;

	assert_true(matches(*state, "guests:7", 100));
	assert_false(matches(*state, "guests:7", 200));
	assert_true(matches(*state, "guests:200", 200));
	assert_false(matches(*state, "guests:1", 1)); /* it has none */
	assert_int_equal(filter_compile(&filter, "guests:x", &error), -EINVAL);
	assert_string_equal(error.text, "expected a number after 'guests:'");
	assert_int_equal(filter_compile(&filter, "none:x", &error), -EINVAL);
	assert_non_null(strstr(error.text, "guests"));
}

static char *as_json(struct screen *screen, pid_t pid)
{
	const struct column_subject subject = {
		.node = ptree_tree_find(screen->session.scene.moment.tree, pid),
	};
	struct output output = { .fd = -1 };

	ptree_json_object(&output.json, NULL);
	describe_json(&output.json, &subject, screen->users, FIELD_IN_TREE);
	ptree_json_end(&output.json);
	output_json(&output);
	output_bytes(&output, "", 1);
	ptree_json_clear(&output.json);
	return output.bytes;
}

static void a_new_field_is_in_json(void **state)
{
	char *json = as_json(*state, 100);

	assert_non_null(strstr(json, "\"guest_count\":7"));
	free(json);
	json = as_json(*state, 1);
	assert_non_null(strstr(json, "\"guest_count\":null"));
	free(json);
}

/* ---- what is written by hand ---- */

static char *read_source(const char *name)
{
	const char *folder = getenv("srcdir");
	char path[4096];
	char *text = calloc(1, 1 << 18);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder ? folder : ".", name);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, (1 << 18) - 1, file) > 0);
	fclose(file);
	return text;
}

/* As groff writes them. */
static void add_escaped(char *out, const char *text)
{
	for (; text && *text; text++) {
		out += strlen(out);
		if (*text == '-')
			strcpy(out, "\\-");
		else if (!strncmp(text, "Σ", 2))
			strcpy(out, "\\[u03A3]"), text++;
		else
			out[0] = *text, out[1] = '\0';
	}
}

static bool is_in_manual(const char *manual, const struct field *field)
{
	const char *table = strstr(manual, "\n.SH FIELDS\n");
	const char *end = table ? strstr(table, "\n.TE\n") : NULL, *found;
	char row[256] = "\n";

	add_escaped(row, field->name);
	strcat(row, field->is_filter ? ":\t" : "\t");
	add_escaped(row, field->width ? field->title : "-");
	strcat(row, "\t");
	add_escaped(row, field->is_birth_order		    ? "birth"
			 : field->width || field->sort_name ? field_sort_name(field)
							    : "-");
	strcat(row, "\t");
	add_escaped(row, field->json ? field->json : "-");
	strcat(row, "\tT{");
	found = end ? strstr(table, row) : NULL;
	if (!found || found > end)
		print_message("# not in the manual: %s\n", row + 1);
	return found && found < end;
}

static void the_manual_has_all_but_the_new_one(void **state)
{
	char *manual = read_source("man/proctop.1");

	(void)state;
	for (const struct field *field = fields; field->name; field++)
		assert_int_equal(is_in_manual(manual, field), strcmp(field->name, "guests") != 0);
	free(manual);
}

static void completions_have_all_filters_but_the_new_one(void **state)
{
	char *script = read_source("completions/proctop.bash");
	char *list = strstr(script, "'cmd: ");

	(void)state;
	assert_non_null(list);
	*list = ' ';
	*strchr(list, '\'') = '\0';
	for (const struct field *field = fields; field->name; field++) {
		char word[64];

		/* ">" is something else to a shell. */
		snprintf(word, sizeof(word),
			 filter_field_is_measured(field) ? " %s " : " %s:", field->name);
		assert_int_equal(strstr(list, word) != NULL,
				 field->is_filter && strcmp(field->name, "guests"));
	}
	free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(a_new_field_is_a_column),
		SCREEN_TEST(a_new_field_is_an_order),
		SCREEN_TEST(a_new_field_is_a_filter),
		SCREEN_TEST(a_new_field_is_in_json),
		cmocka_unit_test(the_manual_has_all_but_the_new_one),
		cmocka_unit_test(completions_have_all_filters_but_the_new_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
