#include "middleware/people.h"

#include <string.h>

#include "app/base/password_gate.h"
#include "middleware/failures.h"
#include "middleware/mailer.h"
#include "middleware/registry/system_pool.h"
#include "middleware/session_memory.h"

/* More would only wait for each other: what is asked is short. */
#define CONNECTIONS_MAX 8u

enum status
people_open(const struct settings *settings, struct store_table *stores,
    size_t workers, struct people *out, struct error *err)
{
	size_t n = workers < CONNECTIONS_MAX ? workers : CONNECTIONS_MAX;
	enum status st;

	memset(out, 0, sizeof(*out));
	st = system_pool_open(settings, n, &out->pool, err);
	if (st != ST_OK)
		return st;
	out->gate = password_gate_new(workers);
	out->failures = failures_open(settings, stores);
	out->memory = session_memory_new();
	out->mailer = mailer_new();
	return ST_OK;
}

void
people_close(struct people *people)
{
	mailer_free(people->mailer);
	session_memory_free(people->memory);
	failures_close(people->failures);
	password_gate_free(people->gate);
	system_pool_close(people->pool);
	memset(people, 0, sizeof(*people));
}
