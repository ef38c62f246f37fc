#include "middleware/registry/declared.h"

#include "app/base/arena.h"
#include "app/base/settings.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/declared_reader.h"

/* What there is of each noun. */
struct noun_reader {
	enum noun noun;
	bool (*knows)(const struct declared_thing *thing, struct str field);
	void (*read)(
	    struct declared_reader *r, const struct declared_thing *thing);
};

static const struct noun_reader readers[] = {
	{ NOUN_SERVICE, declared_service_knows, declared_service_read },
	{ NOUN_ROLE, declared_role_knows, declared_role_read },
	{ NOUN_APP, declared_app_knows, declared_app_read },
};

static const struct noun_reader *
reader_of(const struct declared_thing *thing)
{
	size_t i = 0;

	while (readers[i].noun != thing->noun)
		i++;
	return &readers[i];
}

/* Things as they are found, and the entries they are found in. */
struct things {
	struct declared_reader *reader;
	const struct env *env;
	struct declared_thing *list;
	size_t n;
};

static bool
is_there(const struct things *t, const struct declared_thing *thing)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->list[i].noun == thing->noun &&
		    str_eq_nocase(t->list[i].name, thing->name))
			return true;
	}
	return false;
}

/* One that is declared twice is told by its fields: see is_twice(). */
static void
thing_add(struct things *t, const struct env_entry *entry)
{
	struct declared_thing thing = { .entry = entry };

	if (!declared_name_declares(entry->name, &thing) ||
	    str_is_null(entry->value) || is_there(t, &thing))
		return;
	thing.fields =
	    arena_alloc(t->reader->arena, t->env->n * sizeof(*thing.fields));
	t->list[t->n++] = thing;
}

static bool
knows(const struct declared_thing *thing, struct str field)
{
	return reader_of(thing)->knows(thing, field);
}

/* Another program's, when it is not the file's. */
static void
stray_note(struct things *t, const struct env_entry *entry)
{
	struct declared_reader *r = t->reader;

	if (entry->line != 0)
		declared_problem(r, entry,
		    "belongs to nothing that is declared: "
		    "SERVICE_<NAME>_TYPE, ROLE_<NAME>_ACCESS or "
		    "KEY_<APP>_HASH is expected beside it");
	else
		buf_printf(r->warnings,
		    "environment: %.*s belongs to nothing that is declared\n",
		    STR_ARG(entry->name));
}

static bool
is_twice(struct things *t, const struct declared_thing *thing,
    const struct declared_field *field)
{
	for (size_t i = 0; i < thing->n_fields; i++) {
		if (!str_eq_nocase(thing->fields[i].name, field->name))
			continue;
		declared_problem(t->reader, field->entry,
		    "is given already, at %.*s",
		    STR_ARG(declared_where(t->reader, thing->fields[i].entry)));
		return true;
	}
	return false;
}

static void
field_add(struct things *t, const struct env_entry *entry)
{
	struct declared_about about =
	    declared_name_about(entry->name, t->list, t->n, knows);
	struct declared_thing *thing = about.thing;
	struct declared_field field = { about.field, entry };

	if (thing == NULL)
		stray_note(t, entry);
	else if (!about.known)
		declared_problem(t->reader, entry,
		    "is not known: %s_%.*s has no \"%.*s\"",
		    declared_prefix(thing->noun), STR_ARG(thing->name),
		    STR_ARG(about.field));
	else if (about.other != NULL)
		declared_problem(t->reader, entry,
		    "may be about %.*s and about %.*s: rename one of them",
		    STR_ARG(thing->name), STR_ARG(about.other->name));
	else if (!is_twice(t, thing, &field))
		thing->fields[thing->n_fields++] = field;
}

/* One hash for each comma and one more; a bound on all keys. */
static size_t
keys_most(const struct env *env)
{
	size_t n = env->n;

	for (size_t i = 0; i < env->n; i++) {
		struct str rest = env->list[i].value;

		while (!str_is_null(rest)) {
			(void)str_cut(&rest, ',');
			n++;
		}
	}
	return n;
}

static void
out_init(struct arena *arena, const struct env *env, struct declared *out)
{
	size_t n = env->n + 1;

	*out = (struct declared){
		.services = arena_alloc(arena, n * sizeof(*out->services)),
		.roles = arena_alloc(arena, n * sizeof(*out->roles)),
		.apps = arena_alloc(arena, n * sizeof(*out->apps)),
		.keys = arena_alloc(
		    arena, (keys_most(env) + 1) * sizeof(*out->keys)),
	};
}

static void
things_read(struct declared_reader *r, const struct env *env)
{
	struct things t = { .reader = r, .env = env };

	t.list = arena_alloc(r->arena, (env->n + 1) * sizeof(*t.list));
	for (size_t i = 0; i < env->n; i++)
		thing_add(&t, &env->list[i]);
	for (size_t i = 0; i < env->n; i++)
		field_add(&t, &env->list[i]);
	for (size_t i = 0; i < t.n; i++)
		reader_of(&t.list[i])->read(r, &t.list[i]);
}

enum status
declared_read(struct arena *arena, const struct settings *settings,
    struct declared *out, struct buf *problems, struct buf *warnings)
{
	struct app_keys keys;
	struct declared_reader r = {
		.arena = arena,
		.path = settings->env_path,
		.keys = &keys,
		.out = out,
		.problems = problems,
		.warnings = warnings,
	};
	struct error err = { 0 };

	*out = (struct declared){ 0 };
	if (settings->declared.n == 0)
		return ST_OK;
	out_init(arena, &settings->declared, out);
	if (app_keys_read(settings, &keys, &err) == ST_OK)
		things_read(&r, &settings->declared);
	else
		buf_printf(problems, "%s\n", err.text);
	app_keys_wipe(&keys);
	return r.failed || err.text[0] != '\0' ? ST_INVALID : ST_OK;
}
