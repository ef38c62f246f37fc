#include "app/services/system/member.h"

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/services/system/limit_counters.h"
#include "app/services/system/show.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"
#include "middleware/request.h"
#include "middleware/service.h"

#define CACHE_RELATION "service_cache_config_by_service_id"
#define KEY_RELATION   "app_key_by_app_id"

static bool
is(const struct json_member *member, const char *name)
{
	return str_eq_nocase(member->name, str_of(name));
}

static struct json
get(const struct show *s, struct json record, const char *name)
{
	return json_get(s->arena, record, str_of(name));
}

static int64_t
number(const struct show *s, struct json record, const char *name)
{
	int64_t value = 0; /* stays when there is none */

	(void)json_to_i64(get(s, record, name), &value);
	return value;
}

bool
show_is_secret(struct str type_name, struct str member)
{
	const struct service_type *type = service_type_find(type_name);

	if (type == NULL)
		return true;
	for (size_t i = 0; type->config[i].name != NULL; i++) {
		if (str_eq(member, str_of(type->config[i].name)))
			return strcmp(type->config[i].type, "password") == 0;
	}
	return true;
}

/* The columns beside the config that are members of it for clients. */
static void
cache_put(const struct show *s, struct json record, struct buf *out)
{
	struct json cache = get(s, record, CACHE_RELATION);
	struct json_walk walk = json_walk(s->arena, cache);
	struct json_member first;

	if (json_kind(cache) == JSON_ARRAY && json_next(&walk, &first))
		cache = first.value;
	if (json_kind(cache) != JSON_OBJECT)
		return;
	json_put_name(out, STR("cache_enabled"));
	buf_put(out, get(s, cache, "cache_enabled").text);
	json_put_name(out, STR("cache_ttl"));
	buf_put_i64(out, number(s, cache, "cache_ttl"));
}

static bool
service_put(const struct show *s, struct json record,
    const struct json_member *member, struct buf *out)
{
	struct str name = json_to_str(s->arena, get(s, record, "type"));
	const struct service_type *type = service_type_find(name);
	struct json_member part;
	struct json_walk walk;
	struct json config;

	if (!is(member, "config"))
		return false;
	buf_put_char(out, '{');
	if (json_parse(s->arena, json_to_str(s->arena, member->value), &config,
		NULL) == ST_OK) {
		walk = json_walk(s->arena, config);
		while (json_next(&walk, &part)) {
			json_put_name(out, part.name);
			buf_put(out, show_is_secret(name, part.name)
					 ? STR("\"" SECRET_MASK "\"")
					 : part.value.text);
		}
	}
	if (type != NULL && type->cache_plan != NULL)
		cache_put(s, record, out);
	buf_put_char(out, '}');
	return true;
}

/* A key of an app that is in force. */
static bool
is_in_force(const struct show *s, struct json key)
{
	int64_t expires = number(s, key, "expires");

	return number(s, key, "revoked") == 0 &&
	       (expires == 0 || expires > s->wall_ms);
}

/* The youngest key in force: what is kept of it. */
static bool
key_put(const struct show *s, struct json record, struct buf *out)
{
	struct json keys = get(s, record, KEY_RELATION);
	struct json_walk walk = json_walk(s->arena, keys);
	struct str hint = STR_NULL;
	struct json_member key;

	for (size_t i = 0; i < s->n_keys; i++) {
		if (s->keys[i].app_id != number(s, record, "id"))
			continue;
		json_put_str(out, s->keys[i].key);
		return true;
	}
	if (json_kind(keys) != JSON_ARRAY)
		return false;
	while (json_next(&walk, &key)) {
		if (is_in_force(s, key.value))
			hint = json_to_str(s->arena, get(s, key.value, "hint"));
	}
	if (str_is_null(hint))
		buf_put_lit(out, "null");
	else
		json_put_str(out,
		    arena_printf(s->arena, "%.*s\xE2\x80\xA6", STR_ARG(hint)));
	return true;
}

static bool
app_put(const struct show *s, struct json record,
    const struct json_member *member, struct buf *out)
{
	return is(member, "api_key") && key_put(s, record, out);
}

static bool
app_key_put(const struct show *s, struct json record,
    const struct json_member *member, struct buf *out)
{
	char date[DATE_BYTES];
	int64_t ms = 0;

	(void)record;
	(void)s;
	if (!is(member, "expires") && !is(member, "revoked"))
		return false;
	if (!json_to_i64(member->value, &ms) || ms == 0) {
		buf_put_lit(out, "null");
		return true;
	}
	date_text(ms, date);
	json_put_str(out, str_of(date));
	return true;
}

/* JSON that stands in a text. */
static bool
document_put(const struct show *s, struct json value, const char *otherwise,
    struct buf *out)
{
	struct str text = json_to_str(s->arena, value);
	struct json document;

