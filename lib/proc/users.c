/* SPDX-License-Identifier: MIT */
/*
 * Names of users, asked for once each. They are the name service's raw bytes: showing them safely
 * is up to those who show them.
 *
 * The name service may wait for a network. Those who cannot wait with it let a crew's thread ask,
 * which when it is stuck holds up nobody, not even the end.
 */
#include "users.h"
#include "base/crew.h"
#include "base/map.h"
#include "base/units.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_BYTES_MAX (1u << 20)
#define NUMBER_BYTES 12
#define THREADS 1
/* A question that takes so long holds up no other one; so many are left to wait for their answers.
 */
#define SLOW_NS NS_PER_S
#define STUCK_MAX 8
/* Whoever may map user ids (user_namespaces(7)) can come with 65,536 that nobody has heard of. */
#define KEPT_MAX 16384

struct user {
	struct user *next_untold;
	uid_t uid;
	char *name; /* NULL: the number stands for it */
	char number[NUMBER_BYTES];
	bool is_known;
};

struct ptree_users {
	struct map by_uid;   /* key: uid + 1 */
	struct user *untold; /* those whose names were found since users_told() */
	struct crew *crew;
	char *(*look_up)(uid_t uid);
	char number[NUMBER_BYTES]; /* of one too many, or for want of memory */
};

/* ---- the name service ---- */

static char *look_up_sized(uid_t uid, size_t size, int *err)
{
	struct passwd entry, *found = NULL;
	char *buf = malloc(size);
	char *name = NULL;

	*err = buf ? getpwuid_r(uid, &entry, buf, size, &found) : ENOMEM;
	if (!*err && found && *found->pw_name)
		name = strdup(found->pw_name);
	free(buf);
	return name;
}

static char *look_up(uid_t uid)
{
	size_t size = 1024;
	char *name;
	int err;

	do {
		name = look_up_sized(uid, size, &err);
		size *= err == ERANGE ? 4 : 1;
	} while (err == EINTR || (err == ERANGE && size <= ENTRY_BYTES_MAX));
	return name;
}

static int look_up_id_sized(const char *name, size_t size, uid_t *uid)
{
	struct passwd entry, *found = NULL;
	char *buf = malloc(size);
	int err = buf ? getpwnam_r(name, &entry, buf, size, &found) : ENOMEM;

	free(buf);
	if (!err && found)
		*uid = found->pw_uid;
	return err || found ? err : ENOENT;
}

/* What libc says of a name that does not exist differs. */
static int look_up_id(const char *name, uid_t *uid)
{
	size_t size = 1024;
	int err;

	do {
		err = look_up_id_sized(name, size, uid);
		size *= err == ERANGE ? 4 : 1;
	} while (err == EINTR || (err == ERANGE && size <= ENTRY_BYTES_MAX));
	if (err == ESRCH || err == EBADF || err == EPERM)
		return -ENOENT;
	return !err || err == ENOENT || err == ENOMEM ? -err : -EIO;
}

static bool is_number(const char *name, uid_t *uid)
{
	size_t digits = strspn(name, "0123456789");
	unsigned long long number;

	if (!digits || name[digits] || digits > 10)
		return false;
	number = strtoull(name, NULL, 10);
	*uid = (uid_t)number;
	return number < UINT32_MAX;
}

/* ---- the threads ---- */

struct question {
	struct crew_job crew; /* first */
	uid_t uid;
	char *answer;
};

/* What the threads use, and may outlive the cache. */
struct service {
	char *(*look_up)(uid_t uid);
};

static void answer(void *shared, struct crew_job *job, bool may_hang)
{
	const struct service *service = shared;
	struct question *question = (struct question *)job;

	(void)may_hang; /* all of it can */
	question->answer = service->look_up(question->uid);
}

static void forget_answer(struct crew_job *job)
{
	free(((struct question *)job)->answer);
}

/* One that hangs is waited for: a slow answer is a name all the same. Others do not wait with it.
 */
static const struct crew_work resolving = {
	.thread_name = HAND_NAME_PREFIX "users",
	.stack_bytes = HAND_STACK_FOREIGN,
	.job_size = sizeof(struct question),
	.stuck_max = STUCK_MAX,
	.give_up_ns = SLOW_NS,
	.run = answer,
	.clear = forget_answer,
	.free_shared = free,
};

static int ask(struct ptree_users *users, uid_t uid)
{
	struct question *question = calloc(1, sizeof(*question));
	int err;

	if (!question)
		return -ENOMEM;
	question->uid = uid;
	err = crew_submit(users->crew, &question->crew, true);
	if (err)
		free(question);
	return err;
}

