/* SPDX-License-Identifier: MIT */
/*
 * libproctree: the Linux process connector, /proc, and a process tree kept current by both.
 *
 * Three layers, each usable without the next:
 *   ptree_reader, ptree_event, ptree_connector	bytes and a netlink socket; no thread, no /proc
 *   ptree_tree, ptree_node			the model; no I/O at all
 *   ptree_monitor				joins connector, /proc and tree
 *
 * Conventions
 *   Functions that can fail return 0 or a count on success and a negative errno on failure;
 *   results go through pointers that a failure leaves alone. *_free and *_close accept NULL.
 *   Times are nanoseconds of CLOCK_BOOTTIME unless the name says otherwise. Sizes are bytes.
 *   "pid" is a process (the kernel's tgid) unless the text says task, which is one thread.
 *   A node pointer is borrowed: it is valid until the tree next changes. An id is for keeps: it
 *   is never used again, so a stale one finds nothing instead of another process.
 *   Structs that a caller has and that may grow go with their size: the function is an inline one
 *   that passes the size that the program was compiled with to NAME_sized(). What an older library
 *   does not know of them is 0, and must be 0 in options (else -E2BIG).
 *
 * Threads
 *   No object may be used by two threads at once; different objects may. Pure functions
 *   (ptree_event_*, ptree_reader_*) may be called from anywhere. ptree_procfs may be shared by
 *   any number of threads. The threads that ptree_monitor and ptree_users start are their own
 *   affair: they block every signal and never touch what the caller can see.
 */
#ifndef PROCTREE_H
#define PROCTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PTREE_API __attribute__((visibility("default")))
#else
#define PTREE_API
#endif

/* The version of this header; each part is below 100, so that PTREE_VERSION can be compared. */
#define PTREE_VERSION_MAJOR 0
#define PTREE_VERSION_MINOR 1
#define PTREE_VERSION_PATCH 0
#define PTREE_VERSION                                                                              \
	(PTREE_VERSION_MAJOR * 10000u + PTREE_VERSION_MINOR * 100u + PTREE_VERSION_PATCH)

/* PTREE_VERSION of the library that the program runs with. */
PTREE_API unsigned ptree_version(void);

/* The kernel's TASK_COMM_LEN: 15 bytes and a NUL. Kernel threads show more in /proc. */
#define PTREE_COMM_SIZE 16
/* Room for what they show: the kernel's 63 bytes and a NUL. */
#define PTREE_NAME_SIZE 64
/* Bytes of an unknown event that are kept with it. */
#define PTREE_RAW_SIZE 40
/* "Not known" where 0 would be a claim. */
#define PTREE_UNKNOWN_ID ((uint32_t)-1)

/* ------------------------------------------------------------------------------------------ */
/* JSON, in ASCII, whatever bytes processes have in their names and arguments.                */

#define PTREE_JSON_DEPTH_MAX 16

/*
 * A writer. Begin with one that is all 0; what is written stands in bytes, without a NUL. Commas
 * come by themselves, and each value of the top level is a line. Each value has a name in an object
 * and NULL in an array and at the top; names are plain ASCII. After a failed allocation, or what
 * would be no JSON, it swallows what follows, and has_failed says so. Set size to 0 to write over
 * what there is.
 */
struct ptree_json {
	char *bytes; /* malloc()ed */
	size_t size, capacity;
	bool has_failed;
	/* private: */
	unsigned depth;
	struct {
		bool is_object, has_members;
	} levels[PTREE_JSON_DEPTH_MAX + 1];
};
PTREE_API void ptree_json_clear(struct ptree_json *json);
PTREE_API void ptree_json_object(struct ptree_json *json, const char *name);
PTREE_API void ptree_json_array(struct ptree_json *json, const char *name);
/* Of the innermost object or array. */
PTREE_API void ptree_json_end(struct ptree_json *json);
/* Any bytes: what is not UTF-8 becomes U+FFFD. text: NULL is null. */
PTREE_API void ptree_json_string(struct ptree_json *json, const char *name, const char *bytes,
				 size_t size);
PTREE_API void ptree_json_text(struct ptree_json *json, const char *name, const char *text);
/*
 * Arguments as the kernel gives them, NUL-separated, as an array of strings: empty ones, too. What
 * was cut has no NUL at its end and is an argument all the same; the NUL that ends the last one
 * does not begin another.
 */
PTREE_API void ptree_json_arguments(struct ptree_json *json, const char *name, const char *argv,
				    size_t size);
/* A string of two hexadecimal digits a byte. */
PTREE_API void ptree_json_hex(struct ptree_json *json, const char *name, const void *bytes,
			      size_t size);
PTREE_API void ptree_json_integer(struct ptree_json *json, const char *name, int64_t value);
PTREE_API void ptree_json_unsigned(struct ptree_json *json, const char *name, uint64_t value);
PTREE_API void ptree_json_bool(struct ptree_json *json, const char *name, bool value);
PTREE_API void ptree_json_null(struct ptree_json *json, const char *name);

/* ------------------------------------------------------------------------------------------ */
/* Events: include/uapi/linux/cn_proc.h, without its layout.                                  */

enum ptree_event_kind {
	PTREE_EVENT_UNKNOWN, /* a kind this version does not know; see raw */
	PTREE_EVENT_ACK,     /* PROC_EVENT_NONE: the kernel's answer to a subscription */
	PTREE_EVENT_FORK,    /* a process, or a thread when pid != tgid */
	PTREE_EVENT_EXEC,    /* a new image; pid is always the leader afterwards */
	PTREE_EVENT_UID,
	PTREE_EVENT_GID,
	PTREE_EVENT_SID,
	PTREE_EVENT_PTRACE,
	PTREE_EVENT_COMM, /* prctl(PR_SET_NAME) or a write to /proc/PID/comm; not sent on exec */
	PTREE_EVENT_COREDUMP,
	PTREE_EVENT_EXIT, /* one task; a process is over with its last */
	PTREE_EVENT_LOST, /* not the kernel's: events missed on one CPU before the next event */
};
#define PTREE_EVENT_KIND_COUNT 12

/*
 * One event. Plain data: copy it freely. Fields that the kind does not have are 0.
 */
struct ptree_event {
	enum ptree_event_kind kind;
	uint32_t what;	   /* the kernel's PROC_EVENT_* bit, also for an unknown kind */
	uint32_t cpu;	   /* where it happened; input, so bound it before indexing */
	uint32_t seq;	   /* cn_msg.seq: counts messages attempted on that CPU, mod 2^32 */
	uint64_t time_ns;  /* CLOCK_MONOTONIC, taken before queueing: not an order */
	pid_t pid, tgid;   /* the task it is about, and its process; of a fork: the child */
	pid_t parent_pid;  /* fork: the real parent's task; exit, coredump: 0 is "not told",
			      and often is */
	pid_t parent_tgid; /* fork: the real parent's process */
	union {
		struct {
			uint32_t error;	 /* 0 or a positive errno */
			uint32_t number; /* cn_msg.ack: what was sent, plus 1 */
		} ack;
		struct {
			uint32_t real, effective;
		} id; /* uid, gid */
		struct {
			pid_t tracer_pid, tracer_tgid; /* 0: detached */
		} ptrace;
		char comm[PTREE_COMM_SIZE]; /* raw bytes, always NUL-terminated here */
		struct {
			uint32_t
			    status; /* as wait(2) gives it: WIFEXITED, WTERMSIG, WCOREDUMP, ... */
			uint32_t signal; /* the signal its parent gets, usually SIGCHLD */
		} exit;
		struct {
			uint64_t count;
		} lost;
		struct {
			uint16_t size; /* of the whole payload after the event header */
			unsigned char bytes[PTREE_RAW_SIZE]; /* its first bytes, min(size, this) */
		} raw;
	} u;
};

/* "fork", "exec", ..., "unknown". Never NULL. */
PTREE_API const char *ptree_event_kind_name(enum ptree_event_kind kind);

/*
 * Writes one line about the event, without a newline, like snprintf(): the length it has, even if
 * size was too small. The text is ASCII; bytes of comm that are not printable, quotes and
 * backslashes become \xNN.
 */
PTREE_API int ptree_event_format(const struct ptree_event *event, char *buf, size_t size);

/* What more a line may say. */
enum {
	PTREE_FORMAT_TIME = 1, /* first, as seconds.nanoseconds of CLOCK_MONOTONIC */
	PTREE_FORMAT_CPU = 2,  /* before the kind: "cpu 1" */
	/* of parents and tracers the task, too: "by 7 task 9"; the parent of one that exits or
	   dumps core, if it is told: "of 7" */
	PTREE_FORMAT_TASKS = 4,
	PTREE_FORMAT_SIGNAL = 8, /* what an exit sends its parent: "sends SIGCHLD" */
	PTREE_FORMAT_ALL = 15,
};
PTREE_API int ptree_event_format_with(const struct ptree_event *event, unsigned what, char *buf,
				      size_t size);

/*
 * Writes the event as an object, all that its kind has: "event", "time_ns", "cpu", "seq"; "pid"
 * (the process) and "tid"; and parent_pid, parent_tid, tracer_pid, tracer_tid (null: not told, or
 * detached), real_uid, effective_uid, real_gid, effective_gid, comm, status, exit_code, signal,
 * core_dumped, exit_signal, count, kind, size, raw (the first bytes, in hexadecimal), error,
 * number.
 */
PTREE_API void ptree_event_json(const struct ptree_event *event, struct ptree_json *json,
				const char *name);

/* Says a wait status in words: "exit 1", "killed by SIGSEGV, core dumped". As snprintf(). */
PTREE_API int ptree_status_format(uint32_t status, char *buf, size_t size);

/* ------------------------------------------------------------------------------------------ */
/* Messages: what a datagram from the kernel holds. Pure functions over bytes.                */

/* One netlink message. payload points into the reader's buffer. */
struct ptree_message {
	uint16_t type;	   /* nlmsg_type; NLMSG_OVERRUN: others were lost before it */
	int error;	   /* NLMSG_ERROR: the kernel's negative errno, 0 for its ACK */
	bool is_connector; /* the fields below are set: a struct cn_msg with its payload */
	uint32_t idx, val; /* the connector it is from; CN_IDX_PROC is 1, CN_VAL_PROC 1 */
	uint32_t seq, ack;
	uint16_t flags;
	const void *payload; /* of any connector, as it came */
	size_t payload_size;
};

/* Walks the messages packed into one buffer. Treat the members as private. */
struct ptree_reader {
	const unsigned char *at;
	size_t left;
};

PTREE_API void ptree_reader_init(struct ptree_reader *reader, const void *buf, size_t size);

/*
 * Takes the next message. Padding at the end is accepted, NLMSG_NOOP is passed over and
 * NLMSG_DONE is a message like any other (connectors use it as their type). A message of another
 * type is a connector's, too, if it has a struct cn_msg whose length fits.
 * Returns 1, 0 at the end, or -EBADMSG: for a netlink length that cannot be the rest is given up;
 * what is wrong inside a message costs that one only, and the next call goes on behind it.
 */
PTREE_API int ptree_reader_next(struct ptree_reader *reader, struct ptree_message *message);

/*
 * Decodes a process event. Longer payloads than known are accepted (the kernel may append).
 * Errors: -EPROTONOSUPPORT not from the process connector, -EBADMSG too short for its kind.
 */
PTREE_API int ptree_event_decode(const struct ptree_message *message, struct ptree_event *event);

/*
 * Writes a message of any connector: nlmsghdr of that type (0: NLMSG_DONE, what connectors use),
 * cn_msg, payload. Padding of zeros rounds it up to 4 bytes, as the kernel does, so that another
 * may follow. Returns the bytes written, or -EMSGSIZE if size is too small or the payload is longer
 * than 65,535 bytes.
 */
PTREE_API int ptree_message_encode(const struct ptree_message *message, void *buf, size_t size);

/*
 * Writes the event as the kernel would send it: nlmsghdr, cn_msg, proc_event, padding. An exit that
 * came as PROC_EVENT_NONZERO_EXIT (what) goes as one.
 * Returns the bytes written; -EMSGSIZE if size is too small (120 is enough for every kind) or of an
 * unknown kind only the beginning is there, -EINVAL for a kind that has no message
 * (PTREE_EVENT_LOST).
 */
PTREE_API int ptree_event_encode(const struct ptree_event *event, void *buf, size_t size);

/* ------------------------------------------------------------------------------------------ */
/* Connector: the socket.                                                                     */

struct ptree_connector;

/* In a mask of kinds: of the exits those with another status than 0. */
#define PTREE_KINDS_FAILED_EXIT (1u << 31)

struct ptree_connector_options {
	/*
	 * Receive buffer as the kernel accounts it: about 832 bytes an event. 0: 64 MiB.
	 * SO_RCVBUFFORCE is tried first (CAP_NET_ADMIN), then SO_RCVBUF, which
	 * net.core.rmem_max limits. ptree_connector_get_stats() tells what became of it.
	 */
	size_t receive_buffer_size;
	/* NETLINK_NO_ENOBUFS: on overflow drop only what does not fit, without an error. */
	bool no_enobufs;
	/* Return faults (-EMSGSIZE, -EBADMSG, the kernel's NLMSG_ERROR) as well as counting them.
	 */
	bool strict;
	/* Kernel-side filter (6.6+): mask of 1u << PTREE_EVENT_*, and PTREE_KINDS_FAILED_EXIT; 0:
	   everything. A filtered connector cannot count losses (filtered events use up sequence
	   numbers, too). */
	uint32_t kinds;
};

