/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_WHY_H
#define PROCTOP_WHY_H

#include <proctree.h>

/* What a process does for others to run. */
enum why_role {
	WHY_PLAIN,
	WHY_INIT,
	WHY_USER_INIT, /* a user's own systemd */
	WHY_CRON,
	WHY_AT,
	WHY_SSHD,
	WHY_LOGIN,     /* login, getty, a display manager */
	WHY_SWITCH,    /* su, sudo and their like */
	WHY_TERMINAL,  /* tmux, screen: it outlives the login */
	WHY_CONTAINER, /* a container's shim */
};

enum why_cause {
	WHY_UNKNOWN,
	WHY_FIRST,  /* it is init */
	WHY_KERNEL, /* a kernel thread */
	WHY_CRON_JOB,
	WHY_AT_JOB,
	WHY_SSH_LOGIN,
	WHY_CONSOLE_LOGIN,
	WHY_IN_CONTAINER,
	WHY_USER_UNIT,
	WHY_UNIT,
	WHY_SESSION,	  /* of logind's, or the audit's, though nobody of it is above it */
	WHY_STARTED_INIT, /* init forked it: that was seen */
};

/* One of those through whom it came to run. */
struct why_step {
	uint64_t id;
	pid_t pid;
	enum why_role role;
	bool is_inferred; /* that the next step forked it; else an event told so */
	uint32_t elided;  /* others between it and the next */
};

#define WHY_STEPS_MAX 128

/* What is known of it beyond the tree. */
struct why_facts {
	bool has_owner;
	struct ptree_cgroup_owner owner;
	uint32_t login_uid, login_session; /* PTREE_UNKNOWN_ID: none, or not known */
};

/* Why it runs. Ids stay true when the tree changes. */
struct why {
	size_t count;
	struct why_step steps[WHY_STEPS_MAX]; /* the process itself, who forked it, and so on */
	bool is_cut;			      /* there are more */
	bool is_inferred;		      /* any of the steps up to the cause is */
	enum why_cause cause;
	size_t cause_step;  /* who is behind it: cron, sshd, ...; 0: nobody of them */
	size_t switch_step; /* the nearest su or sudo below that; 0: none */
	struct why_facts facts;
};

/* From nothing but what it is given. facts may be NULL. */
void why_find(struct why *why, const struct ptree_node *node, const struct why_facts *facts);

/* What of the details matters here. */
void why_take_details(struct why_facts *facts, const struct ptree_details *details);

enum why_role why_role_of(const struct ptree_node *node);

/* "cron-job", "ssh-login", ...; "init", "sshd", ..., NULL for WHY_PLAIN. Names for programs. */
const char *why_cause_name(enum why_cause cause);
const char *why_role_name(enum why_role role);

/*
 * The cause in words: "login over ssh", "job of cron". With the name of what it is: of a unit, a
 * container; raw bytes. Returns the length, as snprintf().
 */
int why_cause_text(const struct why *why, char *out, size_t size);

#endif
