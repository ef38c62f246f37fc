#include "middleware/registry/audit_row.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/base/jsonread.h"
#include "middleware/registry/system_db.h"

#define MASK   STR("\"**********\"")
#define SEALED STR("\"sealed:")

/*
 * Columns in the order of the statement. One whose name ends in "*" is a
 * secret, one in "{}" is JSON; what is sealed is a secret wherever it stands.
 */
struct kind {
	const char *name;
	const char *columns;
	const char *sql;
};

static const struct kind kinds[] = {
	[AUDIT_SERVICE] = { "service",
	    "name label description is_active type config{} cache_enabled "
	    "cache_ttl",
	    "SELECT s.name, s.label, s.description, s.is_active, s.type,"
	    " s.config, c.cache_enabled, c.cache_ttl FROM service s"
	    " LEFT JOIN service_cache_config c ON c.service_id = s.id"
	    " WHERE s.id = ?" },
	[AUDIT_ROLE] = { "role", "name description is_active",
	    "SELECT name, description, is_active FROM role WHERE id = ?" },
	[AUDIT_ROLE_ACCESS] = { "role_service_access",
	    "role_id service_id component verb_mask requestor_mask filters{} "
	    "filter_op",
	    "SELECT role_id, service_id, component, verb_mask, requestor_mask,"
	    " filters, filter_op FROM role_service_access WHERE id = ?" },
	[AUDIT_APP] = { "app", "name description is_active role_id",
	    "SELECT name, description, is_active, role_id FROM app"
	    " WHERE id = ?" },
	[AUDIT_KEY] = { "app_key", "hint app_id hash* expires revoked",
	    "SELECT hint, app_id, hash, expires, revoked FROM app_key"
	    " WHERE id = ?" },
	[AUDIT_LIMIT] = { "limit",
	    "name description type rate period algorithm burst lockout app_id "
	    "user_id role_id service_id endpoint verb dry_run is_active",
	    "SELECT name, description, type, rate, period, algorithm, burst,"
	    " lockout, app_id, user_id, role_id, service_id, endpoint, verb,"
	    " dry_run, is_active FROM limits WHERE id = ?" },
	[AUDIT_USER] = { "user",
	    "email name username first_name last_name password* is_sys_admin "
	    "is_active phone security_question security_answer* default_app_id",
	    "SELECT email, name, username, first_name, last_name, password,"
	    " is_sys_admin, is_active, phone, security_question,"
	    " security_answer, default_app_id FROM user WHERE id = ?" },
	[AUDIT_USER_ROLE] = { "user_to_app_to_role", "user_id app_id role_id",
	    "SELECT user_id, app_id, role_id FROM user_to_app_to_role"
	    " WHERE id = ?" },
	[AUDIT_LOOKUP] = { "lookup",
	    "name value private description app_id role_id user_id",
	    "SELECT name, value, private, description, app_id, role_id,"
	    " user_id FROM lookup WHERE id = ?" },
	[AUDIT_CORS] = { "cors",
	    "path description origin header exposed_header max_age method "
	    "supports_credentials enabled",
	    "SELECT path, description, origin, header, exposed_header,"
	    " max_age, method, supports_credentials, enabled FROM cors_config"
	    " WHERE id = ?" },
	[AUDIT_SESSION] = { "session", "", NULL },
	[AUDIT_CACHE] = { "cache", "", NULL },
	[AUDIT_LIMIT_CACHE] = { "limit_cache", "", NULL },
};

const char *
audit_kind_name(enum audit_kind kind)
{
	return kinds[kind].name;
}

static void
value_put(struct buf *json, const struct db_value *v)
{
	switch (v->type) {
	case DB_INT:
		buf_put_i64(json, v->i);
		break;
	case DB_UINT:
		buf_put_u64(json, v->u);
		break;
	case DB_BOOL:
		json_put_bool(json, v->i != 0);
		break;
	case DB_REAL:
		json_put_double(json, v->d);
		break;
	case DB_NUMBER:
		buf_put(json, v->s);
		break;
	case DB_TEXT:
		json_put_str(json, v->s);
		break;
	case DB_BLOB:
		json_put_base64(json, v->s.p, v->s.n);
		break;
	default:
		buf_put_lit(json, "null");
	}
}

/* JSON in which each sealed string is masked: no quote is in one. */
static struct str
mask_sealed(struct arena *arena, struct str json)
{
	struct buf out = buf_in(arena);

	while (json.n > 0) {
		if (!str_starts(json, SEALED)) {
			buf_put_char(&out, json.p[0]);
			json = str_skip(json, 1);
			continue;
		}
		buf_put(&out, MASK);
		json = str_skip(json, 1);
		json = str_skip(json, str_find(json, '"') + 1);
	}
	return buf_str(&out);
}

/* Where rows are read to. */
struct reading {
	struct arena *arena;
	const struct kind *kind;
	struct audit_row *row;
};

static struct str
json_of(struct arena *arena, const struct db_value *v, struct str column)
{
	struct buf text = buf_in(arena);
	struct json json;

	if (v->type == DB_TEXT && str_ends(column, STR("{}")) &&
	    json_parse(arena, v->s, &json, NULL) == ST_OK)
		buf_put(&text, str_trim(v->s));
	else
		value_put(&text, v);
	return buf_str(&text);
}

static enum status
row_take(void *ctx, const struct db_value *v, size_t n)
{
	const struct reading *r = ctx;
	struct str rest = str_of(r->kind->columns);
	struct audit_row *row = r->row;

	row->found = true;
	row->n = n;
	for (size_t i = 0; i < n; i++) {
		struct str column = str_cut(&rest, ' ');
		bool secret =
		    str_ends(column, STR("*")) && v[i].type != DB_NULL;

		row->stored[i] = json_of(r->arena, &v[i], column);
		row->shown[i] =
		    secret ? MASK : mask_sealed(r->arena, row->stored[i]);
	}
	return ST_OK;
}

enum status
audit_row_read(struct system_db *db, struct arena *arena, enum audit_kind kind,
    int64_t id, struct audit_row *out, struct error *err)
{
	struct reading reading = { arena, &kinds[kind], out };
	struct db_value args[] = { bind_i64(id) };
	struct db_stmt stmt = { str_of(kinds[kind].sql), args, 1 };

	*out = (struct audit_row){ 0 };
	return system_db_run(db, &stmt, row_take, &reading, err);
}

/* What is null in a record that was made or removed says nothing. */
static bool
is_told(
    const struct audit_row *row, const struct audit_row *other, size_t column)
{
	if (!other->found)
		return !str_eq(row->stored[column], STR("null"));
	return !str_eq(row->stored[column], other->stored[column]);
}

void
audit_row_put(struct buf *json, enum audit_kind kind,
    const struct audit_row *row, const struct audit_row *other)
{
	struct str rest = str_of(kinds[kind].columns);

	buf_put_char(json, '{');
	for (size_t i = 0; i < row->n; i++) {
		struct str name = str_cut(&rest, ' ');

		if (!is_told(row, other, i))
			continue;
		while (str_ends(name, STR("*")) || str_ends(name, STR("{")) ||
		       str_ends(name, STR("}")))
			name.n--;
		json_put_name(json, name);
		buf_put(json, row->shown[i]);
	}
	buf_put_char(json, '}');
}

struct str
audit_row_label(const struct audit_row *row)
{
	return row->shown[0];
}
