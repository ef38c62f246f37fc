#include "app/services/db/schema/schema_order.h"

#include "app/base/arena.h"
#include "app/services/db/db.h"
#include "drivers/db/catalog_build.h"

/* The lists of a buf, as its items. */
#define ITEMS(type, b) ((const type *)(const void *)(b).p)
#define COUNT(type, b) ((b).n / sizeof(type))

struct schema_order
schema_order_open(struct arena *arena, const struct db_service *service)
{
	return (struct schema_order){ .arena = arena,
		.service = service,
		.names = { .arena = arena,
		    .catalog = &service->catalog,
		    .list = buf_in(arena) },
		.steps = buf_in(arena) };
}

/* -- new tables ------------------------------------------------------------ */

static enum status
refuse_table(const struct table_draft *t, enum status st, const char *why,
    struct error *err)
{
	return error_set(err, st, "Table '%.*s' %s.", STR_ARG(t->name), why);
}

static enum status
names_check(const struct table_draft *t, struct error *err)
{
	for (size_t i = 0; i < t->n_fields; i++) {
		for (size_t k = 0; k < i; k++) {
			if (!str_eq_nocase(
				t->fields[i].name, t->fields[k].name))
				continue;
			return error_set(err, ST_INVALID,
			    "Field '%.*s' of table '%.*s' is given twice.",
			    STR_ARG(t->fields[i].name), STR_ARG(t->name));
		}
	}
	return ST_OK;
}

/* The key in the order that primary_key says, else that of the fields. */
static enum status
key_set(struct schema_order *o, const struct table_draft *t,
    const struct field_spec *specs, struct reshape_create *out,
    struct error *err)
{
	struct str *key =
	    arena_alloc(o->arena, (t->n_fields + t->n_key) * sizeof(key[0]));
	size_t n = 0, counting = 0, keys = 0;

	for (size_t i = 0; i < t->n_fields; i++) {
		enum column_type type = specs[i].column.type;

		counting += type == TYPE_ID || type == TYPE_BIGID;
		keys += specs[i].is_key;
		if (specs[i].is_key && t->n_key == 0)
			key[n++] = specs[i].column.name;
	}
	for (size_t i = 0; i < t->n_key; i++)
		key[n++] = t->key[i];
	if (n != keys)
		return refuse_table(t, ST_INVALID,
		    "has a 'primary_key' that is not its key fields", err);
	if (counting > 0 && keys > 1)
		return refuse_table(t, ST_INVALID,
		    "has a field that counts up: it must be the only key", err);
	out->key = key;
	out->n_key = counting > 0 ? 0 : n;
	return ST_OK;
}

static void
parts_set(struct schema_order *o, const struct table_draft *t,
    const struct field_spec *specs, struct reshape_create *out)
{
	struct reshape_column *columns =
	    arena_alloc(o->arena, t->n_fields * sizeof(columns[0]));
	struct buf indexes = buf_in(o->arena), keys = buf_in(o->arena);

	for (size_t i = 0; i < t->n_fields; i++) {
		const struct field_spec *s = &specs[i];
		bool sole = s->is_key && out->n_key == 1;

		columns[i] = s->column;
		if ((s->is_unique || s->is_index) && !sole) {
			struct reshape_index index = field_index(
			    o, t->name, s->column.name, s->is_unique);

			items_add(&indexes, &index, sizeof(index));
		}
		if (s->key != NULL)
			items_add(&keys, s->key, sizeof(*s->key));
	}
	out->columns = columns;
	out->n_columns = t->n_fields;
	out->indexes = ITEMS(struct reshape_index, indexes);
	out->n_indexes = COUNT(struct reshape_index, indexes);
	out->keys = ITEMS(struct reshape_key, keys);
	out->n_keys = COUNT(struct reshape_key, keys);
}

static enum status
table_make(
    struct schema_order *o, const struct table_draft *t, struct error *err)
{
	struct field_spec *specs =
	    arena_alloc(o->arena, t->n_fields * sizeof(specs[0]));
	struct reshape_step step = { .kind = STEP_CREATE,
		.create.name = t->name };
	enum status st = schema_name_check(NAMED_TABLE, t->name, err);

	if (st == ST_OK && t->n_fields == 0)
		return refuse_table(t, ST_INVALID,
		    "needs fields: a list of them in 'field'", err);
	for (size_t i = 0; i < t->n_fields && st == ST_OK; i++)
		st = field_spec_new(o, t, &t->fields[i], false, &specs[i], err);
	if (st == ST_OK)
		st = key_set(o, t, specs, &step.create, err);
	if (st != ST_OK)
		return st;
	parts_set(o, t, specs, &step.create);
	items_add(&o->steps, &step, sizeof(step));
	return ST_OK;
}

/* -- tables that there are ------------------------------------------------- */

