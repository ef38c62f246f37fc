/* What a process keeps in order to know the people who call. */
#ifndef WEIR_PEOPLE_H
#define WEIR_PEOPLE_H

#include <stddef.h>

#include "app/base/status.h"

struct failures;
struct mailer;
struct password_gate;
struct session_memory;
struct settings;
struct store_table;
struct system_pool;

struct people {
	struct system_pool *pool; /* where users are read */
	struct password_gate *gate;
	struct failures *failures; /* to prove who they are */
	struct session_memory *memory;
	struct mailer *mailer;
};

/* Connects to no server yet; workers is how many threads may ask. The settings
 * and the table are borrowed until people_close(). */
enum status people_open(const struct settings *settings,
    struct store_table *stores, size_t workers, struct people *out,
    struct error *err);

/* Harmless on what was never opened and is all zero. */
void people_close(struct people *people);

#endif
