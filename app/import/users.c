/* Users and administrators, with their roles in apps. */
#include "app/base/arena.h"
#include "app/base/password.h"
#include "app/import/import.h"
#include "middleware/registry/user_records.h"
#include "middleware/registry/user_roles.h"

enum cell {
	ID,
	NAME,
	USERNAME,
	FIRST_NAME,
	LAST_NAME,
	EMAIL,
	PASSWORD,
	IS_SYS_ADMIN,
	IS_ACTIVE,
	PHONE,
	QUESTION,
	ANSWER,
	DEFAULT_APP,
	OAUTH,
	ADLDAP,
	SAML
};

#define COLUMNS                                                                \
	"id name username first_name last_name email password is_sys_admin "   \
	"is_active phone security_question security_answer default_app_id "    \
	"oauth_provider adldap saml"

/* Rows of user_to_app_to_role, by their users. */
enum role_cell { ROLE_ID, ROLE_USER, ROLE_APP, ROLE_ROLE };

struct roles {
	struct source_rows rows;
	struct id_map first; /* of a user, its first row; `to` is its index */
	size_t *next;        /* of the same user, SIZE_MAX: none */
	size_t *last;        /* of the user whose first it is */
};

static enum status
roles_read(struct import *imp, struct roles *roles, struct error *err)
{
	enum status st = source_read(&imp->source, "user_to_app_to_role",
	    "id user_id app_id role_id", &roles->rows, err);
	size_t n = roles->rows.n;

	id_map_init(&roles->first, imp->arena, n);
	roles->next = arena_alloc(imp->arena, (n + 1) * sizeof(size_t));
	roles->last = arena_alloc(imp->arena, (n + 1) * sizeof(size_t));
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		const struct str *row = source_row(&roles->rows, i);
		int64_t user = source_number(row[ROLE_USER]);
		const struct id_entry *first = id_map_get(&roles->first, user);

		roles->next[i] = SIZE_MAX;
		roles->last[i] = i;
		if (first == NULL) {
			id_map_put(&roles->first,
			    &(const struct id_entry){
				.from = user, .to = (int64_t)i });
			continue;
		}
		roles->next[roles->last[first->to]] = i;
		roles->last[first->to] = i;
	}
	return st;
}

/* Its first row, then roles->next; SIZE_MAX: none. */
static size_t
roles_of(const struct roles *roles, const struct str *user)
{
	const struct id_entry *first =
	    id_map_get(&roles->first, source_number(user[ID]));

	return first == NULL ? SIZE_MAX : (size_t)first->to;
}

static bool
role_resolve(
    const struct import *imp, const struct str *row, struct user_role *out)
{
	const struct id_entry *app =
	    id_map_get(&imp->apps, source_number(row[ROLE_APP]));
	const struct id_entry *role =
	    id_map_get(&imp->roles, source_number(row[ROLE_ROLE]));

	if (app == NULL || role == NULL)
		return false;
	out->app_name = app->name;
	out->role_name = role->name;
	return true;
}

/* There, the first role of a user in an app counts. */
static bool
is_second(const struct roles *roles, const struct str *user, size_t at)
{
	struct str app = source_row(&roles->rows, at)[ROLE_APP];

	for (size_t i = roles_of(roles, user); i != at; i = roles->next[i]) {
		if (str_eq(source_row(&roles->rows, i)[ROLE_APP], app))
			return true;
	}
	return false;
}

/* An administrator with roles may do what they say, and one without them
 * everything: who had some must not come without. */
static bool
loses_roles(
    const struct import *imp, const struct roles *roles, const struct str *user)
{
	struct user_role role;
	size_t i = roles_of(roles, user);

	if (i == SIZE_MAX)
		return false;
	for (; i != SIZE_MAX; i = roles->next[i]) {
		if (!is_second(roles, user, i) &&
		    role_resolve(imp, source_row(&roles->rows, i), &role))
			return false;
	}
	return true;
}

static enum status
roles_bring(struct import *imp, const struct roles *roles,
    const struct str *user, int64_t id, struct error *err)
{
	enum status st = ST_OK;

	for (size_t i = roles_of(roles, user); st == ST_OK && i != SIZE_MAX;
	     i = roles->next[i]) {
		const struct str *row = source_row(&roles->rows, i);
		struct user_role role = { .user_id = id };

		if (is_second(roles, user, i))
			report_note(
			    &imp->report, "without a second role in an app");
		else if (role_resolve(imp, row, &role))
			st = user_role_put(imp->db, &role, err);
		else
			report_note(&imp->report,
			    "without a role in an app, of which one is not "
			    "here");
	}
	return st;
}

