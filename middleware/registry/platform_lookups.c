/* Lookups of the system, of roles and of apps, where requests find them. Those
 * of users come with their sessions. */
#include "middleware/registry/lookup_records.h"
#include "middleware/registry/platform.h"

static struct lookups *
of_role(struct platform *p, int64_t id)
{
	for (size_t i = 0; i < p->n_roles; i++) {
		if (p->roles[i].id == id)
			return &p->roles[i].lookups;
	}
	return NULL;
}

static struct lookups *
of_app(struct platform *p, int64_t id)
{
	for (size_t i = 0; i < p->n_apps; i++) {
		if (p->apps[i].id == id)
			return &p->apps[i].lookups;
	}
	return NULL;
}

/* Whose they are; NULL: nobody's whom the platform knows. */
static struct lookups *
owner_find(struct platform *p, const struct lookup_scope *scope)
{
	if (scope->user_id != 0)
		return NULL;
	if (scope->role_id != 0)
		return of_role(p, scope->role_id);
	if (scope->app_id != 0)
		return of_app(p, scope->app_id);
	return &p->lookups;
}

static bool
same_scope(const struct lookup_record *a, const struct lookup_record *b)
{
	return a->scope.app_id == b->scope.app_id &&
	       a->scope.role_id == b->scope.role_id &&
	       a->scope.user_id == b->scope.user_id;
}

/* n records of one scope. What is private is for configs of services only,
 * which know nothing but those of the system. */
static void
scope_take(struct platform *p, const struct lookup_record *records, size_t n)
{
	struct lookups *owner = owner_find(p, &records[0].scope);
	struct lookup_value *list;
	size_t taken = 0;

	if (owner == NULL)
		return;
	list = arena_alloc(&p->arena, n * sizeof(*list));
	for (size_t i = 0; i < n; i++) {
		if (!records[i].is_private || owner == &p->lookups)
			list[taken++] = (struct lookup_value){ records[i].name,
				records[i].value, records[i].is_private };
	}
	*owner = (struct lookups){ list, taken };
}

enum status
platform_lookups_read(
    struct platform *p, struct system_db *db, struct error *err)
{
	struct lookup_record *list = NULL;
	size_t n = 0;
	enum status st = lookup_records_list(db, &p->arena, &list, &n, err);

	for (size_t from = 0, to; st == ST_OK && from < n; from = to) {
		to = from + 1;
		while (to < n && same_scope(&list[from], &list[to]))
			to++;
		scope_take(p, &list[from], to - from);
	}
	return st;
}
