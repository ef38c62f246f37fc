/* Whether a database is still the one whose catalogue was read. */
#ifndef WEIR_SERVICES_DB_SCHEMA_WATCH_H
#define WEIR_SERVICES_DB_SCHEMA_WATCH_H

#include <stdint.h>

#include "middleware/service.h"

struct db_service;

/*
 * What became of the database, asked over a connection of its own, which is
 * made anew when it is lost. A database that cannot be reached stays the same
 * as far as anybody knows: what is cached goes on being served. Looks no more
 * often than a small part of the server's time allows. now_ms is
 * clock_boot_ms(). *outdated becomes true where the config says `watch` and
 * somebody committed since the last look, or may have before the first.
 */
enum service_change schema_watch_look(
    struct db_service *service, int64_t now_ms, bool *outdated);

#endif
