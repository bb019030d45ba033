/* SPDX-License-Identifier: MIT */
/* What /proc says inside one process: the parsers, and directories of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "fake-proc.h"
#include "proc/descriptors.h"
#include "proc/details.h"
#include "proc/maps.h"
#include "proc/sockets.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct fixture {
	char *root;
	struct ptree_procfs *procfs;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->root = fake_root_new();
	assert_int_equal(ptree_procfs_open(&fixture->procfs, fixture->root), 0);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	ptree_procfs_close(fixture->procfs);
	fake_root_free(fixture->root);
	free(fixture);
	return 0;
}

static struct span text_of(const char *text)
{
	return span_of(text, strlen(text));
}

/* ---- parsers ---- */

static void the_rest_of_stat_is_read(void **state)
{
	const char *text = "42 (a) b) S 7 8 9 34816 77 64 10 11 12 13 250 50 14 15 25 5 1 0 4200 "
			   "1000000 300 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 50 2 0\n";
	struct details_stat stat;

	(void)state;
	assert_int_equal(details_parse_stat(text_of(text), &stat), 0);
	assert_int_equal(stat.foreground_pgrp, 77);
	assert_int_equal(stat.minor_faults, 10);
	assert_int_equal(stat.major_faults, 12);
	assert_int_equal(stat.nice, 5);
	assert_int_equal(stat.last_cpu, 1);
	assert_int_equal(stat.realtime_priority, 50);
	assert_int_equal(stat.policy, 2);
}

static void every_cut_of_stat_is_refused(void **state)
{
	const char *text = "4 (a) S 7 8 9 0 -1 64 1 1 1 1 2 5 1 1 25 5 1 0 4 1 3 1 1 1 0 0 0 0 0 0 "
			   "0 0 0 0 17 1 50 2";

	(void)state;
	for (size_t size = 0; size <= strlen(text); size++) {
		struct details_stat stat = { .nice = 99 };

		assert_int_equal(details_parse_stat(span_of(text, size), &stat), -EBADMSG);
		assert_int_equal(stat.nice, 99);
	}
}

#define STATUS                                                                                     \
	"Name:\tx\nUmask:\t0027\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t4 4294967294 \n"     \
	"VmPeak:\t  200 kB\nVmSize:\t  100 kB\nVmHWM:\t  60 kB\nVmRSS:\t   50 kB\nRssAnon:\t 20 "  \
	"kB\n"                                                                                     \
	"RssFile:\t 25 kB\nRssShmem:\t 5 kB\nVmSwap:\t 7 kB\nCapInh:\t0000000000000001\n"          \
	"CapPrm:\t0000000000000002\nCapEff:\t0000000000000004\nCapBnd:\t000001ffffffffff\n"        \
	"CapAmb:\t0000000000000008\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n"            \
	"Cpus_allowed_list:\t0-3,8\nvoluntary_ctxt_switches:\t11\nnonvoluntary_ctxt_switches:"     \
	"\t12\n"

static void all_pieces_of_status_are_read(void **state)
{
	struct ptree_details details = { 0 };
	struct span groups, cpus;
	uint32_t found, group;

	(void)state;
	found = details_parse_status(text_of(STATUS), &details, &groups, &cpus);
	assert_int_equal(__builtin_popcount(found), 10);
	assert_int_equal(details.uids[PTREE_ID_SAVED], 3);
	assert_int_equal(details.gids[PTREE_ID_FILESYSTEM], 8);
	assert_int_equal(details.umask, 027);
	assert_int_equal(details.capabilities[PTREE_CAPABILITIES_BOUNDING], 0x1ffffffffff);
	assert_int_equal(details.capabilities[PTREE_CAPABILITIES_AMBIENT], 8);
	assert_true(details.no_new_privs);
	assert_int_equal(details.seccomp_mode, 2);
	assert_int_equal(details.seccomp_filters, 3);
	assert_int_equal(details.peak_size_bytes, 200 * 1024);
	assert_int_equal(details.rss_bytes, 50 * 1024);
	assert_int_equal(details.rss_shared_bytes, 5 * 1024);
	assert_int_equal(details.swap_bytes, 7 * 1024);
	assert_int_equal(details.involuntary_switches, 12);
	assert_true(span_is(&cpus, "0-3,8"));
	assert_true(details_next_group(&groups, &group) && group == 4);
	assert_true(details_next_group(&groups, &group) && group == 4294967294);
	assert_false(details_next_group(&groups, &group));
}

