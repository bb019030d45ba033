/* SPDX-License-Identifier: MIT */
/*
 * Names of users, asked for once each. They are the name service's raw bytes: showing them safely
 * is up to those who show them.
 *
 * The name service may wait for a network. Those who cannot wait with it let a thread ask. The
 * thread and the cache share a resolver that counts its users, so that a thread stuck in the name
 * service holds up nobody, not even the end.
 */
#include "users.h"
#include "base/map.h"
#include "base/start-thread.h"

#include <assert.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ENTRY_BYTES_MAX (1u << 20)
#define NUMBER_BYTES 12

struct user {
	struct user *next_untold;
	uid_t uid;
	char *name; /* NULL: the number stands for it */
	char number[NUMBER_BYTES];
	bool is_known;
};

struct question {
	struct question *next;
	uid_t uid;
	char *answer;
};

struct resolver {
	char *(*look_up)(uid_t uid);
	int wake_fd;
	pthread_mutex_t lock;
	pthread_cond_t has_work;
	/* under the lock: */
	unsigned users; /* the thread, and the cache */
	bool is_closed;
	bool has_thread;
	struct question *asked, *answered;
};

struct ptree_users {
	struct map by_uid;   /* key: uid + 1 */
	struct user *untold; /* those whose names were found since users_told() */
	struct resolver *resolver;
	char number[NUMBER_BYTES]; /* for want of memory */
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

/* ---- the resolver ---- */

static void free_questions(struct question *question)
{
	while (question) {
		struct question *next = question->next;

		free(question->answer);
		free(question);
		question = next;
	}
}

/* Called with the lock, which it gives back; the resolver may be gone then. */
static void leave(struct resolver *resolver)
{
	bool is_last = --resolver->users == 0;

	pthread_mutex_unlock(&resolver->lock);
	if (!is_last)
		return;
	free_questions(resolver->asked);
	free_questions(resolver->answered);
	close(resolver->wake_fd);
	pthread_cond_destroy(&resolver->has_work);
	pthread_mutex_destroy(&resolver->lock);
	free(resolver);
}

/* Called with the lock, which it gives back while it waits for the answer. */
static void answer(struct resolver *resolver, struct question *question)
{
	const uint64_t one = 1;

	pthread_mutex_unlock(&resolver->lock);
	question->answer = resolver->look_up(question->uid);
	pthread_mutex_lock(&resolver->lock);
	question->next = resolver->answered;
	resolver->answered = question;
	/* It fails when the counter is full, and then the owner is about to come anyway. */
	if (write(resolver->wake_fd, &one, sizeof(one)) < 0)
		return;
}

static void *run(void *argument)
{
	struct resolver *resolver = argument;

	pthread_setname_np(pthread_self(), "proctree-users");
	pthread_mutex_lock(&resolver->lock);
	while (!resolver->is_closed) {
		struct question *question = resolver->asked;

		if (question) {
			resolver->asked = question->next;
			answer(resolver, question);
		} else {
			pthread_cond_wait(&resolver->has_work, &resolver->lock);
		}
	}
	leave(resolver);
	return NULL;
}

/* Called with the lock. */
static int need_thread(struct resolver *resolver)
{
	pthread_t thread;
	int err = resolver->has_thread ? 0 : start_thread(&thread, run, resolver);

	if (err || resolver->has_thread)
		return err;
	pthread_detach(thread);
	resolver->has_thread = true;
	resolver->users++;
	return 0;
}

static int ask(struct resolver *resolver, uid_t uid)
{
	struct question *question = calloc(1, sizeof(*question));
	int err;

	if (!question)
		return -ENOMEM;
	question->uid = uid;
	pthread_mutex_lock(&resolver->lock);
	err = need_thread(resolver);
	if (!err) {
		question->next = resolver->asked;
		resolver->asked = question;
		pthread_cond_signal(&resolver->has_work);
	}
	pthread_mutex_unlock(&resolver->lock);
	if (err)
		free(question);
	return err;
}

static int new_resolver(struct resolver **out, char *(*service)(uid_t uid))
{
	struct resolver *resolver = calloc(1, sizeof(*resolver));
	int err;

	if (!resolver)
		return -ENOMEM;
	resolver->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (resolver->wake_fd < 0) {
		err = -errno;
		free(resolver);
		return err;
	}
	resolver->look_up = service;
	resolver->users = 1;
	pthread_mutex_init(&resolver->lock, NULL);
	pthread_cond_init(&resolver->has_work, NULL);
	*out = resolver;
	return 0;
}

/* ---- the cache ---- */

static uint64_t key_of(uid_t uid)
{
	return (uint64_t)uid + 1;
}

static struct user *add_user(struct ptree_users *users, uid_t uid)
{
	struct user *user = calloc(1, sizeof(*user));

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
		learn(users, user, users->resolver->look_up(uid));
	return name_of(user);
}

const char *ptree_users_name_later(struct ptree_users *users, uid_t uid)
{
	struct user *user = map_find(&users->by_uid, key_of(uid));

	if (user)
		return user->is_known ? name_of(user) : NULL;
	user = add_user(users, uid);
	if (!user)
		return as_number(users, uid);
	if (!ask(users->resolver, uid))
		return NULL;
	map_remove(&users->by_uid, key_of(uid)); /* so that it is asked for again */
	free(user);
	return as_number(users, uid);
}

int ptree_users_fd(const struct ptree_users *users)
{
	return users->resolver->wake_fd;
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

/* Under the lock, so that the descriptor is readable if and only if there are answers. */
static struct question *fetch_answered(struct resolver *resolver)
{
	struct question *answered;
	uint64_t wakes;

	pthread_mutex_lock(&resolver->lock);
	answered = resolver->answered;
	resolver->answered = NULL;
	if (answered && read(resolver->wake_fd, &wakes, sizeof(wakes)) < 0)
		assert(errno == EAGAIN);
	pthread_mutex_unlock(&resolver->lock);
	return answered;
}

int ptree_users_collect(struct ptree_users *users)
{
	struct question *answered = fetch_answered(users->resolver);
	int count = 0;

	for (struct question *question = answered; question; question = question->next) {
		take_answer(users, question);
		count++;
	}
	free_questions(answered);
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
	int err;

	if (!users)
		return -ENOMEM;
	err = new_resolver(&users->resolver, service);
	if (err)
		free(users);
	else
		*out = users;
	return err;
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
	pthread_mutex_lock(&users->resolver->lock);
	users->resolver->is_closed = true;
	pthread_cond_signal(&users->resolver->has_work);
	leave(users->resolver);
	for (size_t i = 0; i < users->by_uid.capacity; i++)
		free_user(users->by_uid.slots[i].value);
	map_clear(&users->by_uid);
	free(users);
}
