/* SPDX-License-Identifier: MIT */
/*
 * The threads of a process: what each uses, between two readings, and where in the kernel it waits.
 * What it takes to see a stack is said once, not in each row.
 */
#include "model/array.h"
#include "model/details.h"
#include "model/inspect-rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX 8
#define FRAME_BYTES 128

/* ---- what it uses ---- */

static uint64_t cpu_of(const struct ptree_task *task)
{
	return task->cpu_user_ns + task->cpu_system_ns;
}

static int compare_samples(const void *a, const void *b)
{
	const struct inspect_sample *x = a, *y = b;

	return (x->tid > y->tid) - (x->tid < y->tid);
}

/* Without memory its CPU is not known the next time. */
static void keep_sample(struct inspect_samples *samples, const struct ptree_task *task)
{
	if (samples->count < INSPECT_ROWS_MAX &&
	    !array_reserve(&samples->list, &samples->capacity, samples->count + 1,
			   sizeof(*samples->list)))
		samples->list[samples->count++] = (struct inspect_sample){
			.tid = task->tid, .start_ns = task->start_ns, .cpu_ns = cpu_of(task)
		};
}

static void put_cpu(struct listing *listing, const struct ptree_task *task,
		    const struct inspect_samples *before, uint64_t now_ns)
{
	const struct inspect_sample key = { .tid = task->tid };
	const struct inspect_sample *sample =
	    before->count ? bsearch(&key, before->list, before->count, sizeof(key), compare_samples)
			  : NULL;
	uint64_t elapsed_ns = now_ns - before->at_ns, used_ns;
	char text[16];

	if (!sample || sample->start_ns != task->start_ns || !elapsed_ns) {
		listing_put_cell(listing, "%s", "");
		return;
	}
	used_ns = cpu_of(task) > sample->cpu_ns ? cpu_of(task) - sample->cpu_ns : 0;
	if (used_ns > elapsed_ns) /* a tick that began before */
		used_ns = elapsed_ns;
	column_format_permille(text, sizeof(text),
			       (uint32_t)((double)used_ns * 1000 / (double)elapsed_ns), false);
	listing_put_cell(listing, "%s", text);
}

/* ---- where it waits ---- */

/* "function+0x1/0x2" without where in it; false: there is no more. */
static bool take_frame(const char **stack, char out[FRAME_BYTES])
{
	size_t size = strcspn(*stack, "\n"), name = strcspn(*stack, "+\n");

	if (!size)
		return false;
	if (name >= FRAME_BYTES)
		name = FRAME_BYTES - 1;
	memcpy(out, *stack, name);
	out[name] = '\0';
	*stack += size + ((*stack)[size] == '\n');
	return true;
}

/* How every system call begins; nobody asks for that. */
static bool is_entry(const char *frame)
{
	return !strncmp(frame, "do_syscall_64", 13) || !strncmp(frame, "entry_SYSCALL", 13) ||
	       !strncmp(frame, "x64_sys_call", 12) || !strncmp(frame, "ret_from_fork", 13) ||
	       !strncmp(frame, "el0", 3) || !strncmp(frame, "invoke_syscall", 14);
}

/* wchan is the first of the stack that is no scheduler's: it comes first. */
static void put_stack(struct listing *listing, const struct ptree_task *task)
{
	const char *stack = task->stack ? task->stack : "";
	const char *separator = *task->wchan ? " < " : "";
	char frame[FRAME_BYTES];

	listing_put(listing, "%s", task->wchan);
	for (int frames = 0; frames < FRAMES_MAX && take_frame(&stack, frame); frames++) {
		if (!strcmp(frame, task->wchan) || is_entry(frame))
			continue;
		listing_put(listing, "%s%s", separator, frame);
		separator = " < ";
	}
}

static void list_task(struct listing *listing, const struct ptree_task *task,
		      const struct inspect_samples *before, uint64_t now_ns)
{
	char time[16];

	column_format_time(time, sizeof(time), cpu_of(task));
	listing_cells(listing);
	listing_put_cell(listing, "%d", task->tid);
	listing_put_cell(listing, "%c", task->state);
	put_cpu(listing, task, before, now_ns);
	listing_put_cell(listing, "%s", time);
	listing_put_cell(listing, "%u", task->last_cpu);
	listing_put_cell(listing, "%s", task->name);
	put_stack(listing, task);
}

/* ---- all of them ---- */

static void list_refusals(struct listing *listing, const struct ptree_task *task)
{
	if (task->wchan_status == PTREE_PIECE_REFUSED) {
		listing_row(listing, "waits");
		details_put_refusal(listing, PTREE_PIECE_WCHAN);
	}
	if (task->stack_status == PTREE_PIECE_REFUSED) {
		listing_row(listing, "stacks");
		details_put_refusal(listing, PTREE_PIECE_STACK);
	}
}

static int read_all(struct ptree_tasks *tasks, struct inspect_rows *rows,
		    const struct inspect_samples *before, struct inspect_samples *after)
{
	struct ptree_task task;
	int ret;

	do {
		ret = ptree_tasks_next(tasks, &task);
		if (ret == 1) {
			struct listing *listing = inspect_rows_add(rows);

			keep_sample(after, &task);
			if (listing && rows->done == 1)
				list_refusals(listing, &task);
			if (listing)
				list_task(listing, &task, before, ptree_boot_now_ns());
		}
	} while ((ret == 1 || ret == -EAGAIN) && inspect_rows_go_on(rows));
	return ret;
}

void inspect_read_threads(struct inspect_reading *reading, struct ptree_probe *probe,
			  const struct inspect_samples *before)
{
	struct inspect_samples after = { .at_ns = ptree_boot_now_ns() };
	struct inspect_rows rows;
	struct ptree_tasks *tasks;
	int ret = ptree_tasks_open(&tasks, probe, PTREE_TASK_WCHAN | PTREE_TASK_STACK);

	inspect_rows_begin(&rows, reading);
	if (!ret) {
		ret = read_all(tasks, &rows, before, &after);
		ptree_tasks_close(tasks);
	}
	if (after.count)
		qsort(after.list, after.count, sizeof(*after.list), compare_samples);
	if (rows.batch)
		rows.batch->samples = after;
	else
		free(after.list);
	inspect_rows_end(&rows, ret < 0 ? ret : 0);
}