struct ptree_connector_stats {
	uint64_t received;  /* events, ACKs included */
	uint64_t lost;	    /* exact: gaps in the CPUs' sequences */
	uint64_t dropped;   /* SO_MEMINFO: what this socket dropped; known before the gap shows */
	uint64_t overruns;  /* times that ENOBUFS was reported */
	uint64_t spoofed;   /* datagrams that were not the kernel's */
	uint64_t truncated; /* datagrams that did not fit */
	uint64_t malformed; /* lengths or headers that cannot be */
	uint64_t unknown;   /* events of a kind not known here */
	uint64_t refused;   /* NLMSG_ERROR messages */
	size_t receive_buffer_size; /* as the kernel granted it */
};

/*
 * Opens a socket, subscribes and reads the kernel's acknowledgement, which is there at once or
 * not coming: it never waits. options may be NULL. Errors:
 *   -EPERM, -EACCES      no privilege (before Linux 6.6 CAP_NET_ADMIN is needed)
 *   -EPROTONOSUPPORT     no netlink connector in this kernel
 *   -ECONNREFUSED        another network namespace than the first
 *   -EOPNOTSUPP          no acknowledgement: CONFIG_PROC_EVENTS is off, or this is another user
 *                        or pid namespace, where events would carry pids that mean nothing
 *   -ENOMEM, -EMFILE, -ENFILE, and what socket(2), bind(2) and the kernel's ACK say
 */
PTREE_API int ptree_connector_open_sized(struct ptree_connector **connector,
					 const struct ptree_connector_options *options,
					 size_t size);
static inline int ptree_connector_open(struct ptree_connector **connector,
				       const struct ptree_connector_options *options)
{
	return ptree_connector_open_sized(connector, options, sizeof(*options));
}

/*
 * A connector over a socket that somebody else opened, without subscribing: a netlink socket that a
 * helper with more privilege has subscribed and handed over, or a pair of SOCK_SEQPACKET (or
 * SOCK_DGRAM) on which events come as ptree_event_encode() writes them, a datagram each, from
 * another machine, a recording or a test. On a netlink socket the kernel alone is believed, on
 * another one whoever writes there; when that is closed ptree_connector_receive() says -EPIPE (of a
 * SOCK_DGRAM nobody can tell). Owns fd from then on; on failure it stays the caller's. Errors:
 * -ENOMEM, -EPROTOTYPE for a stream, -EBADF, -ENOTSOCK.
 */
PTREE_API int ptree_connector_adopt_sized(struct ptree_connector **connector, int fd,
					  const struct ptree_connector_options *options,
					  size_t size);
static inline int ptree_connector_adopt(struct ptree_connector **connector, int fd,
					const struct ptree_connector_options *options)
{
	return ptree_connector_adopt_sized(connector, fd, options, sizeof(*options));
}

/* Unsubscribes, if it has subscribed, and closes. */
PTREE_API void ptree_connector_close(struct ptree_connector *connector);

/*
 * For poll(2) and its like; readable means ptree_connector_receive() will not wait. Call that once
 * before the first poll: events from before the acknowledgement are held and do not show here.
 */
PTREE_API int ptree_connector_fd(const struct ptree_connector *connector);

/*
 * Receives up to max events, in the kernel's order. timeout_ms: -1 waits, 0 does not.
 * ACKs are not returned. Before an event that shows a gap comes a PTREE_EVENT_LOST with the exact
 * count (one event may thus need two places: give at least 2). Events of one datagram that do not
 * fit are kept for the next call.
 * Returns their number, 0 if there was none in time, -EINTR, -ENOBUFS after an overrun,
 * NLMSG_OVERRUN included (go on receiving), -EPIPE at the end of an adopted source, -EINVAL for
 * max < 2, and with strict the faults.
 */
PTREE_API int ptree_connector_receive(struct ptree_connector *connector, struct ptree_event *events,
				      size_t max, int timeout_ms);

/*
 * Sends a message to the kernel, of the process connector or any other; an answer comes to who is
 * subscribed to that one. Errors: -EMSGSIZE, -ENOMEM, those of sendto(2).
 */
PTREE_API int ptree_connector_send(struct ptree_connector *connector,
				   const struct ptree_message *message);

/*
 * Leaves the kernel's list of listeners, and enters it again. What was told before is held and
 * received first, so call ptree_connector_receive() before the next poll, as after opening. What
 * happens during a pause is no loss: it was not asked for, and is not counted. Paused twice or
 * resumed without a pause, nothing changes.
 * Errors: -ENOMEM, those of ptree_connector_open(); a resume that fails leaves it paused.
 */
PTREE_API int ptree_connector_pause(struct ptree_connector *connector);
PTREE_API int ptree_connector_resume(struct ptree_connector *connector);

/*
 * Another mask for a connector that is open; see ptree_connector_options. Nothing is missed on the
 * way. What was told before and has not been received yet is under the new mask, too, and is to be
 * received before the next poll. Errors: as ptree_connector_resume(); the mask is then the old one.
 */
PTREE_API int ptree_connector_set_kinds(struct ptree_connector *connector, uint32_t kinds);

/* Another receive buffer, as in ptree_connector_options; what waits in it stays. */
PTREE_API void ptree_connector_set_receive_buffer(struct ptree_connector *connector, size_t size);

PTREE_API void ptree_connector_get_stats_sized(struct ptree_connector *connector,
					       struct ptree_connector_stats *stats, size_t size);
static inline void ptree_connector_get_stats(struct ptree_connector *connector,
					     struct ptree_connector_stats *stats)
{
	ptree_connector_get_stats_sized(connector, stats, sizeof(*stats));
}

/* ------------------------------------------------------------------------------------------ */
/* /proc                                                                                      */

struct ptree_procfs;

/* How a process's arguments came to be known. */
enum ptree_argv_status {
	PTREE_ARGV_PENDING, /* not read yet */
	PTREE_ARGV_READ,
	PTREE_ARGV_TRUNCATED, /* read, and longer than was kept */
	PTREE_ARGV_LATE,      /* read too late: the process or the image was gone */
	PTREE_ARGV_NONE,      /* it has none: a kernel thread, or an empty vector */
	PTREE_ARGV_FAILED,    /* refused, or the read hung and was given up */
};

/* What one entry of /proc says. Plain data, except argv, which the one who filled it in owns. */
struct ptree_process {
	pid_t pid, ppid, pgrp, sid;
	uint32_t tty;		    /* device number, 0: none */
	char state;		    /* R S D Z T t I X ... */
	char comm[PTREE_COMM_SIZE]; /* raw bytes */
	char name[PTREE_NAME_SIZE]; /* the same, but of a kernel thread all of it */
	bool is_kernel_thread;	    /* PF_KTHREAD */
	uint32_t thread_count;
	uint64_t start_ns; /* boot time, as fine as a clock tick (10 ms) */
	uint64_t read_ns;  /* boot time just before it was read */
	uint64_t cpu_user_ns, cpu_system_ns, rss_bytes;
	uint64_t waited_cpu_ns; /* of its children, and theirs, that were waited for */
	uint32_t euid;		/* owner of /proc/PID */
	/* from /proc/PID/status, with PTREE_READ_STATUS; else PTREE_UNKNOWN_ID */
	uint32_t ruid, rgid, egid;
	pid_t tracer; /* 0: none, or not read */
	pid_t tgid;   /* 0: not read; another than pid if what was asked for is a thread */
	/* with PTREE_READ_ARGV */
	enum ptree_argv_status argv_status;
	char *argv;	  /* NUL-separated as the kernel gives it; malloc()ed, or NULL */
	size_t argv_size; /* bytes in argv */
	int32_t nice,
	    priority; /* -20 to 19; as top(1) says it: 20 + nice, or below 0 in real time */
	uint64_t virtual_bytes;		     /* of addresses */
	uint64_t minor_faults, major_faults; /* since its begin; major ones had to read */
};

enum {
	PTREE_READ_STATUS = 1, /* also /proc/PID/status */
	PTREE_READ_ARGV = 2,   /* also /proc/PID/cmdline: can hang on a stuck target */
};

/* path: NULL is /proc. Errors: those of open(2). */
PTREE_API int ptree_procfs_open(struct ptree_procfs **procfs, const char *path);
PTREE_API void ptree_procfs_close(struct ptree_procfs *procfs);

/*
 * Reads one whole entry. /proc has entries of threads, too, which no directory lists: whether it is
 * one tells tgid. what: PTREE_READ_*. Free it with ptree_process_clear(). Of argv 4,096
 * bytes are kept. Errors: -ESRCH it is gone or hidden, -EACCES refused (EPERM, too), -EBADMSG it
 * makes no sense, -ENOMEM, -EMFILE, -ENFILE, -EIO. Refused arguments are no error but FAILED.
 */
PTREE_API int ptree_procfs_read(struct ptree_procfs *procfs, pid_t pid, unsigned what,
				struct ptree_process *process);
PTREE_API void ptree_process_clear(struct ptree_process *process);

/* The kernel's parent of a process right now, or an error as above. */
PTREE_API int ptree_procfs_parent(struct ptree_procfs *procfs, pid_t pid, pid_t *ppid);

/* Raw bytes of its name, NUL-terminated, without the newline. */
PTREE_API int ptree_procfs_comm(struct ptree_procfs *procfs, pid_t pid, char comm[PTREE_COMM_SIZE]);

/* All of it: of a kernel thread more than comm holds. */
PTREE_API int ptree_procfs_name(struct ptree_procfs *procfs, pid_t pid, char name[PTREE_NAME_SIZE]);

/* When it began, boot time in ns, as fine as a tick: with the pid, who it is. */
PTREE_API int ptree_procfs_start_time(struct ptree_procfs *procfs, pid_t pid, uint64_t *start_ns);

/*
 * Which pid the process of a pidfd of the caller's has in this /proc. -ESRCH: none, because it was
 * waited for, or is of another namespace; -EOPNOTSUPP: the kernel does not tell (before Linux 5.3).
 */
PTREE_API int ptree_procfs_pidfd(struct ptree_procfs *procfs, int pidfd, pid_t *pid);

/*
 * Its arguments, NUL-separated, at most max bytes of them; *argv is malloc()ed.
 * *status becomes READ, TRUNCATED, NONE, or LATE if it is over but still there. Can hang: see
 * PTREE_READ_ARGV. A zombie leader whose threads live on is asked through them.
 */
PTREE_API int ptree_procfs_argv(struct ptree_procfs *procfs, pid_t pid, size_t max, char **argv,
				size_t *size, enum ptree_argv_status *status);

/* All process ids, in the directory's order, malloc()ed. Returns their number. */
PTREE_API ssize_t ptree_procfs_pids(struct ptree_procfs *procfs, pid_t **pids);

/* All task ids of a process, leader included, malloc()ed. Returns their number. */
PTREE_API ssize_t ptree_procfs_tasks(struct ptree_procfs *procfs, pid_t pid, pid_t **tids);

/* One task's /proc/PID/task/TID/stat: pid is the task's id, and ppid, start_ns, state, comm and the
   CPU times are its own. Never hangs. */
PTREE_API int ptree_procfs_read_task(struct ptree_procfs *procfs, pid_t pid, pid_t tid,
				     struct ptree_process *task);

/* The name of one task. */
PTREE_API int ptree_procfs_task_comm(struct ptree_procfs *procfs, pid_t pid, pid_t tid,
				     char comm[PTREE_COMM_SIZE]);

/* CLOCK_BOOTTIME now, and what to add to CLOCK_MONOTONIC for it (grows with each suspend). */
PTREE_API uint64_t ptree_boot_now_ns(void);
PTREE_API uint64_t ptree_boot_offset_ns(void);

/* ------------------------------------------------------------------------------------------ */
/* Probes: what /proc says of one process beyond its entry.                                   */

/*
 * Any of what follows can wait for long, or for ever: for the lock of the process's memory (exe,
 * environ, maps, smaps), or for a file system that does not answer. It belongs in a thread of the
 * caller's that may hang. A probe and what was opened from it are for one thread at a time.
 *
 * What can be long is read in pieces. next() reads one buffer or one entry at most, and returns
 *   1 one was written
 *   0 there are no more
 *   -EAGAIN nothing to tell yet: the time to look at a clock, and call again
 *   another negative errno: it failed, and will go on failing
 * So neither 50,000 descriptors nor 100,000 maps hold up who calls it, and memory is a buffer and
 * what the caller keeps. What is handed out as a pointer is borrowed until the next call. All of it
 * is bytes of strangers: names, targets and values may hold anything but a NUL.
 *
 * Errors, wherever it says "errors of a probe": -ESRCH it is gone; -EACCES refused, and
 * ptree_piece_privilege() says what it takes; -ENODATA it has none (kernel threads and zombies have
 * no memory, and so no programs and environment); -EOPNOTSUPP this kernel does not tell; -EBADMSG
 * it makes no sense; -ENOMEM, -EMFILE, -ENFILE, and what read(2) says.
 */
struct ptree_probe;

/*
 * Opens /proc/PID once: all is read through that, so that a pid that is used again is never mixed
 * in. start_ns: when the process began, as ptree_procfs_start_time() or ptree_node_begin_ns() say
 * (another by 50 ms is another process), or 0 for whoever has the pid now. procfs is borrowed until
 * the probe is closed, and so is the probe by what is opened from it. Errors of a probe; with
 * hidepid -EACCES or -ESRCH.
 */
