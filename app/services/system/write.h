/*
 * Creating, changing and removing records of a resource (resource.h), one or
 * many in a call (dreamfactory.md 1.10, 8.1), with the functions of the
 * registry's records that commands use. What was written is in force in this
 * process before the answer leaves.
 */
#ifndef WEIR_SERVICES_SYSTEM_WRITE_H
#define WEIR_SERVICES_SYSTEM_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "app/services/system/show.h"
#include "middleware/registry/user_login.h"

struct account_call;
struct app_keys;
struct db_stmt;
struct request;
struct system_db;
struct system_resource;

/* A code that is mailed once it is stored. */
struct invite {
	struct str email;
	char code[CONFIRM_CODE_BYTES + 1];
};

/* What is written by a call; for the functions of the resources. */
struct system_write {
	struct request *req;
	struct arena *arena;
	struct system_db *db; /* within a transaction */
	const struct app_keys *keys;
	const struct system_resource *resource;
	void *prepared;  /* of the record at hand */
	bool store_down; /* out: the session store, so that nothing is done */
	/* Out: services that the call has made or changed, users that it has
	 * changed, keys that it has made. Added to with the functions below. */
	struct str *services;
	size_t n_services;
	int64_t *users;
	size_t n_users;
	struct shown_key *shown;
	size_t n_shown;
	struct invite *invites; /* users who are to set a password */
	size_t n_invites;
};

/* Makes the response. id: of the path, 0: none. */
void system_write(
    struct account_call *c, const struct system_resource *resource, int64_t id);

/* The service will be opened before the answer leaves. */
void system_write_service(struct system_write *w, struct str name);

/* Before the user is changed: no session goes by what it was. ST_UNAVAILABLE
 * when that cannot be had. */
enum status system_write_user(
    struct system_write *w, int64_t id, struct error *err);

/* The answer shows the key of that app. */
void system_write_key(struct system_write *w, int64_t app_id, struct str key);

/* The user is mailed a code to set a password by, when all is stored. */
enum status system_write_invite(
    struct system_write *w, int64_t id, struct str email, struct error *err);

/*
 * The text that the statement, which has one "?", an id, selects: the name of a
 * record by its id. ST_MISSING leaves err alone.
 */
enum status system_write_name(struct system_write *w, const char *sql,
    int64_t id, struct str *name, struct error *err);

/* The same for a record that a member of another names: ST_INVALID says that
 * there is none of that id. With 0 the name is STR_NULL. */
enum status system_write_refer(struct system_write *w, const char *member,
    const char *sql, int64_t id, struct str *name, struct error *err);

/* ST_DENIED unless the caller may give that role (rights.h), or `before` is it:
 * what stands there stays. 0: none. */
enum status system_write_give(
    struct system_write *w, int64_t role_id, int64_t before, struct error *err);

/*
 * Of what uses a record of that kind the statement selects a noun and a name.
 * ST_EXISTS names them; not, where they may go with the record, when the call
 * says force=true.
 */
enum status system_write_unused(struct system_write *w, const char *kind,
    bool may_go, const struct db_stmt *users, struct error *err);

#define SQL_SERVICE_NAME "SELECT name FROM service WHERE id = ?"
#define SQL_ROLE_NAME    "SELECT name FROM role WHERE id = ?"
#define SQL_APP_NAME     "SELECT name FROM app WHERE id = ?"
#define SQL_USER_EMAIL   "SELECT email FROM user WHERE id = ?"
#define SQL_LIMIT_NAME   "SELECT name FROM limits WHERE id = ?"

#endif