static struct str
hash_of(struct import *imp, const char *what, struct str hash)
{
	if (hash.n == 0)
		return STR_NULL;
	if (password_is_hash(hash))
		return hash;
	report_note(&imp->report,
	    "without its %s, whose hash is not known "
	    "here",
	    what);
	return STR_NULL;
}

/* Who signs in elsewhere has no password of its own, whatever stands there. */
static struct str
password_of(struct import *imp, const struct str *row)
{
	if (row[OAUTH].n == 0 && row[ADLDAP].n == 0 && row[SAML].n == 0)
		return hash_of(imp, "password", row[PASSWORD]);
	report_note(&imp->report,
	    "without a password: it signs in with %.*s there",
	    STR_ARG(row[OAUTH].n > 0 ? row[OAUTH] : STR("LDAP or SAML")));
	return STR_NULL;
}

static struct str
username_of(struct import *imp, const struct str *row)
{
	struct user_record other;

	if (row[USERNAME].n == 0 ||
	    user_record_find(imp->db, imp->arena, USER_USERNAME, row[USERNAME],
		&other, NULL) != ST_OK)
		return row[USERNAME];
	report_note(
	    &imp->report, "without its username, which another user has");
	return STR_NULL;
}

static bool
admin_of(struct import *imp, const struct roles *roles, const struct str *row)
{
	if (source_number(row[IS_SYS_ADMIN]) == 0)
		return false;
	if (!loses_roles(imp, roles, row))
		return true;
	report_note(&imp->report,
	    "no administrator here: its roles, which bound it, are not here");
	return false;
}

static enum status
user_bring(struct import *imp, const struct str *row, const struct roles *roles,
    struct error *err)
{
	const struct id_entry *app =
	    id_map_get(&imp->apps, source_number(row[DEFAULT_APP]));
	struct user_record r = { .name = row[NAME],
		.username = username_of(imp, row),
		.first_name = row[FIRST_NAME],
		.last_name = row[LAST_NAME],
		.email = row[EMAIL],
		.password = password_of(imp, row),
		.is_sys_admin = admin_of(imp, roles, row),
		.active = source_number(row[IS_ACTIVE]) != 0,
		.phone = import_cut(imp, "phone", row[PHONE], USER_PHONE_MAX),
		.security_question = row[QUESTION],
		.security_answer = hash_of(
		    imp, "answer to the security question", row[ANSWER]),
		.default_app_id = app == NULL ? 0 : app->to };
	struct error why = { 0 };
	enum status st = user_record_add(imp->db, imp->arena, &r, &why);

	if (import_may_leave(st)) {
		report_left(&imp->report, "user", row[EMAIL], "%s", why.text);
		return ST_OK;
	}
	if (st != ST_OK)
		return error_set(err, st, "%s", why.text);
	id_map_put(
	    &imp->users, &(const struct id_entry){
			     source_number(row[ID]), r.id, r.email, true });
	st = roles_bring(imp, roles, row, r.id, err);
	report_brought(&imp->report, "user", r.email);
	return st;
}

static enum status
user_take(struct import *imp, const struct str *row, const struct roles *roles,
    struct error *err)
{
	struct user_record here;
	struct error why = { 0 };
	enum status st = user_record_find(
	    imp->db, imp->arena, USER_EMAIL, row[EMAIL], &here, &why);

	report_begin(&imp->report);
	if (st == ST_MISSING)
		return user_bring(imp, row, roles, err);
	if (st != ST_OK)
		return error_set(err, st, "%s", why.text);
	id_map_put(
	    &imp->users, &(const struct id_entry){ source_number(row[ID]),
			     here.id, here.email, false });
	report_present(&imp->report, "user", row[EMAIL], "");
	return ST_OK;
}

enum status
import_users(struct import *imp, struct error *err)
{
	struct source_rows rows;
	struct roles roles = { 0 };
	enum status st = source_read(&imp->source, "user", COLUMNS, &rows, err);

	id_map_init(&imp->users, imp->arena, rows.n);
	if (st == ST_OK)
		st = roles_read(imp, &roles, err);
	for (size_t i = 0; st == ST_OK && i < rows.n; i++)
		st = user_take(imp, source_row(&rows, i), &roles, err);
	return st;
}