static void what_status_lacks_costs_that_piece_only(void **state)
{
	static const struct {
		const char *text;
		enum ptree_piece piece;
	} rows[] = {
		{ "Umask:\t0022\n", PTREE_PIECE_UMASK },
		{ "NoNewPrivs:\t0\n", PTREE_PIECE_NO_NEW_PRIVS },
		{ "Cpus_allowed_list:\t0\n", PTREE_PIECE_AFFINITY },
		{ "VmRSS:\t1 kB\nVmSize:\t1 kB\n", PTREE_PIECE_MEMORY },
		{ "Groups:\t\n", PTREE_PIECE_GROUPS },
		{ "CapInh:\t0\nCapPrm:\t0\nCapEff:\t0\nCapBnd:\t0\n", PTREE_PIECE_CAPABILITIES },
	};
	static const char *const nothing[] = {
		"",
		"Umask:\t0022",
		"Umask:\t0089\n",
		"Uid:\t1\t2\t3\n",
		"Seccomp:\t-1\n",
		"VmRSS:\t1 MB\n",
		"CapInh:\tz\n",
		"Uid:\t1\t2\t3\t4\n",
	};
	struct span groups, cpus;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ptree_details details = { 0 };

		assert_int_equal(
		    details_parse_status(text_of(rows[i].text), &details, &groups, &cpus),
		    PIECE(rows[i].piece));
	}
	for (size_t i = 0; i < COUNT(nothing); i++) {
		struct ptree_details details = { 0 };

		assert_int_equal(
		    details_parse_status(text_of(nothing[i]), &details, &groups, &cpus), 0);
	}
}

static void all_rows_of_limits_are_read(void **state)
{
	const char *text =
	    "Limit                     Soft Limit           Hard Limit           Units     \n"
	    "Max cpu time              unlimited            unlimited            seconds   \n"
	    "Max open files            1024                 524288               files     \n"
	    "Max nice priority         0                    0                    \n"
	    "garbage\n";
	struct ptree_limit limits[8] = { 0 };

	(void)state;
	assert_int_equal(details_parse_limits(text_of(text), limits, 8), 3);
	assert_string_equal(limits[0].name, "Max cpu time");
	assert_true(limits[0].soft == PTREE_UNLIMITED);
	assert_string_equal(limits[1].name, "Max open files");
	assert_int_equal(limits[1].soft, 1024);
	assert_int_equal(limits[1].hard, 524288);
	assert_string_equal(limits[1].unit, "files");
	assert_string_equal(limits[2].unit, "");
}

static void terminals_have_the_names_of_their_drivers(void **state)
{
	const char *drivers = "/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
			      "/dev/console         /dev/console    5       1 system:console\n"
			      "serial               /dev/ttyS       4      64-95 serial\n"
			      "pty_slave            /dev/pts      136 0-1048575 pty:slave\n"
			      "usbserial            /dev/ttyUSB   188 0-511 serial\n"
			      "unknown              /dev/tty        4 1-63 console\n";
	static const struct {
		uint32_t device;
		const char *name;
	} rows[] = {
		{ 0x0501, "/dev/console" }, { 0x0401, "/dev/tty1" },  { 0x043f, "/dev/tty63" },
		{ 0x0440, "/dev/ttyS0" },   { 0x8803, "/dev/pts/3" }, { 0x10882c, "/dev/pts/300" },
		{ 0xbc02, "/dev/ttyUSB2" },
	};
	char name[64];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(details_tty_name(text_of(drivers), rows[i].device, name, sizeof(name)));
		assert_string_equal(name, rows[i].name);
	}
	assert_true(details_tty_name(text_of(""), 0x8803, name, sizeof(name)));
	assert_string_equal(name, "/dev/pts/3");
	assert_false(details_tty_name(text_of(drivers), 0x0160, name, sizeof(name)));
}

