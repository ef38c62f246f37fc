/*
 * The records of the system database together with what the environment file
 * declares. Where both have one of a name, the declared one counts; the other
 * is a problem, which stops a start.
 */
#ifndef WEIR_ALL_RECORDS_H
#define WEIR_ALL_RECORDS_H

#include <stddef.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "middleware/registry/declared.h"

struct arena;
struct system_db;

struct all_records {
	struct service_record *services;
	size_t n_services;
	struct role_record *roles;
	size_t n_roles;
	struct app_record *apps;
	size_t n_apps;
	struct key_record *keys;
	size_t n_keys;
};

/* The service id of an access row on a service that there is not. */
#define SERVICE_NOWHERE INT64_MIN

/* All that the database has, in the arena. */
enum status all_records_read(struct system_db *db, struct arena *arena,
    struct all_records *out, struct error *err);

/*
 * Adds what is declared and finds the services, roles and apps that it names;
 * what it cannot find is nothing: a row that matches nowhere, an app without
 * a role. Problems are appended, one a line. `declared` must live as long.
 */
void all_records_declare(struct all_records *records, struct arena *arena,
    const struct declared *declared, struct buf *problems);

#endif
