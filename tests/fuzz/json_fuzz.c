/*
 * What json_check() lets through, json-c reads in its strict mode; and reading
 * in place finds in it what json-c's tree holds.
 */
#include <json-c/json.h>
#include <math.h>

#include "app/base/arena.h"
#include "app/base/jsoncheck.h"
#include "app/base/jsonread.h"
#include "app/base/utf8.h"
#include "tests/fuzz/fuzz.h"

/* json-c counts levels in a way of its own. */
#define DEPTH_OF_JSON_C (2 * JSON_DEPTH_MAX)

static void compare(struct arena *a, struct json v, struct json_object *o);

/* Does a character of text have the low 16 bits of a surrogate, as U+1DA00? */
static bool
looks_surrogate(struct str text)
{
	for (size_t i = 0; i + UTF8_MAX <= text.n; i++) {
		unsigned char lead = (unsigned char)text.p[i];
		unsigned char third = (unsigned char)text.p[i + 2];
		unsigned char second = (unsigned char)text.p[i + 1];

		if (lead >= 0xF0 && (second & 0x0F) == 0x0D && third >= 0xA0)
			return true;
	}
	return false;
}

/* json-c may take two such names for one. */
static bool
has_odd_name(struct arena *a, struct json v)
{
	struct json_walk walk = json_walk(a, v);
	struct json_member m;

	while (json_next(&walk, &m)) {
		if (looks_surrogate(m.name))
			return true;
	}
	return false;
}

static void
compare_object(struct arena *a, struct json v, struct json_object *o)
{
	struct json_walk walk = json_walk(a, v);
	struct json_member m;

	if (has_odd_name(a, v))
		return;
	HOLDS(json_count(v) == (size_t)json_object_object_length(o));
	while (json_next(&walk, &m)) {
		struct json_object *member;
		struct str key = arena_dup(a, m.name);

		HOLDS(strlen(key.p) == key.n);
		HOLDS(json_object_object_get_ex(o, key.p, &member));
		compare(a, m.value, member);
	}
}

static void
compare_array(struct arena *a, struct json v, struct json_object *o)
{
	struct json_walk walk = json_walk(a, v);
	struct json_member m;
	size_t i = 0;

	HOLDS(json_count(v) == json_object_array_length(o));
	while (json_next(&walk, &m)) {
		HOLDS(str_is_null(m.name));
		compare(a, m.value, json_object_array_get_idx(o, i++));
	}
}

/* json-c saturates integers that do not fit; those are not compared. */
static void
compare_number(struct arena *a, struct json v, struct json_object *o)
{
	double ours = 0, theirs = json_object_get_double(o);
	int64_t i;
	uint64_t u;

	if (json_to_i64(v, &i))
		HOLDS(json_object_get_int64(o) == i);
	if (json_to_u64(v, &u))
		HOLDS(json_object_get_uint64(o) == u);
	if (json_object_is_type(o, json_type_double)) {
		HOLDS(json_to_double(a, v, &ours) == (isfinite(theirs) != 0));
		HOLDS(!isfinite(theirs) || ours == theirs);
	}
}

/* json-c 0.16 takes a character that it has put together of two escapes for
 * another half of a pair when its low 16 bits are those of one. */
static void
compare_string(struct arena *a, struct json v, struct json_object *o)
{
	struct str ours = json_to_str(a, v);
	struct str theirs = str_make(
	    json_object_get_string(o), (size_t)json_object_get_string_len(o));

	HOLDS(str_eq(ours, theirs) || looks_surrogate(ours));
}

static void
compare(struct arena *a, struct json v, struct json_object *o)
{
	bool b = false;

	switch (json_kind(v)) {
	case JSON_OBJECT:
		HOLDS(json_object_is_type(o, json_type_object));
		compare_object(a, v, o);
		break;
	case JSON_ARRAY:
		HOLDS(json_object_is_type(o, json_type_array));
		compare_array(a, v, o);
		break;
	case JSON_STRING:
		HOLDS(json_object_is_type(o, json_type_string));
		compare_string(a, v, o);
		break;
	case JSON_NUMBER:
		HOLDS(json_object_is_type(o, json_type_int) ||
		      json_object_is_type(o, json_type_double));
		compare_number(a, v, o);
		break;
	case JSON_BOOL:
		HOLDS(json_to_bool(v, &b));
		HOLDS(json_object_is_type(o, json_type_boolean));
		HOLDS(json_object_get_boolean(o) == b);
		break;
	case JSON_NULL:
		HOLDS(o == NULL);
		break;
	case JSON_NONE:
		HOLDS(json_kind(v) != JSON_NONE);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct json_tokener *tok = json_tokener_new_ex(DEPTH_OF_JSON_C);
	struct json_object *tree;
	struct error err = { 0 };
	struct json v;
	struct arena a;

	arena_init(&a, 4096);
	/* With the NUL a bare number has an end. */
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	tree = json_tokener_parse_ex(tok, arena_dup(&a, text).p, (int)size + 1);
	if (json_parse(&a, text, &v, &err) == ST_OK) {
		HOLDS(err.text[0] == '\0');
		HOLDS(json_is_text(text));
		HOLDS(json_tokener_get_error(tok) == json_tokener_success);
		compare(&a, v, tree);
	} else {
		(void)json_is_text(text); /* it may be, with other names */
		HOLDS(str_starts(str_of(err.text), STR("line ")));
	}
	json_object_put(tree);
	json_tokener_free(tok);
	arena_close(&a);
	return 0;
}
