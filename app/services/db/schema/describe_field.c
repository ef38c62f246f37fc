#include "app/services/db/schema/describe.h"

#include "app/base/arena.h"
#include "app/base/jsonmember.h"
#include "app/services/db/schema/column_default.h"
#include "app/services/db/schema/column_type.h"
#include "app/services/db/schema/label.h"
#include "drivers/db/catalog.h"

/* A length that the declaration names, not what a TEXT holds at most. */
static int64_t
length_of(const struct column *c)
{
	bool named = str_find(c->db_type, '(') < c->db_type.n;

	return named ? c->length : 0;
}

static bool
is_required(const struct column *c)
{
	return !column_may_be_null(c) && !c->has_default &&
	       !c->auto_increment && !c->generated;
}

static void
put_bounds(struct buf *out, const struct column *c)
{
	put_bound(out, "length", length_of(c));
	put_bound(out, "precision", c->precision);
	json_put_name(out, STR("scale"));
	if (c->precision == 0)
		buf_put_lit(out, "null");
	else
		buf_put_u64(out, c->scale);
}

static void
put_key(struct buf *out, const struct db_table *table, const struct column *c)
{
	size_t place = 0;
	const struct foreign_key *key = column_key(table, c, &place);
	bool any = key != NULL;

	put_bool(out, "is_foreign_key", any);
	put_text(out, "ref_table", any ? key->ref_table : STR_NULL);
	put_text(out, "ref_field", any ? key->ref_columns[place] : STR_NULL);
	put_text(out, "ref_on_update", any ? key->on_update : STR_NULL);
	put_text(out, "ref_on_delete", any ? key->on_delete : STR_NULL);
}

static void
put_choices(struct buf *out, const struct column *c)
{
	if (c->n_choices > 0)
		put_texts(out, "picklist", c->choices, c->n_choices);
	else
		put_null(out, "picklist");
}

static void
put_indexes(struct buf *out, const struct column *c)
{
	put_bool(out, "auto_increment", c->auto_increment);
	put_bool(out, "is_primary_key", c->key_part > 0);
	put_bool(out, "is_unique", c->is_unique);
	put_bool(out, "is_index", c->is_index);
}

void
describe_field(struct buf *out, struct arena *arena,
    const struct db_table *table, const struct column *c)
{
	buf_put_char(out, '{');
	put_text(out, "name", c->name);
	put_text(out, "label", label_of(arena, c->name));
	put_null(out, "description");
	put_null(out, "alias");
	put_texts(out, "native", NULL, 0);
	put_text(out, "type", column_type(table, c));
	put_text(out, "db_type", c->db_type);
	put_bounds(out, c);
	json_put_name(out, STR("default"));
	column_default_put(out, arena, c);
	put_bool(out, "required", is_required(c));
	put_bool(out, "allow_null", column_may_be_null(c));
	put_bool(out, "fixed_length", column_is_fixed(c));
	put_bool(out, "supports_multibyte", column_is_national(c));
	put_indexes(out, c);
	put_key(out, table, c);
	put_choices(out, c);
	put_null(out, "validation");
	put_null(out, "db_function");
	put_bool(out, "is_virtual", false);
	put_bool(out, "is_aggregate", false);
	buf_put_char(out, '}');
}
