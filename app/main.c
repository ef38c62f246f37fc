/*
 * The program: finds the command that the words name, checks its arguments,
 * reads the settings and runs it. Exit status 0: done, 1: failed, 2: wrong use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "app/command.h"
#include "app/listen.h"
#include "app/usage.h"

#define ARENA_FIRST 16384u
#define MISUSE      2

/* What the words in front of the command's name said. */
struct globals {
	const char *env_file;
	bool help;
	bool version;
};

/*
 * Reads the options in front of the name; returns how many words they were,
 * or argc + 1 after a message about one that is unknown.
 */
static size_t
globals_parse(struct globals *g, char **words, size_t n)
{
	size_t at = 0;

	for (; at < n && words[at][0] == '-'; at++) {
		struct str word = str_of(words[at]);

		if (str_eq(word, STR("--help"))) {
			g->help = true;
		} else if (str_eq(word, STR("--version"))) {
			g->version = true;
		} else if (str_starts(word, STR("--env="))) {
			g->env_file = word.p + sizeof("--env=") - 1;
		} else if (str_eq(word, STR("--env")) && at + 1 < n) {
			g->env_file = words[++at];
		} else {
			(void)command_fail("unknown option %s", word.p);
			usage_program(stderr);
			return n + 1;
		}
	}
	return at;
}

static void
lines_print(const struct buf *lines, const char *before)
{
	struct str rest = str_trim(buf_str(lines));

	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		(void)fprintf(stderr, "weir: %s%.*s\n", before, STR_ARG(line));
	}
}

/* Reads the settings for the call; false after it has said what is wrong. */
static bool
settings_load(struct command_call *call)
{
	struct settings *s = arena_zalloc(call->arena, sizeof(*s));
	struct buf warnings = buf_in(call->arena);
	struct buf problems = buf_in(call->arena);
	enum status st = settings_check(call->arena, call->env_file, s,
	    &call->env_path, &warnings, &problems);

	lines_print(&warnings, "warning: ");
	lines_print(&problems, "");
	call->settings = s;
	return st == ST_OK;
}

static int
command_run(struct command_call *call, char **words, size_t n)
{
	bool help;
	int status = command_parse(call, words, n, &help);

	if (help) {
		usage_command(stdout, call->command);
		return 0;
	}
	if (status != 0)
		return status;
	if (call->command->needs_settings && !settings_load(call))
		return 1;
	return call->command->run(call);
}

/* What to do when no command was named. */
static int
help_run(const struct globals *g)
{
	usage_program(g->help ? stdout : stderr);
	return g->help ? 0 : MISUSE;
}

/* What to do with a name that is none, or only the noun of some. */
static int
name_unknown(char **words, size_t n)
{
	bool verb = n > 1 && words[1][0] != '-';
	const struct command *near;

	if (n > 1 && strcmp(words[1], "--help") == 0 &&
	    usage_list(stdout, words[0]))
		return 0;
	near = command_near(words, verb ? 2 : 1);
	if (near == NULL)
		(void)command_fail(
		    "unknown command %s%s%s (weir --help lists them)", words[0],
		    verb ? " " : "", verb ? words[1] : "");
	else
		(void)command_fail("unknown command %s%s%s: is \"%s%s%s\" "
				   "meant? (weir --help lists them)",
		    words[0], verb ? " " : "", verb ? words[1] : "",
		    near->noun == NULL ? "" : near->noun,
		    near->noun == NULL ? "" : " ", near->verb);
	(void)usage_list(stderr, words[0]); /* empty: not even a noun */
	return MISUSE;
}

static int
program_run(struct arena *arena, char **words, size_t n)
{
	static char *serve[] = { "serve", NULL };
	struct globals g = { 0 };
	struct command_call call = { .arena = arena };
	size_t used = globals_parse(&g, words, n);

	if (used > n)
		return MISUSE;
	if (g.version) {
		(void)puts(PACKAGE_STRING);
		return 0;
	}
	words += used;
	n -= used;
	/* spawn-fcgi, systemd and mod_fcgid pass the socket as fd 0. */
	if (n == 0 && !g.help && listen_is_socket(STDIN_FILENO)) {
		words = serve;
		n = 1;
	}
	if (n == 0)
		return help_run(&g);
	call.command = command_find(words, n, &used);
	call.env_file = g.env_file;
	if (call.command == NULL)
		return name_unknown(words, n);
	if (g.help) {
		usage_command(stdout, call.command);
		return 0;
	}
	return command_run(&call, words + used, n - used);
}

int
main(int argc, char **argv)
{
	struct arena arena;
	int status;

	if (!secret_init())
		return command_fail("libsodium cannot be used here");
	arena_init(&arena, ARENA_FIRST);
	status = program_run(&arena, argv + 1, argc < 1 ? 0 : (size_t)argc - 1);
	arena_close(&arena);
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == 0)
		return command_fail("standard output cannot be written");
	return status;
}
