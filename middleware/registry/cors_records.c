#include "middleware/registry/cors_records.h"

#include "app/base/arena.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/cors_rules.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"
#include "middleware/request.h"

#define VERBS_MAX 127u /* all of enum method */

static const enum method methods[] = { METHOD_GET, METHOD_HEAD, METHOD_POST,
	METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_OPTIONS };

#define METHODS (sizeof(methods) / sizeof(methods[0]))

enum status
cors_methods_parse(struct str text, unsigned *mask, struct error *err)
{
	bool all = str_eq_nocase(text, STR("all"));

	*mask = all ? VERBS_MAX : 0;
	if (all || str_eq_nocase(text, STR("none")))
		return ST_OK;
	while (text.p != NULL) {
		struct str word = str_trim(str_cut(&text, ','));
		enum method method = method_parse(word);

		if (method == METHOD_NONE)
			return error_set(err, ST_INVALID,
			    "method \"%.*s\": GET, HEAD, POST, PUT, PATCH, "
			    "DELETE, OPTIONS, all or none are expected",
			    STR_ARG(word));
		*mask |= (unsigned)method;
	}
	return ST_OK;
}

struct str
cors_methods_text(struct arena *arena, unsigned mask)
{
	struct buf text = buf_in(arena);

	for (size_t i = 0; i < METHODS; i++) {
		if ((mask & (unsigned)methods[i]) == 0)
			continue;
		buf_put(&text, text.n > 0 ? STR(", ") : STR(""));
		buf_put(&text, method_name(methods[i]));
	}
	return buf_str(&text);
}

static enum status
path_check(struct str path, struct error *err)
{
	bool bad = path.n == 0 || path.n > CORS_PATH_MAX;

	for (size_t i = 0; i < path.n && !bad; i++)
		bad = (unsigned char)path.p[i] <= ' ' || path.p[i] == 0x7f;
	if (bad)
		return error_set(err, ST_INVALID,
		    "path: 1 to %d bytes without blanks are expected, as in "
		    "api/v2/* or, for every path, *",
		    CORS_PATH_MAX);
	return cors_path_check(path, err);
}

/* "https://a.example:8443", "https://" and a star in place of a part of the
 * host or the port. */
static bool
is_origin(struct str s)
{
	size_t colon = str_find(s, ':');
	struct str host = str_skip(s, colon + 3);

	if (str_eq(s, STR("*")) || str_eq(s, STR("null")))
		return true;
	if (colon == 0 || !str_starts(str_skip(s, colon), STR("://")))
		return false;
	for (size_t i = 0; i < host.n; i++) {
		if ((unsigned char)host.p[i] <= ' ' || host.p[i] == '/' ||
		    host.p[i] == 0x7f)
			return false;
	}
	return host.n > 0;
}

static enum status
origins_check(struct str list, struct error *err)
{
	if (str_trim(list).n == 0 || list.n > CORS_TEXT_MAX)
		return error_set(err, ST_INVALID,
		    "origin: * or a list of origins is expected, at most %d "
		    "bytes",
		    CORS_TEXT_MAX);
	while (list.p != NULL) {
		struct str origin = str_trim(str_cut(&list, ','));

		if (!is_origin(origin))
			return error_set(err, ST_INVALID,
			    "origin \"%.*s\": *, or a scheme and a host "
			    "without a path, as in https://app.example, is "
			    "expected",
			    STR_ARG(origin));
	}
	return ST_OK;
}

/* RFC 9110: a token; "*" is one as well. */
static bool
is_header_name(struct str s)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!is_name_char(c) &&
		    (c == '\0' || strchr(others, c) == NULL))
			return false;
	}
	return s.n > 0;
}