static void lines_of_sockets_are_read(void **state)
{
	static const struct {
		enum ptree_protocol protocol;
		const char *line, *local, *remote, *socket_state;
		uint64_t inode;
		bool is_listening;
	} rows[] = {
		{ PTREE_PROTOCOL_TCP,
		  "   0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 "
		  "0 17 "
		  "1 0",
		  "127.0.0.1:22", "", "LISTEN", 17, true },
		{ PTREE_PROTOCOL_TCP,
		  " 1: 0100007F:8EE2 0200007F:0050 01 00000000:00000000 03:00001397 00000000 5 0 "
		  "18 3",
		  "127.0.0.1:36578", "127.0.0.2:80", "ESTABLISHED", 18, false },
		{ PTREE_PROTOCOL_TCP6,
		  "   0: 00000000000000000000000001000000:0016 "
		  "00000000000000000000000000000000:0000 "
		  "0A 00000000:00000000 00:00000000 00000000     0        0 9 1 0",
		  "[::1]:22", "", "LISTEN", 9, true },
		{ PTREE_PROTOCOL_UDP,
		  "  99: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 "
		  "4",
		  "*:68", "", "open", 4, true },
		{ PTREE_PROTOCOL_UNIX,
		  "0000000013f9b10e: 00000002 00000000 00010000 0001 01  1058 /run/a b", "/run/a b",
		  "", "LISTEN", 1058, true },
		{ PTREE_PROTOCOL_UNIX, "0000000013f9b10e: 00000003 00000000 00000000 0001 03 77",
		  "", "", "connected", 77, false },
		{ PTREE_PROTOCOL_NETLINK,
		  "00000000dc9c13da 0   4711       00000000 0        0        0     2        0     "
		  " "
		  "  8       ",
		  "route:4711", "", "", 8, false },
		{ PTREE_PROTOCOL_PACKET,
		  "00000000dc9c13da 3      3    0003   2     1 0      0      5", "", "", "", 5,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ptree_socket socket;
		char path[64], text[128];

		assert_true(sockets_parse(rows[i].protocol, text_of(rows[i].line), &socket, path,
					  sizeof(path)));
		assert_int_equal(socket.inode, rows[i].inode);
		assert_string_equal(socket.state, rows[i].socket_state);
		assert_int_equal(socket.is_listening, rows[i].is_listening);
		ptree_socket_format(&socket, false, text, sizeof(text));
		assert_string_equal(text, rows[i].local);
		ptree_socket_format(&socket, true, text, sizeof(text));
		assert_string_equal(text, rows[i].remote);
	}
}

static void lines_of_maps_are_read(void **state)
{
	struct maps_line map;

	(void)state;
	assert_true(maps_parse_line(
	    text_of("5626a1e79000-5626a1e7b000 r-xp 0002f000 fe:00 247101   /usr/bin/a b"), &map));
	assert_int_equal(map.size_bytes, 8192);
	assert_true(map.is_readable && !map.is_writable && map.is_executable && !map.is_shared);
	assert_int_equal(map.inode, 247101);
	assert_true(span_is(&map.name, "/usr/bin/a b"));
	assert_true(maps_parse_line(text_of("1000-2000 rw-s 00000000 00:00 0 "), &map));
	assert_true(map.is_shared && span_is(&map.name, ""));
	assert_false(maps_parse_line(text_of("Rss:   4 kB"), &map));
	assert_false(maps_parse_line(text_of("2000-1000 rw-s 00000000 00:00 0"), &map));
}

static void targets_of_descriptors_have_a_kind(void **state)
{
	static const struct {
		const char *target;
		enum ptree_descriptor_kind kind;
		uint64_t inode;
	} rows[] = {
		{ "pipe:[12]", PTREE_DESCRIPTOR_PIPE, 12 },
		{ "socket:[34]", PTREE_DESCRIPTOR_SOCKET, 34 },
		{ "anon_inode:[eventfd]", PTREE_DESCRIPTOR_ANONYMOUS, 0 },
		{ "anon_inode:inotify", PTREE_DESCRIPTOR_ANONYMOUS, 0 },
		{ "/memfd:x (deleted)", PTREE_DESCRIPTOR_MEMORY, 0 },
		{ "/etc/passwd", PTREE_DESCRIPTOR_OTHER, 0 },
		{ "socket:[x]", PTREE_DESCRIPTOR_OTHER, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t inode = 0;

		assert_int_equal(descriptors_parse_target(text_of(rows[i].target), &inode),
				 rows[i].kind);
		assert_int_equal(inode, rows[i].inode);
	}
}

/* ---- cgroups ---- */

static void a_cgroup_names_its_unit_and_its_container(void **state)
{
	static const struct {
		const char *path, *unit, *user_unit, *session, *runtime, *container, *pod;
		uint32_t uid;
	} rows[] = {
		{ "/", "", "", "", "", "", "", PTREE_UNKNOWN_ID },
		{ "", "", "", "", "", "", "", PTREE_UNKNOWN_ID },
		{ "/init.scope", "init.scope", "", "", "", "", "", PTREE_UNKNOWN_ID },
		{ "/system.slice/ssh.service", "ssh.service", "", "", "", "", "",
		  PTREE_UNKNOWN_ID },
		{ "/system.slice/ssh.service (deleted)", "ssh.service", "", "", "", "", "",
		  PTREE_UNKNOWN_ID },
		{ "/../../system.slice/cron.service", "cron.service", "", "", "", "", "",
		  PTREE_UNKNOWN_ID },
		{ "/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", "",
		  "", "", "", "", PTREE_UNKNOWN_ID },
		{ "/user.slice/user-1000.slice/session-3.scope", "session-3.scope", "", "3", "", "",
		  "", 1000 },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/x.service",
		  "user@1000.service", "x.service", "", "", "", "", 1000 },
		{ "/user.slice/user-0.slice/user@0.service/init.scope", "user@0.service",
		  "init.scope", "", "", "", "", 0 },
		{ "/docker/" ID, "", "", "", "docker", ID, "", PTREE_UNKNOWN_ID },
		{ "/system.slice/docker-" ID ".scope", "docker-" ID ".scope", "", "", "docker", ID,
		  "", PTREE_UNKNOWN_ID },
		{ "/system.slice/docker.service", "docker.service", "", "", "", "", "",
		  PTREE_UNKNOWN_ID },
		{ "/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", "", "",
		  "podman", ID, "", PTREE_UNKNOWN_ID },
		{ "/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" ID ".scope", "", "",
		  "", "", "", PTREE_UNKNOWN_ID },
		{ "/lxc/web", "", "", "", "lxc", "web", "", PTREE_UNKNOWN_ID },
		{ "/lxc.payload.web/system.slice/cron.service", "cron.service", "", "", "lxc",
		  "web", "", PTREE_UNKNOWN_ID },
		{ "/lxc.monitor.web", "", "", "", "", "", "", PTREE_UNKNOWN_ID },
		{ "/kubepods/burstable/pod01234567-89ab-cdef-0123-456789abcdef/" ID, "", "", "",
		  "containerd", ID, "01234567-89ab-cdef-0123-456789abcdef", PTREE_UNKNOWN_ID },
		{ "/kubepods.slice/kubepods-burstable.slice/"
		  "kubepods-burstable-pod01234567_89ab.slice/"
		  "cri-containerd-" ID ".scope",
		  "cri-containerd-" ID ".scope", "", "", "containerd", ID, "01234567-89ab",
		  PTREE_UNKNOWN_ID },
		{ "/kubepods.slice/kubepods-pod01234567_89ab.slice/crio-" ID ".scope",
		  "crio-" ID ".scope", "", "", "cri-o", ID, "01234567-89ab", PTREE_UNKNOWN_ID },
		{ "/system.slice/containerd.service/kubepods-burstable-pod1_2.slice:cri-containerd:"
		  "abc",
		  "containerd.service", "", "", "containerd", "abc", "1-2", PTREE_UNKNOWN_ID },
		{ "/default/" ID, "", "", "", "containerd", ID, "", PTREE_UNKNOWN_ID },
		{ "/ecs/0123/" ID, "", "", "", "container", ID, "", PTREE_UNKNOWN_ID },
		{ "/machine.slice/systemd-nspawn@deb.service/payload", "systemd-nspawn@deb.service",
		  "", "", "nspawn", "deb", "", PTREE_UNKNOWN_ID },
		{ "/a.service/_b.service", "a.service", "", "", "", "", "", PTREE_UNKNOWN_ID },
		{ "/_cgroup.procs.service", "cgroup.procs.service", "", "", "", "", "",
		  PTREE_UNKNOWN_ID },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ptree_cgroup_owner owner;

		ptree_cgroup_owner(rows[i].path, &owner);
		assert_string_equal(owner.unit, rows[i].unit);
		assert_string_equal(owner.user_unit, rows[i].user_unit);
		assert_string_equal(owner.session, rows[i].session);
		assert_string_equal(owner.runtime, rows[i].runtime);
		assert_string_equal(owner.container, rows[i].container);
		assert_string_equal(owner.pod, rows[i].pod);
		assert_int_equal(owner.uid, rows[i].uid);
	}
}

/* ---- directories of our own ---- */

static struct ptree_probe *open_42(struct fixture *fixture)
{
	struct ptree_probe *probe;

	fake_stat(fixture->root, 42, "x", 'S', 1, 64);
	assert_int_equal(ptree_probe_open(&probe, fixture->procfs, 42, 0), 0);
	return probe;
}

static void what_is_missing_has_a_status_and_is_no_error(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_probe *probe = open_42(fixture);
	struct ptree_details details;

	fake_text(fixture->root, "42/status", STATUS);
	fake_text(fixture->root, "42/cgroup", "1:name=systemd:/a.service\n2:cpu:/\n0::/\nx\n");
	fake_text(fixture->root, "42/limits", "nonsense\n");
	fake_text(fixture->root, "42/oom_score", "600\n");
	fake_text(fixture->root, "42/oom_score_adj", "-1000\n");
	assert_int_equal(ptree_probe_details(probe, 0, &details), 0);
	assert_int_equal(details.status[PTREE_PIECE_CREDENTIALS], PTREE_PIECE_KNOWN);
	assert_int_equal(details.group_count, 2);
	assert_int_equal(details.groups[1], 4294967294);
	assert_string_equal(details.allowed_cpus, "0-3,8");
	assert_int_equal(details.cgroup_count, 3);
	assert_string_equal(ptree_details_cgroup(&details), "/a.service");
	assert_int_equal(details.status[PTREE_PIECE_LIMITS], PTREE_PIECE_FAILED);
	assert_int_equal(details.status[PTREE_PIECE_OOM], PTREE_PIECE_KNOWN);
	assert_int_equal(details.oom_score_adj, -1000);
	assert_int_equal(details.status[PTREE_PIECE_IO], PTREE_PIECE_UNSUPPORTED);
	assert_int_equal(details.status[PTREE_PIECE_LOGIN], PTREE_PIECE_UNSUPPORTED);
	assert_int_equal(details.login_uid, PTREE_UNKNOWN_ID);
	assert_string_equal(details.tty, "/dev/pts/0");
	ptree_details_clear(&details);
	assert_int_equal(ptree_probe_details(probe, PIECE(PTREE_PIECE_OOM), &details), 0);
	assert_int_equal(details.status[PTREE_PIECE_CREDENTIALS], PTREE_PIECE_UNREAD);
	ptree_details_clear(&details);
	ptree_probe_close(probe);
}

static void a_zombie_has_no_program(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_probe *probe;
	struct ptree_environment *environment;
	struct ptree_details details;

	fake_stat(fixture->root, 42, "x", 'Z', 1, 64);
	fake_text(fixture->root, "42/status", "Name:\tx\n");
	assert_int_equal(ptree_probe_open(&probe, fixture->procfs, 42, 0), 0);
	assert_int_equal(ptree_probe_details(probe, 0, &details), 0);
	assert_int_equal(details.status[PTREE_PIECE_EXE], PTREE_PIECE_NONE);
	assert_int_equal(details.status[PTREE_PIECE_MEMORY], PTREE_PIECE_NONE);
	assert_int_equal(ptree_environment_open(&environment, probe), -ENODATA);
	ptree_details_clear(&details);
	ptree_probe_close(probe);
}

static void another_start_time_is_another_process(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_probe *probe = open_42(fixture);
	uint64_t start_ns = ptree_probe_start_ns(probe);

	assert_int_equal(start_ns, UINT64_C(42000000000));
	ptree_probe_close(probe);
	assert_int_equal(ptree_probe_open(&probe, fixture->procfs, 42, start_ns + 9999999), 0);
	ptree_probe_close(probe);
	assert_int_equal(ptree_probe_open(&probe, fixture->procfs, 42, start_ns + 60000000),
			 -ESRCH);
	assert_int_equal(ptree_probe_open(&probe, fixture->procfs, 43, 0), -ESRCH);
}

/* Reads to the end; counts what there was. */
static size_t read_environment(struct ptree_probe *probe, struct ptree_variable *last)
{
	struct ptree_environment *environment;
	struct ptree_variable variable;
	size_t count = 0;
	int ret;

	assert_int_equal(ptree_environment_open(&environment, probe), 0);
	while ((ret = ptree_environment_next(environment, &variable)) == 1 || ret == -EAGAIN) {
		if (ret != 1)
			continue;
		*last = variable;
		count++;
	}
	assert_int_equal(ret, 0);
	ptree_environment_close(environment);
	return count;
}

static void an_environment_is_read_in_pieces(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_probe *probe = open_42(fixture);
	struct ptree_environment *environment;
	struct ptree_variable variable;
	size_t size = 300000, longest = 0, count = 0;
	char *bytes = malloc(size);
	int ret;

	assert_non_null(bytes);
	memset(bytes, 'x', size);
	memcpy(bytes, "A=1\0\0B\0C=", 9);
	bytes[200000] = '\0';
	memcpy(bytes + size - 4, "\0D=\n", 4);
	fake_file(fixture->root, "42/environ", bytes, size);
	free(bytes);
	assert_int_equal(ptree_environment_open(&environment, probe), 0);
	while ((ret = ptree_environment_next(environment, &variable)) == 1 || ret == -EAGAIN) {
		if (ret != 1)
			continue;
		count++;
		assert_int_equal(variable.is_truncated,
				 variable.name_size + variable.value_size > 60000);
		longest = variable.value_size > longest ? variable.value_size : longest;
		if (*variable.name == 'B')
			assert_null(variable.value);
		if (*variable.name == 'D')
			assert_memory_equal(variable.value, "\n", 1);
	}
	assert_int_equal(ret, 0);
	assert_int_equal(count, 5); /* A, B, C and the one after it, both cut, and D */
	assert_in_range(longest, 60000, 65536);
	ptree_environment_close(environment);
	ptree_probe_close(probe);
}

static void an_empty_environment_has_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_probe *probe = open_42(fixture);
	struct ptree_variable last;

	fake_text(fixture->root, "42/environ", "");
	assert_int_equal(read_environment(probe, &last), 0);
	ptree_probe_close(probe);
}