PTREE_API int ptree_probe_open(struct ptree_probe **probe, struct ptree_procfs *procfs, pid_t pid,
			       uint64_t start_ns);
PTREE_API void ptree_probe_close(struct ptree_probe *probe);
PTREE_API pid_t ptree_probe_pid(const struct ptree_probe *probe);
PTREE_API uint64_t ptree_probe_start_ns(const struct ptree_probe *probe);
/* False once it is reaped: nothing that is told after that would be of it. */
PTREE_API bool ptree_probe_is_there(const struct ptree_probe *probe);

/* What can be known of a process, and be refused, each by itself. */
enum ptree_piece {
	PTREE_PIECE_EXE,	  /* exe_path, exe_is_deleted: readlink and stat of exe */
	PTREE_PIECE_EXE_FILE,	  /* exe_is_replaced */
	PTREE_PIECE_CWD,	  /* cwd */
	PTREE_PIECE_ROOT,	  /* root */
	PTREE_PIECE_TTY,	  /* tty: by tty/drivers */
	PTREE_PIECE_CREDENTIALS,  /* uids, gids: status */
	PTREE_PIECE_GROUPS,	  /* groups: status */
	PTREE_PIECE_UMASK,	  /* umask: status, since Linux 4.7 */
	PTREE_PIECE_CAPABILITIES, /* capabilities: status */
	PTREE_PIECE_NO_NEW_PRIVS, /* no_new_privs: status, since Linux 4.10 */
	PTREE_PIECE_SECCOMP,	  /* seccomp_mode, seccomp_filters: status */
	PTREE_PIECE_LIMITS,	  /* limits */
	PTREE_PIECE_OOM,	  /* oom_score, oom_score_adj */
	PTREE_PIECE_SCHEDULING,	  /* policy, realtime_priority, nice, last_cpu: stat */
	PTREE_PIECE_AFFINITY,	  /* allowed_cpus: status */
	PTREE_PIECE_CGROUPS,	  /* cgroups */
	PTREE_PIECE_NAMESPACES,	  /* namespaces: links in ns */
	PTREE_PIECE_MEMORY,	  /* rss_bytes, size_bytes, peaks, swap_bytes: status */
	PTREE_PIECE_RSS_KINDS,	  /* rss_anonymous_bytes, ...: status, since Linux 4.5 */
	PTREE_PIECE_PSS,	 /* pss_bytes, ...: smaps_rollup, since Linux 4.14; walks all of its
				    pages, which takes long if it has many */
	PTREE_PIECE_IO,		 /* read_characters, ...: io */
	PTREE_PIECE_FAULTS,	 /* minor_faults, major_faults: stat */
	PTREE_PIECE_SWITCHES,	 /* voluntary_switches, involuntary_switches: status. Of the first
				    thread only */
	PTREE_PIECE_LOGIN,	 /* login_uid, login_session: loginuid, sessionid */
	PTREE_PIECE_ENVIRONMENT, /* the following are no part of the details: see their own calls */
	PTREE_PIECE_DESCRIPTORS,
	PTREE_PIECE_MAPS,
	PTREE_PIECE_WCHAN,
	PTREE_PIECE_STACK,
};
#define PTREE_PIECE_COUNT 29

enum ptree_piece_status {
	PTREE_PIECE_UNREAD, /* not asked for */
	PTREE_PIECE_KNOWN,
	PTREE_PIECE_NONE,	 /* it has none: -ENODATA */
	PTREE_PIECE_REFUSED,	 /* -EACCES; see ptree_piece_privilege() */
	PTREE_PIECE_GONE,	 /* -ESRCH: it ended before this could be read */
	PTREE_PIECE_UNSUPPORTED, /* -EOPNOTSUPP: not in this kernel */
	PTREE_PIECE_FAILED,	 /* anything else */
};

/* The same of an error. */
PTREE_API enum ptree_piece_status ptree_piece_status_of(int error);
/* "exe", "limits", ...: never NULL. */
PTREE_API const char *ptree_piece_name(enum ptree_piece piece);
/*
 * What it takes beyond being the same user, in words: "CAP_SYS_PTRACE", ...; NULL if everybody may
 * see it. The kernel asks for PTRACE_MODE_READ_FSCREDS: the same uids and gids and a process that
 * is dumpable (no setuid program, no prctl(PR_SET_DUMPABLE)), or that capability in its user
 * namespace; security modules (yama does not, AppArmor and SELinux do) may refuse more.
 */
PTREE_API const char *ptree_piece_privilege(enum ptree_piece piece);

enum { PTREE_ID_REAL, PTREE_ID_EFFECTIVE, PTREE_ID_SAVED, PTREE_ID_FILESYSTEM };

enum ptree_capability_set {
	PTREE_CAPABILITIES_INHERITABLE,
	PTREE_CAPABILITIES_PERMITTED,
	PTREE_CAPABILITIES_EFFECTIVE,
	PTREE_CAPABILITIES_BOUNDING,
	PTREE_CAPABILITIES_AMBIENT, /* since Linux 4.3; 0 before */
};
#define PTREE_CAPABILITY_SETS 5

#define PTREE_UNLIMITED UINT64_MAX
#define PTREE_NAMESPACE_MAX 16
#define PTREE_LIMIT_MAX 32

struct ptree_limit {
	char name[26];	     /* "Max open files" */
	char unit[16];	     /* "files"; "" for none */
	uint64_t soft, hard; /* or PTREE_UNLIMITED */
};

/* A line of /proc/PID/cgroup. */
struct ptree_cgroup {
	uint32_t hierarchy;	 /* 0: version 2 */
	const char *controllers; /* "cpu,cpuacct", "name=systemd"; "" of version 2 */
	const char *path;
};

struct ptree_namespace {
	char kind[24];	/* "mnt", "pid_for_children", ... */
	uint64_t inode; /* the same one is the same namespace */
};

/* What ptree_probe_details() found. What is not KNOWN by its status is 0, or NULL. */
struct ptree_details {
	void *memory;	    /* private: what the pointers below are in */
	uint8_t status[64]; /* enum ptree_piece_status, by enum ptree_piece */
	/* From stat, which everybody may read, and so always known: */
	uint64_t read_ns; /* boot time just before */
	pid_t pid, ppid, pgrp, sid;
	pid_t foreground_pgrp; /* of its terminal; -1: none */
	char state;
	bool is_kernel_thread;
	uint32_t threads;
	uint64_t start_ns, cpu_user_ns, cpu_system_ns, waited_cpu_ns;
	uint64_t minor_faults, major_faults;
	uint32_t policy; /* SCHED_*; see ptree_policy_name() */
	uint32_t realtime_priority;
	int32_t nice;
	uint32_t last_cpu;
	uint32_t tty_device; /* as in stat: major in bits 8 to 19, minor in the others; 0: none */

	const char *tty; /* "/dev/pts/3" */
	/* Of a file that is gone without the kernel's " (deleted)": that is a bit, so that a file
	   which is really called so is none. */
	const char *exe_path;
	bool exe_is_deleted;
	bool exe_is_replaced; /* at that path is another file by now */
	const char *cwd, *root;
	uint32_t uids[4], gids[4]; /* PTREE_ID_* */
	const uint32_t *groups;
	uint32_t group_count;
	uint32_t umask;
	uint64_t capabilities[PTREE_CAPABILITY_SETS]; /* masks of 1 << CAP_* */
	bool no_new_privs;
	uint32_t seccomp_mode; /* 0 off, 1 strict, 2 filter */
	uint32_t seccomp_filters;
	uint32_t limit_count;
	struct ptree_limit limits[PTREE_LIMIT_MAX];
	int32_t oom_score, oom_score_adj;
	const char *allowed_cpus; /* a list, "0-3,8" */
	const struct ptree_cgroup *cgroups;
	uint32_t cgroup_count;
	uint32_t namespace_count;
	struct ptree_namespace namespaces[PTREE_NAMESPACE_MAX];
	uint64_t rss_bytes, peak_rss_bytes, size_bytes, peak_size_bytes, swap_bytes;
	uint64_t rss_anonymous_bytes, rss_file_bytes, rss_shared_bytes;
	/* Proportional: what n processes share counts 1/n for each. The parts since Linux 5.9. */
	uint64_t pss_bytes, pss_anonymous_bytes, pss_file_bytes, pss_shared_bytes;
	uint64_t private_bytes;	 /* nobody else has it: what ending it would free */
	uint64_t swap_pss_bytes; /* proportional, too */
	/* Characters: by read(2) and its like, from whatever; bytes: from and to storage. */
	uint64_t read_characters, written_characters, read_calls, write_calls;
	uint64_t read_bytes, written_bytes, cancelled_bytes;
	uint64_t voluntary_switches, involuntary_switches;
	/* Of who logged in, whoever it is now (CONFIG_AUDIT); PTREE_UNKNOWN_ID: by no login. */
	uint32_t login_uid, login_session;
};

/*
 * Reads the details. what: mask of 1u << PTREE_PIECE_*, 0 for all; a piece that is refused or is
 * not there has a status and is no error. Clear it with ptree_details_clear(). Errors: -ESRCH it is
 * gone already, -ENOMEM, -EMFILE, -ENFILE, -EBADMSG for a stat that makes no sense.
 */
PTREE_API int ptree_probe_details_sized(struct ptree_probe *probe, uint32_t what,
					struct ptree_details *details, size_t size);
static inline int ptree_probe_details(struct ptree_probe *probe, uint32_t what,
				      struct ptree_details *details)
{
	return ptree_probe_details_sized(probe, what, details, sizeof(*details));
}
PTREE_API void ptree_details_clear(struct ptree_details *details);
/* Its group as systemd and container runtimes see it: version 2, or else the named hierarchy, or
   else any that is not the root. NULL: not known. */
PTREE_API const char *ptree_details_cgroup(const struct ptree_details *details);
/* The inode of a kind of namespace; 0: not known. */
PTREE_API uint64_t ptree_details_namespace(const struct ptree_details *details, const char *kind);

/* "CAP_CHOWN", ... by number; NULL beyond what is known here. */
PTREE_API const char *ptree_capability_name(unsigned number);
/* "SCHED_OTHER", "SCHED_FIFO", ...; "SCHED_?" of others. Never NULL. */
PTREE_API const char *ptree_policy_name(uint32_t policy);

/* What a path of a cgroup says. Empty strings and PTREE_UNKNOWN_ID: nothing. */
struct ptree_cgroup_owner {
	char unit[256];	     /* systemd's unit: "ssh.service", "session-3.scope" */
	char user_unit[256]; /* of the user's own systemd, within unit */
	char session[64];    /* logind's: "3" */
	char runtime[16];    /* "docker", "podman", "lxc", "containerd", "cri-o", "nspawn";
				"container" of others */
	char container[128]; /* its id, or name */
	char pod[64];	     /* kubernetes: the pod's uid */
	uint32_t uid;	     /* of user-UID.slice */
};

/*
 * Reads a path of /proc/PID/cgroup: which unit of systemd it is in, and which container. It is a
 * matter of names only: whoever may make groups may name them like this. Any bytes.
 */
PTREE_API void ptree_cgroup_owner_sized(const char *path, struct ptree_cgroup_owner *owner,
					size_t size);
static inline void ptree_cgroup_owner(const char *path, struct ptree_cgroup_owner *owner)
{
	ptree_cgroup_owner_sized(path, owner, sizeof(*owner));
}

/* ------------------------------------------------------------------------------------------ */
/* In pieces: environment, descriptors, sockets, maps and tasks of a probe.                   */

/* How next() is called, and the errors of a probe: see "Probes". */
struct ptree_environment;

/* The environment as the process was given it: what it changed since is not in it. */
struct ptree_variable {
	const char *name, *value; /* value: NULL if there was no "=" */
	size_t name_size, value_size;
	bool is_truncated; /* of an entry of more than 64 KiB the beginning */
};
PTREE_API int ptree_environment_open(struct ptree_environment **environment,
				     struct ptree_probe *probe);
PTREE_API int ptree_environment_next_sized(struct ptree_environment *environment,
					   struct ptree_variable *variable, size_t size);
static inline int ptree_environment_next(struct ptree_environment *environment,
					 struct ptree_variable *variable)
{
	return ptree_environment_next_sized(environment, variable, sizeof(*variable));
}
PTREE_API void ptree_environment_close(struct ptree_environment *environment);

struct ptree_descriptors;

enum ptree_descriptor_kind {
	PTREE_DESCRIPTOR_OTHER, /* or it is not known which */
	PTREE_DESCRIPTOR_FILE,
	PTREE_DESCRIPTOR_DIRECTORY,
	PTREE_DESCRIPTOR_DEVICE,
	PTREE_DESCRIPTOR_PIPE, /* also with a name: a FIFO */
	PTREE_DESCRIPTOR_SOCKET,
	PTREE_DESCRIPTOR_MEMORY,    /* memfd_create(2) */
	PTREE_DESCRIPTOR_ANONYMOUS, /* anon_inode: "[eventfd]", "[eventpoll]", ... */
};

struct ptree_descriptor {
	int number;
	enum ptree_descriptor_kind kind;
	/* A path without the kernel's " (deleted)", "pipe:[123]", "socket:[123]", "[eventfd]". */
	const char *target;
	bool is_deleted;  /* the file has no name any more */
	bool has_details; /* the following are known: fdinfo */
	uint64_t inode;	  /* of a pipe, a socket, a file; 0: not known */
	uint64_t device;  /* st_dev of a file; 0: not known */
	uint64_t position;
	uint32_t flags; /* O_* as open(2) knows them, and O_CLOEXEC */
};
/* "file", "directory", "device", "pipe", ...; never NULL. */
PTREE_API const char *ptree_descriptor_kind_name(enum ptree_descriptor_kind kind);
/* In the order of their numbers, as far as they do not change meanwhile. */
PTREE_API int ptree_descriptors_open(struct ptree_descriptors **descriptors,
				     struct ptree_probe *probe);
