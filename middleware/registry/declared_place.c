#include "middleware/registry/declared.h"

struct str
declared_place(const struct declared *d, enum noun noun, struct str name)
{
	for (size_t i = 0; noun == NOUN_SERVICE && i < d->n_services; i++) {
		if (str_eq_nocase(d->services[i].name, name))
			return d->services[i].place;
	}
	for (size_t i = 0; noun == NOUN_ROLE && i < d->n_roles; i++) {
		if (str_eq_nocase(d->roles[i].name, name))
			return d->roles[i].place;
	}
	for (size_t i = 0; noun == NOUN_APP && i < d->n_apps; i++) {
		if (str_eq_nocase(d->apps[i].name, name))
			return d->apps[i].place;
	}
	return STR_NULL;
}
