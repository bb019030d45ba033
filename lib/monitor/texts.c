/* SPDX-License-Identifier: MIT */
/* Names and command lines for the tree; see texts.h. It reads nothing itself. */
#include "texts.h"
#include "reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 2
#define DEFAULT_ARGV_MAX 4096
#define AGAIN_MAX 512 /* pending, beyond which nothing is asked for again */
#define ARRIVED_MAX 65536
#define ARRIVED_AGE_NS (2 * NS_PER_S)
/* So many execs in a row without a word: who is at their CPU is deaf, and waiting idle. */
#define UNANSWERED_MAX 16
#define REOPEN_NS (10 * NS_PER_S)
/* How soon a witness that seems to hang is looked at again. */
#define RECHECK_NS (50 * NS_PER_MS)

/* A job that fills in the image of an exec that was seen. */
#define JOB_IS_EXEC 0x100u

/* What the witness said before the event was heard here. */
struct arrival {
	struct arrival *next;
	struct witness_testimony said;
	bool is_used;
	char argv[];
};

int texts_open(struct texts *texts, struct ptree_tree *tree, const char *proc_path, size_t argv_max,
	       int wake_fd)
{
	argv_max = argv_max ? argv_max : DEFAULT_ARGV_MAX;
	*texts = (struct texts){ .tree = tree,
				 .witness_options = { .proc_path = proc_path,
						      .argv_max = argv_max,
						      .wake_fd = wake_fd } };
	return reader_new(&texts->reader, proc_path, THREADS, argv_max, wake_fd, NULL);
}

void texts_close(struct texts *texts)
{
	texts_close_witness(texts);
	map_clear(&texts->arrived);
	reader_free(texts->reader);
}

/* ---- the witness ---- */

static uint64_t key_of(uint32_t cpu, uint32_t seq)
{
	return ((uint64_t)cpu << 32 | seq) + 1;
}

static void forget_oldest(struct texts *texts)
{
	struct arrival *arrival = texts->oldest;
	uint64_t key = key_of(arrival->said.cpu, arrival->said.seq);

	if (map_find(&texts->arrived, key) == arrival)
		map_remove(&texts->arrived, key);
	texts->oldest = arrival->next;
	if (!texts->oldest)
		texts->newest = NULL;
	texts->arrived_count--;
	free(arrival);
}

void texts_open_witness(struct texts *texts, bool no_realtime)
{
	texts_close_witness(texts);
	texts->witness_options.no_realtime = no_realtime;
	if (witness_open(&texts->witness, &texts->witness_options))
		texts->witness = NULL;
	texts->reopened_ns = ptree_boot_now_ns();
}

void texts_close_witness(struct texts *texts)
{
	struct witness_stats stats;

	if (texts->witness) {
		witness_get_stats(texts->witness, &stats);
		texts->hung += stats.abandoned;
	}
	witness_close(texts->witness);
	texts->witness = NULL;
	memset(texts->unanswered, 0, sizeof(texts->unanswered));
	while (texts->oldest)
		forget_oldest(texts);
}

bool texts_is_realtime(const struct texts *texts)
{
	struct witness_stats stats;

	if (!texts->witness)
		return false;
	witness_get_stats(texts->witness, &stats);
	return stats.is_realtime;
}

bool texts_is_awaited(const struct texts *texts, const struct ptree_event *exec, uint64_t now_ns)
{
	unsigned thread;

	if (!texts->witness || texts_has(texts, exec))
		return false;
	thread = witness_thread_of(texts->witness, exec->cpu);
	if (texts->unanswered[thread] >= UNANSWERED_MAX)
		return false;
	witness_await(texts->witness, thread);
	return !witness_is_stuck(texts->witness, thread, now_ns);
}

bool texts_has(const struct texts *texts, const struct ptree_event *exec)
{
	return map_find(&texts->arrived, key_of(exec->cpu, exec->seq));
}

void texts_give_up(struct texts *texts, const struct ptree_event *exec)
{
	if (texts->witness)
		texts->unanswered[witness_thread_of(texts->witness, exec->cpu)]++;
}

/* One of the witness's threads, at least. */
static bool is_deaf(const struct texts *texts)
{
	for (unsigned i = 0; i < WITNESS_THREADS_MAX; i++)
		if (texts->unanswered[i] >= UNANSWERED_MAX)
			return true;
	return false;
}

uint64_t texts_check_witness(struct texts *texts, uint64_t now_ns)
{
	if (!texts->witness || !witness_is_any_stuck(texts->witness, now_ns))
		return 0;
	/* Where no thread can be started, trying with every event would make that worse. */
	if (now_ns < texts->checked_ns + RECHECK_NS)
		return RECHECK_NS;
	texts->checked_ns = now_ns;
	witness_check(texts->witness, now_ns);
	return witness_is_any_stuck(texts->witness, now_ns) ? RECHECK_NS : 0;
}

