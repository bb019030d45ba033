/* SPDX-License-Identifier: MIT */
/*
 * The connector's receiving side, fed with crafted datagrams over netlink sockets of our own: they
 * take the way that the kernel's take. Needs no privilege and no process connector.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <cmocka.h>

#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "kernel/connector.h"
#include "proctree.h"

#define EVENT_SIZE 120
#define CN_LEN_OFFSET (NLMSG_HDRLEN + 16)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
	int kernel;		    /* whose datagrams are believed */
	int stranger;		    /* whose are not */
	struct sockaddr_nl address; /* of the connector */
	struct ptree_connector *connector;
	struct ptree_event events[64];
	struct ptree_connector_stats stats;
};

static int open_netlink(struct sockaddr_nl *address)
{
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK, NETLINK_USERSOCK);
	socklen_t size = sizeof(*address);

	*address = (struct sockaddr_nl){ .nl_family = AF_NETLINK };
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, &size), 0);
	return fd;
}

static void start(struct fixture *fixture, const struct ptree_connector_options *options)
{
	struct sockaddr_nl kernel, stranger;
	int fd = open_netlink(&fixture->address);

	fixture->kernel = open_netlink(&kernel);
	fixture->stranger = open_netlink(&stranger);
	assert_int_equal(connector_adopt(&fixture->connector, fd, kernel.nl_pid, options), 0);
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return -1;
	start(fixture, &(struct ptree_connector_options){ 0 });
	*state = fixture;
	return 0;
}

static int setup_strict(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return -1;
	start(fixture, &(struct ptree_connector_options){ .strict = true });
	*state = fixture;
	return 0;
}

static int setup_execs_only(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return -1;
	start(fixture, &(struct ptree_connector_options){ .kinds = 1u << PTREE_EVENT_EXEC });
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	ptree_connector_close(fixture->connector);
	close(fixture->kernel);
	close(fixture->stranger);
	free(fixture);
	return 0;
}

static void send_from(struct fixture *fixture, int fd, const void *bytes, size_t size)
{
	assert_int_equal(sendto(fd, bytes, size, 0, (struct sockaddr *)&fixture->address,
				sizeof(fixture->address)),
			 size);
}

static struct ptree_event exec_event(uint32_t cpu, uint32_t seq)
{
	return (struct ptree_event){
		.kind = PTREE_EVENT_EXEC,
		.cpu = cpu,
		.seq = seq,
		.time_ns = seq,
		.pid = 100,
		.tgid = 100,
	};
}

static size_t encode(const struct ptree_event *event, unsigned char buf[EVENT_SIZE])
{
	int size = ptree_event_encode(event, buf, EVENT_SIZE);

	assert_true(size > 0);
	return (size_t)size;
}

static void send_event(struct fixture *fixture, const struct ptree_event *event)
{
	unsigned char buf[EVENT_SIZE];

	send_from(fixture, fixture->kernel, buf, encode(event, buf));
}

static void send_exec(struct fixture *fixture, uint32_t cpu, uint32_t seq)
{
	struct ptree_event event = exec_event(cpu, seq);

	send_event(fixture, &event);
}

static int receive(struct fixture *fixture)
{
	int n =
	    ptree_connector_receive(fixture->connector, fixture->events, COUNT(fixture->events), 0);

	ptree_connector_get_stats(fixture->connector, &fixture->stats);
	return n;
}

static void assert_exec(const struct ptree_event *event, uint32_t cpu, uint32_t seq)
{
	assert_int_equal(event->kind, PTREE_EVENT_EXEC);
	assert_int_equal(event->cpu, cpu);
	assert_int_equal(event->seq, seq);
	assert_int_equal(event->pid, 100);
}

static void assert_lost(const struct ptree_event *event, uint32_t cpu, uint64_t count)
{
	assert_int_equal(event->kind, PTREE_EVENT_LOST);
	assert_int_equal(event->cpu, cpu);
	assert_true(event->u.lost.count == count);
}

static bool is_readable(struct fixture *fixture)
{
	struct pollfd pollfd = { .fd = ptree_connector_fd(fixture->connector), .events = POLLIN };

	return poll(&pollfd, 1, 0) == 1;
}

