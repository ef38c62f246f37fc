#include "app/base/envdeclared.h"

#include <stdlib.h>

#include "app/base/arena.h"

extern char **environ;

bool
env_declares(struct str name)
{
	return str_starts(name, STR("SERVICE_")) ||
	       str_starts(name, STR("ROLE_")) || str_starts(name, STR("KEY_"));
}

static void
process_collect(struct arena *a, struct env *out)
{
	for (char **at = environ; at != NULL && *at != NULL; at++) {
		struct str value = str_of(*at);
		struct str name = str_cut(&value, '=');

		if (!env_declares(name))
			continue;
		out->list[out->n++] = (struct env_entry){
			.name = arena_dup(a, name),
			.value = env_word(arena_dup(a, value)),
		};
	}
}

static size_t
process_size(void)
{
	size_t n = 0;

	while (environ != NULL && environ[n] != NULL)
		n++;
	return n;
}

struct env
env_declared(struct arena *a, const struct env *file)
{
	struct env out = { 0 };
	size_t n_process;

	out.list =
	    arena_alloc(a, (process_size() + file->n + 1) * sizeof(*out.list));
	process_collect(a, &out);
	n_process = out.n;
	for (size_t i = 0; i < file->n; i++) {
		struct env process = { out.list, n_process };
		struct env_entry entry = file->list[i];

		if (!env_declares(entry.name) ||
		    env_get(&process, entry.name) != NULL)
			continue;
		entry.value = env_word(entry.value);
		out.list[out.n++] = entry;
	}
	return out;
}
