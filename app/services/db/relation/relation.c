#include "app/services/db/relation/relation.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/services/db/relation/relation_key.h"
#include "drivers/db/catalog.h"

/* The relations of one table being made. */
struct making {
	struct arena *arena;
	const struct db_table *table;
	const struct relation_key *keys; /* of all tables */
	size_t n_keys;
	struct buf list; /* of struct relation, on the heap */
};

static struct relation *
made(const struct making *m, size_t *n)
{
	*n = m->list.n / sizeof(struct relation);
	return (struct relation *)(void *)m->list.p;
}

static bool
is_taken(const struct making *m, struct str name)
{
	size_t n;
	const struct relation *list = made(m, &n);

	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(list[i].name, name))
			return true;
	}
	return table_column(m->table, name) != NULL;
}

/* "_a_b" */
static void
put_columns(struct buf *name, const struct column *const *columns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_put_char(name, '_');
		buf_put(name, columns[i]->name);
	}
}

static void
put_base(struct buf *name, const struct relation *r)
{
	const struct joint *joint = &r->joint;

	buf_put(name, r->ref->name);
	buf_put_lit(name, "_by");
	if (r->kind == RELATION_MANY_MANY) {
		buf_put_char(name, '_');
		buf_put(name, r->junction->name);
	} else {
		put_columns(name,
		    r->kind == RELATION_BELONGS_TO ? joint->left : joint->right,
		    joint->n);
	}
}

/* What tells it from another of that name. */
static void
put_more(struct buf *name, const struct relation *r)
{
	static const struct str words[] = {
		[RELATION_BELONGS_TO] = { "_belongs_to", 11 },
		[RELATION_HAS_ONE] = { "_has_one", 8 },
		[RELATION_HAS_MANY] = { "_has_many", 9 },
	};

	if (r->kind == RELATION_MANY_MANY)
		put_columns(name, r->far.left, r->far.n);
	else
		buf_put(name, words[r->kind]);
}

static struct str
name_make(const struct making *m, const struct relation *r)
{
	struct buf name = buf_in(m->arena);
	size_t n;

	put_base(&name, r);
	if (!is_taken(m, buf_str(&name)))
		return buf_str(&name);
	put_more(&name, r);
	n = name.n;
	for (unsigned i = 2; is_taken(m, buf_str(&name)); i++) {
		name.n = n;
		buf_printf(&name, "_%u", i);
	}
	return buf_str(&name);
}

/* Integers are equal only to themselves; of texts the database alone knows. */
static bool
is_exact(const struct joint *joint)
{
	for (size_t i = 0; i < joint->n; i++) {
		if (joint->left[i]->kind != COLUMN_INTEGER ||
		    joint->right[i]->kind != COLUMN_INTEGER)
			return false;
	}
	return true;
}

static void
relation_add(struct making *m, struct relation *r)
{
	r->table = m->table;
	r->exact = is_exact(&r->joint);
	r->name = name_make(m, r);
	memcpy(buf_reserve(&m->list, sizeof(*r)), r, sizeof(*r));
	m->list.n += sizeof(*r);
}

static struct joint
turned(const struct joint *joint)
{
	return (struct joint){ joint->right, joint->left, joint->n };
}

static void
add_belongs_to(struct making *m)
{
	for (size_t i = 0; i < m->n_keys; i++) {
		const struct relation_key *key = &m->keys[i];
		struct relation r = { .kind = RELATION_BELONGS_TO,
			.ref = key->to,
			.joint = key->joint,
			.key = key->key };

		if (key->from == m->table)
			relation_add(m, &r);
	}
}

static void
add_has(struct making *m)
{
	for (size_t i = 0; i < m->n_keys; i++) {
		const struct relation_key *key = &m->keys[i];
		struct relation r = { .kind = RELATION_HAS_MANY,
			.ref = key->from,
			.joint = turned(&key->joint),
			.key = key->key };

		if (key->to != m->table)
			continue;
		if (columns_are_unique(
			key->from, key->joint.left, key->joint.n))
			r.kind = RELATION_HAS_ONE;
		relation_add(m, &r);
	}
}

/* May the junction hold two rows that lead from and to the same ones? */
static bool
may_repeat(struct arena *arena, const struct relation_key *near,
    const struct relation_key *far)
{
	size_t n = near->joint.n + far->joint.n;
	const struct column **columns =
	    arena_alloc(arena, n * sizeof(columns[0]));

	memcpy(columns, near->joint.left, near->joint.n * sizeof(columns[0]));
	memcpy(columns + near->joint.n, far->joint.left,
	    far->joint.n * sizeof(columns[0]));
	return !columns_are_unique(near->from, columns, n);
}

/* Two keys of one column lead from a record to itself. */
static bool
leads_on(const struct relation_key *near, const struct relation_key *far)
{
	if (far->from != near->from || far == near || far->to == near->from)
		return false;
	return far->joint.n != near->joint.n ||
	       memcmp(far->joint.left, near->joint.left,
		   near->joint.n * sizeof(near->joint.left[0])) != 0;
}

static void
add_through(struct making *m, const struct relation_key *near)
{
	for (size_t i = 0; i < m->n_keys; i++) {
		const struct relation_key *far = &m->keys[i];
		struct relation r = { .kind = RELATION_MANY_MANY,
			.ref = far->to,
			.junction = near->from,
			.joint = turned(&near->joint),
			.far = far->joint,
			.key = near->key,
			.far_key = far->key };

		if (!leads_on(near, far))
			continue;
		r.repeats = may_repeat(m->arena, near, far);
		relation_add(m, &r);
	}
}

static void
add_many_many(struct making *m)
{
	for (size_t i = 0; i < m->n_keys; i++) {
		const struct relation_key *near = &m->keys[i];

		if (near->to == m->table && near->from != m->table)
			add_through(m, near);
	}
}

static struct relations
table_relations(struct making *m)
{
	struct relations relations;
	const struct relation *list;

	add_belongs_to(m);
	add_has(m);
	add_many_many(m);
	list = made(m, &relations.n);
	relations.list =
	    arena_alloc(m->arena, relations.n * sizeof(relations.list[0]));
	if (relations.n > 0)
		memcpy(relations.list, list, m->list.n);
	buf_free(&m->list);
	return relations;
}

struct relations *
relations_of(struct arena *arena, const struct catalog *catalog)
{
	struct relations *all =
	    arena_alloc(arena, catalog->n_tables * sizeof(all[0]));
	size_t n;
	const struct relation_key *keys = relation_keys(arena, catalog, &n);

	for (size_t i = 0; i < catalog->n_tables; i++) {
		struct making m = { .arena = arena,
			.table = &catalog->tables[i],
			.keys = keys,
			.n_keys = n };

		all[i] = table_relations(&m);
	}
	return all;
}

const struct relation *
relation_find(const struct relations *relations, struct str name)
{
	const struct relation *found = NULL;

	for (size_t i = 0; i < relations->n; i++) {
		if (str_eq(relations->list[i].name, name))
			return &relations->list[i];
		if (found == NULL &&
		    str_eq_nocase(relations->list[i].name, name))
			found = &relations->list[i];
	}
	return found;
}

bool
relation_is_single(const struct relation *relation)
{
	return relation->kind == RELATION_BELONGS_TO ||
	       relation->kind == RELATION_HAS_ONE;
}