static void events_come_in_the_order_they_were_sent(void **state)
{
	struct fixture *fixture = *state;

	for (uint32_t i = 0; i < 40; i++)
		send_exec(fixture, i % 2, 500 + i / 2);
	assert_int_equal(receive(fixture), 40);
	for (uint32_t i = 0; i < 40; i++)
		assert_exec(&fixture->events[i], i % 2, 500 + i / 2);
	assert_int_equal(receive(fixture), 0);
	assert_int_equal(fixture->stats.received, 40);
	assert_int_equal(fixture->stats.lost, 0);
}

static void more_events_than_fit_are_left_for_the_next_call(void **state)
{
	struct fixture *fixture = *state;
	uint32_t seq = 0;
	int n;

	for (uint32_t i = 0; i < 150; i++)
		send_exec(fixture, 0, i);
	while (seq < 150) {
		assert_true(is_readable(fixture));
		n = ptree_connector_receive(fixture->connector, fixture->events, 7, 0);
		assert_in_range(n, 1, 7);
		for (int i = 0; i < n; i++)
			assert_exec(&fixture->events[i], 0, seq++);
	}
	assert_false(is_readable(fixture));
	assert_int_equal(receive(fixture), 0);
}

static void a_gap_comes_before_the_event_that_shows_it(void **state)
{
	struct fixture *fixture = *state;

	send_exec(fixture, 3, 10);
	send_exec(fixture, 3, 15);
	send_exec(fixture, 3, 16);
	assert_int_equal(receive(fixture), 4);
	assert_exec(&fixture->events[0], 3, 10);
	assert_lost(&fixture->events[1], 3, 4);
	assert_int_equal(fixture->events[1].seq, 11);
	assert_exec(&fixture->events[2], 3, 15);
	assert_exec(&fixture->events[3], 3, 16);
	assert_int_equal(fixture->stats.lost, 4);
	assert_int_equal(fixture->stats.received, 3);
}

static void a_gap_and_its_event_fit_the_least_room(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_event events[2];

	for (uint32_t seq = 0; seq < 20; seq += 2)
		send_exec(fixture, 0, seq);
	assert_int_equal(ptree_connector_receive(fixture->connector, events, 2, 0), 1);
	for (uint32_t seq = 2; seq < 20; seq += 2) {
		assert_int_equal(ptree_connector_receive(fixture->connector, events, 2, 0), 2);
		assert_lost(&events[0], 0, 1);
		assert_exec(&events[1], 0, seq);
		assert_int_equal(is_readable(fixture), seq < 18);
	}
}

static void sequences_wrap_at_their_end(void **state)
{
	struct fixture *fixture = *state;

	send_exec(fixture, 0, UINT32_MAX - 1);
	send_exec(fixture, 0, UINT32_MAX);
	send_exec(fixture, 0, 0);
	send_exec(fixture, 1, UINT32_MAX);
	send_exec(fixture, 1, 2);
	assert_int_equal(receive(fixture), 6);
	assert_exec(&fixture->events[2], 0, 0);
	assert_lost(&fixture->events[4], 1, 2);
	assert_int_equal(fixture->stats.lost, 2);
}

static void every_cpu_has_a_sequence_of_its_own(void **state)
{
	struct fixture *fixture = *state;

	for (uint32_t cpu = 0; cpu < 8192; cpu += 271)
		send_exec(fixture, cpu, cpu * 1000);
	assert_int_equal(receive(fixture), 31);
	for (uint32_t cpu = 0; cpu < 8192; cpu += 271)
		send_exec(fixture, cpu, cpu * 1000 + 1 + (cpu == 271));
	assert_int_equal(receive(fixture), 32);
	assert_lost(&fixture->events[1], 271, 1);
	assert_int_equal(fixture->stats.lost, 1);
}

