/* SPDX-License-Identifier: MIT */
/*
 * From the command line to what it asks for. The only place that prints an error and exits; what
 * the error says was written where it was found.
 */
#include "config/secure.h"
#include "ui/app.h"
#include "headless/log.h"
#include "headless/tree-dump.h"
#include "headless/why.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What we open must not take the place of a closed stdin, stdout or stderr: using that stays an
 * error. */
static void occupy_closed_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			exit(EXIT_FAILED);
	}
}

/* What a closed stdout or a full disk swallowed is an error, too. */
static int print_and_close(void (*print)(FILE *), char *error, size_t error_size)
{
	print(stdout);
	if (fclose(stdout) == 0)
		return EXIT_OK;
	snprintf(error, error_size, "cannot write: %s", strerror(errno));
	return EXIT_FAILED;
}

static void print_version(FILE *out)
{
	fputs("proctop " PACKAGE_VERSION "\n", out);
}

static int run(struct config *config, char *error, size_t error_size)
{
	switch (config->command) {
	case CONFIG_LIVE:
		return app_run(config, error, error_size);
	case CONFIG_TREE:
		return tree_dump_run(config, error, error_size);
	case CONFIG_LOG:
		return log_run(config, error, error_size);
	case CONFIG_WHY:
		return why_run(config, error, error_size);
	case CONFIG_HELP:
		return print_and_close(config_print_help, error, error_size);
	case CONFIG_VERSION:
		return print_and_close(print_version, error, error_size);
	}
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct config config = { 0 };
	char error[1024] = "";
	int code = EXIT_USAGE;
	int err;

	occupy_closed_descriptors();
	if (!secure_start(error, sizeof(error))) {
		fprintf(stderr, "proctop: %s\n", error);
		return EXIT_FAILED;
	}
	signal(SIGPIPE, SIG_IGN); /* a reader that is gone is an error of write(2) */
	setlocale(LC_ALL, "");
	err = config_parse(&config, argc, argv, error, sizeof(error));
	if (!err && (config.command == CONFIG_LIVE || config.needs_names))
		err = config_read_file(&config, error, sizeof(error));
	if (err == -ENOMEM) {
		snprintf(error, sizeof(error), "cannot start: %s", strerror(ENOMEM));
		code = EXIT_FAILED;
	}
	if (!err) {
		code = run(&config, error, sizeof(error));
		fputs(config.warnings ? config.warnings : "", stderr);
	}
	config_clear(&config);
	if (code != EXIT_OK && error[0])
		fprintf(stderr, "proctop: %s\n", error);
	return code;
}
