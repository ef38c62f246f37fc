#include "app/import/import.h"

#include "app/base/aes.h"
#include "app/base/utf8.h"
#include "middleware/registry/system_db.h"

bool
import_may_leave(enum status st)
{
	return st == ST_INVALID || st == ST_EXISTS || st == ST_MISSING;
}

struct str
import_cut(struct import *imp, const char *what, struct str text, size_t max)
{
	size_t n = 0, step;

	if (text.n <= max)
		return text;
	while (n < max && (step = utf8_first(str_skip(text, n))) > 0 &&
	       n + step <= max)
		n += step;
	report_note(&imp->report, "its %s is cut off at %zu bytes", what, max);
	return str_make(text.p, n);
}

struct running {
	struct import *imp;
	bool dry_run;
};

/* A key that opens nothing is not the one; what it does not open besides is
 * damaged. */
static enum status
key_check(const struct import *imp, struct error *err)
{
	const struct laravel *l = &imp->laravel;

	if (l->refused == 0 || l->opened > 0)
		return ST_OK;
	if (!aes_is_built_in())
		return error_set(err, ST_INVALID,
		    "%zu of its values are encrypted, and this weir was built "
		    "without OpenSSL, which decrypts them",
		    l->refused);
	if (l->key_n == 0)
		return error_set(err, ST_INVALID,
		    "%zu of its values are encrypted: --app-key or "
		    "--app-key-file names its APP_KEY",
		    l->refused);
	return error_set(err, ST_INVALID,
	    "the APP_KEY of the other platform, as it was given, decrypts none "
	    "of its %zu encrypted values: take the one of its .env file; "
	    "nothing was written",
	    l->refused);
}

static enum status
run(struct system_db *db, void *ctx, struct error *err)
{
	static enum status (*const parts[])(struct import *, struct error *) = {
		import_services, import_roles, import_apps, import_users,
		import_limits, import_cors, import_lookups, import_rest
	};
	const struct running *r = ctx;
	struct import *imp = r->imp;
	const size_t *n = imp->report.n;
	enum status st = ST_OK;

	(void)db; /* the import's */
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (st == ST_OK)
			st = parts[i](imp, err);
	}
	if (st == ST_OK)
		st = key_check(imp, err);
	if (st != ST_OK)
		return st;
	/* Undone then, so that not even the version steps. */
	return r->dry_run || n[IMPORT_BROUGHT] + n[IMPORT_CHANGED] == 0
		   ? ST_REFUSED
		   : ST_OK;
}

enum status
import_dreamfactory(struct import *imp, bool dry_run, struct error *err)
{
	struct running running = { imp, dry_run };
	enum status st;

	if (!source_has(&imp->source, "service") ||
	    !source_has(&imp->source, "role_service_access") ||
	    !source_has(&imp->source, "user_to_app_to_role"))
		return error_set(err, ST_INVALID,
		    "--from: that is no system database of DreamFactory: the "
		    "tables service, role_service_access and "
		    "user_to_app_to_role are missing");
	st = system_db_write(imp->db, run, &running, err);
	return st == ST_REFUSED ? ST_OK : st;
}