static void a_cpu_number_that_cannot_be_counts_nothing_and_breaks_nothing(void **state)
{
	static const uint32_t cpus[] = { 8191, 8192, 0x7fffffff, 0x80000000, 0xffffffff };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(cpus); i++) {
		send_exec(fixture, cpus[i], 1);
		send_exec(fixture, cpus[i], 9);
	}
	assert_int_equal(receive(fixture), 11);
	assert_lost(&fixture->events[1], 8191, 7);
	assert_exec(&fixture->events[10], 0xffffffff, 9);
	assert_int_equal(fixture->stats.lost, 7);
}

static void messages_packed_into_a_datagram_are_all_received(void **state)
{
	struct fixture *fixture = *state;
	unsigned char buf[4 * EVENT_SIZE];
	struct ptree_event events[2];
	size_t used = 0;

	for (uint32_t i = 0; i < 4; i++) {
		struct ptree_event event = exec_event(0, 2 * i);

		used += encode(&event, buf + used);
	}
	send_from(fixture, fixture->kernel, buf, used);
	assert_int_equal(ptree_connector_receive(fixture->connector, events, 2, 0), 2);
	assert_exec(&events[0], 0, 0);
	assert_lost(&events[1], 0, 1);
	assert_int_equal(receive(fixture), 5);
	assert_exec(&fixture->events[0], 0, 2);
	assert_exec(&fixture->events[4], 0, 6);
	assert_int_equal(receive(fixture), 0);
}

static void datagrams_of_others_are_counted_and_not_believed(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_event event = exec_event(0, 50);
	unsigned char buf[EVENT_SIZE];
	size_t size = encode(&event, buf);

	send_exec(fixture, 0, 7);
	send_from(fixture, fixture->stranger, buf, size);
	send_exec(fixture, 0, 8);
	assert_int_equal(receive(fixture), 2);
	assert_exec(&fixture->events[1], 0, 8);
	assert_int_equal(fixture->stats.spoofed, 1);
	assert_int_equal(fixture->stats.received, 2);
	assert_int_equal(fixture->stats.lost, 0);
}

static void a_datagram_that_does_not_fit_is_counted(void **state)
{
	struct fixture *fixture = *state;
	unsigned char big[4096] = { 0 };
	struct ptree_event event = exec_event(0, 1);

	encode(&event, big);
	send_from(fixture, fixture->kernel, big, sizeof(big));
	send_exec(fixture, 0, 2);
	assert_int_equal(receive(fixture), 1);
	assert_exec(&fixture->events[0], 0, 2);
	assert_int_equal(fixture->stats.truncated, 1);
}

static void lengths_that_cannot_be_are_counted_and_the_next_datagram_is_read(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_event event = exec_event(0, 1);
	unsigned char buf[EVENT_SIZE];
	size_t size = encode(&event, buf);
	uint16_t length = 1000;

	send_from(fixture, fixture->kernel, buf, size - 1);
	send_from(fixture, fixture->kernel, buf, 3);
	memcpy(buf + CN_LEN_OFFSET, &length, sizeof(length));
	send_from(fixture, fixture->kernel, buf, size);
	send_exec(fixture, 0, 2);
	assert_int_equal(receive(fixture), 1);
	assert_exec(&fixture->events[0], 0, 2);
	assert_int_equal(fixture->stats.malformed, 3);
	assert_int_equal(fixture->stats.lost, 0);
}

static void another_connectors_messages_are_not_events(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_event event = exec_event(0, 1);
	unsigned char buf[EVENT_SIZE];
	size_t size = encode(&event, buf);
	const uint32_t w1 = 3;

	memcpy(buf + NLMSG_HDRLEN, &w1, sizeof(w1));
	send_from(fixture, fixture->kernel, buf, size);
	assert_int_equal(receive(fixture), 0);
	assert_int_equal(fixture->stats.malformed, 1);
	assert_int_equal(fixture->stats.received, 0);
}

