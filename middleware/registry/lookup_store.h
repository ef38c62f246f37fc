/* Finding and reading lookups: for the files of lookup_records.h only. */
#ifndef WEIR_LOOKUP_STORE_H
#define WEIR_LOOKUP_STORE_H

#include "middleware/registry/lookup_records.h"

/* Conditions on the columns of a scope, whose ids are bound in the order of
 * struct lookup_scope. */
#define LOOKUP_IN_SCOPE                                                        \
	" COALESCE(app_id, 0) = ? AND COALESCE(role_id, 0) = ?"                \
	" AND COALESCE(user_id, 0) = ?"

/* What a sealed value belongs to. */
struct str lookup_context(
    struct arena *arena, struct str name, const struct lookup_scope *s);

/* ST_MISSING names the lookup, and the command that lists those there are. */
enum status lookup_find(struct system_db *db, struct str name,
    const struct lookup_scope *s, int64_t *id, struct error *err);
enum status lookup_read(struct system_db *db, struct arena *arena, int64_t id,
    struct lookup_record *out, struct error *err);

/* ST_EXISTS when the scope has one of that name, but for the one of the id. */
enum status lookup_free_check(struct system_db *db, struct str name,
    const struct lookup_scope *s, int64_t but, struct error *err);

/* What a value and a name must be. */
enum status lookup_value_check(struct str value, struct error *err);

#endif
