/* `weir import`: the records of another platform. */
#include <stdio.h>
#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/base/secret.h"
#include "app/commands/admin.h"
#include "app/commands/columns.h"
#include "app/commands/commands.h"
#include "app/commands/secret_line.h"
#include "app/import/import.h"
#include "middleware/registry/app_keys.h"

#define KEY_VARIABLE      "DREAMFACTORY_APP_KEY"
#define PASSWORD_VARIABLE "DREAMFACTORY_DB_PASSWORD"

#define STATEMENT_MS 600000

static void
lines_print(const struct command_call *call, const struct import_report *report)
{
	struct columns c = columns_new(call->arena, "VERDICT KIND NAME REASON");
	const struct import_line *list;
	size_t n;

	list = report_lines(report, &n);
	for (size_t i = 0; i < n; i++) {
		columns_put(&c, str_of(import_verdict_name(list[i].verdict)));
		columns_put(&c, str_of(list[i].kind));
		columns_put(&c, list[i].name);
		columns_put(&c, list[i].why);
	}
	columns_print(&c);
	for (int v = 0; v < IMPORT_VERDICTS; v++)
		(void)printf("%s%zu %s", v == 0 ? "" : ", ", report->n[v],
		    import_verdict_name((enum import_verdict)v));
	(void)printf("\n");
}

static void
lines_print_json(
    const struct command_call *call, const struct import_report *report)
{
	struct buf json = buf_in(call->arena);
	const struct import_line *list;
	size_t n;

	list = report_lines(report, &n);
	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		buf_put(&json, i == 0 ? STR("{") : STR(",{"));
		member_text(&json, "verdict",
		    str_of(import_verdict_name(list[i].verdict)));
		member_text(&json, "kind", str_of(list[i].kind));
		member_text(&json, "name", list[i].name);
		member_text(&json, "reason",
		    list[i].why.n == 0 ? STR_NULL : list[i].why);
		buf_put_char(&json, '}');
	}
	buf_put_char(&json, ']');
	admin_print(&json);
}

/* A secret from the option, from the file of another one, or from the
 * environment; "" when there is none. False after it has said what is wrong. */
static bool
secret_read(const struct command_call *call, const char *option,
    const char *variable, char line[SECRET_LINE_BYTES])
{
	const char *path = command_value(call, option);
	const char *text = getenv(variable);

	line[0] = '\0';
	if (path != NULL)
		return secret_line_read(option + 2, path, line);
	if (text != NULL)
		(void)snprintf(line, SECRET_LINE_BYTES, "%s", text);
	return true;
}

static bool
key_read(const struct command_call *call, struct laravel *laravel)
{
	const char *given = command_value(call, "--app-key");
	char line[SECRET_LINE_BYTES];
	struct error err = { 0 };
	bool good = true;

	*laravel = (struct laravel){ 0 };
	if (given != NULL)
		(void)snprintf(line, sizeof(line), "%s", given);
	else
		good = secret_read(call, "--app-key-file", KEY_VARIABLE, line);
	if (good && line[0] != '\0' &&
	    laravel_key_read(laravel, str_of(line), &err) != ST_OK) {
		(void)command_fail("--app-key: %s", err.text);
		good = false;
	}
	secret_wipe(line, sizeof(line));
	return good;
}

static bool
source_read_options(const struct command_call *call, struct import *imp)
{
	char password[SECRET_LINE_BYTES];
	struct error err = { 0 };
	bool good =
	    secret_read(call, "--password-file", PASSWORD_VARIABLE, password);

	if (good && source_open(&imp->source, call->arena,
			str_of(command_value(call, "--from")), password,
			&err) != ST_OK) {
		(void)command_fail("%s", err.text);
		good = false;
	}
	secret_wipe(password, sizeof(password));
	return good;
}

static enum status
bring(struct command_call *call, struct import *imp, struct system_db *db,
    struct error *err)
{
	enum status st;

	imp->db = db;
	db->statement_ms = STATEMENT_MS;
	st = import_dreamfactory(imp, command_switch(call, "--dry-run"), err);
	if (st != ST_OK)
		return st;
	if (command_switch(call, "--json"))
		lines_print_json(call, &imp->report);
	else
		lines_print(call, &imp->report);
	if (command_switch(call, "--dry-run"))
		(void)fprintf(stderr, "weir: nothing was written\n");
	return ST_OK;
}

static int
import_run(struct command_call *call)
{
	struct import imp = { .arena = call->arena,
		.sqlite_dir = str_of(command_value(call, "--sqlite-dir")),
		.report = { .arena = call->arena,
		    .lines = buf_in(call->arena),
		    .notes = buf_in(call->arena) } };
	struct error err = { 0 };
	struct app_keys keys;
	struct system_db db;
	int status = 1;
	enum status st;

	if (!key_read(call, &imp.laravel) || !source_read_options(call, &imp))
		goto out;
	if (admin_open(call, &db)) {
		st = app_keys_read(call->settings, &keys, &err);
		imp.keys = &keys;
		if (st == ST_OK)
			st = bring(call, &imp, &db, &err);
		app_keys_wipe(&keys);
		status = admin_close(&db, st, &err);
	}
	source_close(&imp.source);
out:
	laravel_wipe(&imp.laravel);
	return status;
}

static const struct command_option import_options[] = {
	{ "--from", "DATABASE", true,
	    "its system database: sqlite:FILE, or "
	    "\"mysql:host=HOST;port=PORT;dbname=NAME;user=USER\", or with "
	    "unix_socket=PATH for the host" },
	{ "--password-file", "FILE", false,
	    "the file whose first line is the password of that user; - reads "
	    "it from standard input; without, $" PASSWORD_VARIABLE },
	{ "--app-key", "KEY", false,
	    "its APP_KEY, which decrypts its secrets; everybody on this host "
	    "may see it then" },
	{ "--app-key-file", "FILE", false,
	    "the file whose first line is its APP_KEY; - reads it from "
	    "standard input; without, $" KEY_VARIABLE },
	{ "--sqlite-dir", "FOLDER", false,
	    "where the SQLite files of its services are now, as they name "
	    "them without a folder" },
	{ "--dry-run", NULL, false, "write nothing, but say the same" },
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

const struct command import_commands[] = {
	{ .noun = "import",
	    .verb = "dreamfactory",
	    .summary = "Bring services, roles, keys, users and more from "
		       "DreamFactory 7",
	    .options = import_options,
	    .needs_settings = true,
	    .run = import_run },
	{ 0 },
};
