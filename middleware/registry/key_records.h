/* API keys in the system database; service_records.h says what all records
 * have in common. A key is kept as a keyed hash only. */
#ifndef WEIR_KEY_RECORDS_H
#define WEIR_KEY_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct system_db;

#define KEY_HINT_BYTES 6
#define KEY_MIN_BYTES  32
#define KEY_MAX_BYTES  256

/* ST_INVALID unless it is KEY_MIN_BYTES or more visible characters. */
enum status key_record_check(struct str key, struct error *err);

/*
 * What key_record_add() is to do. role: for a new app its role; for an app
 * that exists STR_NULL, or the role it has.
 */
struct key_order {
	struct str app;  /* made when it does not exist */
	int64_t app_id;  /* for a rotation, not 0: of this app, and the key */
	struct str hint; /* that begins so; STR_NULL: all of its keys */
	struct str role;
	bool no_role;   /* a new app has none */
	struct str key; /* in clear: KEY_MIN_BYTES or more visible characters */
	int64_t expires_ms;    /* Unix time, 0: never */
	const uint8_t *pepper; /* SECRET_KEY_BYTES, the key of the hash */
};

enum status key_record_add(
    struct system_db *db, const struct key_order *order, struct error *err);

/*
 * The functions below are about all keys in force of the app of that name,
 * else about the one of that hint; a key is in force until it is revoked. *n
 * receives how many were. ST_INVALID when several keys have the hint.
 */
enum status key_record_revoke(struct system_db *db, struct str name_or_hint,
    int64_t *n, struct error *err);

/* They end then (Unix time), or with 0 never. */
enum status key_record_expire(struct system_db *db, struct str name_or_hint,
    int64_t expires_ms, int64_t *n, struct error *err);

/* The same for the keys of the app of that id, or the one of them that has the
 * hint, when that is not STR_NULL. */
enum status app_key_revoke(struct system_db *db, int64_t app_id,
    struct str hint, int64_t *n, struct error *err);
enum status app_key_expire(struct system_db *db, int64_t app_id,
    struct str hint, int64_t expires_ms, struct error *err);

/*
 * Gives the app a new key: order->app is the name or hint, or that is said by
 * order->app_id, and receives the app's name, in the arena; its role is not
 * looked at. Those in force end at until_ms, if they do not end before.
 */
enum status key_record_rotate(struct system_db *db, struct arena *arena,
    struct key_order *order, int64_t until_ms, int64_t *n, struct error *err);

struct key_record {
	int64_t app_id;
	struct str app_name;
	struct str role_name; /* STR_NULL: none */
	uint8_t hash[SECRET_HASH_BYTES];
	struct str hint;    /* the first characters of the key */
	struct str created; /* UTC */
	int64_t expires_ms; /* Unix time, 0: never */
	int64_t revoked_ms; /* Unix time, 0: in force */
	struct str
	    place; /* where it is declared (declared.h), STR_NULL: here */
};

/* All of them, sorted by app and age. */
enum status key_records_list(struct system_db *db, struct arena *arena,
    struct key_record **out, size_t *n, struct error *err);

#endif