static void maps_are_summed_by_name_and_bounded(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_probe *probe = open_42(fixture);
	size_t size = 0, capacity = 2000000;
	char *text = malloc(capacity);
	struct ptree_mapping mapping;
	struct ptree_maps *maps;
	uint32_t names = 0, count = 0;
	uint64_t rss = 0;
	int ret;

	assert_non_null(text);
	for (unsigned i = 0; i < 6000; i++)
		size +=
		    (size_t)snprintf(text + size, capacity - size,
				     "%x000-%x000 r--p 00000000 fe:00 %u /lib/%u%s\nRss:  %u kB\n"
				     "Pss: 1 kB\n",
				     i, i + 2, i + 1, i < 5000 ? i : 7, i == 3 ? " (deleted)" : "",
				     i == 9 ? 5000 : 1);
	fake_file(fixture->root, "42/smaps", text, size);
	free(text);
	assert_int_equal(ptree_maps_open(&maps, probe), 0);
	while ((ret = ptree_maps_next(maps, &mapping)) == 1 || ret == -EAGAIN) {
		if (ret != 1)
			continue;
		if (!names) /* the 904 names that did not fit would be more, but 9 is largest */
			assert_string_equal(mapping.name, "/lib/9");
		if (!strcmp(mapping.name, "/lib/7"))
			assert_int_equal(mapping.count, 1001);
		assert_int_equal(mapping.is_deleted, !strcmp(mapping.name, "/lib/3"));
		count += mapping.count;
		rss += mapping.rss_bytes;
		names++;
	}
	assert_int_equal(ret, 0);
	assert_int_equal(names, PTREE_MAPPING_MAX + 1);
	assert_int_equal(count, 6000);
	assert_int_equal(ptree_maps_count(maps), 6000);
	assert_int_equal(rss, (5999 + 5000) * 1024);
	ptree_maps_close(maps);
	ptree_probe_close(probe);
}

