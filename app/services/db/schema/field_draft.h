/* A field as a client describes it: what is said of it, and what is not. */
#ifndef WEIR_SERVICES_DB_FIELD_DRAFT_H
#define WEIR_SERVICES_DB_FIELD_DRAFT_H

#include <stdint.h>

#include "app/base/jsonread.h"
#include "app/base/status.h"

struct arena;
struct simple_type;

enum said { UNSAID, SAID_NO, SAID_YES };

struct field_draft {
	struct str name;
	const struct simple_type *type; /* NULL: unsaid */
	int64_t length;                 /* -1: unsaid; so are the next two */
	int64_t precision;
	int64_t scale;
	struct json fallback; /* the default; JSON_NONE: unsaid */
	struct json picklist; /* JSON_NONE: unsaid, or none */
	enum said may_be_null;
	enum said is_fixed;
	enum said counts; /* auto_increment */
	enum said is_key;
	enum said is_unique;
	enum said is_index;
	enum said is_foreign;
	struct str ref_table; /* STR_NULL: unsaid; so are the next three */
	struct str ref_field;
	struct str on_update; /* "CASCADE", in capitals */
	struct str on_delete;
};

/*
 * Reads an object, whose views it holds. name: the path's, which the object may
 * repeat; STR_NULL: the object must have one. What DreamFactory describes
 * besides (labels) is passed over; a member that would change what the field
 * is, and that weir does not know how to keep (alias, validation), is refused
 * unless it says nothing: ST_DENIED. ST_INVALID names field and member.
 */
enum status field_draft_read(struct arena *arena, struct json object,
    struct str name, struct field_draft *out, struct error *err);

#endif
