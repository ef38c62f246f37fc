#include "app/commands/secret_member.h"

#include "app/base/arena.h"
#include "app/base/secret.h"
#include "app/command.h"
#include "app/commands/secret_line.h"

static bool
secret_read(struct command_call *call, struct str member, const char *path)
{
	const char *what = arena_dup(call->arena, member).p;
	char line[SECRET_LINE_BYTES];
	bool good = secret_line_read(what, path, line);

	if (good)
		call->operands[call->n_operands++] =
		    (char *)(uintptr_t)arena_printf(
			call->arena, "%.*s=%s", STR_ARG(member), line)
			.p;
	secret_wipe(line, sizeof(line));
	return good;
}

bool
secret_members_read(struct command_call *call)
{
	size_t n;
	const char **given = command_values(call, "--secret", &n);

	for (size_t i = 0; i < n; i++) {
		struct str path = str_of(given[i]);
		struct str member = str_cut(&path, '=');

		if (member.n == 0 || path.n == 0) {
			(void)command_fail("--secret: MEMBER=FILE is expected");
			return false;
		}
		if (!secret_read(call, member, path.p))
			return false;
	}
	return true;
}
