/*
 * KEY_<APP>_HASH, KEY_<APP>_ROLE, KEY_<APP>_EXPIRES: an app and the hashes of
 * its keys, of which there are two while a key is being replaced.
 */
#include <time.h>

#include "app/base/arena.h"
#include "middleware/registry/declared.h"
#include "middleware/registry/declared_reader.h"
#include "middleware/registry/words.h"

static const char *const fields[] = { "HASH", "ROLE", "EXPIRES", "ACTIVE",
	"DESCRIPTION" };

bool
declared_app_knows(const struct declared_thing *thing, struct str field)
{
	(void)thing; /* all apps have the same */
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (str_eq_nocase(field, str_of(fields[i])))
			return true;
	}
	return false;
}

/* "2026-12-31" or "2026-12-31 23:59:59", UTC; a day alone ends with it. */
static bool
date_parse(struct arena *arena, struct str text, int64_t *wall_ms)
{
	struct tm tm = { .tm_hour = 23, .tm_min = 59, .tm_sec = 59 };
	const char *rest = strptime(arena_dup(arena, text).p, "%Y-%m-%d", &tm);

	if (rest != NULL && (*rest == ' ' || *rest == 'T'))
		rest = strptime(rest + 1, "%H:%M:%S", &tm);
	if (rest == NULL || *rest != '\0' || tm.tm_year < 70)
		return false;
	*wall_ms = (int64_t)timegm(&tm) * 1000;
	return true;
}

static void
expiry_take(struct declared_reader *r, const struct declared_thing *thing,
    int64_t *wall_ms)
{
	const struct env_entry *entry = declared_entry(thing, "EXPIRES");

	if (entry != NULL && entry->value.n > 0 &&
	    !date_parse(r->arena, entry->value, wall_ms))
		declared_problem(r, entry,
		    "must be a date in UTC as in 2026-12-31 or \"2026-12-31 "
		    "23:59:59\"");
}

static void
role_take(struct declared_reader *r, const struct declared_thing *thing,
    struct app_record *app)
{
	const struct env_entry *entry = declared_entry(thing, "ROLE");

	if (entry != NULL && entry->value.n > 0)
		app->role_name = entry->value;
	else
		declared_problem(r, thing->entry,
		    "needs KEY_%.*s_ROLE beside it: the role of the app",
		    STR_ARG(thing->name));
}

static void
hashes_take(struct declared_reader *r, const struct declared_thing *thing,
    struct app_record *app)
{
	struct str rest = thing->entry->value;
	int64_t expires_ms = 0;

	expiry_take(r, thing, &expires_ms);
	do {
		struct str hex = str_trim(str_cut(&rest, ','));
		struct key_record *key = &r->out->keys[r->out->n_keys];

		*key = (struct key_record){
			.app_id = app->id,
			.app_name = app->name,
			.role_name = app->role_name,
			.expires_ms = expires_ms,
			.place = app->place,
		};
		if (!hex_decode(key->hash, sizeof(key->hash), hex)) {
			declared_problem(r, thing->entry,
			    "must be %d hexadecimal digits, as `weir key "
			    "hash` prints them, or several of these with "
			    "commas between",
			    2 * SECRET_HASH_BYTES);
			return;
		}
		r->out->n_keys++;
		app->keys++;
	} while (!str_is_null(rest));
}

void
declared_app_read(struct declared_reader *r, const struct declared_thing *thing)
{
	struct app_record *app = &r->out->apps[r->out->n_apps++];
	struct error err = { 0 };

	*app = (struct app_record){
		.name = declared_lower(r->arena, thing->name),
		.active = true,
		.place = declared_where(r, thing->entry),
	};
	app->id = declared_id(r->arena, NOUN_APP, app->name);
	if (record_name_check(app->name, "app", &err) != ST_OK)
		declared_problem(r, thing->entry, "is wrong: %s", err.text);
	declared_take_text(
	    r, thing, "DESCRIPTION", DESCRIPTION_MAX, &app->description);
	declared_take_flag(r, thing, "ACTIVE", &app->active);
	role_take(r, thing, app);
	hashes_take(r, thing, app);
}
