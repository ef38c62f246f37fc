/* What `weir service set` changes in a service. */
#ifndef WEIR_COMMANDS_SERVICE_EDIT_H
#define WEIR_COMMANDS_SERVICE_EDIT_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/commands/admin.h"

struct command_call;
struct service_record;

struct service_edit {
	struct command_call *call;
	enum flip active;
	enum flip cache;
	int64_t cache_ttl; /* -1: it stays */
};

/* Reads what can be read without the record; false after a message. */
bool service_edit_read(struct command_call *call, struct service_edit *edit);

/* A service_edit_f whose ctx is a struct service_edit. */
enum status service_edit(
    void *ctx, struct service_record *record, struct error *err);

#endif
