/*
 * Users in the system database, those who administer among them;
 * service_records.h says what all records have in common, but no snapshot
 * holds users: their changes leave the registry's version alone, and whoever
 * makes one ends the sessions of the user that it concerns. E-mails and
 * usernames are stored, and found, in lower case. Secrets are here as hashes
 * only.
 */
#ifndef WEIR_USER_RECORDS_H
#define WEIR_USER_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct system_db;

#define USER_TEXT_MAX  255 /* bytes of each text */
#define USER_PHONE_MAX 32

/* STR_NULL for what is not known. */
struct user_record {
	int64_t id;      /* set by an add */
	struct str name; /* to show; an add makes one when it is absent */
	struct str username;
	struct str first_name;
	struct str last_name;
	struct str email;
	struct str password; /* hash (password.h); STR_NULL: no login */
	bool is_sys_admin;
	bool active;
	struct str phone;
	struct str security_question;
	struct str security_answer; /* hash */
	int64_t default_app_id;     /* 0: none */
	struct str last_login_date; /* these are never set by a change */
	int64_t confirm_expires_ms; /* Unix time, 0: no code is awaited */
	struct str created_date;    /* UTC */
	struct str last_modified_date;
};

/*
 * ST_EXISTS when another has the e-mail or the username. The record becomes
 * what is stored; texts that change live in the arena.
 */
enum status user_record_add(struct system_db *db, struct arena *arena,
    struct user_record *record, struct error *err);

/* The same for one who acts with that role in every app there is; 0: without a
 * role. */
enum status user_record_register(struct system_db *db, struct arena *arena,
    struct user_record *record, int64_t role_id, struct error *err);

/* Changes a record, but not its id; any status but ST_OK leaves it as it is. */
typedef enum status user_edit_f(
    void *ctx, struct user_record *record, struct error *err);

struct user_order {
	int64_t id;
	user_edit_f *edit;
	void *ctx;
	int64_t keep_session; /* id of one that does not end; 0: none */
};

/*
 * Lets the edit change the user, while nobody else can, and stores what comes
 * out: *out. An empty text becomes an absent one. With another password, and
 * switched off, and when an administrator is made or unmade, the user's
 * sessions end, and so does a code that was mailed, also with another e-mail.
 * Tell the session store of any change (middleware/session.h).
 */
enum status user_record_set(struct system_db *db, struct arena *arena,
    const struct user_order *order, struct user_record *out, struct error *err);

/* Roles, limits, lookups and sessions of the user go along. */
enum status user_record_remove(
    struct system_db *db, int64_t id, struct error *err);

/* What a user is found by. */
enum user_key { USER_EMAIL, USER_USERNAME };

/* ST_MISSING comes with a sentence that holds the text: for people, not for
 * logs. */
enum status user_record_find(struct system_db *db, struct arena *arena,
    enum user_key key, struct str text, struct user_record *out,
    struct error *err);
enum status user_record_get(struct system_db *db, struct arena *arena,
    int64_t id, struct user_record *out, struct error *err);

/* All that administer, or all that do not, by their e-mails. */
enum status user_records_list(struct system_db *db, struct arena *arena,
    bool admins, struct user_record **out, size_t *n, struct error *err);

#endif