static void an_overrun_message_is_told_as_an_overrun(void **state)
{
	struct fixture *fixture = *state;
	const struct nlmsghdr overrun = {
		.nlmsg_len = sizeof(overrun),
		.nlmsg_type = NLMSG_OVERRUN,
	};

	send_exec(fixture, 0, 1);
	send_from(fixture, fixture->kernel, &overrun, sizeof(overrun));
	send_exec(fixture, 0, 2);
	assert_int_equal(receive(fixture), 2);
	assert_exec(&fixture->events[1], 0, 2);
	assert_int_equal(receive(fixture), -ENOBUFS);
	assert_int_equal(receive(fixture), 0);
	assert_int_equal(fixture->stats.overruns, 1);
	assert_int_equal(fixture->stats.malformed, 0);
}

static void a_bad_message_costs_no_other_of_its_datagram(void **state)
{
	struct fixture *fixture = *state;
	struct ptree_event first = exec_event(0, 1), second = exec_event(0, 2);
	unsigned char buf[2 * EVENT_SIZE];
	size_t size = encode(&first, buf);
	uint16_t length = 1000;

	memcpy(buf + CN_LEN_OFFSET, &length, sizeof(length));
	size += encode(&second, buf + size);
	send_from(fixture, fixture->kernel, buf, size);
	assert_int_equal(receive(fixture), 1);
	assert_exec(&fixture->events[0], 0, 2);
	assert_int_equal(fixture->stats.malformed, 1);
}

static void unknown_kinds_are_events_and_have_sequence_numbers(void **state)
{
	struct fixture *fixture = *state;
	const struct ptree_event unknown = {
		.kind = PTREE_EVENT_UNKNOWN,
		.what = 0x00200000,
		.cpu = 1,
		.seq = 21,
		.u.raw = { .size = 3, .bytes = { 1, 2, 3 } },
	};

	send_exec(fixture, 1, 20);
	send_event(fixture, &unknown);
	send_exec(fixture, 1, 22);
	assert_int_equal(receive(fixture), 3);
	assert_int_equal(fixture->events[1].kind, PTREE_EVENT_UNKNOWN);
	assert_int_equal(fixture->events[1].what, 0x00200000);
	assert_int_equal(fixture->events[1].u.raw.size, 3);
	assert_int_equal(fixture->stats.unknown, 1);
	assert_int_equal(fixture->stats.lost, 0);
}

static void acks_are_not_returned_but_have_sequence_numbers(void **state)
{
	struct fixture *fixture = *state;
	const struct ptree_event ack = { .kind = PTREE_EVENT_ACK, .seq = 31, .u.ack.number = 5 };

	send_exec(fixture, 0, 30);
	send_event(fixture, &ack);
	send_exec(fixture, 0, 32);
	assert_int_equal(receive(fixture), 2);
	assert_exec(&fixture->events[1], 0, 32);
	assert_int_equal(fixture->stats.received, 3);
	assert_int_equal(fixture->stats.lost, 0);
}

static void send_refusal(struct fixture *fixture, int error)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr body;
	} message = {
		.header = { .nlmsg_len = sizeof(message), .nlmsg_type = NLMSG_ERROR },
		.body.error = error,
	};

	send_from(fixture, fixture->kernel, &message, sizeof(message));
}

static void error_messages_are_counted_and_netlinks_own_ack_is_not(void **state)
{
	struct fixture *fixture = *state;

	send_refusal(fixture, -EPERM);
	send_refusal(fixture, 0);
	send_exec(fixture, 0, 1);
	assert_int_equal(receive(fixture), 1);
	assert_int_equal(fixture->stats.refused, 1);
	assert_int_equal(fixture->stats.malformed, 0);
}

static void strict_returns_a_fault_and_goes_on(void **state)
{
	struct fixture *fixture = *state;
	unsigned char big[4096] = { 0 };

	send_refusal(fixture, -EPERM);
	assert_int_equal(receive(fixture), -EPERM);
	send_from(fixture, fixture->kernel, big, sizeof(big));
	assert_int_equal(receive(fixture), -EMSGSIZE);
	send_from(fixture, fixture->kernel, "\1\2\3", 3);
	assert_int_equal(receive(fixture), -EBADMSG);
	assert_int_equal(receive(fixture), 0);
}