static void without_smaps_maps_tell_the_sizes(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_probe *probe = open_42(fixture);
	struct ptree_mapping mapping;
	struct ptree_maps *maps;
	int ret;

	fake_text(fixture->root, "42/maps", "1000-3000 rw-p 00000000 00:00 0 [heap]\n");
	assert_int_equal(ptree_maps_open(&maps, probe), 0);
	do
		ret = ptree_maps_next(maps, &mapping);
	while (ret == -EAGAIN);
	assert_int_equal(ret, 1);
	assert_string_equal(mapping.name, "[heap]");
	assert_int_equal(mapping.size_bytes, 8192);
	assert_false(mapping.has_usage);
	ptree_maps_close(maps);
	ptree_probe_close(probe);
}

static void a_search_is_for_one_thing(void **state)
{
	struct fixture *fixture = *state;
	static const struct ptree_search_options wrong[] = {
		{ 0 },
		{ .port = 1, .inode = 2 },
		{ .path = "relative" },
		{ .path = "/x", .port = 5 },
		{ .inode = 1, .inode_count = 1 },
	};

	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct ptree_search *search;

		assert_int_equal(ptree_search_open(&search, fixture->procfs, &wrong[i]), -EINVAL);
	}
}

static void every_piece_has_a_name(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PTREE_PIECE_COUNT; i++)
		assert_non_null(ptree_piece_name((enum ptree_piece)i));
	assert_string_equal(ptree_piece_name(PTREE_PIECE_STACK), "stack");
	assert_string_equal(ptree_piece_privilege(PTREE_PIECE_STACK), "CAP_SYS_ADMIN");
	assert_null(ptree_piece_privilege(PTREE_PIECE_LIMITS));
	assert_string_equal(ptree_capability_name(19), "CAP_SYS_PTRACE");
	assert_string_equal(ptree_capability_name(40), "CAP_CHECKPOINT_RESTORE");
	assert_null(ptree_capability_name(41));
	assert_string_equal(ptree_policy_name(1), "SCHED_FIFO");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rest_of_stat_is_read),
		cmocka_unit_test(every_cut_of_stat_is_refused),
		cmocka_unit_test(all_pieces_of_status_are_read),
		cmocka_unit_test(what_status_lacks_costs_that_piece_only),
		cmocka_unit_test(all_rows_of_limits_are_read),
		cmocka_unit_test(terminals_have_the_names_of_their_drivers),
		cmocka_unit_test(lines_of_sockets_are_read),
		cmocka_unit_test(lines_of_maps_are_read),
		cmocka_unit_test(targets_of_descriptors_have_a_kind),
		cmocka_unit_test(a_cgroup_names_its_unit_and_its_container),
		cmocka_unit_test(every_piece_has_a_name),
		cmocka_unit_test_setup_teardown(what_is_missing_has_a_status_and_is_no_error, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_zombie_has_no_program, setup, teardown),
		cmocka_unit_test_setup_teardown(another_start_time_is_another_process, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_environment_is_read_in_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_environment_has_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(maps_are_summed_by_name_and_bounded, setup,
						teardown),
		cmocka_unit_test_setup_teardown(without_smaps_maps_tell_the_sizes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_search_is_for_one_thing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
