/* Reading what is declared: what the files of declared_*.c share. */
#ifndef WEIR_DECLARED_READER_H
#define WEIR_DECLARED_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/declared_name.h"

struct app_keys;
struct arena;
struct declared;
struct env_entry;

struct declared_reader {
	struct arena *arena;
	const char *path; /* of the env file, "": none */
	const struct app_keys *keys;
	struct declared *out;
	struct buf *problems;
	struct buf *warnings;
	bool failed;
};

/* "FILE:LINE" or "environment", in the arena. */
struct str declared_where(
    const struct declared_reader *r, const struct env_entry *entry);

/* Notes "FILE:LINE: NAME " and the text, which goes on: "must be ...". */
void declared_problem(struct declared_reader *r, const struct env_entry *entry,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The entry of that field ("CACHE_TTL"), or NULL. One that says null is none.
 */
const struct env_entry *declared_entry(
    const struct declared_thing *thing, const char *field);

/* Its value; STR_NULL when it is not given. */
struct str declared_text(const struct declared_thing *thing, const char *field);

/* A text of at most so many bytes, a flag, a number: the default stays in
 * *out when it is not given, or after the problem was noted. */
void declared_take_text(struct declared_reader *r,
    const struct declared_thing *thing, const char *field, size_t max,
    struct str *out);
void declared_take_flag(struct declared_reader *r,
    const struct declared_thing *thing, const char *field, bool *out);

/* The id of a thing of that name in lower case: always the same, below 0. */
int64_t declared_id(struct arena *arena, enum noun noun, struct str name);

/* The name as records have it. */
struct str declared_lower(struct arena *arena, struct str name);

/* One file each: which fields such a thing has, and its record. */
bool declared_service_knows(
    const struct declared_thing *thing, struct str field);
void declared_service_read(
    struct declared_reader *r, const struct declared_thing *thing);
bool declared_role_knows(const struct declared_thing *thing, struct str field);
void declared_role_read(
    struct declared_reader *r, const struct declared_thing *thing);
bool declared_app_knows(const struct declared_thing *thing, struct str field);
void declared_app_read(
    struct declared_reader *r, const struct declared_thing *thing);

#endif