static enum status
field_add(struct schema_order *o, struct altering *a,
    const struct field_draft *d, struct error *err)
{
	struct field_spec spec;
	enum status st = field_spec_new(o, a->draft, d, true, &spec, err);

	if (st != ST_OK)
		return st;
	items_add(&a->add, &spec.column, sizeof(spec.column));
	if (spec.is_unique || spec.is_index) {
		struct reshape_index index =
		    field_index(o, a->draft->name, d->name, spec.is_unique);

		items_add(&a->add_indexes, &index, sizeof(index));
	}
	if (spec.key != NULL)
		items_add(&a->add_keys, spec.key, sizeof(*spec.key));
	return ST_OK;
}

static bool
is_same_key(const struct table_draft *t)
{
	bool same = t->n_key == 0 || t->n_key == t->table->n_key;

	for (size_t i = 0; same && i < t->n_key; i++)
		same = str_eq_nocase(t->key[i], t->table->key[i]->name);
	return same;
}

static enum status
count_check(
    const struct table_draft *t, const struct altering *a, struct error *err)
{
	size_t n = t->table->n_columns + COUNT(struct reshape_column, a->add);

	if (n <= SCHEMA_FIELDS_MAX)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "Table '%.*s' would have %zu fields; at most %d are allowed.",
	    STR_ARG(t->name), n, SCHEMA_FIELDS_MAX);
}

static struct reshape_alter
alter_of(const struct altering *a)
{
	return (struct reshape_alter){ .table = a->draft->table,
		.add = ITEMS(struct reshape_column, a->add),
		.n_add = COUNT(struct reshape_column, a->add),
		.change = ITEMS(struct reshape_change, a->change),
		.n_change = COUNT(struct reshape_change, a->change),
		.add_indexes = ITEMS(struct reshape_index, a->add_indexes),
		.n_add_indexes = COUNT(struct reshape_index, a->add_indexes),
		.drop_indexes =
		    (const struct db_index **)(void *)a->drop_indexes.p,
		.n_drop_indexes =
		    COUNT(const struct db_index *, a->drop_indexes),
		.add_keys = ITEMS(struct reshape_key, a->add_keys),
		.n_add_keys = COUNT(struct reshape_key, a->add_keys),
		.drop_keys =
		    (const struct foreign_key **)(void *)a->drop_keys.p,
		.n_drop_keys =
		    COUNT(const struct foreign_key *, a->drop_keys) };
}

static bool
says_nothing(const struct reshape_alter *a)
{
	return a->n_add + a->n_change + a->n_drop + a->n_add_indexes +
		   a->n_drop_indexes + a->n_add_keys + a->n_drop_keys ==
	       0;
}

static enum status
table_alter(
    struct schema_order *o, const struct table_draft *t, struct error *err)
{
	struct altering a = { .draft = t,
		.add = buf_in(o->arena),
		.change = buf_in(o->arena),
		.add_indexes = buf_in(o->arena),
		.drop_indexes = buf_in(o->arena),
		.add_keys = buf_in(o->arena),
		.drop_keys = buf_in(o->arena) };
	struct reshape_step step = { .kind = STEP_ALTER };
	enum status st = ST_OK;

	if (t->table->is_view || t->table->is_virtual)
		return refuse_table(t, ST_DENIED,
		    "is a view or a virtual table and cannot be changed", err);
	if (!is_same_key(t))
		return refuse_table(
		    t, ST_DENIED, "cannot have another primary key", err);
	for (size_t i = 0; i < t->n_fields && st == ST_OK; i++) {
		const struct field_draft *d = &t->fields[i];
		const struct column *c = table_column(t->table, d->name);

		st = c == NULL ? field_add(o, &a, d, err)
			       : field_change(o, &a, c, d, err);
	}
	if (st == ST_OK)
		st = count_check(t, &a, err);
	step.alter = alter_of(&a);
	if (st == ST_OK && !says_nothing(&step.alter))
		items_add(&o->steps, &step, sizeof(step));
	return st;
}

/* New tables stand first: what is changed may refer to them. */
enum status
schema_order_tables(struct schema_order *o, const struct table_draft *drafts,
    size_t n, struct error *err)
{
	enum status st = ST_OK;

	o->drafts = drafts;
	o->n_drafts = n;
	for (size_t i = 0; i < n && st == ST_OK; i++)
		st = names_check(&drafts[i], err);
	for (size_t i = 0; i < n && st == ST_OK; i++) {
		if (drafts[i].table == NULL)
			st = table_make(o, &drafts[i], err);
	}
	for (size_t i = 0; i < n && st == ST_OK; i++) {
		if (drafts[i].table != NULL)
			st = table_alter(o, &drafts[i], err);
	}
	return st;
}

struct reshape
schema_order_end(const struct schema_order *o, int64_t deadline_ms)
{
	return (struct reshape){ .steps = ITEMS(struct reshape_step, o->steps),
		.n = COUNT(struct reshape_step, o->steps),
		.schema_version = o->service->catalog.schema_version,
		.deadline_ms = deadline_ms,
		.arena = o->arena };
}
