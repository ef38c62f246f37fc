#include "middleware/registry/lookups.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/base/jsonread.h"
#include "app/base/secret.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/lookup_records.h"
#include "middleware/registry/lookup_text.h"
#include "middleware/service.h"

#define ARENA_BYTES  4096
#define VALUES_USUAL 4096 /* bytes of what comes into a config */

static bool
is_of_system(const struct lookup_record *r)
{
	return r->scope.app_id == 0 && r->scope.role_id == 0 &&
	       r->scope.user_id == 0;
}

enum status
lookups_read(struct system_db *db, struct arena *arena, struct lookups *out,
    struct error *err)
{
	struct lookup_record *records = NULL;
	struct lookup_value *list;
	size_t n = 0;
	enum status st = lookup_records_list(db, arena, &records, &n, err);

	list = arena_alloc(arena, (n + 1) * sizeof(*list));
	*out = (struct lookups){ list, 0 };
	for (size_t i = 0; i < n; i++) {
		if (is_of_system(&records[i]))
			list[out->n++] = (struct lookup_value){ records[i].name,
				records[i].value, records[i].is_private };
	}
	return st;
}

const struct lookup_value *
lookups_get(const struct lookups *all, struct str name)
{
	for (size_t i = 0; i < all->n; i++) {
		if (str_eq(all->list[i].name, name))
			return &all->list[i];
	}
	return NULL;
}

bool
lookups_equal(const struct lookups *a, const struct lookups *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct lookup_value *l = &a->list[i], *r = &b->list[i];

		if (l->is_private != r->is_private ||
		    !str_eq(l->name, r->name) || !str_eq(l->value, r->value))
			return false;
	}
	return true;
}

struct lookups
lookups_copy(struct arena *arena, const struct lookups *all)
{
	struct lookup_value *list =
	    arena_alloc(arena, (all->n + 1) * sizeof(*list));

	for (size_t i = 0; i < all->n; i++)
		list[i] = (struct lookup_value){
			arena_dup(arena, all->list[i].name),
			arena_dup(arena, all->list[i].value),
			all->list[i].is_private,
		};
	return (struct lookups){ list, all->n };
}

/* Whatever function stands before it, the name comes last. */
static bool
is_named(struct str text, struct str name)
{
	struct lookup_piece piece;

	while (lookup_text_next(&text, &piece)) {
		struct str expression = str_trim(piece.text);

		if (str_ends(expression, STR(")")))
			expression.n--;
		if (piece.is_lookup && str_ends(str_trim(expression), name))
			return true;
	}
	return false;
}

/* Notes which lookups the strings of a config in clear name. */
static void
names_note(struct arena *arena, struct str config, const struct lookups *all,
    bool *named)
{
	struct json_member member;
	struct json_walk walk;
	struct json object;

	if (json_parse(arena, config, &object, NULL) != ST_OK)
		return;
	walk = json_walk(arena, object);
	while (json_next(&walk, &member)) {
		struct str text = json_to_str(arena, member.value);

		if (json_kind(member.value) != JSON_STRING)
			continue;
		for (size_t i = 0; i < all->n; i++)
			named[i] |= is_named(text, all->list[i].name);
	}
}

static void
wipe(struct str s)
{
	secret_wipe((char *)(uintptr_t)s.p, s.n);
}

struct lookups
lookups_of_config(struct arena *arena, const struct app_keys *keys,
    const struct config_owner *owner, struct str config,
    const struct lookups *all)
{
	bool *named = arena_zalloc(arena, all->n + 1);
	struct lookup_value *list =
	    arena_alloc(arena, (all->n + 1) * sizeof(*list));
	struct lookups out = { list, 0 };
	struct str clear = config;
	struct arena work;

	if (all->n == 0)
		return out;
	arena_init(&work, ARENA_BYTES);
	if (config_unseal(&work, keys, owner, &clear, NULL) == ST_OK)
		names_note(&work, clear, all, named);
	if (clear.p != config.p)
		wipe(clear);
	arena_close(&work);
	for (size_t i = 0; i < all->n; i++) {
		if (named[i])
			list[out.n++] = all->list[i];
	}
	return out;
}

static bool
is_secret(const struct config_field *fields, struct str member)
{
	const struct config_field *f = fields;

	while (f->name != NULL && !str_eq(member, str_of(f->name)))
		f++;
	return f->name != NULL && strcmp(f->type, "password") == 0;
}

static enum status
member_check(const struct lookups *all, struct str member, struct str text,
    struct error *err)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct lookup_value *lookup = &all->list[i];

		if (lookup->is_private && is_named(text, lookup->name))
			return error_set(err, ST_INVALID,
			    "%.*s: the lookup \"%.*s\" is private, and stands "
			    "in members that are secrets only: make it public, "
			    "or write what it stands for",
			    STR_ARG(member), STR_ARG(lookup->name));
	}
	return ST_OK;
}

enum status
lookups_check_config(struct arena *arena, const struct lookups *all,
    const struct config_field *fields, struct str config, struct error *err)
{
	enum status st = ST_OK;
	struct json_member member;
	struct json_walk walk;
	struct json object;

	if (all->n == 0 || fields == NULL ||
	    json_parse(arena, config, &object, NULL) != ST_OK)
		return ST_OK;
	walk = json_walk(arena, object);
	while (st == ST_OK && json_next(&walk, &member)) {
		if (json_kind(member.value) == JSON_STRING &&
		    !is_secret(fields, member.name))
			st = member_check(all, member.name,
			    json_to_str(arena, member.value), err);
	}
	return st;
}

/* Where the config of a service looks things up. */
struct config_source {
	const struct app_keys *keys;
	const struct lookups *all;
};

static bool
config_find(
    const void *ctx, struct arena *arena, struct str name, struct str *value)
{
	const struct config_source *source = ctx;
	const struct lookup_value *found = lookups_get(source->all, name);

	if (found == NULL)
		return false;
	*value = arena_dup(arena, found->value);
	return !found->is_private ||
	       lookup_record_value(arena, source->keys,
		   &(const struct lookup_record){ .name = found->name,
		       .value = found->value,
		       .is_private = found->is_private },
		   value);
}

static void
string_put(
    struct buf *json, const struct lookup_source *source, struct str text)
{
	struct str filled = lookup_text_fill(json->arena, source, text);

	json_put_str(json, filled);
	wipe(filled);
}

struct str
lookups_fill_config(struct arena *arena, const struct app_keys *keys,
    const struct lookups *all, const char *modifiers, struct str config)
{
	const struct config_source ctx = { keys, all };
	const struct lookup_source source = { config_find, &ctx,
		str_of(modifiers), true };
	struct buf out = buf_in(arena);
	struct json_member member;
	struct json_walk walk;
	struct json object;

	if (all->n == 0 || json_parse(arena, config, &object, NULL) != ST_OK)
		return config;
	walk = json_walk(arena, object);
	(void)buf_reserve(&out, config.n + VALUES_USUAL);
	buf_put_char(&out, '{');
	while (json_next(&walk, &member)) {
		json_put_name(&out, member.name);
		if (json_kind(member.value) == JSON_STRING)
			string_put(
			    &out, &source, json_to_str(arena, member.value));
		else
			buf_put(&out, member.value.text);
	}
	buf_put_char(&out, '}');
	return buf_str(&out);
}
