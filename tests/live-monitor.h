/* SPDX-License-Identifier: MIT */
/*
 * A monitor on the running kernel, for tests: all that it told, waiting with a deadline, and a
 * comparison with /proc. Include it after cmocka.h: what fails here fails the test.
 */
#ifndef LIVE_MONITOR_H
#define LIVE_MONITOR_H

#include "../lib/model/tree.h"
#include "../lib/model/dump.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_NS (20 * NS_PER_S)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PIDS_MAX 20000

/* What a load says of itself, as it goes. */
struct oracle {
	_Atomic int step;
	pid_t pid[PIDS_MAX];
	int status[16];
};

/* One of the feed's news. */
struct live_change {
	enum ptree_change_kind kind;
	bool is_inferred; /* not told by an event */
	uint64_t id, boot_ns;
	pid_t pid, parent_pid; /* of a birth */
	uint32_t status;       /* of an end */
};

struct live {
	struct ptree_monitor *monitor;
	struct ptree_tree *tree;
	struct oracle *oracle;
	struct live_change *changes; /* all since the start */
	size_t count, capacity;
	uint64_t lost; /* events that were told to be lost */
	struct ptree_feed_reader position;
	unsigned states_seen; /* bits 1u << PTREE_MONITOR_* */
	int gate[2];	      /* processes that hold end when it closes */
	int go[2];	      /* a byte lets a load take its next step */
};

static inline uint64_t live_now_ns(void)
{
	return ptree_boot_now_ns();
}

static inline struct ptree_monitor_status live_status(const struct live *live)
{
	struct ptree_monitor_status status;

	ptree_monitor_get_status(live->monitor, &status);
	return status;
}

/* ---- the monitor ---- */

static inline void live_note(struct live *live, const struct live_change *change)
{
	if (live->count == live->capacity) {
		live->capacity = live->capacity ? 2 * live->capacity : 1024;
		live->changes = reallocarray(live->changes, live->capacity, sizeof(*live->changes));
		assert_non_null(live->changes);
	}
	live->changes[live->count++] = *change;
}

static inline enum ptree_change_kind live_kind_of(const struct ptree_fact *fact)
{
	switch (fact->kind) {
	case PTREE_FACT_APPEARED:
	case PTREE_FACT_FILLED:
	case PTREE_FACT_REDATED:
		return PTREE_CHANGE_FORKED;
	case PTREE_FACT_IMAGE:
	case PTREE_FACT_IMAGE_DATED:
		return PTREE_CHANGE_EXECED;
	case PTREE_FACT_ENDED:
	case PTREE_FACT_STATUS:
		return PTREE_CHANGE_EXITED;
	case PTREE_FACT_CORE_DUMP:
		return PTREE_CHANGE_COREDUMP;
	}
	return PTREE_CHANGE_NONE;
}

static inline pid_t live_pid_of(const struct live *live, uint64_t id)
{
	const struct ptree_node *node = ptree_tree_find_id(live->tree, id);

	return node ? ptree_node_pid(node) : 0;
}

static inline void live_take(struct live *live, const struct ptree_fact *fact)
{
	struct live_change change = { .kind = live_kind_of(fact),
				      .is_inferred = fact->source != PTREE_FACT_TOLD,
				      .id = fact->id,
				      .boot_ns = fact->time_ns,
				      .pid = live_pid_of(live, fact->id) };

	if (fact->kind == PTREE_FACT_LOST)
		live->lost += fact->u.count;
	if (!fact->is_news || change.kind == PTREE_CHANGE_NONE)
		return;
	if (fact->kind == PTREE_FACT_APPEARED) {
		change.pid = fact->u.birth.pid;
		change.parent_pid = live_pid_of(live, fact->u.birth.parent);
	} else if (change.kind == PTREE_CHANGE_FORKED) {
		change.parent_pid = live_pid_of(live, fact->u.date.parent);
	} else if (change.kind == PTREE_CHANGE_EXITED) {
		change.status = fact->u.end.status;
	}
	live_note(live, &change);
}

static inline void live_dispatch(struct live *live)
{
	struct ptree_fact fact;
	int ret;

	assert_true(ptree_monitor_dispatch(live->monitor, 0) >= 0);
	live->states_seen |= 1u << live_status(live).state;
	while ((ret = ptree_tree_feed_read(live->tree, &live->position, &fact)) == 1)
		live_take(live, &fact);
	assert_true(ret == 0 || ret == -ENOTSUP);
}