static enum status
headers_check(const char *what, struct str list, struct error *err)
{
	if (str_trim(list).n == 0)
		return ST_OK;
	if (list.n > CORS_TEXT_MAX)
		return error_set(err, ST_INVALID,
		    "%s: at most %d bytes are expected", what, CORS_TEXT_MAX);
	while (list.p != NULL) {
		struct str name = str_trim(str_cut(&list, ','));

		if (!is_header_name(name))
			return error_set(err, ST_INVALID,
			    "%s \"%.*s\": names of headers with commas "
			    "between them, or *, are expected",
			    what, STR_ARG(name));
	}
	return ST_OK;
}

/* Browsers add credentials by themselves, so that any page could act as whoever
 * looks at it. */
static enum status
credentials_check(const struct cors_record *r, struct error *err)
{
	if (!r->credentials || !cors_origins_any(r->origin))
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "credentials go with no origin that is \"*\", \"null\" or a star "
	    "in place of a whole host: name the origins, or leave them out "
	    "(keys and tokens need none)");
}

enum status
cors_record_check(const struct cors_record *r, struct error *err)
{
	enum status st = path_check(r->path, err);

	if (st == ST_OK)
		st = origins_check(r->origin, err);
	if (st == ST_OK)
		st = credentials_check(r, err);
	if (st == ST_OK)
		st = headers_check("header", r->header, err);
	if (st == ST_OK)
		st = headers_check("exposed_header", r->exposed_header, err);
	if (st == ST_OK)
		st = description_check(r->description, err);
	if (st != ST_OK)
		return st;
	if (r->max_age < 0 || r->max_age > CORS_MAX_AGE_MAX)
		return error_set(err, ST_INVALID,
		    "max_age: 0 to %d seconds are expected", CORS_MAX_AGE_MAX);
	if (r->verb_mask > VERBS_MAX)
		return error_set(err, ST_INVALID,
		    "method: GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS "
		    "are expected");
	return ST_OK;
}

/* Runs an INSERT or UPDATE whose values begin with those of the record. */
static enum status
cors_store(struct system_db *db, const char *sql, const struct cors_record *r,
    int64_t *id, struct error *err)
{
	char now[DATE_BYTES];
	enum status st;

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(r->path),
		bind_text(r->description), bind_text(r->origin),
		bind_text(r->header), bind_text(r->exposed_header),
		bind_i64(r->max_age), bind_i64(r->verb_mask),
		bind_i64(r->credentials ? 1 : 0), bind_i64(r->enabled ? 1 : 0),
		bind_text(str_of(now)), bind_actor(db),
		r->id == 0 ? bind_text(str_of(now)) : bind_i64(r->id),
		bind_actor(db) };
	struct db_stmt stmt = { str_of(sql), args, r->id == 0 ? 13 : 12 };

	st = system_db_insert(db, &stmt, id, err);
	if (st == ST_EXISTS)
		return error_set(err, ST_EXISTS,
		    "there is a record for the path \"%.*s\" already: change "
		    "that one",
		    STR_ARG(r->path));
	return st;
}

static enum status
cors_insert(struct system_db *db, void *ctx, struct error *err)
{
	struct cors_record *r = ctx;
	enum status st = cors_store(db,
	    "INSERT INTO cors_config (path, description, origin, header,"
	    " exposed_header, max_age, method, supports_credentials, enabled,"
	    " last_modified_date, last_modified_by_id, created_date,"
	    " created_by_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    r, &r->id, err);

	return st == ST_OK ? audit_added(db, AUDIT_CORS, r->id, err) : st;
}

enum status
cors_record_add(
    struct system_db *db, struct cors_record *record, struct error *err)
{
	struct cors_record r = *record;
	enum status st = cors_record_check(record, err);

	r.id = 0;
	if (st == ST_OK)
		st = system_db_write(db, cors_insert, &r, err);
	if (st == ST_OK)
		record->id = r.id;
	return st;
}

#define SELECT_CORS                                                            \
	"SELECT id, path, description, origin, header, exposed_header,"        \
	" max_age, method, supports_credentials, enabled FROM cors_config"

static enum status
cors_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct cors_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	r->id = value_i64(&v[0]);
	r->path = value_text(list->arena, &v[1]);
	r->description = value_text(list->arena, &v[2]);
	r->origin = value_text(list->arena, &v[3]);
	r->header = value_text(list->arena, &v[4]);
	r->exposed_header = value_text(list->arena, &v[5]);
	r->max_age = value_i64(&v[6]);
	r->verb_mask = (unsigned)value_i64(&v[7]);
	r->credentials = value_i64(&v[8]) != 0;
	r->enabled = value_i64(&v[9]) != 0;
	return ST_OK;
}

