#include "middleware/registry/lookup_store.h"

#include "app/base/arena.h"
#include "middleware/registry/lookup_text.h"
#include "middleware/registry/words.h"

enum status
lookup_name_check(struct str name, struct error *err)
{
	bool bad = name.n == 0 || name.n > LOOKUP_NAME_MAX;

	for (size_t i = 0; i < name.n && !bad; i++)
		bad = !is_name_char(name.p[i]) && name.p[i] != '.';
	if (bad)
		return error_set(err, ST_INVALID,
		    "lookup name \"%.*s\": 1 to %d letters, digits, _, - or . "
		    "are expected",
		    STR_ARG(name), LOOKUP_NAME_MAX);
	if (lookup_is_built_in(name))
		return error_set(err, ST_INVALID,
		    "lookup name \"%.*s\": what begins with user., role., "
		    "app., session. or df. is built in: choose another",
		    STR_ARG(name));
	return ST_OK;
}

enum status
lookup_value_check(struct str value, struct error *err)
{
	if (value.n > LOOKUP_VALUE_MAX ||
	    (value.n > 0 && memchr(value.p, '\0', value.n) != NULL))
		return error_set(err, ST_INVALID,
		    "the value of a lookup has at most %d bytes, none of them "
		    "NUL",
		    LOOKUP_VALUE_MAX);
	return ST_OK;
}

struct str
lookup_context(
    struct arena *arena, struct str name, const struct lookup_scope *s)
{
	return arena_printf(arena, "lookup %lld %lld %lld %.*s",
	    (long long)s->app_id, (long long)s->role_id, (long long)s->user_id,
	    STR_ARG(name));
}

#define SELECT_LOOKUP                                                          \
	"SELECT l.id, l.name, l.value, l.private, l.description, l.app_id,"    \
	" l.role_id, l.user_id, a.name, r.name, u.email FROM lookup l"         \
	" LEFT JOIN app a ON a.id = l.app_id"                                  \
	" LEFT JOIN role r ON r.id = l.role_id"                                \
	" LEFT JOIN user u ON u.id = l.user_id"

static enum status
lookup_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct lookup_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	r->id = value_i64(&v[0]);
	r->name = value_text(list->arena, &v[1]);
	r->value = value_text(list->arena, &v[2]);
	r->is_private = value_i64(&v[3]) != 0;
	r->description = value_text(list->arena, &v[4]);
	r->scope.app_id = value_i64(&v[5]);
	r->scope.role_id = value_i64(&v[6]);
	r->scope.user_id = value_i64(&v[7]);
	r->app_name = value_text(list->arena, &v[8]);
	r->role_name = value_text(list->arena, &v[9]);
	r->user_email = value_text(list->arena, &v[10]);
	return ST_OK;
}

static enum status
read_all(struct system_db *db, struct arena *arena, const struct db_stmt *stmt,
    struct lookup_record **out, size_t *n, struct error *err)
{
	struct buf list = buf_in(arena);
	enum status st = system_db_run(db, stmt, lookup_row, &list, err);

	*out = (struct lookup_record *)(void *)list.p;
	*n = list.n / sizeof(**out);
	return st;
}

enum status
lookup_records_list(struct system_db *db, struct arena *arena,
    struct lookup_record **out, size_t *n, struct error *err)
{
	struct db_stmt stmt = DB_STMT_PLAIN(SELECT_LOOKUP
	    " ORDER BY COALESCE(u.email, ''), COALESCE(r.name, ''),"
	    " COALESCE(a.name, ''), l.name, l.id");

	return read_all(db, arena, &stmt, out, n, err);
}

enum status
lookup_read(struct system_db *db, struct arena *arena, int64_t id,
    struct lookup_record *out, struct error *err)
{
	struct lookup_record *list = NULL;
	struct db_value args[] = { bind_i64(id) };
	struct db_stmt stmt = DB_STMT(SELECT_LOOKUP " WHERE l.id = ?", args);
	size_t n = 0;
	enum status st = read_all(db, arena, &stmt, &list, &n, err);

	if (st == ST_OK && n == 0)
		return error_set(err, ST_MISSING, "no lookup has the id %lld",
		    (long long)id);
	if (st == ST_OK)
		*out = list[0];
	return st;
}

static enum status
id_find(struct system_db *db, struct str name, const struct lookup_scope *s,
    int64_t *id, struct error *err)
{
	struct db_value args[] = { bind_text(name), bind_i64(s->app_id),
		bind_i64(s->role_id), bind_i64(s->user_id) };
	struct db_stmt stmt = DB_STMT(
	    "SELECT id FROM lookup WHERE name = ? AND" LOOKUP_IN_SCOPE, args);

	return system_db_number(db, &stmt, id, err);
}

enum status
lookup_find(struct system_db *db, struct str name, const struct lookup_scope *s,
    int64_t *id, struct error *err)
{
	enum status st = id_find(db, name, s, id, err);

	if (st != ST_MISSING)
		return st;
	return error_set(err, st,
	    "no lookup is named \"%.*s\" there: `weir lookup list` shows those "
	    "there are",
	    STR_ARG(name));
}

/* Writers queue at the registry's version, so that nobody adds one of the same
 * name meanwhile: a unique key would let it, as NULL is no value. */
enum status
lookup_free_check(struct system_db *db, struct str name,
    const struct lookup_scope *s, int64_t but, struct error *err)
{
	int64_t id = but;
	enum status st = id_find(db, name, s, &id, err);

	if (st == ST_OK && id != but)
		return error_set(err, ST_EXISTS,
		    "a lookup \"%.*s\" is there already: `weir lookup set` "
		    "changes it",
		    STR_ARG(name));
	return st == ST_MISSING ? ST_OK : st;
}