static inline void live_pump(struct live *live, int timeout_ms)
{
	struct pollfd fd = { .fd = ptree_monitor_fd(live->monitor), .events = POLLIN };

	if (poll(&fd, 1, timeout_ms) > 0)
		live_dispatch(live);
}

#define AWAIT_FOR(live, patience_ns, condition)                                                    \
	do {                                                                                       \
		uint64_t await_end_ns = live_now_ns() + (patience_ns);                             \
		while (!(condition) && live_now_ns() < await_end_ns)                               \
			live_pump(live, 20);                                                       \
		assert_true(condition);                                                            \
	} while (0)

#define AWAIT(live, condition) AWAIT_FOR(live, PATIENCE_NS, condition)

static inline int live_setup_with(void **state, const struct ptree_monitor_options *options)
{
	struct live *live = calloc(1, sizeof(*live));

	if (!live)
		return -1;
	*state = live;
	live->oracle = mmap(NULL, sizeof(*live->oracle), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* Nothing that a load leaves escapes the teardown. */
	if (live->oracle == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1) || pipe(live->gate) ||
	    pipe(live->go) || ptree_monitor_new(&live->monitor, options))
		return -1;
	live->tree = ptree_monitor_tree(live->monitor);
	return ptree_monitor_wait_ready(live->monitor, true, 30000);
}

static inline int live_setup(void **state)
{
	const struct ptree_monitor_options options = { .tree = { .feed_bytes = 16 << 20 } };

	return live_setup_with(state, &options);
}

static inline int live_teardown(void **state)
{
	struct live *live = *state;

	close(live->gate[0]);
	close(live->gate[1]);
	close(live->go[0]);
	close(live->go[1]);
	while (wait(NULL) > 0)
		;
	ptree_monitor_free(live->monitor);
	munmap(live->oracle, sizeof(*live->oracle));
	free(live->changes);
	free(live);
	return 0;
}

/* ---- loads ---- */

/* Called in a load: waits for the end of the test. */
static inline int hold(const struct live *live)
{
	char byte;

	while (read(live->gate[0], &byte, 1) > 0)
		;
	return 0;
}

static inline void wait_for_go(const struct live *live)
{
	char byte;

	if (read(live->go[0], &byte, 1) != 1)
		_exit(255);
}

static inline void say_go(const struct live *live)
{
	assert_int_equal(write(live->go[1], "g", 1), 1);
}

static inline void open_gate(struct live *live)
{
	close(live->gate[1]);
	live->gate[1] = -1;
}

/* Called in a load or the test: a child that holds. */
static inline pid_t fork_holder(const struct live *live)
{
	pid_t pid = fork();

	if (pid == 0) {
		close(live->gate[1]);
		_exit(hold(live));
	}
	return pid;
}

/* Runs the load in a child of the test. */
static inline pid_t start(struct live *live, int (*load)(struct live *))
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	close(live->gate[1]);
	close(live->go[1]);
	_exit(load(live));
}

static inline int wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* ---- what the tree says ---- */

static inline const struct ptree_node *latest(const struct live *live, pid_t pid)
{
	return tree_latest(live->tree, pid);
}

static inline bool is_live(const struct live *live, pid_t pid)
{
	return tree_live(live->tree, pid);
}

static inline bool has_ended(const struct live *live, pid_t pid)
{
	const struct ptree_node *node = latest(live, pid);

	return node && ptree_node_has_ended(node);
}

static inline pid_t parent_of(const struct live *live, pid_t pid)
{
	const struct ptree_node *node = tree_live(live->tree, pid);

	return node ? ptree_node_pid(ptree_node_parent(node)) : -1;
}

static inline pid_t origin_of(const struct live *live, pid_t pid)
{
	const struct ptree_node *node = latest(live, pid);

	return node && ptree_node_origin(node) ? ptree_node_pid(ptree_node_origin(node)) : -1;
}

static inline bool has_status(const struct live *live, pid_t pid, uint32_t expected)
{
	const struct ptree_node *node = latest(live, pid);
	uint32_t status;

	return node && ptree_node_has_ended(node) && ptree_node_exit_status(node, &status) &&
	       status == expected;
}

static inline size_t count_changes(const struct live *live, enum ptree_change_kind kind,
				   uint64_t id)
{
	size_t count = 0;

	for (size_t i = 0; i < live->count; i++)
		count += live->changes[i].kind == kind && live->changes[i].id == id;
	return count;
}