enum status
cors_records_list(struct system_db *db, struct arena *arena,
    struct cors_record **out, size_t *n, struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_stmt stmt = DB_STMT_PLAIN(SELECT_CORS " ORDER BY path, id");
	enum status st = system_db_run(db, &stmt, cors_row, &list, err);

	*out = (struct cors_record *)(void *)list.p;
	*n = list.n / sizeof(**out);
	return st;
}

static enum status
cors_find(struct system_db *db, struct str path, struct arena *arena,
    struct cors_record *out, struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_value args[] = { bind_text(path) };
	struct db_stmt stmt = DB_STMT(SELECT_CORS " WHERE path = ?", args);
	enum status st = system_db_run(db, &stmt, cors_row, &list, err);

	if (st == ST_OK && list.n == 0)
		return error_set(err, ST_MISSING,
		    "there is no record for the path \"%.*s\": `weir cors "
		    "list` shows those there are",
		    STR_ARG(path));
	if (st == ST_OK)
		*out = *(struct cors_record *)(void *)list.p;
	return st;
}

/* A change on its way into the database. */
struct editing {
	struct arena *arena;
	struct str path;
	cors_edit_f *edit;
	void *ctx;
	struct cors_record *record;
};

static enum status
cors_update(struct system_db *db, void *ctx, struct error *err)
{
	const struct editing *e = ctx;
	struct cors_record *r = e->record;
	int64_t ignored;
	enum status st = cors_find(db, e->path, e->arena, r, err);

	if (st == ST_OK)
		st = audit_watch(db, AUDIT_CORS, r->id, err);
	if (st == ST_OK)
		st = e->edit(e->ctx, r, err);
	if (st == ST_OK)
		st = cors_record_check(r, err);
	if (st != ST_OK)
		return st;
	return cors_store(db,
	    "UPDATE cors_config SET path = ?, description = ?, origin = ?,"
	    " header = ?, exposed_header = ?, max_age = ?, method = ?,"
	    " supports_credentials = ?, enabled = ?, last_modified_date = ?,"
	    " last_modified_by_id = ? WHERE id = ?",
	    r, &ignored, err);
}

enum status
cors_record_set(struct system_db *db, struct arena *arena, struct str path,
    cors_edit_f *edit, void *ctx, struct cors_record *out, struct error *err)
{
	struct editing e = { arena, path, edit, ctx, out };

	return system_db_write(db, cors_update, &e, err);
}

static enum status
id_find(struct system_db *db, struct str path, int64_t *id, struct error *err)
{
	struct db_value args[] = { bind_text(path) };
	struct db_stmt stmt =
	    DB_STMT("SELECT id FROM cors_config WHERE path = ?", args);
	enum status st = system_db_number(db, &stmt, id, err);

	if (st == ST_MISSING)
		return error_set(err, st,
		    "there is no record for the path \"%.*s\": `weir cors "
		    "list` shows those there are",
		    STR_ARG(path));
	return st;
}

static enum status
cors_delete(struct system_db *db, void *ctx, struct error *err)
{
	static const char *const parts[] = {
		"DELETE FROM cors_config WHERE id = ?", NULL
	};
	const struct str *path = ctx;
	int64_t id = 0;
	enum status st = id_find(db, *path, &id, err);

	if (st == ST_OK)
		st = audit_watch(db, AUDIT_CORS, id, err);
	return st == ST_OK ? system_db_each(db, parts, id, err) : st;
}

enum status
cors_record_remove(struct system_db *db, struct str path, struct error *err)
{
	return system_db_write(db, cors_delete, &path, err);
}
