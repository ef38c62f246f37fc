/* One read on its way (read.h), and what of each record it shows. */
#ifndef WEIR_SERVICES_SYSTEM_READING_H
#define WEIR_SERVICES_SYSTEM_READING_H

#include <stdbool.h>

#include "app/base/str.h"
#include "app/services/db/write/body_options.h"
#include "app/services/system/limit_counters.h"
#include "app/services/system/show.h"

struct db_table;
struct request;
struct system_read;
struct system_tables;

struct reading {
	const struct system_read *read;
	const struct db_table *table;
	const struct system_tables *tables;
	struct request *req;
	struct request *inner; /* what the data API answers */
	struct options options;
	struct show show;
	struct limit_counters counters;
};

/* The value of a parameter of the call, or of its other name (NULL: it has
 * none); STR_NULL when neither was sent. Lives as long as the request. */
struct str reading_asked(
    const struct reading *r, const char *name, const char *alias);

/* Sets the fields that r->show has. False: the response holds the refusal. */
bool reading_fields(struct reading *r);

/* The relations to read with the records, with commas between them, in the
 * arena; STR_NULL: none. Says in r->show which of them it shows always. */
struct str reading_related(struct reading *r);

#endif
