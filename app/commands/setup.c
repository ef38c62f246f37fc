/*
 * `weir setup`: makes what an installation stands on, a master key and the
 * system database. What is there already stays as it is.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "app/commands/commands.h"
#include "app/commands/env_append.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/migrations.h"
#include "middleware/registry/system_db.h"

#define DEFAULT_FILE "./.env"

static void
lines_print(const struct buf *lines, const char *before)
{
	struct str rest = str_trim(buf_str(lines));

	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		(void)fprintf(stderr, "weir: %s%.*s\n", before, STR_ARG(line));
	}
}

/* False after it has said what is wrong with the file. */
static bool
settings_load(struct arena *arena, const char *path, struct settings *out,
    struct str *path_used)
{
	struct buf warnings = buf_in(arena), problems = buf_in(arena);
	enum status st =
	    settings_check(arena, path, out, path_used, &warnings, &problems);

	lines_print(&problems, "");
	return st == ST_OK;
}

/* The file that was asked for, if it was and does not exist. */
static const char *
missing_file(const struct command_call *call)
{
	const char *path = call->env_file;

	if (path == NULL)
		path = getenv("WEIR_ENV");
	if (path == NULL || path[0] == '\0')
		return NULL;
	return access(path, F_OK) != 0 && errno == ENOENT ? path : NULL;
}

/* Writes a new APP_KEY to the file and says so. */
static int
key_write(struct arena *arena, const char *path)
{
	bool is_new = access(path, F_OK) != 0;
	struct error err = { 0 };
	char key[64];
	enum status st;

	secret_new_key(key);
	st = env_append(arena, path, "APP_KEY", key, &err);
	secret_wipe(key, sizeof(key));
	if (st == ST_EXISTS)
		return 0;
	if (st != ST_OK)
		return command_fail("%s", err.text);
	(void)printf("%s: APP_KEY written%s; keep a copy of it in a safe "
		     "place\n",
	    path, is_new ? " to a new file" : "");
	return 0;
}

/* Settings with a key in them; returns the exit status. */
static int
settings_prepare(struct command_call *call, struct settings *settings)
{
	const char *path = missing_file(call);
	struct str used = STR_NULL;

	if (path == NULL) {
		if (!settings_load(
			call->arena, call->env_file, settings, &used))
			return 1;
		if (settings->app_key[0] != '\0')
			return 0;
		path = str_is_null(used) ? DEFAULT_FILE : used.p;
	}
	if (key_write(call->arena, path) != 0 ||
	    !settings_load(call->arena, path, settings, &used))
		return 1;
	if (settings->app_key[0] == '\0')
		return command_fail("APP_KEY is set to nothing in the "
				    "environment, which hides %s: unset it",
		    path);
	return 0;
}

/* The folder of a new database, if only that is missing. */
static void
folder_make(struct arena *arena, const char *path)
{
	struct str folder = str_of(path);

	while (folder.n > 0 && folder.p[folder.n - 1] != '/')
		folder.n--;
	if (folder.n > 1 && mkdir(arena_dup(arena, folder).p, S_IRWXU) == 0)
		(void)printf("%.*s: folder made\n", STR_ARG(folder));
}

static const char *
database_news(bool is_new, unsigned applied)
{
	if (is_new)
		return "made";
	return applied > 0 ? "brought up to date" : "is up to date";
}

static enum status
database_prepare(const struct settings *settings, struct error *err)
{
	bool is_new = access(settings->db_database, F_OK) != 0;
	struct app_keys keys;
	struct system_db db = { 0 };
	unsigned applied = 0;
	enum status st = app_keys_read(settings, &keys, err);

	if (st == ST_OK)
		st = system_db_open(settings, true, &db, err);
	if (st == ST_OK)
		st =
		    migrations_run(&db, MIGRATION_NEWEST, &keys, &applied, err);
	system_db_close(&db);
	app_keys_wipe(&keys);
	if (st == ST_OK)
		(void)printf("%s: system database %s\n", settings->db_database,
		    database_news(is_new, applied));
	return st;
}

static int
setup_run(struct command_call *call)
{
	struct settings settings;
	struct error err = { 0 };
	int status;

	(void)umask(S_IRWXG | S_IRWXO); /* secrets and their hashes */
	status = settings_prepare(call, &settings);
	if (status != 0)
		return status;
	folder_make(call->arena, settings.db_database);
	if (database_prepare(&settings, &err) != ST_OK)
		return command_fail("%s", err.text);
	return 0;
}

const struct command setup_commands[] = {
	{ .verb = "setup",
	    .summary = "Make the master key and the system database; what is "
		       "there stays",
	    .run = setup_run },
	{ 0 },
};
