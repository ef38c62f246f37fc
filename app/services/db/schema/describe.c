#include "app/services/db/schema/describe.h"

#include "app/base/jsonmember.h"
#include "app/services/db/db.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/schema/label.h"
#include "app/services/db/table_rights.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

static void
put_key(struct buf *out, struct arena *arena, const struct db_table *table)
{
	struct str *names = arena_alloc(arena, table->n_key * sizeof(names[0]));

	for (size_t i = 0; i < table->n_key; i++)
		names[i] = table->key[i]->name;
	put_texts(out, "primary_key", names, table->n_key);
}

static void
put_fields(struct buf *out, struct arena *arena, const struct db_table *table)
{
	json_put_name(out, STR("field"));
	buf_put_char(out, '[');
	for (size_t i = 0; i < table->n_columns; i++) {
		if (i > 0)
			buf_put_char(out, ',');
		describe_field(out, arena, table, &table->columns[i]);
	}
	buf_put_char(out, ']');
}

const struct relations *
describe_relations(const struct request *req, const struct db_table *table)
{
	const struct db_service *service = req->service->instance;

	return &service->relations[table - service->catalog.tables];
}

static void
put_related(struct buf *out, struct request *req, const struct db_table *table)
{
	const struct relations *relations = describe_relations(req, table);

	json_put_name(out, STR("related"));
	buf_put_char(out, '[');
	for (size_t i = 0; i < relations->n; i++) {
		if (i > 0)
			buf_put_char(out, ',');
		describe_relation(out, req, &relations->list[i]);
	}
	buf_put_char(out, ']');
}

void
describe_table(
    struct buf *out, struct request *req, const struct db_table *table)
{
	struct arena *arena = req->arena;
	struct str name = table->name;

	buf_put_char(out, '{');
	put_null(out, "alias");
	put_text(out, "name", name);
	put_text(out, "label", label_of(arena, name));
	put_null(out, "description");
	put_texts(out, "native", NULL, 0);
	put_text(out, "plural", label_plural(arena, name));
	put_bool(out, "is_view", table->is_view);
	put_key(out, arena, table);
	put_null(out, "name_field");
	put_fields(out, arena, table);
	put_related(out, req, table);
	json_put_name(out, STR("constraints"));
	describe_constraints(out, arena, table);
	json_put_name(out, STR("access"));
	buf_put_u64(out, table_rights(req, STR("_schema"), name));
	buf_put_char(out, '}');
}