	if (text.n > 0 && json_parse(s->arena, text, &document, NULL) == ST_OK)
		buf_put(out, document.text);
	else
		buf_put(out, str_of(otherwise));
	return true;
}

static bool
access_put(const struct show *s, struct json record,
    const struct json_member *member, struct buf *out)
{
	(void)record;
	return is(member, "filters") &&
	       document_put(s, member->value, "[]", out);
}

static bool
audit_put(const struct show *s, struct json record,
    const struct json_member *member, struct buf *out)
{
	if (is(member, "before"))
		return document_put(
		    s, get(s, record, "before_text"), "null", out);
	return is(member, "after") &&
	       document_put(s, get(s, record, "after_text"), "null", out);
}

static bool
lookup_put(const struct show *s, struct json record,
    const struct json_member *member, struct buf *out)
{
	bool is_private = true; /* unless it is known not to be */

	if (!is(member, "value"))
		return false;
	(void)json_to_bool(get(s, record, "private"), &is_private);
	if (!is_private)
		return false;
	buf_put_lit(out, "\"" SECRET_MASK "\"");
	return true;
}

/* Counters stand by the ids of their limits. */
static size_t
counters_before(const struct limit_counters *counters, int64_t id)
{
	size_t low = 0;
	size_t high = counters->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (counters->list[middle].limit->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
counters_put(const struct show *s, struct json record, struct buf *out)
{
	const struct limit_counters *counters = s->counters;
	int64_t id = number(s, record, "id");
	size_t first;

	if (counters == NULL)
		return false;
	first = counters_before(counters, id);
	buf_put_char(out, '[');
	for (size_t i = first;
	     i < counters->n && counters->list[i].limit->id == id; i++) {
		if (i > first)
			buf_put_char(out, ',');
		limit_counter_put(out, &counters->list[i]);
	}
	buf_put_char(out, ']');
	return true;
}

static bool
limit_put(const struct show *s, struct json record,
    const struct json_member *member, struct buf *out)
{
	struct buf word = buf_in(s->arena);
	int64_t seconds = 0;

	if (is(member, LIMIT_COUNTERS))
		return counters_put(s, record, out);
	if (!is(member, "period") || !json_to_i64(member->value, &seconds))
		return false;
	period_put(&word, (uint32_t)seconds);
	json_put_str(out, buf_str(&word));
	return true;
}

/* A mask of enum method as the list that clients send. */
static bool
cors_put(const struct show *s, struct json record,
    const struct json_member *member, struct buf *out)
{
	int64_t mask = 0;
	bool is_first = true;

	(void)record;
	(void)s;
	if (!is(member, "method") || !json_to_i64(member->value, &mask))
		return false;
	buf_put_char(out, '[');
	for (unsigned bit = METHOD_GET; bit <= METHOD_HEAD; bit <<= 1) {
		if (((unsigned)mask & bit) == 0)
			continue;
		if (!is_first)
			buf_put_char(out, ',');
		json_put_str(out, method_name((enum method)bit));
		is_first = false;
	}
	buf_put_char(out, ']');
	return true;
}

/* A code that is awaited, by when it must come. */
static bool
user_put(const struct show *s, struct json record,
    const struct json_member *member, struct buf *out)
{
	int64_t until = 0;

	if (!is(member, "confirmed") && !is(member, "expired"))
		return false;
	if (!json_to_i64(get(s, record, "confirm_expires"), &until))
		return false;
	json_put_bool(out, is(member, "confirmed")
			       ? until == 0
			       : until != 0 && until <= s->wall_ms);
	return true;
}

static const char *const app_added[] = { "api_key", NULL };
static const char *const audit_hidden[] = { "before_text", "after_text", NULL };
static const char *const audit_added[] = { "before", "after", NULL };
static const char *const limit_added[] = { LIMIT_COUNTERS, NULL };
static const char *const user_hidden[] = { "is_sys_admin", "confirm_expires",
	NULL };
static const char *const user_added[] = { "confirmed", "expired", NULL };

static const struct members all[] = {
	{ "app", KEY_RELATION, NULL, app_added, app_put },
	{ "app_key", NULL, NULL, NULL, app_key_put },
	{ "audit", NULL, audit_hidden, audit_added, audit_put },
	{ "cors_config", NULL, NULL, NULL, cors_put },
	{ "limits", NULL, NULL, limit_added, limit_put },
	{ "lookup", NULL, NULL, NULL, lookup_put },
	{ "role_service_access", NULL, NULL, NULL, access_put },
	{ "service", CACHE_RELATION, NULL, NULL, service_put },
	{ "user", NULL, user_hidden, user_added, user_put },
};

const struct members *
members_of(struct str table)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (str_eq(table, str_of(all[i].table)))
			return &all[i];
	}
	return NULL;
}
