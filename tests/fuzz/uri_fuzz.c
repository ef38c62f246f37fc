/* Decoding never grows a text nor lets a NUL through, and a query never has
 * more parameters than it may. */
#include "app/base/arena.h"
#include "app/base/uri.h"
#include "tests/fuzz/fuzz.h"

#define MAX_PARAMS 5

static bool
holds_nul(struct str s)
{
	return str_find(s, '\0') < s.n;
}

static void
decode(struct arena *a, struct str s, bool plus)
{
	struct str out;

	if (!uri_decode(a, s, plus, &out))
		return;
	HOLDS(out.n <= s.n && !holds_nul(out));
	if (str_find(s, '%') == s.n && !plus)
		HOLDS(out.p == s.p && out.n == s.n);
}

static void
query(struct arena *a, struct str s)
{
	struct params ps;

	HOLDS(uri_query(a, s, MAX_PARAMS, &ps) || s.n > 0);
	HOLDS(ps.n <= MAX_PARAMS);
	for (size_t i = 0; i < ps.n; i++) {
		HOLDS(!holds_nul(ps.list[i].name));
		HOLDS(!holds_nul(ps.list[i].value));
		HOLDS(!str_is_null(params_get(&ps, ps.list[i].name)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	struct arena a;

	arena_init(&a, 4096);
	decode(&a, s, false);
	decode(&a, s, true);
	query(&a, s);
	arena_close(&a);
	return 0;
}
