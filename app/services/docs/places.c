/* What the rows of a role say of things that no catalogue lists: keys, records
 * by their identifiers, names of procedures. */
#include "app/services/docs/doc.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

/* A row's component below the prefix; STR_NULL: it is not. */
static struct str
rest_of(const struct access *row, struct str prefix)
{
	if (row->component.n <= prefix.n ||
	    !str_eq_nocase(str_make(row->component.p, prefix.n), prefix))
		return STR_NULL;
	return str_skip(row->component, prefix.n);
}

/* Where rest ends in a star, all that begins so. */
static struct doc_place
place_of(struct doc *d, struct str prefix, struct str rest, const char *name)
{
	struct buf path = buf_in(d->req->arena);
	struct buf component = buf_in(d->req->arena);
	struct doc_place place = { .is_open = rest.p[rest.n - 1] == '*' };

	if (place.is_open)
		rest.n--;
	buf_put_char(&path, '/');
	doc_piece(&path, prefix, true);
	doc_piece(&path, rest, true);
	buf_put(&component, prefix);
	buf_put(&component, rest);
	if (place.is_open) {
		buf_printf(&path, "{%s}", name);
		buf_printf(&component, "{%s}", name);
	}
	place.path = buf_str(&path);
	place.component = buf_str(&component);
	return place;
}

static bool
is_listed(const struct doc_place *list, size_t n, struct str path)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i].path, path))
			return true;
	}
	return false;
}

static void
add(struct doc *d, struct doc_place *list, size_t *n, struct str prefix,
    struct str rest, const char *name)
{
	list[*n] = place_of(d, prefix, rest, name);
	if (!is_listed(list, *n, list[*n].path))
		++*n;
}

/* What a row speaks of below the prefix, unless it is all of that; "": nothing.
 * One with a star elsewhere than at its end takes no component. */
static struct str
part_of(const struct doc *d, const struct access *row, struct str prefix)
{
	struct str rest = rest_of(row, prefix);

	if (row->service_id != d->service->id || rest.n == 0 ||
	    str_find(rest, '*') + 1 < rest.n || str_eq(rest, STR("*")))
		return STR("");
	return rest;
}

static size_t
parts_count(const struct doc *d, struct str prefix)
{
	const struct role *role = d->req->role;
	size_t n = 0;

	for (size_t i = 0; i < role->n_rows; i++)
		n += part_of(d, &role->rows[i], prefix).n > 0;
	return n;
}

struct doc_place *
doc_places(struct doc *d, struct str prefix, const char *name, size_t *n)
{
	const struct role *role = d->req->role;
	struct doc_place *list = arena_alloc(
	    d->req->arena, (2 * parts_count(d, prefix) + 1) * sizeof(list[0]));

	list[0] = place_of(d, prefix, STR("*"), name);
	*n = 1;
	for (size_t i = 0; i < role->n_rows; i++) {
		struct str rest = part_of(d, &role->rows[i], prefix);
		size_t star = str_find(rest, '*');

		if (rest.n == 0)
			continue;
		add(d, list, n, prefix, rest, name);
		/* "a/" followed by a star takes "a" as well. */
		if (star > 1 && star < rest.n && rest.p[star - 1] == '/')
			add(d, list, n, prefix, str_make(rest.p, star - 1),
			    name);
	}
	return list;
}