PTREE_API int ptree_descriptors_next_sized(struct ptree_descriptors *descriptors,
					   struct ptree_descriptor *descriptor, size_t size);
static inline int ptree_descriptors_next(struct ptree_descriptors *descriptors,
					 struct ptree_descriptor *descriptor)
{
	return ptree_descriptors_next_sized(descriptors, descriptor, sizeof(*descriptor));
}
PTREE_API void ptree_descriptors_close(struct ptree_descriptors *descriptors);

struct ptree_sockets;

enum ptree_protocol {
	PTREE_PROTOCOL_TCP,
	PTREE_PROTOCOL_TCP6,
	PTREE_PROTOCOL_UDP,
	PTREE_PROTOCOL_UDP6,
	PTREE_PROTOCOL_RAW,
	PTREE_PROTOCOL_RAW6,
	PTREE_PROTOCOL_UNIX,
	PTREE_PROTOCOL_NETLINK,
	PTREE_PROTOCOL_PACKET,
};
#define PTREE_PROTOCOL_COUNT 9

/* A line of /proc/PID/net/tcp and its like. */
struct ptree_socket {
	enum ptree_protocol protocol;
	uint64_t inode; /* 0: nobody has it open any more (TIME-WAIT, or not accepted yet) */
	/* "LISTEN", "ESTABLISHED", ... of tcp; "connected" or "open" of udp and raw; of unix
	   "LISTEN", "unconnected", "connecting", "connected", "disconnecting"; else "". */
	const char *state;
	bool is_listening; /* tcp LISTEN, unix that accepts, udp that is not connected */
	uint32_t type;	   /* SOCK_STREAM, ... of unix and packet */
	/* Of tcp, udp and raw: 4 bytes or 16, in network order. Of raw the port is the protocol. */
	uint8_t local_address[16], remote_address[16];
	uint16_t local_port, remote_port;
	uint32_t uid; /* of who made it; PTREE_UNKNOWN_ID: not told */
	/* unix: a name in the file system, or with an @ before it an abstract one; NULL: none */
	const char *path;
	uint32_t netlink_protocol; /* netlink: NETLINK_*; packet: ETH_P_* */
	uint32_t netlink_port;	   /* netlink: usually a pid */
};
/* "tcp", "tcp6", ...; never NULL. */
PTREE_API const char *ptree_protocol_name(enum ptree_protocol protocol);
/*
 * Writes an address with its port, "127.0.0.1:22", "[::1]:22", "*:22", of unix its name, of netlink
 * "route:4711"; as snprintf(). is_remote: that of the other end, "" where there is none. Of a unix
 * socket these are bytes of strangers.
 */
PTREE_API int ptree_socket_format(const struct ptree_socket *socket, bool is_remote, char *buf,
				  size_t size);
/* All sockets of its network namespace, whoever has them: by inode one finds a descriptor's. What
   this kernel has not is passed over. */
PTREE_API int ptree_sockets_open(struct ptree_sockets **sockets, struct ptree_probe *probe);
PTREE_API int ptree_sockets_next_sized(struct ptree_sockets *sockets, struct ptree_socket *socket,
				       size_t size);
static inline int ptree_sockets_next(struct ptree_sockets *sockets, struct ptree_socket *socket)
{
	return ptree_sockets_next_sized(sockets, socket, sizeof(*socket));
}
PTREE_API void ptree_sockets_close(struct ptree_sockets *sockets);

/*
 * The inode of the unix socket that this one is connected with (sock_diag(7), since Linux 3.3). Of
 * the caller's own network namespace only. -ENOENT there is no such socket here; -ENOTCONN it has
 * no other end; -EOPNOTSUPP this kernel does not tell; -ENOMEM, and what socket(2) says.
 */
PTREE_API int ptree_unix_peer(uint64_t inode, uint64_t *peer);

struct ptree_maps;

/* All maps of one file, or of memory of one name. */
struct ptree_mapping {
	const char *name; /* a path without " (deleted)", "[heap]", "[stack]"; "": anonymous */
	bool is_deleted;
	uint32_t count;						 /* maps */
	bool is_readable, is_writable, is_executable, is_shared; /* any of them */
	uint64_t size_bytes;
	bool has_usage; /* the following are known: smaps */
	uint64_t rss_bytes, pss_bytes, private_bytes, swap_bytes;
};
/* Of more names than these the rest is one mapping, whose name is "...". */
#define PTREE_MAPPING_MAX 4096
/*
 * From smaps, or else from maps (both since ever; smaps needs CONFIG_PROC_PAGE_MONITOR). next() has
 * nothing to tell until all is read; then it tells the largest ones first, by rss, then size.
 */
PTREE_API int ptree_maps_open(struct ptree_maps **maps, struct ptree_probe *probe);
PTREE_API int ptree_maps_next_sized(struct ptree_maps *maps, struct ptree_mapping *mapping,
				    size_t size);
static inline int ptree_maps_next(struct ptree_maps *maps, struct ptree_mapping *mapping)
{
	return ptree_maps_next_sized(maps, mapping, sizeof(*mapping));
}
/* Maps that were read so far. */
PTREE_API uint64_t ptree_maps_count(const struct ptree_maps *maps);
PTREE_API void ptree_maps_close(struct ptree_maps *maps);

struct ptree_tasks;

enum {
	PTREE_TASK_WCHAN = 1, /* what it waits for in the kernel */
	PTREE_TASK_STACK = 2, /* the kernel's stack */
};

struct ptree_task {
	pid_t tid;
	char name[PTREE_NAME_SIZE];
	char state;
	uint64_t start_ns, cpu_user_ns, cpu_system_ns;
	uint32_t last_cpu;
	int32_t nice;
	uint32_t policy, realtime_priority;
	uint8_t wchan_status, stack_status; /* enum ptree_piece_status */
	char wchan[64];			    /* a function of the kernel; "" : it does not wait */
	const char *stack;		    /* "function+0x1/0x2" a line, the innermost first */
};
/* The threads of a process, its leader included. what: PTREE_TASK_*. */
PTREE_API int ptree_tasks_open(struct ptree_tasks **tasks, struct ptree_probe *probe,
			       unsigned what);
PTREE_API int ptree_tasks_next_sized(struct ptree_tasks *tasks, struct ptree_task *task,
				     size_t size);
static inline int ptree_tasks_next(struct ptree_tasks *tasks, struct ptree_task *task)
{
	return ptree_tasks_next_sized(tasks, task, sizeof(*task));
}
PTREE_API void ptree_tasks_close(struct ptree_tasks *tasks);

/* ------------------------------------------------------------------------------------------ */
/* Searches: who holds a file, a socket or the other end of a pipe.                           */

/* How next() is called: see "Probes". It looks at one process, or reads one buffer, a call. */
struct ptree_search;

struct ptree_search_options {
	/* One of these. path: who has it open, runs it, works in it, or maps it; also who has a
	   file open that was there and is deleted. It must be absolute, and is compared by device
	   and inode, and by name; of a unix socket whoever receives on it, by the name it was
	   bound by. port: whoever has a socket of tcp or udp that is bound to it;
	   listening ones only unless any_state. inode: of a pipe or socket. inodes: of many of
	   them. */
	const char *path;
	uint16_t port;
	uint64_t inode;
	bool any_state;
	bool no_maps;		/* do not look at maps, which take a lock each */
	pid_t except;		/* a process that is passed over, or 0 */
	const uint64_t *inodes; /* copied; those that are 0 are none */
	size_t inode_count;
};

enum ptree_hold {
	PTREE_HOLD_DESCRIPTOR,
	PTREE_HOLD_EXE,
	PTREE_HOLD_CWD,
	PTREE_HOLD_ROOT,
	PTREE_HOLD_MAP,
};

struct ptree_holder {
	pid_t pid;
	uint64_t start_ns; /* with the pid, who it is */
	enum ptree_hold hold;
	int number;	 /* of a descriptor; else -1 */
	uint32_t flags;	 /* of a descriptor: O_* */
	bool is_deleted; /* a file that has no name any more */
	bool has_socket; /* the following is known: searched by port. It stays last, so that it may
			    grow */
	struct ptree_socket socket;
};

/*
 * Errors: -EINVAL for not exactly one thing to look for, -ENAMETOOLONG, and those of
 * ptree_procfs_pids(). procfs is borrowed until it is closed.
 */
PTREE_API int ptree_search_open_sized(struct ptree_search **search, struct ptree_procfs *procfs,
				      const struct ptree_search_options *options, size_t size);
static inline int ptree_search_open(struct ptree_search **search, struct ptree_procfs *procfs,
				    const struct ptree_search_options *options)
{
	return ptree_search_open_sized(search, procfs, options, sizeof(*options));
}
/* Each descriptor that holds it is told, a process's one after the other; a map once. */
PTREE_API int ptree_search_next_sized(struct ptree_search *search, struct ptree_holder *holder,
				      size_t size);
static inline int ptree_search_next(struct ptree_search *search, struct ptree_holder *holder)
{
	return ptree_search_next_sized(search, holder, sizeof(*holder));
}
/* By inode or inodes: which of them the holder that was told last has. */
PTREE_API uint64_t ptree_search_inode(const struct ptree_search *search);
/* Processes that were looked at, and how many there are; those into which one may not look. */
PTREE_API void ptree_search_progress(const struct ptree_search *search, size_t *done, size_t *total,
				     size_t *refused);
/* Sockets of that port that were found, also those whose process could not be seen. */
PTREE_API size_t ptree_search_socket_count(const struct ptree_search *search);
PTREE_API void ptree_search_close(struct ptree_search *search);

/* ------------------------------------------------------------------------------------------ */
/* Accounting: what the kernel says of each task when it ends (taskstats over generic netlink).  */

/* What of an accounting record is known. */
enum {
	PTREE_ACCOUNTING_CPU = 1,     /* cpu_user_ns and cpu_system_ns */
	PTREE_ACCOUNTING_RUN = 2,     /* cpu_run_ns */
	PTREE_ACCOUNTING_ELAPSED = 4, /* elapsed_ns */
	PTREE_ACCOUNTING_WHO = 8,     /* comm, uid, gid, ppid, status */
	PTREE_ACCOUNTING_MEMORY = 16, /* max_rss_bytes */
	PTREE_ACCOUNTING_IO = 32,     /* read_bytes and write_bytes */
};

/* struct taskstats of one task at its end, or of a whole threaded process. Plain data. */
struct ptree_accounting {
	pid_t pid;	  /* the task; of a whole process: its pid (the tgid) */
	bool is_process;  /* the sums of a threaded process, which come with its last task's */
	uint16_t version; /* TASKSTATS_VERSION of the kernel */
	uint32_t known;	  /* mask of PTREE_ACCOUNTING_*; what is not known is 0 */
	uint64_t cpu_user_ns, cpu_system_ns; /* ac_utime, ac_stime: as coarse as a clock tick */
	uint64_t cpu_run_ns;	/* cpu_run_virtual_total: fine, but misses the last time slice */
	uint64_t elapsed_ns;	/* ac_etime (process: ac_tgetime): exact to a microsecond */
	uint64_t max_rss_bytes; /* hiwater_rss: the largest resident set it had */
	uint64_t read_bytes, write_bytes; /* to and from storage, not caches or pipes */
	uint32_t uid, gid;		  /* real ones */
	pid_t ppid;
	uint32_t status; /* ac_exitcode, as wait(2) gives it; of a thread 0 before Linux 5.17 */
	char comm[PTREE_COMM_SIZE]; /* raw bytes, always NUL-terminated here */
};

/*
 * Decodes one netlink message (header and all) of the generic netlink family. family: the number
 * that the kernel gave to "TASKSTATS". A message holds one record, or two: the last task of a
 * threaded process comes with its process's.
 * Longer records than known are accepted, and shorter ones leave what they lack unknown.
 * Returns the number of records, 0 for a message that is something else, or -EBADMSG for lengths
 * that cannot be; records is then left alone.
 */
PTREE_API int ptree_accounting_decode(const void *message, size_t size, uint16_t family,
				      struct ptree_accounting records[2]);

struct ptree_taskstats;

struct ptree_taskstats_stats {
	uint64_t received;  /* records */
	uint64_t dropped;   /* SO_MEMINFO: messages that the sockets had no room for; exact */
	uint64_t malformed; /* messages that make no sense */
	uint64_t spoofed;   /* datagrams that were not the kernel's */
	size_t receive_buffer_size; /* of each socket, as the kernel granted it */
	unsigned sockets;
};

/*
 * Registers for the accounting of every task that ends from now on, on every possible CPU.
 * receive_buffer_size: of all sockets together; 0: 16 MiB. Never waits. Errors:
 *   -EPERM      no CAP_NET_ADMIN, or another user namespace than the first
 *   -EINVAL     another pid namespace
 *   -ECONNREFUSED another network namespace, where registrations are taken and nothing comes
 *   -ENOENT     no taskstats in this kernel (CONFIG_TASKSTATS)
 *   -EIO        the kernel's list of possible CPUs makes no sense
 *   -ENOMEM, -EMFILE, -ENFILE, and what socket(2), bind(2) and the kernel's answers say
 */
