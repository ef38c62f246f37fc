#include "app/services/db/schema/schema_name.h"

#include "app/base/arena.h"
#include "app/base/secret.h"
#include "app/base/utf8.h"
#include "drivers/db/catalog.h"
#include "drivers/db/catalog_build.h"

/* Bytes of a digest that tell two long names apart. */
#define DIGEST_SHOWN 4

static bool
is_first(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

static bool
is_further(char c)
{
	return is_first(c) || (c >= '0' && c <= '9') || c == '-';
}

/*
 * Characters of up to three bytes, which are all that a server takes in names,
 * without the blanks and signs among them that look like nothing.
 */
static bool
is_text(struct str s)
{
	while (s.n > 0) {
		size_t n = utf8_first(s);

		if (n == 0 || n > 3)
			return false;
		if (n == 2 && (unsigned char)s.p[0] == 0xc2)
			return false;
		if (n == 3 && (unsigned char)s.p[0] == 0xe2 &&
		    (unsigned char)s.p[1] <= 0x81)
			return false;
		s = str_skip(s, n);
	}
	return true;
}

/* Where such a name would stand, it means something else. */
static bool
is_reserved(enum named what, struct str name)
{
	static const char *const fields[] = { "_field", "_related" };
	struct str head = str_make(name.p, name.n < 7 ? name.n : 7);

	if (what == NAMED_TABLE)
		return str_eq_nocase(head, STR("sqlite_"));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (str_eq_nocase(name, str_of(fields[i])))
			return true;
	}
	return false;
}

enum status
schema_name_check(enum named what, struct str name, struct error *err)
{
	const char *word = what == NAMED_TABLE ? "table" : "field";
	bool good = name.n > 0 && is_first(name.p[0]) && is_text(name);

	if (name.n > SCHEMA_NAME_MAX)
		return error_set(err, ST_INVALID,
		    "The name of a %s has at most %d bytes: '%.*s'.", word,
		    SCHEMA_NAME_MAX, STR_ARG(name));
	for (size_t i = 0; good && i < name.n; i++)
		good = is_further(name.p[i]);
	if (!good)
		return error_set(err, ST_INVALID,
		    "'%.*s' is no name for a %s: it has letters, digits, '_' "
		    "and '-', and does not begin with a digit.",
		    STR_ARG(name), word);
	if (is_reserved(what, name))
		return error_set(err, ST_INVALID, "No %s can be called '%.*s'.",
		    word, STR_ARG(name));
	return ST_OK;
}

static bool
table_takes(const struct db_table *t, struct str name)
{
	if (str_eq_nocase(t->name, name))
		return true;
	for (size_t i = 0; i < t->n_indexes; i++) {
		if (str_eq_nocase(t->indexes[i].name, name))
			return true;
	}
	for (size_t i = 0; i < t->n_foreign_keys; i++) {
		if (str_eq_nocase(t->foreign_keys[i].name, name))
			return true;
	}
	return false;
}

static bool
is_taken(const struct made_names *names, struct str name)
{
	const struct str *list =
	    (const struct str *)(const void *)names->list.p;
	bool taken = false;

	for (size_t i = 0; i < names->list.n / sizeof(list[0]); i++)
		taken = taken || str_eq_nocase(list[i], name);
	for (size_t i = 0; !taken && i < names->catalog->n_tables; i++)
		taken = table_takes(&names->catalog->tables[i], name);
	return taken;
}

/* Cut between characters, with what tells it from others that begin so. */
static struct str
shortened(struct arena *arena, struct str name)
{
	uint8_t bytes[DIGEST_BYTES];
	char hex[2 * DIGEST_SHOWN];
	size_t n = SCHEMA_NAME_MAX - 4 - 2 * DIGEST_SHOWN - 1;

	digest(name, bytes);
	hex_encode(hex, bytes, DIGEST_SHOWN);
	while (n > 0 && ((unsigned char)name.p[n] & 0xc0) == 0x80)
		n--;
	return arena_printf(
	    arena, "%.*s_%.*s", (int)n, name.p, (int)sizeof(hex), hex);
}

struct str
made_name(struct made_names *names, const char *prefix, struct str table,
    struct str column)
{
	struct str base = arena_printf(names->arena, "%s_%.*s_%.*s", prefix,
	    STR_ARG(table), STR_ARG(column));
	struct str name;

	if (base.n > SCHEMA_NAME_MAX - 4)
		base = shortened(names->arena, base);
	name = base;
	for (unsigned i = 2; is_taken(names, name); i++)
		name = arena_printf(names->arena, "%.*s_%u", STR_ARG(base), i);
	items_add(&names->list, &name, sizeof(name));
	return name;
}