uint64_t texts_hung(const struct texts *texts)
{
	struct witness_stats stats = { 0 };

	if (texts->witness)
		witness_get_stats(texts->witness, &stats);
	return texts->hung + stats.abandoned;
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

void texts_want_name(struct texts *texts, const struct ptree_node *node)
{
	submit(texts, node, READER_NAME, true);
}

static bool is_unknown(const struct ptree_node *node)
{
	const struct ptree_image *image = ptree_node_image(node, 0);

	return image && image->argv_status == PTREE_ARGV_PENDING && !node->has_ended;
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

/* The eldest first: the tree keeps a child's arguments once with its parent's if they are the same,
   and has to know those by then. */
void texts_want_all_unknown(struct texts *texts)
{
	const struct map *nodes = &texts->tree->by_id;
	uint64_t *ids = calloc(nodes->count + 1, sizeof(*ids));
	size_t count = 0;

	if (!ids) /* they are asked for when somebody looks at them */
		return;
	for (size_t i = 0; i < nodes->capacity; i++) {
		if (nodes->slots[i].key && is_unknown(nodes->slots[i].value))
			ids[count++] = nodes->slots[i].key;
	}
	qsort(ids, count, sizeof(*ids), compare_ids);
	for (size_t i = 0; i < count; i++)
		submit(texts, map_find(nodes, ids[i]), READER_ARGV, false);
	free(ids);
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
	while (texts->oldest && texts->oldest->said.read_ns + ARRIVED_AGE_NS < now_ns)
		forget_oldest(texts);
	if (!texts->witness)
		return;
	witness_check(texts->witness, now_ns);
	if (is_deaf(texts) && now_ns >= texts->reopened_ns + REOPEN_NS)
		texts_open_witness(texts, texts->witness_options.no_realtime);
}

/* ---- answers ---- */

/* What was found, by whomever it was asked. */
struct answer {
	uint64_t image_ns, read_ns;
	int error;
	enum ptree_argv_status argv_status;
	const char *argv;
	size_t argv_size;
	bool is_of_exec;
};

static enum ptree_argv_status status_of(const struct answer *answer, const struct ptree_node *node)
{
	if (answer->error == -ESRCH)
		return PTREE_ARGV_LATE;
	if (answer->error)
		return PTREE_ARGV_FAILED;
	/* A process that has memory has arguments, if only an empty one. */
	if (answer->argv_status == PTREE_ARGV_NONE && !node->is_kernel_thread)
		return PTREE_ARGV_LATE;
	if (node->has_ended && node->over.end_ns < answer->read_ns)
		return PTREE_ARGV_LATE;
	return answer->argv_status;
}

static bool is_text(enum ptree_argv_status status)
{
	return status == PTREE_ARGV_READ || status == PTREE_ARGV_TRUNCATED;
}

/* Every exec counts once: as late, until somebody has its text after all. */
static void count_exec(struct texts *texts, enum ptree_argv_status before,
		       enum ptree_argv_status after)
{
	if (is_text(before))
		return; /* the witness and a reader both had it */
	if (is_text(after)) {
		texts->execs_read++;
		texts->execs_late -= before == PTREE_ARGV_LATE && texts->execs_late;
	} else if (before == PTREE_ARGV_PENDING) {
		texts->execs_late++;
	}
}

static int set_argv(struct texts *texts, const struct ptree_node *node, const struct answer *answer)
{
	enum ptree_argv_status before = ptree_node_image(node, 0)->argv_status;
	enum ptree_argv_status after = status_of(answer, node);
	bool has_text = is_text(after);
	int err;

	/* What was known stays, if it cannot be read again. */
	if (!has_text && before != PTREE_ARGV_PENDING)
		return 0;
	err = ptree_tree_set_argv(texts->tree, node->id, answer->image_ns, answer->read_ns, after,
				  has_text ? answer->argv : NULL, has_text ? answer->argv_size : 0);
	if (!err && answer->is_of_exec)
		count_exec(texts, before, after);
	return err == -ENOMEM ? err : 0;
}

/* Of a kernel thread. */
static int take_whole_name(struct texts *texts, const struct reader_result *result)
{
	int err = 0;

	if (result->argv_size)
		err = ptree_tree_set_argv(texts->tree, result->job.id, result->job.image_ns,
					  result->read_ns, PTREE_ARGV_NONE, result->argv,
					  result->argv_size);
	return err == -ENOMEM ? err : 0;
}

static int take_result(struct texts *texts, const struct reader_result *result)
{
	const struct ptree_node *node = map_find(&texts->tree->by_id, result->job.id);
	const struct ptree_image *image = node ? ptree_node_image(node, 0) : NULL;
	const struct answer answer = { .image_ns = result->job.image_ns,
				       .read_ns = result->read_ns,
				       .error = result->error,
				       .argv_status = result->argv_status,
				       .argv = result->argv,
				       .argv_size = result->argv_size,
				       .is_of_exec = result->job.what & JOB_IS_EXEC };

	if (!node || (image && image->begin_ns != result->job.image_ns))
		return 0;
	if (result->has_comm && ptree_tree_set_comm(texts->tree, result->job.id, result->read_ns,
						    result->comm) == -ENOMEM)
		return -ENOMEM;
	if (result->job.what & READER_NAME)
		return take_whole_name(texts, result);
	return image && result->job.what & READER_ARGV ? set_argv(texts, node, &answer) : 0;
}

/* Puts it to the image that it is about, as far as nobody else has answered already. */
static int apply_testimony(struct texts *texts, const struct ptree_node *node,
			   const struct witness_testimony *said)
{
	const struct ptree_image *image = ptree_node_image(node, 0);
	const struct answer answer = { .image_ns = image->begin_ns,
				       .read_ns = said->read_ns,
				       .error = said->error,
				       .argv_status = said->argv_status,
				       .argv = said->argv,
				       .argv_size = said->argv_size,
				       .is_of_exec = true };

	if (said->has_comm &&
	    ptree_tree_set_comm(texts->tree, node->id, said->read_ns, said->comm) == -ENOMEM)
		return -ENOMEM;
	return is_text(image->argv_status) ? 0 : set_argv(texts, node, &answer);
}

/* The exec has been heard here, and this is what the process still runs. */
static bool is_about(const struct texts *texts, const struct ptree_node *node,
		     const struct witness_testimony *said)
{
	const struct ptree_image *image = node ? ptree_node_image(node, 0) : NULL;

	return image && image->begin_ns == said->time_ns + texts->tree->clock_offset_ns;
}

static int keep(struct texts *texts, const struct witness_testimony *said)
{
	struct arrival *arrival = malloc(sizeof(*arrival) + said->argv_size);

	if (!arrival)
		return -ENOMEM;
	arrival->next = NULL;
	arrival->is_used = false;
	arrival->said = *said;
	arrival->said.argv = arrival->argv;
	if (said->argv_size)
		memcpy(arrival->argv, said->argv, said->argv_size);
	if (texts->arrived_count >= ARRIVED_MAX)
		forget_oldest(texts);
	if (map_set(&texts->arrived, key_of(said->cpu, said->seq), arrival)) {
		free(arrival);
		return -ENOMEM;
	}
	if (texts->newest)
		texts->newest->next = arrival;
	else
		texts->oldest = arrival;
	texts->newest = arrival;
	texts->arrived_count++;
	return 0;
}

static int take_testimony(struct texts *texts, const struct witness_testimony *said)
{
	const struct ptree_node *node = tree_latest(texts->tree, said->pid);

	texts->unanswered[witness_thread_of(texts->witness, said->cpu)] = 0;
	return is_about(texts, node, said) ? apply_testimony(texts, node, said) : keep(texts, said);
}

/* What was read of the image before was read after this exec: the tree has given it to this one. */
static void count_handed_over(struct texts *texts, const struct ptree_node *node)
{
	const struct ptree_image *image = ptree_node_image(node, 0);
	const struct ptree_image *before = ptree_node_image(node, 1);

	if (!before || before->argv_status != PTREE_ARGV_LATE)
		return;
	/* Nobody had an answer for the former yet. Of a begin it is not one of an exec. */
	if (!before->read_ns && ptree_node_exec_count(node) > 1)
		texts->execs_late++;
	/* It was counted as read for the former, and now is for this one. */
	else if (before->read_ns > image->begin_ns && is_text(image->argv_status))
		texts->execs_late++;
}

void texts_want_of_exec(struct texts *texts, const struct ptree_node *node,
			const struct ptree_event *exec)
{
	struct arrival *arrival = map_find(&texts->arrived, key_of(exec->cpu, exec->seq));

	count_handed_over(texts, node);
	if (!arrival || !is_about(texts, node, &arrival->said)) {
		submit(texts, node, READER_ARGV | READER_COMM | JOB_IS_EXEC, true);
		return;
	}
	apply_testimony(texts, node, &arrival->said);
	if (!arrival->said.has_comm && arrival->said.error != -ESRCH)
		submit(texts, node, READER_COMM, true);
	arrival->is_used = true;
	map_remove(&texts->arrived, key_of(exec->cpu, exec->seq));
	while (texts->oldest && texts->oldest->is_used)
		forget_oldest(texts);
}

int texts_take(struct texts *texts)
{
	struct reader_result results[64];
	struct witness_testimony said;
	size_t count;
	int err = 0;

	while (texts->witness && witness_take(texts->witness, &said)) {
		int result = take_testimony(texts, &said);

		err = err ? err : result;
	}
	do {
		count = reader_collect(texts->reader, results, 64);
		for (size_t i = 0; i < count; i++) {
			int result = take_result(texts, &results[i]);

			err = err ? err : result;
			free(results[i].argv);
		}
	} while (count == 64);
	return err;
}