PTREE_API int ptree_taskstats_open(struct ptree_taskstats **taskstats, size_t receive_buffer_size);
/* Deregisters and closes. Not for a forked child: the registration is its parent's. */
PTREE_API void ptree_taskstats_close(struct ptree_taskstats *taskstats);
/* Readable when there is something to receive: for poll(2) and its like. */
PTREE_API int ptree_taskstats_fd(const struct ptree_taskstats *taskstats);
/*
 * Receives up to max records, without waiting, in the kernel's order per CPU. A task's record is
 * there before its EXIT event is. Returns their number, which can be less than max though there is
 * more; 0: there is none now; -EINVAL for max < 2. Overruns are no error: they are counted.
 */
PTREE_API int ptree_taskstats_receive(struct ptree_taskstats *taskstats,
				      struct ptree_accounting *records, size_t max);
PTREE_API void ptree_taskstats_get_stats_sized(struct ptree_taskstats *taskstats,
					       struct ptree_taskstats_stats *stats, size_t size);
static inline void ptree_taskstats_get_stats(struct ptree_taskstats *taskstats,
					     struct ptree_taskstats_stats *stats)
{
	ptree_taskstats_get_stats_sized(taskstats, stats, sizeof(*stats));
}

/* ------------------------------------------------------------------------------------------ */
/* The machine as a whole                                                                     */

struct ptree_host;

/* One CPU's time, or all of them together, since boot. Guests' time is within user and nice. */
struct ptree_cpu_times {
	uint64_t user_ns, nice_ns, system_ns, idle_ns, iowait_ns, irq_ns, softirq_ns, steal_ns;
};

/* How it was spent between the last two samples; parts of 1000. busy: all but idle and iowait, the
   sum of user, nice, system, irq and steal. */
struct ptree_cpu_share {
	uint16_t user, nice, system, irq, steal, iowait, busy; /* irq: softirq, too */
};

struct ptree_memory {
	uint64_t total_bytes, free_bytes;
	uint64_t available_bytes; /* MemAvailable; older kernels: free + buffers + cached */
	uint64_t buffers_bytes, cached_bytes; /* cached: page cache and reclaimable slab */
	uint64_t swap_total_bytes, swap_free_bytes;
};

/* Pressure stall information: the share of time that some, or all, tasks waited. Since 4.20. */
struct ptree_pressure {
	bool is_known;
	/* Over 10 s, in hundredths of a per cent. full of the CPU is 0 before 5.13. */
	uint16_t some_avg10, full_avg10;
	uint64_t some_total_us, full_total_us; /* since boot */
};

/*
 * What went in and out: read from and written to disks (/proc/diskstats: of all that are not made
 * of others or of memory, without their partitions), received and sent by all interfaces but lo of
 * one's own network namespace (/proc/net/dev). Bytes since boot, and in a second between the last
 * two samples; has_rates: there were two.
 */
struct ptree_transfer {
	uint64_t in_bytes, out_bytes;
	uint64_t in_bytes_per_s, out_bytes_per_s;
	bool has_rates;
};

enum ptree_channel { PTREE_CHANNEL_DISK, PTREE_CHANNEL_NETWORK };
#define PTREE_CHANNEL_COUNT 2

enum ptree_resource { PTREE_RESOURCE_CPU, PTREE_RESOURCE_MEMORY, PTREE_RESOURCE_IO };
#define PTREE_RESOURCE_COUNT 3

/* procfs is borrowed until the host is freed. -ENOMEM. Takes no sample. */
PTREE_API int ptree_host_new(struct ptree_host **host, struct ptree_procfs *procfs);
PTREE_API void ptree_host_free(struct ptree_host *host);
/*
 * Reads stat, meminfo, loadavg, pressure, diskstats and net/dev anew; the sample before is kept to
 * compare with. What cannot be read, or makes no sense, is unknown from then on. Errors: those of
 * stat, without which nothing is taken and all that is known stays: -ENOENT, -EBADMSG, -ENOMEM and
 * those of open(2) and read(2).
 */
PTREE_API int ptree_host_sample(struct ptree_host *host);
/* Boot time just before the last sample; 0: there was none. interval_ns: since the one before. */
PTREE_API uint64_t ptree_host_sampled_ns(const struct ptree_host *host, uint64_t *interval_ns);
/* CPUs that are online, as /proc/stat lists them (0: not known yet), and the number of the one at
   that index; PTREE_UNKNOWN_ID beyond. */
PTREE_API size_t ptree_host_cpu_count(const struct ptree_host *host);
PTREE_API unsigned ptree_host_cpu_number(const struct ptree_host *host, size_t index);
/* index: of a CPU, or SIZE_MAX for all. False: not known (share: before the second sample, when no
   time has passed since the one before, or it was not online then). */
PTREE_API bool ptree_host_cpu_times(const struct ptree_host *host, size_t index,
				    struct ptree_cpu_times *times);
PTREE_API bool ptree_host_cpu_share(const struct ptree_host *host, size_t index,
				    struct ptree_cpu_share *share);
PTREE_API bool ptree_host_memory_sized(const struct ptree_host *host, struct ptree_memory *memory,
				       size_t size);
static inline bool ptree_host_memory(const struct ptree_host *host, struct ptree_memory *memory)
{
	return ptree_host_memory_sized(host, memory, sizeof(*memory));
}
PTREE_API bool ptree_host_load(const struct ptree_host *host, double load[3]);
PTREE_API bool ptree_host_pressure(const struct ptree_host *host, enum ptree_resource resource,
				   struct ptree_pressure *pressure);
PTREE_API bool ptree_host_transfer_sized(const struct ptree_host *host, enum ptree_channel channel,
					 struct ptree_transfer *transfer, size_t size);
static inline bool ptree_host_transfer(const struct ptree_host *host, enum ptree_channel channel,
				       struct ptree_transfer *transfer)
{
	return ptree_host_transfer_sized(host, channel, transfer, sizeof(*transfer));
}
/* Tasks that are running or want to, of all CPUs, and forks since boot, threads included. */
PTREE_API bool ptree_host_tasks(const struct ptree_host *host, uint64_t *runnable, uint64_t *forks);

/* ------------------------------------------------------------------------------------------ */
/* Users                                                                                      */

struct ptree_users;

PTREE_API int ptree_users_new(struct ptree_users **users);
PTREE_API void ptree_users_free(struct ptree_users *users);

/*
 * The user's name, or its number in decimal if there is none. Never NULL; borrowed until
 * ptree_users_free(). Asks the name service at the first time for each uid and may wait for it. Of
 * 16,384 users the names are kept; all others are numbers, which are borrowed until the next call.
 * It asks with getpwuid(3): see "Static programs" in libproctree(3).
 */
PTREE_API const char *ptree_users_name(struct ptree_users *users, uid_t uid);

/*
 * The user of that name, which may be a number, too. Waits for the name service. -ENOENT there is
 * none, -EIO it could not be asked, -ENOMEM.
 */
PTREE_API int ptree_user_id(const char *name, uid_t *uid);

/*
 * As ptree_users_name() without waiting: NULL while a thread of its own asks. ptree_users_fd()
 * becomes readable when an answer has come; ptree_users_collect() takes the answers in and returns
 * how many there were.
 */
PTREE_API const char *ptree_users_name_later(struct ptree_users *users, uid_t uid);
PTREE_API int ptree_users_fd(const struct ptree_users *users);
PTREE_API int ptree_users_collect(struct ptree_users *users);

/* ------------------------------------------------------------------------------------------ */
/* The tree                                                                                   */

struct ptree_tree;
struct ptree_node;

struct ptree_tree_options {
	/* Exited processes to keep, and for how long; older ones are only in the summaries of
	   those above them. 0: 20,000 and 10 minutes. Exited ancestors of living processes stay
	   longer, and of failures a tenth of that number whatever else ends. */
	size_t exited_max;
	uint64_t exited_age_ns;
	/* Bytes of facts that the feed holds for a slow reader; some 40 each. 0: no feed. */
	size_t feed_bytes;
};

PTREE_API int ptree_tree_new_sized(struct ptree_tree **tree,
				   const struct ptree_tree_options *options, size_t size);
static inline int ptree_tree_new(struct ptree_tree **tree, const struct ptree_tree_options *options)
{
	return ptree_tree_new_sized(tree, options, sizeof(*options));
}
PTREE_API void ptree_tree_free(struct ptree_tree *tree);

/* Added to every event's time_ns to make boot time. 0 at first. See ptree_boot_offset_ns(). */
PTREE_API void ptree_tree_set_clock_offset(struct ptree_tree *tree, uint64_t offset_ns);

/*
 * Applies events, from whatever source. An event that contradicts a newer observation adds to the
 * history only. The exit of an unknown process is kept as an ended node. Errors: -ENOMEM; the tree
 * is then consistent and lacks the event.
 */
PTREE_API int ptree_tree_apply(struct ptree_tree *tree, const struct ptree_event *event);
PTREE_API int ptree_tree_apply_many(struct ptree_tree *tree, const struct ptree_event *events,
				    size_t count);

/*
 * Takes in what a scan saw of one process. What events taught (origins, images, exits) stays.
 * Call ptree_tree_sweep() when every process has been seen. argv is copied.
 */
PTREE_API int ptree_tree_observe(struct ptree_tree *tree, const struct ptree_process *process);

/*
 * The same for its tasks, as they were listed just after that. Those of a process that has the pid
 * no more, or not yet, and those that ended since, are nobody's.
 */
PTREE_API int ptree_tree_observe_tasks(struct ptree_tree *tree, const struct ptree_process *process,
				       const pid_t *tids, size_t count);

/*
 * Ends a scan that began at scan_start_ns: processes that existed then, were not seen since and
 * had no event since are over, with unknown status. Where pid 1 was not seen, /proc hides others'
 * processes (hidepid): then those that no scan ever showed, only events, are spared.
 */
PTREE_API void ptree_tree_sweep(struct ptree_tree *tree, uint64_t scan_start_ns);

/* From now on observations count as news (they glow and are fed) or not. Off at first. */
PTREE_API void ptree_tree_set_polling(struct ptree_tree *tree, bool polling);

/*
 * Parents die without an event for their children. Returns the pid of a process that is over and
 * has children of which one is written to *child: ask the kernel who their parent is now and say
 * it with ptree_tree_adopt(). 0: nobody waits. skip: how many to pass over. The child may be a
 * zombie.
 */
PTREE_API pid_t ptree_tree_orphaned(const struct ptree_tree *tree, size_t skip, pid_t *child);
/* The same one as a node, whose pid may be another one's by now. NULL: nobody waits. */
PTREE_API const struct ptree_node *ptree_tree_orphaning(const struct ptree_tree *tree, size_t skip);

/* child and everybody orphaned with it now belong to ppid. -ESRCH: child or ppid is not here;
   -EINVAL: ppid comes from child. */
PTREE_API int ptree_tree_adopt(struct ptree_tree *tree, pid_t child, pid_t ppid);

/*
 * What the text of a process was found to be, for the image it had at image_ns
 * (ptree_image.begin_ns); read_ns: just before the reading. 0, -ESRCH, -ESTALE, -ENOMEM.
 * argv is copied. Of a kernel thread: PTREE_ARGV_NONE and its name with a NUL, if it is longer than
 * comm.
 */
PTREE_API int ptree_tree_set_argv(struct ptree_tree *tree, uint64_t id, uint64_t image_ns,
				  uint64_t read_ns, enum ptree_argv_status status, const char *argv,
				  size_t size);
PTREE_API int ptree_tree_set_comm(struct ptree_tree *tree, uint64_t id, uint64_t read_ns,
				  const char comm[PTREE_COMM_SIZE]);
PTREE_API int ptree_tree_set_thread_comm(struct ptree_tree *tree, pid_t tid,
					 const char comm[PTREE_COMM_SIZE]);
/* What was read of one thread's use of the CPU; task: as ptree_procfs_read_task() fills it in.
   -ESRCH: it is not known, or the reading is of another. */
PTREE_API int ptree_tree_sample_thread(struct ptree_tree *tree, const struct ptree_process *task);

/*
 * What was read of a live process's use of the machine: state, CPU times, memory. Of those that
 * are over, or are not known, nothing is taken: -ESRCH.
 */
PTREE_API int ptree_tree_sample(struct ptree_tree *tree, const struct ptree_process *process);

/*
 * The kernel's accounting of one task of that process, or of all of them (is_process), once it is
 * over; before or after its EXIT is applied. 0, -ESRCH, -ENOMEM.
 */
PTREE_API int ptree_tree_account(struct ptree_tree *tree, pid_t pid,
				 const struct ptree_accounting *record);

/* Ends an interval of what ptree_node_activity() tells. Call it about every second. */
PTREE_API void ptree_tree_tick(struct ptree_tree *tree, uint64_t now_ns);

/* Changes when what processes use may have changed, and with ptree_tree_tick(). */
PTREE_API uint64_t ptree_tree_usage_generation(const struct ptree_tree *tree);

/* An exited process was found to be a zombie that nobody waited for, or not any more. */
PTREE_API int ptree_tree_set_zombie(struct ptree_tree *tree, uint64_t id, bool is_zombie);

/* Forgets exited processes beyond the limits. Cheap; call it now and then. */
PTREE_API void ptree_tree_expire(struct ptree_tree *tree, uint64_t now_ns);

