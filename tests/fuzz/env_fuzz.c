/* Any text is an environment file or says on which line it is none. */
#include "app/base/arena.h"
#include "app/base/env.h"
#include "tests/fuzz/fuzz.h"

static bool
outer(void *ctx, struct str name, struct str *value)
{
	*value = *(const struct str *)ctx;
	return str_starts(name, STR("A"));
}

/* The number of bytes of a value, each of them read. */
static size_t
touch(struct str s)
{
	volatile char seen = 0;

	for (size_t i = 0; i < s.n; i++)
		seen = (char)(seen ^ s.p[i]);
	return s.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct str value = STR("outer");
	struct error err = { 0 };
	struct arena a;
	struct env env;

	arena_init(&a, 4096);
	if (env_parse(&a, text, outer, &value, &env, &err) == ST_OK) {
		unsigned last_line = 1;

		for (size_t i = 0; i < env.n; i++) {
			HOLDS(touch(env.list[i].name) > 0);
			(void)touch(env.list[i].value);
			HOLDS(env.list[i].line >= last_line);
			last_line = env.list[i].line;
			HOLDS(env_get(&env, env.list[i].name) >= &env.list[i]);
		}
	} else {
		HOLDS(str_starts(str_of(err.text), STR("line ")));
	}
	arena_close(&a);
	return 0;
}
