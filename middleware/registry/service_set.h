/* Changing a service that stands in the system database. */
#ifndef WEIR_SERVICE_SET_H
#define WEIR_SERVICE_SET_H

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct service_record;
struct system_db;

/* Changes a record, but not its id and type (who changes the name, seals the
 * secrets of the config for the new one); any status but ST_OK leaves
 * it as it is. */
typedef enum status service_edit_f(
    void *ctx, struct service_record *record, struct error *err);

/* What is to be done with the service of that name, in any case. */
struct service_order {
	struct str name;
	service_edit_f *edit;
	void *ctx;
};

/*
 * Lets the edit change the service, while nobody else can, and stores what
 * comes out. *out is the record then, its texts in the arena or the caller's.
 */
enum status service_record_set(struct system_db *db, struct arena *arena,
    const struct service_order *change, struct service_record *out,
    struct error *err);

#endif