/*
 * Reads all of /proc into the tree, at once. what: PTREE_READ_*. Entries that are gone, refused or
 * make no sense are left out. Errors: -ENOMEM, -EMFILE, -ENFILE, -EIO; nobody is ended.
 */
PTREE_API int ptree_tree_read_proc(struct ptree_tree *tree, struct ptree_procfs *procfs,
				   unsigned what);

/* The node of a live process, from the tree or else, with its ancestors, from /proc. The id of a
   thread finds its process. Errors: -ESRCH, and those of ptree_procfs_read(). */
PTREE_API int ptree_tree_resolve(struct ptree_tree *tree, struct ptree_procfs *procfs, pid_t pid,
				 const struct ptree_node **node);

/* Changes at every change that a view could show: compare it with the last one. */
PTREE_API uint64_t ptree_tree_generation(const struct ptree_tree *tree);

struct ptree_tree_counts {
	size_t live; /* processes, zombies not included */
	size_t zombies;
	size_t threads; /* tasks that are not leaders */
	size_t kernel_threads;
	size_t exited; /* kept */
	uint64_t gone; /* exited and forgotten */
	/* Since the tree was made; only what was seen as it happened. */
	uint64_t forks, execs, exits, failures; /* of processes; failures: a status other than 0 */
	/* CPU time of processes that are over, by how long they had lived: under a second, under
	   10, under 60, and longer. What was used before anybody looked is not in it. */
	uint64_t exited_cpu_ns[4];
};
PTREE_API void ptree_tree_get_counts_sized(const struct ptree_tree *tree,
					   struct ptree_tree_counts *counts, size_t size);
static inline void ptree_tree_get_counts(const struct ptree_tree *tree,
					 struct ptree_tree_counts *counts)
{
	ptree_tree_get_counts_sized(tree, counts, sizeof(*counts));
}

/* The one above all: pid 0, never shown. Its children are those that have no parent here. */
PTREE_API const struct ptree_node *ptree_tree_root(const struct ptree_tree *tree);
/* Who has that pid now: alive, or a zombie; NULL once it is reaped. */
PTREE_API const struct ptree_node *ptree_tree_find(const struct ptree_tree *tree, pid_t pid);
/* Who has it or had it last, over or not; NULL: nobody that is kept. */
PTREE_API const struct ptree_node *ptree_tree_find_latest(const struct ptree_tree *tree, pid_t pid);
PTREE_API const struct ptree_node *ptree_tree_find_id(const struct ptree_tree *tree, uint64_t id);
/* The thread with that tid now; leaders are not among them. */
PTREE_API const struct ptree_thread *ptree_tree_find_thread(const struct ptree_tree *tree,
							    pid_t tid);

/* Watching: a mark on a node and on all that come from it, inherited at fork. */
PTREE_API int ptree_tree_watch_id(struct ptree_tree *tree, uint64_t id);
/* Also every process, now or later, whose comm or basename of argv[0] is name. Not ignored_pid. */
PTREE_API int ptree_tree_watch_name(struct ptree_tree *tree, const char *name, pid_t ignored_pid);
PTREE_API void ptree_tree_unwatch_all(struct ptree_tree *tree);

/* ------------------------------------------------------------------------------------------ */
/* Nodes. All pointers are borrowed until the tree changes.                                   */

PTREE_API uint64_t ptree_node_id(const struct ptree_node *node);
PTREE_API pid_t ptree_node_pid(const struct ptree_node *node);
/* The kernel's parent now (of an exited one: at its end); the root's is NULL. */
PTREE_API const struct ptree_node *ptree_node_parent(const struct ptree_node *node);
/* The same at a time, as far as it is known; NULL if it had not begun or that parent is forgotten.
 */
PTREE_API const struct ptree_node *ptree_node_parent_at(const struct ptree_tree *tree,
							const struct ptree_node *node,
							uint64_t boot_ns);
/* Who forked it, even if that one is over; NULL if it is forgotten or was never known. */
PTREE_API const struct ptree_node *ptree_node_origin(const struct ptree_node *node);
/* The origin was inferred from a scan, not told by a fork event. */
PTREE_API bool ptree_node_is_origin_inferred(const struct ptree_node *node);
/* Ancestors left out between it and its origin. */
PTREE_API uint32_t ptree_node_elided(const struct ptree_node *node);

/* Children that are there (zombies too), nearly in the order of their birth. */
PTREE_API const struct ptree_node *ptree_node_first_child(const struct ptree_node *node);
PTREE_API const struct ptree_node *ptree_node_next_sibling(const struct ptree_node *node);
/* Children that are over and kept, the latest exit first. */
PTREE_API const struct ptree_node *ptree_node_last_exited(const struct ptree_node *node);
PTREE_API const struct ptree_node *ptree_node_prev_exited(const struct ptree_node *node);
/* Processes that ended with a status other than 0, the latest exit first. They are kept though
   others that ended later are forgotten. */
PTREE_API const struct ptree_node *ptree_tree_last_failed(const struct ptree_tree *tree);
PTREE_API const struct ptree_node *ptree_node_prev_failed(const struct ptree_node *node);
/* Those that it forked, wherever they are now, over or not, the youngest first. */
PTREE_API const struct ptree_node *ptree_node_last_forked(const struct ptree_node *node);
PTREE_API const struct ptree_node *ptree_node_prev_forked(const struct ptree_node *node);
PTREE_API size_t ptree_node_child_count(const struct ptree_node *node);

/*
 * What is over below a process: its children, and what was over below them. It goes on counting
 * when they are forgotten one by one. Whatever lives on counts where it lives on.
 */
#define PTREE_SUMMARY_COMMANDS 8
struct ptree_summary {
	uint64_t gone;	      /* processes */
	uint64_t failed;      /* that ended with a status other than 0 */
	uint64_t cpu_ns;      /* their CPU time, as far as it is known */
	uint64_t cpu_unknown; /* processes of which the kernel did not tell: cpu_ns is too small */
	/* The most common ones first. Of more than these eight names the counts are estimates, and
	   never too small. */
	unsigned command_count;
	struct {
		char comm[PTREE_COMM_SIZE];
		uint32_t count;
	} commands[PTREE_SUMMARY_COMMANDS];
};
/* NULL: nothing is over. */
PTREE_API const struct ptree_summary *ptree_node_summary(const struct ptree_node *node);

/* What of a process's usage is known. */
enum {
	PTREE_USAGE_CPU = 1,	   /* cpu_ns; the split only if PTREE_USAGE_CPU_SPLIT */
	PTREE_USAGE_CPU_SPLIT = 2, /* cpu_user_ns, cpu_system_ns */
	PTREE_USAGE_RATE = 4,	   /* cpu_permille */
	PTREE_USAGE_RSS = 8,	   /* rss_bytes: while it lives */
	PTREE_USAGE_MAX_RSS = 16,
	PTREE_USAGE_IO = 32,
	PTREE_USAGE_ELAPSED = 64,
	PTREE_USAGE_WAITED = 128, /* waited_cpu_ns: while it lives */
	PTREE_USAGE_STAT = 256,	  /* from nice on: while it lives, once it was sampled */
};

struct ptree_usage {
	uint32_t known; /* mask of PTREE_USAGE_*; the rest is 0 */
	/* The kernel's accounting of a process that is over; else what was sampled last, which of
	   one that is over is less than it used. */
	bool is_final;
	char state; /* R S D Z T t I ... as sampled last; 0: not known, or over */
	/* CPU time of all its threads since its begin. Final: the best of the kernel's two
	   figures, which is a little too small; below what it can tell it is not known. */
	uint64_t cpu_ns, cpu_user_ns, cpu_system_ns;
	uint32_t cpu_permille; /* of one CPU, between the last two samples; 0 when it is over */
	uint64_t rss_bytes, max_rss_bytes;
	uint64_t read_bytes, write_bytes; /* from and to storage */
	uint64_t elapsed_ns;		  /* of one that is over; exact if is_final */
	uint64_t sampled_ns; /* boot time of the last look that found something new; 0: never */
	/* CPU time of its children (and of theirs) that are over and were waited for, as its own
	   /proc entry said at that look: since it began, also of those nobody saw, and also where
	   the kernel accounts for nobody. As coarse as its clock ticks. Those that are not waited
	   for (SIGCHLD ignored, or handed to another parent) are not in it. */
	uint64_t waited_cpu_ns;
	int32_t nice, priority; /* as in struct ptree_process, and so are these */
	pid_t pgrp;
	uint32_t tty;
	uint64_t virtual_bytes, minor_faults, major_faults;
};
PTREE_API void ptree_node_usage_sized(const struct ptree_node *node, struct ptree_usage *usage,
				      size_t size);
static inline void ptree_node_usage(const struct ptree_node *node, struct ptree_usage *usage)
{
	ptree_node_usage_sized(node, usage, sizeof(*usage));
}

/*
 * What happened to and through a process of late: rates, smoothed over some seconds. What those
 * did that it forked and that are over counts as its own: a shell that ran and left did it for
 * the one who ran it.
 */
struct ptree_activity {
	uint32_t forks_per_ks, execs_per_ks, failures_per_ks; /* in 1,000 s */
	/* CPU time that those of them used who ended in the last tick, per time: parts of 1000 of
	   one CPU. Not smoothed. What they had been seen to use before is not in it. */
	uint32_t exited_cpu_permille;
};
/* NULL: nothing of late. */
PTREE_API const struct ptree_activity *ptree_node_activity(const struct ptree_node *node);
/* Those that have an activity, in no order. */
PTREE_API const struct ptree_node *ptree_tree_first_active(const struct ptree_tree *tree);
PTREE_API const struct ptree_node *ptree_node_next_active(const struct ptree_node *node);

PTREE_API uint64_t ptree_node_begin_ns(const struct ptree_node *node);
PTREE_API bool ptree_node_is_begin_exact(const struct ptree_node *node);
/* 0 while it lives. */
PTREE_API uint64_t ptree_node_end_ns(const struct ptree_node *node);
PTREE_API bool ptree_node_has_ended(const struct ptree_node *node);
PTREE_API bool ptree_node_is_zombie(const struct ptree_node *node);
/* Its leader is gone while threads live on. */
PTREE_API bool ptree_node_is_leaderless(const struct ptree_node *node);
/* False if nobody saw it end. */
PTREE_API bool ptree_node_exit_status(const struct ptree_node *node, uint32_t *status);
/* Its tasks ended with different statuses at about the same time, and nothing told which of them
   its parent was given: it is the likelier one. */
PTREE_API bool ptree_node_is_status_inferred(const struct ptree_node *node);
PTREE_API bool ptree_node_is_kernel_thread(const struct ptree_node *node);
PTREE_API bool ptree_node_is_watched(const struct ptree_node *node);
PTREE_API uint32_t ptree_node_euid(const struct ptree_node *node);
PTREE_API uint32_t ptree_node_ruid(const struct ptree_node *node);
PTREE_API uint32_t ptree_node_egid(const struct ptree_node *node);
PTREE_API uint32_t ptree_node_rgid(const struct ptree_node *node);
/* When an event last told that one of these four is another one now. 0: none was seen to change. */
PTREE_API uint64_t ptree_node_users_changed_ns(const struct ptree_node *node);
PTREE_API pid_t ptree_node_sid(const struct ptree_node *node);
PTREE_API pid_t ptree_node_tracer(const struct ptree_node *node);

/* A program that it ran. */
struct ptree_image {
	uint64_t id;	   /* never used again; those who were forked share it until they exec */
	uint64_t begin_ns; /* of the exec, or the process's own begin */
	uint64_t read_ns;  /* when argv was read */
	enum ptree_argv_status argv_status;
	char comm[PTREE_COMM_SIZE];
	uint32_t argv_size;
	/* NUL-separated raw bytes; NULL if there are none. A kernel thread has no arguments
	   (PTREE_ARGV_NONE): of one whose name does not fit into comm this is all of it. */
	const char *argv;
};
/* Its name: of a kernel thread all of it, else comm; "" while nobody has told it. */
PTREE_API const char *ptree_image_name(const struct ptree_image *image);
/* back: 0 is now, 1 the one before, ...; NULL beyond what is kept. */
PTREE_API const struct ptree_image *ptree_node_image(const struct ptree_node *node, unsigned back);
/* What it ran at that time; NULL if that is not kept, or was never known. */
PTREE_API const struct ptree_image *ptree_node_image_at(const struct ptree_node *node,
							uint64_t boot_ns);
/* Execs of it that were seen, also those whose images are no longer kept. */
PTREE_API uint32_t ptree_node_exec_count(const struct ptree_node *node);
/*
 * What it is called now. An exec has no name: until somebody has read it this is the one of before
 * ("": that is not known either), and ptree_node_is_comm_old() says so. ptree_node_name() is the
 * same, but of a kernel thread all of it, up to PTREE_NAME_SIZE with its NUL.
 */
PTREE_API const char *ptree_node_comm(const struct ptree_node *node);
PTREE_API const char *ptree_node_name(const struct ptree_node *node);
PTREE_API bool ptree_node_is_comm_old(const struct ptree_node *node);
/* Its name is this: comm, or the basename of argv[0] (a login shell's dash aside). */
PTREE_API bool ptree_node_is_named(const struct ptree_node *node, const char *name);