/* ---- the tree and /proc ---- */

struct proc_entry {
	pid_t pid, ppid;
	char state;
};

struct proc_list {
	struct proc_entry *entries;
	size_t count, capacity;
};

/* Independent of the library's own reading. */
static inline bool proc_read_entry(pid_t pid, struct proc_entry *entry)
{
	char path[64], line[1024];
	const char *end;
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	size = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[size] = '\0';
	end = strrchr(line, ')');
	entry->pid = pid;
	return end && sscanf(end, ") %c %d", &entry->state, &entry->ppid) == 2;
}

static inline int proc_order(const void *a, const void *b)
{
	const struct proc_entry *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static inline void proc_read(struct proc_list *list)
{
	DIR *dir = opendir("/proc");
	struct dirent *dirent;

	assert_non_null(dir);
	list->count = 0;
	while ((dirent = readdir(dir))) {
		pid_t pid = atoi(dirent->d_name);

		if (list->count == list->capacity) {
			list->capacity = 2 * list->capacity + 256;
			list->entries =
			    reallocarray(list->entries, list->capacity, sizeof(*list->entries));
			assert_non_null(list->entries);
		}
		if (pid > 0 && proc_read_entry(pid, &list->entries[list->count]))
			list->count++;
	}
	closedir(dir);
	qsort(list->entries, list->count, sizeof(*list->entries), proc_order);
}

static inline const struct proc_entry *proc_find(const struct proc_list *list, pid_t pid)
{
	const struct proc_entry key = { .pid = pid };

	return list->count ? bsearch(&key, list->entries, list->count, sizeof(key), proc_order)
			   : NULL;
}

/* Whether a zombie is still one has no event: it must be over, and no more. */
static inline bool agrees_with_proc(const struct live *live, const struct proc_entry *entry)
{
	const struct ptree_node *node = latest(live, entry->pid);

	if (entry->state == 'Z')
		return node && (ptree_node_has_ended(node) || ptree_node_is_leaderless(node));
	return parent_of(live, entry->pid) == entry->ppid;
}

static inline bool pid_is_wrong(const struct live *live, const struct proc_list *list, pid_t pid)
{
	const struct proc_entry *entry = proc_find(list, pid);

	return entry ? !agrees_with_proc(live, entry) : is_live(live, pid);
}

static inline void explain_wrong(const struct live *live, pid_t pid)
{
	struct proc_entry entry = { .state = '-' };

	proc_read_entry(pid, &entry);
	fprintf(stderr, "# %d: /proc: %c, of %d; tree: of %d\n", pid, entry.state, entry.ppid,
		parent_of(live, pid));
}

/* Of all pids from 1 to most: those that are wrong now. Returns how many. */
static inline size_t find_wrong(const struct live *live, const struct proc_list *list,
				bool *is_wrong, pid_t most)
{
	size_t count = 0;

	for (pid_t pid = 1; pid <= most; pid++) {
		is_wrong[pid] = is_wrong[pid] && pid_is_wrong(live, list, pid);
		count += is_wrong[pid];
	}
	return count;
}

static inline pid_t highest_pid(void)
{
	FILE *file = fopen("/proc/sys/kernel/pid_max", "re");
	pid_t most = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &most), 1);
	fclose(file);
	return most;
}

/*
 * Other processes come and go between the two readings: only what is wrong at every look until the
 * time is over is an error.
 */
static inline void assert_equals_proc_within(struct live *live, uint64_t patience_ns)
{
	uint64_t end_ns = live_now_ns() + patience_ns;
	struct proc_list list = { 0 };
	pid_t most = highest_pid();
	bool *is_wrong = malloc((size_t)most + 1);
	size_t wrong = 0;

	assert_non_null(is_wrong);
	memset(is_wrong, true, (size_t)most + 1);
	do {
		if (wrong)
			live_pump(live, 20);
		proc_read(&list);
		wrong = find_wrong(live, &list, is_wrong, most);
	} while (wrong && live_now_ns() < end_ns);
	for (pid_t pid = 1; wrong && pid <= most; pid++)
		if (is_wrong[pid])
			explain_wrong(live, pid);
	free(list.entries);
	free(is_wrong);
	assert_int_equal(wrong, 0);
}

static inline void assert_equals_proc(struct live *live)
{
	live_dispatch(live);
	assert_equals_proc_within(live, NS_PER_S);
}

#endif
