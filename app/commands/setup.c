/*
 * `weir setup`: makes what an installation stands on, a master key, the system
 * database and an administrator. What is there already stays as it is.
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
#include "app/commands/setup_admin.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/key_proof.h"
#include "middleware/registry/migrations.h"
#include "middleware/registry/rotation.h"
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

/* Was the system database made under a key that is not given? */
static enum status
is_made(const struct settings *settings, bool *made, struct error *err)
{
	struct system_db db = { 0 };
	int64_t number = 0;
	enum status st = system_db_open(settings, false, &db, err);

	if (st == ST_OK)
		st = migrations_number(&db, &number, err);
	system_db_close(&db);
	*made = number > 0;
	return st == ST_MISSING ? ST_OK : st;
}

/* A new key must not stand beside what was made under another. */
static enum status
new_key_check(const struct settings *settings, struct error *err)
{
	bool made;
	enum status st = is_made(settings, &made, err);

	if (st != ST_OK || !made)
		return st;
	return error_set(err, ST_INVALID,
	    "the system database was made under an APP_KEY that is not set "
	    "here: copy it from where it was made, another host's settings or "
	    "a backup; if it is lost, `weir setup --accept-key` writes a new "
	    "one, and API keys and passwords of services must be given anew");
}

/*
 * Writes a key unless there is one. Of several that run at once, one writes
 * the key and makes the database: who sees the one sees the other.
 */
static int
key_prepare(struct command_call *call, const char *path, const char *seen,
    struct settings *settings)
{
	struct error err = { 0 };
	struct str used;

	if (settings->app_key[0] != '\0')
		return 0;
	if (command_switch(call, "--accept-key") ||
	    new_key_check(settings, &err) == ST_OK)
		return key_write(call->arena, path);
	if (!settings_load(call->arena, seen, settings, &used))
		return 1;
	return settings->app_key[0] != '\0' ? 0 : command_fail("%s", err.text);
}

/* Settings with a key in them; returns the exit status. */
static int
settings_prepare(struct command_call *call, struct settings *settings)
{
	const char *path = missing_file(call);
	const char *seen = path == NULL ? call->env_file : "/dev/null";
	struct str used = STR_NULL;

	if (!settings_load(call->arena, seen, settings, &used))
		return 1;
	if (path == NULL)
		path = str_is_null(used) ? DEFAULT_FILE : used.p;
	if (key_prepare(call, path, seen, settings) != 0)
		return 1;
	if (settings->app_key[0] == '\0' &&
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
database_news(unsigned applied)
{
	if (applied == MIGRATION_NEWEST)
		return "made";
	return applied > 0 ? "brought up to date" : "is up to date";
}

/* Is there anything of an earlier key, or may one that is lost be given up? */
static enum status
key_check(const struct command_call *call, struct system_db *db,
    const struct app_keys *keys, bool *is_old, struct error *err)
{
	struct error why = { 0 };
	enum status st = key_proof_check(db, keys, is_old, &why);

	if (st == ST_INVALID && command_switch(call, "--accept-key"))
		st = ST_OK;
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

/* The database belongs to this key from now on, and all that is sealed in it,
 * if it may. */
static enum status
key_follow(const struct command_call *call, struct system_db *db,
    const struct app_keys *keys, struct error *err)
{
	struct buf problems = buf_in(call->arena);
	bool is_old = false;
	size_t renewed = 0;
	enum status st = key_check(call, db, keys, &is_old, err);

	if (st != ST_OK || (!is_old && keys->n == 1))
		return st;
	st = rotation_finish(db, keys, call->arena, &renewed, &problems, err);
	if (st != ST_OK)
		return st;
	if (is_old)
		(void)printf("the system database belongs to this APP_KEY "
			     "now\n");
	if (renewed > 0)
		(void)printf("secrets of %zu record%s encrypted under this "
			     "APP_KEY\n",
		    renewed, renewed == 1 ? "" : "s");
	lines_print(&problems, "");
	return ST_OK;
}

static enum status
database_prepare(const struct command_call *call,
    const struct settings *settings, struct error *err)
{
	struct str place = system_db_place(call->arena, settings);
	struct app_keys keys;
	struct system_db db = { 0 };
	unsigned applied = 0;
	enum status st = app_keys_read(settings, &keys, err);

	if (st == ST_OK)
		st = system_db_open(settings, true, &db, err);
	if (st == ST_OK)
		st =
		    migrations_run(&db, MIGRATION_NEWEST, &keys, &applied, err);
	if (st == ST_OK)
		st = key_follow(call, &db, &keys, err);
	system_db_close(&db);
	app_keys_wipe(&keys);
	if (st == ST_OK)
		(void)printf("%.*s: system database %s\n", STR_ARG(place),
		    database_news(applied));
	return st;
}

static int
setup_run(struct command_call *call)
{
	struct settings settings;
	struct error err = { 0 };
	int status;

	if (command_value(call, "--admin-password") != NULL &&
	    command_value(call, "--admin-email") == NULL)
		return command_misuse(call->command,
		    "--admin-password needs --admin-email beside it");
	(void)umask(S_IRWXG | S_IRWXO); /* secrets and their hashes */
	status = settings_prepare(call, &settings);
	if (status != 0)
		return status;
	folder_make(call->arena, settings.db_database);
	if (database_prepare(call, &settings, &err) != ST_OK)
		return command_fail("%s", err.text);
	return setup_admin(call, &settings);
}

static const struct command_option setup_options[] = {
	{ "--admin-email", "EMAIL", false,
	    "make this administrator, if it is not there; without, who sits at "
	    "a terminal is asked for the first one" },
	{ "--admin-password", "FILE", false,
	    "the file whose first line is the password; - reads it from "
	    "standard input; without, one is made and shown" },
	{ "--accept-key", NULL, false,
	    "when the APP_KEY of the system database is lost: go on with the "
	    "present one, or a new one" },
	{ 0 },
};

const struct command setup_commands[] = {
	{ .verb = "setup",
	    .summary = "Make the master key, the system database and an "
		       "administrator",
	    .options = setup_options,
	    .run = setup_run },
	{ 0 },
};
