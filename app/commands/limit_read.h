/* A limit from the options of `weir limit add` and `weir limit set`. */
#ifndef WEIR_COMMANDS_LIMIT_READ_H
#define WEIR_COMMANDS_LIMIT_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/commands/admin.h"

struct command_call;
struct limit_record;

/* All of a new one; false after it has said what is wrong. */
bool limit_read(const struct command_call *call, struct limit_record *r);

/* What `limit set` is to do; --rate and --active have been read. */
struct limit_edit {
	const struct command_call *call;
	int64_t rate; /* 0: it stays */
	enum flip active;
};

/* A limit_edit_f whose ctx is a struct limit_edit. */
enum status limit_edit(void *ctx, struct limit_record *r, struct error *err);

#endif