/* Threads but for the leader. */
struct ptree_thread;
PTREE_API size_t ptree_node_thread_count(const struct ptree_node *node);
PTREE_API const struct ptree_thread *ptree_node_first_thread(const struct ptree_node *node);
PTREE_API const struct ptree_thread *ptree_thread_next(const struct ptree_thread *thread);
PTREE_API uint64_t ptree_thread_id(const struct ptree_thread *thread);
PTREE_API pid_t ptree_thread_tid(const struct ptree_thread *thread);
PTREE_API uint64_t ptree_thread_begin_ns(const struct ptree_thread *thread); /* 0: not known */
PTREE_API const char *ptree_thread_comm(const struct ptree_thread *thread);  /* "": not known */
/*
 * CPU time that it has used, and of one CPU between its last two samples, in parts of 1000;
 * PTREE_UNKNOWN_ID: there was no sample before. Returns when it was sampled; 0: never. Threads are
 * sampled when they are refreshed, those that somebody looks at.
 */
PTREE_API uint64_t ptree_thread_usage(const struct ptree_thread *thread, uint64_t *cpu_ns,
				      uint32_t *cpu_permille);

/* What happened to it last, and when. */
enum ptree_change_kind {
	PTREE_CHANGE_NONE,
	PTREE_CHANGE_FORKED, /* came into being */
	PTREE_CHANGE_EXECED,
	PTREE_CHANGE_CREDENTIALS,
	PTREE_CHANGE_SESSION,
	PTREE_CHANGE_TRACED,
	PTREE_CHANGE_RENAMED,
	PTREE_CHANGE_COREDUMP,
	PTREE_CHANGE_EXITED,
};
PTREE_API enum ptree_change_kind ptree_node_last_change(const struct ptree_node *node,
							uint64_t *boot_ns);

/* ------------------------------------------------------------------------------------------ */
/* Facts: everything that a tree ever learns, through one door.                               */

/*
 * A fact is a decision, never evidence: small, plain, complete in itself. Those who translate
 * events, scans and samples weigh what they were told; a tree believes. So a second tree that
 * learned the same facts in the same order is the same tree.
 *
 * The numbers are for keeps: they are in recordings. What is new is added at the end, to this list
 * and to the fields of a kind.
 */
enum ptree_fact_kind {
	/* The machine and the source of what follows; id is 0. */
	PTREE_FACT_CLOCK = 1,  /* u.clock */
	PTREE_FACT_SOURCE,     /* u.source: how the tree is kept current */
	PTREE_FACT_LOST,       /* u.count: events that nobody saw */
	PTREE_FACT_COMPARED,   /* the tree was compared with /proc after a loss */
	PTREE_FACT_UNHEARD_OF, /* u.unknown: an event of a kind that is not known here */
	PTREE_FACT_USER,       /* u.user: a user's name */
	PTREE_FACT_HOST,       /* u.host: the machine as a whole */
	PTREE_FACT_TICK,       /* u.interval_ns: the end of an interval of what goes on of late */

	/* A process; id is the node's. */
	PTREE_FACT_APPEARED = 16,  /* u.birth; told: as it was forked */
	PTREE_FACT_FILLED,	   /* u.date: a placeholder turned out to be this one */
	PTREE_FACT_REDATED,	   /* u.date: it began then. News: the fork of one that was known */
	PTREE_FACT_ORIGIN,	   /* u.origin: who forked it */
	PTREE_FACT_MOVED,	   /* u.parent: it has another parent */
	PTREE_FACT_KERNEL_THREAD,  /* u.flag: it is one, or is none */
	PTREE_FACT_USERS,	   /* u.ids: real and effective uid */
	PTREE_FACT_GROUPS,	   /* u.ids: real and effective gid */
	PTREE_FACT_SESSION,	   /* u.pid: the session's leader */
	PTREE_FACT_TRACER,	   /* u.pid; 0: traced no more */
	PTREE_FACT_CORE_DUMP,	   /* it begins to dump core */
	PTREE_FACT_IMAGE,	   /* u.image: it runs another program; told: an exec was seen */
	PTREE_FACT_SHARED,	   /* u.image.id: it runs what its origin runs, unheard until now */
	PTREE_FACT_NAME,	   /* u.name: of an image */
	PTREE_FACT_ARGUMENTS,	   /* u.arguments: of an image */
	PTREE_FACT_IMAGE_DATED,	   /* u.image: that image began then. News: its exec, told late */
	PTREE_FACT_THREAD_BEGAN,   /* u.thread */
	PTREE_FACT_THREAD_NAMED,   /* u.thread: id, tid, comm */
	PTREE_FACT_THREAD_ENDED,   /* u.thread: id, tid */
	PTREE_FACT_LEADER,	   /* u.flag: its leader is gone, or is there after all */
	PTREE_FACT_ENDED,	   /* u.end */
	PTREE_FACT_STATUS,	   /* u.end: how and when one ended that was over already */
	PTREE_FACT_REVIVED,	   /* it is not over after all */
	PTREE_FACT_ZOMBIE,	   /* it is over, and nobody has waited for it */
	PTREE_FACT_REAPED,	   /* it is a zombie no more */
	PTREE_FACT_ACCOUNTED,	   /* u.accounting: of one of its tasks, or of all */
	PTREE_FACT_SAMPLED,	   /* u.sample */
	PTREE_FACT_RETAINED,	   /* beyond the limits, and kept for those who came from it */
	PTREE_FACT_FORGOTTEN,	   /* and not kept: those whom it forked are its origin's now */
	PTREE_FACT_THREAD_SAMPLED, /* u.thread: id, tid, and from begin_ns on but for comm */

	/* A snapshot: what a tree keeps that the other kinds do not tell. Only a tree that has
	   learned nothing of a process yet takes them, until PTREE_FACT_KEPT. */
	PTREE_FACT_KEPT_IMAGE = 64, /* u.kept_image */
	PTREE_FACT_KEPT_NODE,	    /* u.kept_node */
	PTREE_FACT_KEPT_PAST_IMAGE, /* u.image.id: what it ran before; the oldest first */
	PTREE_FACT_KEPT_PARENT,	    /* u.parent; without: the root */
	PTREE_FACT_KEPT_ORIGIN,	    /* u.origin.id */
	PTREE_FACT_KEPT_THREAD,	    /* u.thread */
	PTREE_FACT_KEPT_EDGE,	    /* u.edge: a former parent */
	PTREE_FACT_KEPT_ACCOUNT,    /* u.kept_account */
	PTREE_FACT_KEPT_SUMMARY,    /* u.summary; id 0: of all */
	PTREE_FACT_KEPT_ACTIVITY,   /* u.kept_activity */
	PTREE_FACT_KEPT,	    /* u.kept: the end of a snapshot */
};

enum ptree_fact_source {
	PTREE_FACT_TOLD,     /* by an event */
	PTREE_FACT_READ,     /* in /proc */
	PTREE_FACT_INFERRED, /* from what was told or read */
};

struct ptree_fact {
	uint32_t kind; /* enum ptree_fact_kind, or one that only others know: see more */
	enum ptree_fact_source source;
	bool is_news; /* it happens now: it glows, and a log prints it. Else it has long been so. */
	bool is_past; /* it was so; what is known is newer, and stays */
	uint64_t time_ns; /* the event's if told, the reading's if read */
	uint64_t id;	  /* of the node; 0: it is about none */
	union {
		struct {
			uint64_t real_offset_ns; /* add to boot time for the time since 1970 */
			char boot_id[40];	 /* of the running kernel, in text */
		} clock;
		struct {
			uint8_t state; /* enum ptree_monitor_state */
			int reason;    /* a negative errno, or 0 */
			uint64_t lost, execs, argv_read, argv_late;
		} source;
		uint64_t count;
		struct {
			uint32_t what;
			uint16_t size;	   /* of its payload */
			const void *bytes; /* the first ones; borrowed */
			size_t byte_count;
		} unknown;
		struct {
			uint32_t uid;
			const char *name; /* borrowed, not terminated */
			size_t size;
		} user;
		struct {
			uint16_t user, nice, system, irq, steal, iowait, busy; /* of 1000 */
			uint16_t cpus;
			uint16_t load[3]; /* hundredths */
			uint64_t total_bytes, available_bytes, swap_total_bytes, swap_free_bytes;
			uint64_t runnable, forks;
			const void *cpu; /* busy parts of 1000 of each CPU, 2 bytes, low first */
			size_t cpu_size;
		} host;
		uint64_t interval_ns;
		struct {
			pid_t pid;
			uint64_t begin_ns;
			uint64_t parent, origin; /* nodes; 0: the root; nobody is known */
			uint64_t image;		 /* its origin's, or 0: not known */
			uint32_t ruid, euid, rgid, egid;
			pid_t sid, tracer;
			bool is_begin_exact, is_origin_told, is_kernel_thread;
			bool is_placeholder; /* somebody named it, and nothing else is known */
		} birth;
		struct {
			uint64_t begin_ns;
			bool is_exact;
			uint64_t parent; /* who forked it, if that is told */
		} date;
		struct {
			uint64_t id; /* 0: nobody that is known */
			bool is_told;
		} origin;
		uint64_t parent; /* 0: the root */
		bool flag;
		struct {
			uint32_t real, effective;
		} ids;
		pid_t pid;
		struct {
			uint64_t id;
			uint64_t begin_ns;
			uint16_t kept; /* so many of its images, with this one; 0: all there are */
		} image;
		/* image: that which it runs, then it is named for all who share it; or one that is
		   not known yet: a copy of that, with this name, for itself. */
		struct {
			uint64_t image;
			char comm[PTREE_COMM_SIZE];
		} name;
		struct {
			uint64_t image; /* as above */
			uint64_t read_ns;
			uint64_t reader;   /* the node that was read: who shares it was not asked */
			uint8_t status;	   /* enum ptree_argv_status */
			const char *bytes; /* borrowed */
			size_t size;
		} arguments;
		struct {
			uint64_t id;
			pid_t tid;
			uint64_t begin_ns;
			char comm[PTREE_COMM_SIZE];
			uint64_t sampled_ns;   /* 0: it never was */
			uint64_t cpu_ns;       /* that it used until then */
			uint32_t cpu_permille; /* of one CPU, since the sample before; or unknown */
		} thread;
		struct {
			uint64_t end_ns;
			uint32_t status;
			bool is_status_known;
			bool is_status_inferred; /* chosen among those of its tasks */
		} end;
		struct ptree_accounting accounting;
		struct {
			char state;
			uint64_t rss_bytes;
			bool has_cpu; /* else its CPU time is as it was: too little time has passed
				       */
			uint64_t cpu_user_ns, cpu_system_ns;
			uint64_t interval_ns; /* of the rate; 0: there is none */
			uint64_t waited_cpu_ns;
			int32_t nice, priority;
			pid_t pgrp;
			uint32_t tty;
			uint64_t virtual_bytes, minor_faults, major_faults;
		} sample;
		struct {
			uint64_t id;
			uint64_t twin; /* an image told before that has the same arguments, or 0 */
			uint64_t begin_ns, read_ns, reader;
			uint8_t status;
			char comm[PTREE_COMM_SIZE];
			const char *bytes; /* none if there is a twin */
			size_t size;
		} kept_image;
		struct {
			pid_t pid, sid, tracer;
			uint64_t begin_ns, end_ns, parent_ns, change_ns, sampled_ns;
			uint64_t over_key; /* its place among those that are over */
			uint64_t image;
			uint32_t exec_count, elided, status;
			uint32_t ruid, euid, rgid, egid;
			uint64_t cpu_user_ns, cpu_system_ns, rss_bytes;
			uint32_t cpu_permille;
			uint8_t change, fate;
			char state;
			uint32_t flags;
			uint64_t waited_cpu_ns;
			int32_t nice, priority;
			pid_t pgrp;
			uint32_t tty;
			uint64_t virtual_bytes, minor_faults, major_faults;
			uint64_t users_ns; /* when its users or groups changed last */
		} kept_node;
		struct {
			uint64_t parent, from_ns, to_ns;
		} edge;
		struct {
			uint64_t cpu_user_ns, cpu_system_ns, cpu_run_ns, elapsed_ns;
			uint64_t max_rss_bytes, read_bytes, write_bytes, charged_ns;
			uint32_t known, tasks;
			bool is_elapsed_whole;
		} kept_account;
		struct {
			uint64_t gone, failed, cpu_ns, cpu_unknown;
			uint32_t command_count;
			const void *commands; /* 16 bytes of a name, 4 of its count, low first */
			size_t commands_size;
		} summary;
		struct {
			uint32_t forks_per_ks, execs_per_ks, failures_per_ks, exited_cpu_permille;
			uint64_t cpu_ns, failed_ns;
			uint32_t forks, execs, failures;
		} kept_activity;
		struct {
			uint64_t next_id, next_key;
			uint64_t gone, forks, execs, exits, failures;
			uint64_t exited_cpu_ns[4], exited_more_ns;
		} kept;
	} u;
	/* Bytes of the encoding that are not known here: the whole of an unknown kind, or what a
	   later version added. Passed on as they are; borrowed. */
	const void *more;
	size_t more_size;
};

/*
 * Learns one fact. What it borrows is copied. Errors: -EINVAL for what cannot be (an id that is not
 * known, or a birth of one that is; a circle of parents or origins; an image or a thread that is
 * not its own; an end of what is over), and -ENOMEM: nothing has changed then, and nothing is fed.
 * A kind that is not known here changes nothing, is no error, and is fed.
 */
PTREE_API int ptree_tree_learn(struct ptree_tree *tree, const struct ptree_fact *fact);

/*
 * Facts as bytes, one after another: 4 bytes of length, low first; then the kind, flags, time, id
 * and the kind's fields as numbers of 7 bits a byte, the low ones first. The format is for keeps.
 */
