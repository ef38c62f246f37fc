/* Relations as clients name them. */
#include "app/base/buf.h"
#include "app/services/db/relation/relation.h"
#include "drivers/db/catalog.h"

static bool
leads_to(const struct relation *relation, struct str table)
{
	return str_eq_nocase(relation->ref->name, table);
}

static enum status
refuse_ambiguous(
    const struct relations *relations, struct str text, struct error *err)
{
	struct buf names = { .p = NULL };
	enum status st;

	for (size_t i = 0; i < relations->n; i++) {
		if (!leads_to(&relations->list[i], text))
			continue;
		buf_put(&names, names.n == 0 ? STR("") : STR(", "));
		buf_put(&names, relations->list[i].name);
	}
	st = error_set(err, ST_INVALID,
	    "Relation '%.*s' is ambiguous: name one of %.*s.", STR_ARG(text),
	    STR_ARG(buf_str(&names)));
	buf_free(&names);
	return st;
}

const struct relation *
relation_to(const struct relations *relations, struct str table, size_t *n)
{
	const struct relation *found = NULL;

	*n = 0;
	for (size_t i = 0; i < relations->n; i++) {
		if (!leads_to(&relations->list[i], table))
			continue;
		found = &relations->list[i];
		++*n;
	}
	return found;
}

enum status
relation_named(const struct relations *relations, struct str text,
    const struct relation **out, struct error *err)
{
	size_t n;

	*out = relation_find(relations, text);
	if (*out != NULL)
		return ST_OK;
	*out = relation_to(relations, text, &n);
	if (n > 1)
		return refuse_ambiguous(relations, text, err);
	return n == 1 ? ST_OK : ST_MISSING;
}
