/*
 * CORS records in the system database (dreamfactory.md 8.10): which pages of
 * other origins may call which paths. service_records.h says what all records
 * have in common. A record is found by its path.
 */
#ifndef WEIR_CORS_RECORDS_H
#define WEIR_CORS_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct system_db;

#define CORS_PATH_MAX    255
#define CORS_TEXT_MAX    4096 /* bytes of each list */
#define CORS_MAX_AGE_MAX 31622400

struct cors_record {
	int64_t id; /* set by an add */
	/* of the URL: "api/v2/db/" and a star, where a star is anything; or an
	 * extended regular expression that begins with "^" */
	struct str path;
	struct str description;
	/* Lists with commas; "*" is all of them. */
	struct str origin; /* a star within an origin is a part of its host */
	struct str header; /* that a request may have; STR_NULL: none */
	struct str exposed_header; /* of the answer, that the page may read */
	int64_t max_age;           /* seconds that a preflight's answer holds */
	unsigned verb_mask;        /* enum method */
	bool credentials; /* Access-Control-Allow-Credentials: not with an
			   * origin that is any (cors_origins_any()) */
	bool enabled;
};

/* "GET, POST" in any case, "all" or "none", to a mask of enum method; "all" is
 * every one that weir knows. */
enum status cors_methods_parse(
    struct str text, unsigned *mask, struct error *err);

/* The contrary, in the arena: "" for none. */
struct str cors_methods_text(struct arena *arena, unsigned mask);

/* ST_INVALID: what it holds makes no sense, and why. */
enum status cors_record_check(
    const struct cors_record *record, struct error *err);

/* ST_EXISTS: another has the path. */
enum status cors_record_add(
    struct system_db *db, struct cors_record *record, struct error *err);

/* Changes a record, but not its id; any status but ST_OK leaves it as it is. */
typedef enum status cors_edit_f(
    void *ctx, struct cors_record *record, struct error *err);

/*
 * Lets `edit` change the record of that path, while nobody else can, and
 * checks what comes out. *out is the record then, its texts in the arena or
 * the caller's.
 */
enum status cors_record_set(struct system_db *db, struct arena *arena,
    struct str path, cors_edit_f *edit, void *ctx, struct cors_record *out,
    struct error *err);

enum status cors_record_remove(
    struct system_db *db, struct str path, struct error *err);

/* All of them, by their paths. */
enum status cors_records_list(struct system_db *db, struct arena *arena,
    struct cors_record **out, size_t *n, struct error *err);

#endif