struct ptree_facts {
	unsigned char *bytes; /* malloc()ed */
	size_t size, capacity;
};
PTREE_API void ptree_facts_clear(struct ptree_facts *facts);
/* Writes it at the end. -ENOMEM, -E2BIG for more than 1 GiB in one fact. */
PTREE_API int ptree_facts_append(struct ptree_facts *facts, const struct ptree_fact *fact);
/*
 * Reads the fact at *at of these bytes and moves *at behind it. What it borrows is in the bytes.
 * Returns 1, 0 at the end, -EBADMSG for what cannot be a fact (*at stays, unless its length is
 * known: then it may be passed over by calling again).
 */
PTREE_API int ptree_facts_next(const void *bytes, size_t size, size_t *at, struct ptree_fact *fact);
/* Learns all of them. Stops at the first error, those of ptree_facts_next() included. */
PTREE_API int ptree_tree_learn_all(struct ptree_tree *tree, const void *bytes, size_t size);

/*
 * All that the tree knows, as facts that make an equal one of an empty tree; appended to facts.
 * What a person asked of it (watches) is not in it. -ENOMEM.
 */
PTREE_API int ptree_tree_snapshot(const struct ptree_tree *tree, struct ptree_facts *facts);

/* "appeared", "moved", ...; "unknown". Never NULL. */
PTREE_API const char *ptree_fact_kind_name(uint32_t kind);

/*
 * Writes the fact as an object: "fact" (the kind's name), "kind", "time_ns", "source" (told, read,
 * inferred), "news", "past", "node" (its id, or null), and "values", an object that has the kind's
 * members of struct ptree_fact by their names; arguments are "argv", an array, and other bytes in
 * hexadecimal. What is not known is null.
 */
PTREE_API void ptree_fact_json(const struct ptree_fact *fact, struct ptree_json *json,
			       const char *name);

/* ------------------------------------------------------------------------------------------ */
/* The feed: the latest facts, with their values, for those who keep a store of their own.    */

/* A reader's place. Plain data; a copy is another reader. */
struct ptree_feed_reader {
	uint64_t next; /* number of the fact that is read next; the first has 0 */
	uint64_t news; /* of those before it, how many were news */
	uint64_t at;   /* the feed's own */
};

/* A reader that begins now, or with the oldest fact that is left. */
PTREE_API void ptree_tree_feed_end(const struct ptree_tree *tree, struct ptree_feed_reader *reader);
PTREE_API void ptree_tree_feed_begin(const struct ptree_tree *tree,
				     struct ptree_feed_reader *reader);
/*
 * Reads the next fact; what it borrows is valid until the tree next learns something. Returns 1;
 * 0 if there is none yet; -EOVERFLOW if the reader was overtaken: its place is then the oldest
 * fact that is left, the numbers tell how many it missed, and it needs a snapshot; -ENOTSUP
 * without a feed.
 */
PTREE_API int ptree_tree_feed_read(const struct ptree_tree *tree, struct ptree_feed_reader *reader,
				   struct ptree_fact *fact);

/* What of the machine and the source the tree was told last; false: nothing. */
PTREE_API bool ptree_tree_last_fact(const struct ptree_tree *tree, enum ptree_fact_kind kind,
				    struct ptree_fact *fact);
/* A user's name that the tree was told; NULL: none. */
PTREE_API const char *ptree_tree_user_name(const struct ptree_tree *tree, uint32_t uid);
/*
 * Lets the tree learn the names that were found since the last time, whether waited for or
 * collected, so that they are in its feed and its snapshots. A uid without a name is none. Returns
 * how many, or -ENOMEM: the rest is for the next time. Users that are for one tree only.
 */
PTREE_API int ptree_tree_learn_users(struct ptree_tree *tree, struct ptree_users *users);

/* ------------------------------------------------------------------------------------------ */
/* Queries. Lists are the caller's; nodes in them are borrowed as ever.                       */

struct ptree_nodes {
	const struct ptree_node **node;
	size_t count, capacity;
};
PTREE_API void ptree_nodes_clear(struct ptree_nodes *nodes);

/* These replace the list's content. Returns the count, -ESRCH for an unknown pid, -ENOMEM. */
PTREE_API int ptree_tree_children(const struct ptree_tree *tree, pid_t pid,
				  struct ptree_nodes *out);
PTREE_API int ptree_tree_siblings(const struct ptree_tree *tree, pid_t pid,
				  struct ptree_nodes *out);
/* Breadth first, the process itself not included. */
PTREE_API int ptree_tree_descendants(const struct ptree_tree *tree, pid_t pid,
				     struct ptree_nodes *out);
/* From the process itself up to the top. by_origin: those who forked, instead of parents. */
PTREE_API int ptree_tree_ancestry(const struct ptree_tree *tree, pid_t pid, bool by_origin,
				  struct ptree_nodes *out);
/* Those alive; zombies are passed over. */
PTREE_API int ptree_tree_find_command(const struct ptree_tree *tree, const char *name,
				      struct ptree_nodes *out);
/* The same by a pattern as of glob(7), of comm, the whole name or the basename of argv[0]. */
PTREE_API int ptree_tree_find_glob(const struct ptree_tree *tree, const char *pattern,
				   struct ptree_nodes *out);
PTREE_API int ptree_tree_find_user(const struct ptree_tree *tree, uint32_t euid,
				   struct ptree_nodes *out);
PTREE_API int ptree_tree_find_real_user(const struct ptree_tree *tree, uint32_t ruid,
					struct ptree_nodes *out);
/* Has an ancestor (by parents or origins) of that name. */
PTREE_API bool ptree_tree_is_under_command(const struct ptree_tree *tree, pid_t pid,
					   const char *name);

enum {
	PTREE_CHAIN_ORIGINS = 1,   /* those who forked, over or not, instead of parents */
	PTREE_CHAIN_ARGUMENTS = 2, /* whole command lines */
};
/*
 * Ancestry as text, malloc()ed: "pid|command|user;pid|command|user;..." from the process up, with
 * | ; and \ escaped by \ and control bytes as \xNN; and as a JSON array of {"pid","ppid","cmd",
 * "user"}. what: PTREE_CHAIN_*; with arguments the command is the whole line, if it is known, and
 * the objects have "argv", an array or null. The pid may be that of a process that is over, and
 * users NULL: then uids stand for names. -ESRCH, -ENOMEM.
 */
PTREE_API int ptree_tree_chain_text(const struct ptree_tree *tree, pid_t pid, unsigned what,
				    struct ptree_users *users, char **text);
PTREE_API int ptree_tree_chain_json(const struct ptree_tree *tree, pid_t pid, unsigned what,
				    struct ptree_users *users, char **text);

/* A picture as pstree would draw it from pid down (0: all), malloc()ed; ascii: no box lines. */
PTREE_API int ptree_tree_display(const struct ptree_tree *tree, pid_t pid, bool ascii, char **text);

/* ------------------------------------------------------------------------------------------ */
/* Monitor: keeps a tree current.                                                             */

struct ptree_monitor;

enum ptree_monitor_state {
	PTREE_MONITOR_STARTING, /* the first scan is under way */
	PTREE_MONITOR_LIVE,
	PTREE_MONITOR_STALE,   /* events were lost; a scan that repairs the tree is under way */
	PTREE_MONITOR_DEAF,    /* the kernel stopped sending; a new socket is being tried */
	PTREE_MONITOR_POLLING, /* no events; /proc is scanned on a timer */
};

struct ptree_monitor_options {
	const char *proc_path; /* NULL: /proc */
	bool poll_only;	       /* do not try the connector */
	/* Where the events come from instead of a subscription of the monitor's own; see
	   ptree_connector_adopt(). The monitor's once ptree_monitor_new() has succeeded. It is not
	   replaced: at its end the monitor polls. Of one that is no netlink socket silence means
	   nothing, and neither command lines of short-lived processes nor the kernel's accounting
	   can be joined with it. A replay needs no monitor but ptree_tree_learn(). */
	struct ptree_connector *connector;
	/* Command lines of short-lived processes are read by threads that run at a real-time
	   priority (SCHED_FIFO 2; CAP_SYS_NICE or RLIMIT_RTPRIO): where there are up to eight
	   CPUs one at each, for a fifth of it at most, else one, for 40 % of a core.
	   True: only with a short time slice, as where it is not allowed. */
	bool no_realtime;
	size_t receive_buffer_size; /* see ptree_connector_options */
	size_t argv_max;	    /* bytes of a command line that are kept; 0: 4096 */
	uint64_t sample_ns;	    /* between two samples of usage; 0: 1.5 s */
	union {
		struct ptree_tree_options tree;
		uint64_t tree_room[16]; /* for it to grow */
	};
	/* The thread that dispatches, which is always the same one then, is put at a real-time
	   priority, too (SCHED_FIFO 1), for half a core at most, where that is allowed: so that a
	   flood of processes, which it has to follow, does not starve it. Not if it was given
	   another priority before, by nice(1) or chrt(1). What the thread starts later is ordinary
	   (SCHED_RESET_ON_FORK), and so is the thread after ptree_monitor_free(), which it calls.
	 */
	bool realtime_dispatch;
};

struct ptree_monitor_status {
	enum ptree_monitor_state state;
	int reason;	 /* POLLING: why, a negative errno; 0: asked for */
	uint64_t events; /* seen; the library's own noise not included */
	uint64_t lost;
	uint64_t execs, argv_read; /* execs seen, and those whose command line was read in time */
	uint64_t argv_late;	   /* read too late, or not at all; the rest is still being read */
	uint64_t argv_hung;	   /* reads that hung and were given up */
	uint64_t resyncs;	   /* times the tree was repaired after a loss */
	uint64_t ignored;	   /* spoofed, truncated and malformed messages */
	size_t receive_buffer_size;
	bool is_realtime; /* command lines are read at a real-time priority */
	/* The kernel's accounting: 0, or why there is none (-EOPNOTSUPP: no events to join it
	   with; -EPERM, ...: see ptree_taskstats_open()). Exits of tasks with and without a record;
	   messages lost. */
	int accounting_error;
	uint64_t accounted, unaccounted, accounting_lost;
	size_t scan_done, scan_total; /* processes of the scan under way; 0 of 0: none */
};

/*
 * Subscribes, then starts the first scan; does not wait for it. The process that it runs in is seen
 * like any other, with its threads, but for the library's own: their names begin with "proctree-".
 * Where there is no connector it polls, and status tells why. Errors: -ENOMEM, -EMFILE, those of
 * opening /proc, of epoll_create(2), timerfd_create(2) and pthread_create(3); -EINVAL for a
 * connector and poll_only.
 */
PTREE_API int ptree_monitor_new_sized(struct ptree_monitor **monitor,
				      const struct ptree_monitor_options *options, size_t size);
static inline int ptree_monitor_new(struct ptree_monitor **monitor,
				    const struct ptree_monitor_options *options)
{
	return ptree_monitor_new_sized(monitor, options, sizeof(*options));
}
PTREE_API void ptree_monitor_free(struct ptree_monitor *monitor);

/* Readable when ptree_monitor_dispatch() has something to do. */
PTREE_API int ptree_monitor_fd(const struct ptree_monitor *monitor);

/*
 * Does what is due, for about budget_ns at most (0: 10 ms). Never waits. Returns the number of
 * events applied; -ENOMEM; while it is STARTING, -EMFILE, -ENFILE and what else keeps /proc from
 * being read as a whole, again and again.
 */
PTREE_API int ptree_monitor_dispatch(struct ptree_monitor *monitor, uint64_t budget_ns);

/*
 * Takes in what has come, and what of it was held back for its command line, as at the end.
 * Returns the number of events applied; -ENOMEM.
 */
PTREE_API int ptree_monitor_settle(struct ptree_monitor *monitor);

/*
 * Returns 0 once the first scan is in the tree, whole (and with_argv: the command lines);
 * -ETIMEDOUT, and the errors of ptree_monitor_dispatch(). timeout_ms: -1 waits for ever.
 */
PTREE_API int ptree_monitor_wait_ready(struct ptree_monitor *monitor, bool with_argv,
				       int timeout_ms);

PTREE_API struct ptree_tree *ptree_monitor_tree(struct ptree_monitor *monitor);
PTREE_API void ptree_monitor_get_status_sized(const struct ptree_monitor *monitor,
					      struct ptree_monitor_status *status, size_t size);
static inline void ptree_monitor_get_status(const struct ptree_monitor *monitor,
					    struct ptree_monitor_status *status)
{
	ptree_monitor_get_status_sized(monitor, status, sizeof(*status));
}

/* "the kernel has no process connector", ... for status.reason, in words and with what to do. */
PTREE_API const char *ptree_monitor_reason_text(int reason);

/* Reads a process's name and command line again: programs rewrite them without an event. */
PTREE_API void ptree_monitor_refresh(struct ptree_monitor *monitor, uint64_t id);
/* The same for the name of a thread, and its use of the CPU. */
PTREE_API void ptree_monitor_refresh_thread(struct ptree_monitor *monitor, pid_t tid);

/* Somebody looks at it: its usage is sampled at the next ticks, whether it does anything or not. */
PTREE_API void ptree_monitor_sample(struct ptree_monitor *monitor, uint64_t id);
/* The machine as a whole, sampled together with the processes. */
PTREE_API const struct ptree_host *ptree_monitor_host(const struct ptree_monitor *monitor);

#ifdef __cplusplus
}
#endif

#endif