/* ---- the cache ---- */

static uint64_t key_of(uid_t uid)
{
	return (uint64_t)uid + 1;
}

static struct user *add_user(struct ptree_users *users, uid_t uid)
{
	struct user *user = users->by_uid.count < KEPT_MAX ? calloc(1, sizeof(*user)) : NULL;

	if (!user || map_set(&users->by_uid, key_of(uid), user)) {
		free(user);
		return NULL;
	}
	user->uid = uid;
	snprintf(user->number, sizeof(user->number), "%u", uid);
	return user;
}

static const char *name_of(const struct user *user)
{
	return user->name ? user->name : user->number;
}

static void learn(struct ptree_users *users, struct user *user, char *name)
{
	user->name = name;
	user->is_known = true;
	if (!name)
		return;
	user->next_untold = users->untold;
	users->untold = user;
}

static const char *as_number(struct ptree_users *users, uid_t uid)
{
	snprintf(users->number, sizeof(users->number), "%u", uid);
	return users->number;
}

const char *ptree_users_name(struct ptree_users *users, uid_t uid)
{
	struct user *user = map_find(&users->by_uid, key_of(uid));

	if (!user)
		user = add_user(users, uid);
	if (!user)
		return as_number(users, uid);
	if (!user->is_known)
		learn(users, user, users->look_up(uid));
	return name_of(user);
}

/* A name of digits is somebody's name first. */
int ptree_user_id(const char *name, uid_t *uid)
{
	uid_t found = 0;
	int err = look_up_id(name, &found);

	if (err && !is_number(name, &found))
		return err;
	*uid = found;
	return 0;
}

void users_check(struct ptree_users *users, uint64_t now_ns)
{
	crew_check(users->crew, now_ns);
}

const char *ptree_users_name_later(struct ptree_users *users, uid_t uid)
{
	struct user *user = map_find(&users->by_uid, key_of(uid));

	if (user && user->is_known)
		return name_of(user);
	users_check(users, ptree_boot_now_ns());
	if (user)
		return NULL;
	user = add_user(users, uid);
	if (!user)
		return as_number(users, uid);
	if (!ask(users, uid))
		return NULL;
	map_remove(&users->by_uid, key_of(uid)); /* so that it is asked for again */
	free(user);
	return as_number(users, uid);
}

int ptree_users_fd(const struct ptree_users *users)
{
	return crew_fd(users->crew);
}

/* A name that was needed at once meanwhile is lent out already, so it stays. */
static void take_answer(struct ptree_users *users, struct question *question)
{
	struct user *user = map_find(&users->by_uid, key_of(question->uid));

	if (!user || user->is_known)
		return;
	learn(users, user, question->answer);
	question->answer = NULL;
}

int ptree_users_collect(struct ptree_users *users)
{
	struct crew_job *job = crew_collect(users->crew, SIZE_MAX);
	int count = 0;

	while (job) {
		struct crew_job *next = job->next;

		take_answer(users, (struct question *)job);
		forget_answer(job);
		free(job);
		job = next;
		count++;
	}
	users_check(users, ptree_boot_now_ns());
	return count;
}

const char *users_untold(const struct ptree_users *users, uid_t *uid)
{
	if (!users->untold)
		return NULL;
	*uid = users->untold->uid;
	return users->untold->name;
}

void users_told(struct ptree_users *users)
{
	users->untold = users->untold->next_untold;
}

int users_new(struct ptree_users **out, char *(*service)(uid_t uid))
{
	struct ptree_users *users = calloc(1, sizeof(*users));
	struct service *shared = malloc(sizeof(*shared));
	int err = -ENOMEM;

	if (users && shared) {
		*shared = (struct service){ .look_up = service };
		users->look_up = service;
		err = crew_new(&users->crew, &resolving, shared, THREADS, -1);
		shared = NULL;
	}
	if (err) {
		free(shared);
		free(users);
		return err;
	}
	*out = users;
	return 0;
}

int ptree_users_new(struct ptree_users **users)
{
	return users_new(users, look_up);
}

static void free_user(struct user *user)
{
	if (user)
		free(user->name);
	free(user);
}

void ptree_users_free(struct ptree_users *users)
{
	if (!users)
		return;
	crew_free(users->crew);
	for (size_t i = 0; i < users->by_uid.capacity; i++)
		free_user(users->by_uid.slots[i].value);
	map_clear(&users->by_uid);
	free(users);
}
