#include "app/services/cache/pair.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/table.h"
#include "app/services/cache/call.h"
#include "app/services/cache/key.h"
#include "app/services/cache/ttl.h"

/* dreamfactory.md 5.3 */
#define NO_PAYLOAD  "No value/payload provided to store in cache."
#define BAD_PAYLOAD "Invalid payload provided. Please provide a key/value pair."

#define BAD_FORM                                                               \
	"A body with a member 'key', 'value' or 'resource' must be exactly "   \
	"{\"key\",\"value\",\"ttl\"} or {\"resource\":[...]}, where ttl may "  \
	"be left out. To store members of these names, add map=true."

/* The members of an object that has a meaning. */
struct parts {
	struct json key, value, ttl, resource;
	size_t others;
	size_t n;
};

/* The words before a complaint about an element. */
struct place {
	char text[160];
};

static struct parts
parts_of(struct arena *arena, struct json object)
{
	struct parts p = { .n = 0 };
	struct json_walk walk = json_walk(arena, object);
	struct json_member m;

	for (; json_next(&walk, &m); p.n++) {
		if (str_eq(m.name, STR("key")))
			p.key = m.value;
		else if (str_eq(m.name, STR("value")))
			p.value = m.value;
		else if (str_eq(m.name, STR("ttl")))
			p.ttl = m.value;
		else if (str_eq(m.name, STR("resource")))
			p.resource = m.value;
		else
			p.others++;
	}
	return p;
}

static bool
is_there(struct json v)
{
	return json_kind(v) != JSON_NONE;
}

/* {"key","value","ttl"?} and nothing else. */
static bool
is_pair(const struct parts *p)
{
	return is_there(p->key) && is_there(p->value) && p->others == 0 &&
	       !is_there(p->resource);
}

/*
 * Where the next pair stands: "resource[2] (key 'k')", or "Key 'k'"; without a
 * key "resource[2]", or "The body".
 */
static struct place
place_of(
    const struct pairs_source *source, const struct pairs *out, struct str key)
{
	struct str shown = key_shown(source->arena, key);
	struct place place = { .text = "The body" };

	if (out->form == PAIRS_LIST && key.n > 0)
		(void)snprintf(place.text, sizeof(place.text),
		    "resource[%zu] (key '%.*s')", out->n, STR_ARG(shown));
	else if (out->form == PAIRS_LIST)
		(void)snprintf(
		    place.text, sizeof(place.text), "resource[%zu]", out->n);
	else if (key.n > 0)
		(void)snprintf(place.text, sizeof(place.text), "Key '%.*s'",
		    STR_ARG(shown));
	return place;
}

/* Adds a pair whose key and value are known. */
static enum status
pair_add(const struct pairs_source *source, struct pairs *out,
    const struct pair *pair, struct error *err)
{
	const char *fault = key_fault(pair->key);

	if (fault != NULL)
		return error_set(err, ST_INVALID, "%s: the key %s.",
		    place_of(source, out, STR("")).text, fault);
	if (pair->value.n > source->max_value)
		return error_set(err, ST_TOO_BIG,
		    "%s: the value has %zu bytes; CACHE_MAX_VALUE allows %zu.",
		    place_of(source, out, pair->key).text, pair->value.n,
		    source->max_value);
	out->list[out->n++] = *pair;
	return ST_OK;
}

/* Into the pair the ttl that is said, if one is. */
static enum status
pair_ttl(const struct pairs_source *source, const struct pairs *out,
    struct json said, struct pair *pair, struct error *err)
{
	int64_t seconds;

	pair->ttl = source->ttl;
	if (!is_there(said))
		return ST_OK;
	if (json_to_i64(said, &seconds) &&
	    ttl_take(seconds, source->default_ttl, &pair->ttl))
		return ST_OK;
	return error_set(err, ST_INVALID, "%s: 'ttl' " TTL_EXPECTED ".",
	    place_of(source, out, pair->key).text);
}

/* Adds what {"key","value","ttl"?} says. */
static enum status
parts_add(const struct pairs_source *source, struct pairs *out,
    const struct parts *p, struct error *err)
{
	struct pair pair = { .value = p->value.text };
	enum status st;

	if (json_kind(p->key) != JSON_STRING)
		return error_set(err, ST_INVALID, "%s: 'key' must be a string.",
		    place_of(source, out, STR("")).text);
	pair.key = json_to_str(source->arena, p->key);
	st = pair_ttl(source, out, p->ttl, &pair, err);
	return st == ST_OK ? pair_add(source, out, &pair, err) : st;
}

