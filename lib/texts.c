/* SPDX-License-Identifier: MIT */
/* Names and command lines for the tree; see texts.h. It reads nothing itself. */
#include "texts.h"
#include "internal.h"
#include "reader.h"

#include <errno.h>
#include <stdlib.h>

#define THREADS 2
#define DEFAULT_ARGV_MAX 4096
#define AGAIN_MAX 512 /* pending, beyond which nothing is asked for again */

/* A job that fills in the image of an exec that was seen. */
#define JOB_IS_EXEC 0x100u

int texts_open(struct texts *texts, struct ptree_tree *tree, const char *proc_path, size_t argv_max,
	       int wake_fd)
{
	*texts = (struct texts){ .tree = tree };
	return reader_new(&texts->reader, proc_path, THREADS,
			  argv_max ? argv_max : DEFAULT_ARGV_MAX, wake_fd, NULL);
}

void texts_close(struct texts *texts)
{
	reader_free(texts->reader);
}

/* ---- asking ---- */

static void submit(struct texts *texts, const struct ptree_node *node, unsigned what, bool urgent)
{
	const struct ptree_image *image = ptree_node_image(node, 0);
	struct reader_job job = { .id = node->id,
				  .pid = node->pid,
				  .image_ns = image ? image->begin_ns : 0,
				  .start_ns = node->is_begin_exact ? 0 : node->begin_ns,
				  .what = what };

	/* What finds no place stays unknown, and is asked for again when somebody looks. */
	reader_submit(texts->reader, &job, urgent);
}

void texts_want_of_exec(struct texts *texts, const struct ptree_node *node)
{
	submit(texts, node, READER_ARGV | READER_COMM | JOB_IS_EXEC, true);
}

void texts_want_name(struct texts *texts, const struct ptree_node *node)
{
	submit(texts, node, READER_COMM, true);
}

void texts_want_all_unknown(struct texts *texts)
{
	const struct map *nodes = &texts->tree->by_id;

	for (size_t i = 0; i < nodes->capacity; i++) {
		const struct ptree_node *node = nodes->slots[i].value;
		const struct ptree_image *image = node ? ptree_node_image(node, 0) : NULL;

		if (image && image->argv_status == PTREE_ARGV_PENDING && !node->has_ended)
			submit(texts, node, READER_ARGV, false);
	}
}

void texts_want_again(struct texts *texts, uint64_t id)
{
	const struct ptree_node *node = map_find(&texts->tree->by_id, id);

	if (node && !node->has_ended && !node->is_kernel_thread &&
	    reader_pending(texts->reader) < AGAIN_MAX)
		submit(texts, node, READER_ARGV | READER_COMM, false);
}

bool texts_pending(const struct texts *texts)
{
	return reader_pending(texts->reader) > 0;
}

void texts_check(struct texts *texts, uint64_t now_ns)
{
	reader_check(texts->reader, now_ns);
}

/* ---- answers ---- */

static enum ptree_argv_status status_of(const struct reader_result *result,
					const struct ptree_node *node)
{
	if (result->error == -ESRCH)
		return PTREE_ARGV_LATE;
	if (result->error)
		return PTREE_ARGV_FAILED;
	/* A process that has memory has arguments, if only an empty one. */
	if (result->argv_status == PTREE_ARGV_NONE && !node->is_kernel_thread)
		return PTREE_ARGV_LATE;
	if (node->has_ended && node->end_ns < result->read_ns)
		return PTREE_ARGV_LATE;
	return result->argv_status;
}

static bool is_text(enum ptree_argv_status status)
{
	return status == PTREE_ARGV_READ || status == PTREE_ARGV_TRUNCATED;
}

static int set_argv(struct texts *texts, const struct reader_result *result,
		    const struct ptree_node *node, bool is_news)
{
	enum ptree_argv_status status = status_of(result, node);
	bool has_text = is_text(status);
	int err;

	/* What was known stays, if it cannot be read again. */
	if (!has_text && !is_news)
		return 0;
	err = ptree_tree_set_argv(texts->tree, result->job.id, result->job.image_ns,
				  result->read_ns, status, has_text ? result->argv : NULL,
				  has_text ? result->argv_size : 0);
	if (!err && has_text && result->job.what & JOB_IS_EXEC)
		texts->execs_read++;
	return err == -ENOMEM ? err : 0;
}

static int take(struct texts *texts, const struct reader_result *result)
{
	const struct ptree_node *node = map_find(&texts->tree->by_id, result->job.id);
	const struct ptree_image *image = node ? ptree_node_image(node, 0) : NULL;
	bool is_news = image && image->argv_status == PTREE_ARGV_PENDING;

	if (!node || (image && image->begin_ns != result->job.image_ns))
		return 0;
	if (result->has_comm &&
	    ptree_tree_set_comm(texts->tree, result->job.id, result->comm) == -ENOMEM)
		return -ENOMEM;
	return result->job.what & READER_ARGV ? set_argv(texts, result, node, is_news) : 0;
}

int texts_take(struct texts *texts)
{
	struct reader_result results[64];
	size_t count;
	int err = 0;

	do {
		count = reader_collect(texts->reader, results, 64);
		for (size_t i = 0; i < count; i++) {
			int result = take(texts, &results[i]);

			err = err ? err : result;
			free(results[i].argv);
		}
	} while (count == 64);
	return err;
}
