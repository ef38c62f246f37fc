/* What lies in a store may be anybody's bytes: they are read without harm, and
 * what is read packs into the same bytes again. */
#include <string.h>

#include "app/base/arena.h"
#include "app/base/secret.h"
#include "middleware/session_view.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = str_make((const char *)data, size), again;
	struct session_version version;
	struct session_view view;
	struct arena a;

	HOLDS(secret_init());
	if (!session_view_version(bytes, &version))
		return 0;
	arena_init(&a, 4096);
	if (session_view_unpack(&a, bytes, &version, &view)) {
		HOLDS(view.state <= SESSION_NOBODY);
		HOLDS(view.who.n_roles <= size && view.who.n_lookups <= size);
		again = session_view_pack(&a, &view, &version);
		HOLDS(again.n == size);
	}
	arena_close(&a);
	return 0;
}