static enum status
room_make(const struct pairs_source *source, size_t n, struct pairs *out,
    struct error *err)
{
	if (n == 0)
		return error_set(err, ST_INVALID, NO_PAYLOAD);
	if (n > CACHE_CALL_KEYS)
		return error_set(err, ST_INVALID,
		    "The request has %zu keys; at most %d are allowed.", n,
		    CACHE_CALL_KEYS);
	out->list = arena_alloc(source->arena, n * sizeof(out->list[0]));
	return ST_OK;
}

/* A key twice: which value is meant? */
static enum status
twice_check(const struct pairs_source *source, const struct pairs *pairs,
    struct error *err)
{
	struct pairs earlier = *pairs;
	struct table seen;

	table_init(&seen, source->arena, pairs->n);
	for (earlier.n = 0; earlier.n < pairs->n; earlier.n++) {
		struct pair *pair = &pairs->list[earlier.n];

		if (!table_add(&seen, pair->key, pair))
			return error_set(err, ST_INVALID,
			    "%s: an earlier element has the same key.",
			    place_of(source, &earlier, pair->key).text);
	}
	return ST_OK;
}

static enum status
list_read(const struct pairs_source *source, struct json list,
    struct pairs *out, struct error *err)
{
	struct json_walk walk = json_walk(source->arena, list);
	struct json_member m;
	enum status st;

	out->form = PAIRS_LIST;
	if (json_kind(list) != JSON_ARRAY)
		return error_set(err, ST_INVALID, BAD_FORM);
	st = room_make(source, json_count(list), out, err);
	while (st == ST_OK && json_next(&walk, &m)) {
		struct parts p = parts_of(source->arena, m.value);

		if (is_pair(&p))
			st = parts_add(source, out, &p, err);
		else
			st = error_set(err, ST_INVALID,
			    "%s must be exactly "
			    "{\"key\",\"value\",\"ttl\"}, where ttl may be "
			    "left out.",
			    place_of(source, out, STR("")).text);
	}
	return st == ST_OK ? twice_check(source, out, err) : st;
}

/* No two members have one name: the text was checked for that. */
static enum status
map_read(const struct pairs_source *source, struct json object,
    struct pairs *out, struct error *err)
{
	struct json_walk walk = json_walk(source->arena, object);
	struct json_member m;
	enum status st = room_make(source, json_count(object), out, err);

	out->form = PAIRS_MAP;
	while (st == ST_OK && json_next(&walk, &m)) {
		struct pair pair = { m.name, m.value.text, source->ttl };

		st = pair_add(source, out, &pair, err);
	}
	return st;
}

static enum status
one_read(const struct pairs_source *source, const struct parts *p,
    struct pairs *out, struct error *err)
{
	enum status st = room_make(source, 1, out, err);

	return st == ST_OK ? parts_add(source, out, p, err) : st;
}

/* The body of a call on the service itself. */
static enum status
object_read(const struct pairs_source *source, struct json body,
    struct pairs *out, struct error *err)
{
	struct parts p;

	if (json_kind(body) != JSON_OBJECT)
		return error_set(err, ST_INVALID, BAD_PAYLOAD);
	p = parts_of(source->arena, body);
	if (source->verbatim ||
	    (!is_there(p.key) && !is_there(p.value) && !is_there(p.resource)))
		return map_read(source, body, out, err);
	if (is_there(p.resource) && p.n == 1)
		return list_read(source, p.resource, out, err);
	if (is_pair(&p))
		return one_read(source, &p, out, err);
	return error_set(err, ST_INVALID, BAD_FORM);
}

/* The body of a call on a key: exactly {"value","ttl"?}, or the value. */
static enum status
value_read(const struct pairs_source *source, struct json body,
    struct pairs *out, struct error *err)
{
	struct pair pair = { source->key, body.text, source->ttl };
	enum status st = room_make(source, 1, out, err);
	struct parts p = { .n = 0 };

	if (!source->verbatim && json_kind(body) == JSON_OBJECT)
		p = parts_of(source->arena, body);
	if (is_there(p.value) && p.n == (is_there(p.ttl) ? 2 : 1)) {
		pair.value = p.value.text;
		st = pair_ttl(source, out, p.ttl, &pair, err);
	}
	return st == ST_OK ? pair_add(source, out, &pair, err) : st;
}

enum status
pairs_read(const struct pairs_source *source, struct json body,
    struct pairs *out, struct error *err)
{
	*out = (struct pairs){ .form = PAIRS_ONE };
	if (!is_there(body))
		return error_set(err, ST_INVALID, NO_PAYLOAD);
	if (str_is_null(source->key))
		return object_read(source, body, out, err);
	return value_read(source, body, out, err);
}
