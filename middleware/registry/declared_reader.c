#include "middleware/registry/declared_reader.h"

#include <stdarg.h>

#include "app/base/arena.h"
#include "app/base/secret.h"

/* Such ids are whole in a double, as clients of JSON read them. */
#define ID_MASK ((UINT64_C(1) << 52) - 1)

struct str
declared_where(const struct declared_reader *r, const struct env_entry *entry)
{
	if (entry->line == 0)
		return STR("environment");
	return arena_printf(r->arena, "%s:%u", r->path, entry->line);
}

void
declared_problem(struct declared_reader *r, const struct env_entry *entry,
    const char *fmt, ...)
{
	va_list ap;

	buf_put(r->problems, declared_where(r, entry));
	buf_put_lit(r->problems, ": ");
	buf_put(r->problems, entry->name);
	buf_put_char(r->problems, ' ');
	va_start(ap, fmt);
	buf_vprintf(r->problems, fmt, ap);
	va_end(ap);
	buf_put_char(r->problems, '\n');
	r->failed = true;
}

const struct env_entry *
declared_entry(const struct declared_thing *thing, const char *field)
{
	for (size_t i = 0; i < thing->n_fields; i++) {
		const struct declared_field *f = &thing->fields[i];

		if (str_eq_nocase(f->name, str_of(field)) &&
		    !str_is_null(f->entry->value))
			return f->entry;
	}
	return NULL;
}

struct str
declared_text(const struct declared_thing *thing, const char *field)
{
	const struct env_entry *entry = declared_entry(thing, field);

	return entry == NULL ? STR_NULL : entry->value;
}

void
declared_take_text(struct declared_reader *r,
    const struct declared_thing *thing, const char *field, size_t max,
    struct str *out)
{
	const struct env_entry *entry = declared_entry(thing, field);

	if (entry == NULL)
		return;
	if (entry->value.n <= max)
		*out = entry->value;
	else
		declared_problem(r, entry, "must have at most %zu bytes", max);
}

void
declared_take_flag(struct declared_reader *r,
    const struct declared_thing *thing, const char *field, bool *out)
{
	const struct env_entry *entry = declared_entry(thing, field);

	if (entry == NULL)
		return;
	if (str_to_bool(entry->value) || str_is_no(entry->value))
		*out = str_to_bool(entry->value);
	else
		declared_problem(r, entry, "must be true or false");
}

int64_t
declared_id(struct arena *arena, enum noun noun, struct str name)
{
	struct str text = arena_printf(
	    arena, "%s %.*s", declared_prefix(noun), STR_ARG(name));
	uint8_t bytes[DIGEST_BYTES];
	uint64_t number = 0;

	digest(text, bytes);
	for (size_t i = 0; i < sizeof(number); i++)
		number = number << 8 | bytes[i];
	return -(int64_t)(number & ID_MASK) - 1;
}

struct str
declared_lower(struct arena *arena, struct str name)
{
	return lower_case(name, arena_alloc(arena, name.n + 1), name.n);
}