static void strict_returns_the_events_around_a_fault_first(void **state)
{
	struct fixture *fixture = *state;

	send_exec(fixture, 0, 1);
	send_from(fixture, fixture->kernel, "\1\2\3", 3);
	send_exec(fixture, 0, 2);
	assert_int_equal(receive(fixture), 2);
	assert_exec(&fixture->events[1], 0, 2);
	assert_int_equal(receive(fixture), -EBADMSG);
	assert_int_equal(receive(fixture), 0);
}

static void a_filter_holds_back_other_kinds_and_counts_no_losses(void **state)
{
	struct fixture *fixture = *state;
	const struct ptree_event fork = { .kind = PTREE_EVENT_FORK, .seq = 2, .pid = 9, .tgid = 9 };

	send_exec(fixture, 0, 1);
	send_event(fixture, &fork);
	send_exec(fixture, 0, 90);
	assert_int_equal(receive(fixture), 2);
	assert_exec(&fixture->events[1], 0, 90);
	assert_int_equal(fixture->stats.lost, 0);
}

static void room_for_less_than_two_events_is_refused(void **state)
{
	struct fixture *fixture = *state;

	send_exec(fixture, 0, 1);
	assert_int_equal(ptree_connector_receive(fixture->connector, fixture->events, 0, 0),
			 -EINVAL);
	assert_int_equal(ptree_connector_receive(fixture->connector, fixture->events, 1, 0),
			 -EINVAL);
	assert_int_equal(receive(fixture), 1);
}

static void waiting_ends_with_its_time_although_others_keep_sending(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i < 10; i++)
		send_from(fixture, fixture->stranger, "noise", 5);
	assert_int_equal(ptree_connector_receive(fixture->connector, fixture->events, 64, 5), 0);
	ptree_connector_get_stats(fixture->connector, &fixture->stats);
	assert_int_equal(fixture->stats.spoofed, 10);
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void a_signal_ends_the_waiting(void **state)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval soon = { .it_value.tv_usec = 2000, .it_interval.tv_usec = 2000 };
	const struct itimerval never = { 0 };
	struct fixture *fixture = *state;
	struct sigaction before;
	int ret;

	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	ret = ptree_connector_receive(fixture->connector, fixture->events, 64, -1);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	assert_int_equal(ret, -EINTR);
}

static void closing_nothing_is_fine(void **state)
{
	(void)state;
	ptree_connector_close(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define STRICT_TEST(name) cmocka_unit_test_setup_teardown(name, setup_strict, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(events_come_in_the_order_they_were_sent),
		TEST(more_events_than_fit_are_left_for_the_next_call),
		TEST(a_gap_comes_before_the_event_that_shows_it),
		TEST(a_gap_and_its_event_fit_the_least_room),
		TEST(sequences_wrap_at_their_end),
		TEST(every_cpu_has_a_sequence_of_its_own),
		TEST(a_cpu_number_that_cannot_be_counts_nothing_and_breaks_nothing),
		TEST(messages_packed_into_a_datagram_are_all_received),
		TEST(datagrams_of_others_are_counted_and_not_believed),
		TEST(a_datagram_that_does_not_fit_is_counted),
		TEST(lengths_that_cannot_be_are_counted_and_the_next_datagram_is_read),
		TEST(another_connectors_messages_are_not_events),
		TEST(an_overrun_message_is_told_as_an_overrun),
		TEST(a_bad_message_costs_no_other_of_its_datagram),
		TEST(unknown_kinds_are_events_and_have_sequence_numbers),
		TEST(acks_are_not_returned_but_have_sequence_numbers),
		TEST(error_messages_are_counted_and_netlinks_own_ack_is_not),
		STRICT_TEST(strict_returns_a_fault_and_goes_on),
		STRICT_TEST(strict_returns_the_events_around_a_fault_first),
		cmocka_unit_test_setup_teardown(
		    a_filter_holds_back_other_kinds_and_counts_no_losses, setup_execs_only,
		    teardown),
		TEST(room_for_less_than_two_events_is_refused),
		TEST(waiting_ends_with_its_time_although_others_keep_sending),
		TEST(a_signal_ends_the_waiting),
		cmocka_unit_test(closing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
