/* The functions of struct system_resource (resource.h), for each resource. */
#ifndef WEIR_SERVICES_SYSTEM_RESOURCES_H
#define WEIR_SERVICES_SYSTEM_RESOURCES_H

#include <stdint.h>

#include "app/base/jsonread.h"
#include "app/base/status.h"

struct account_call;
struct system_write;

enum status service_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err);
enum status service_update(
    struct system_write *w, int64_t id, struct json record, struct error *err);
enum status service_remove(
    struct system_write *w, int64_t id, struct error *err);

/* An app comes with a key, which the answer shows once. */
enum status app_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err);
enum status app_update(
    struct system_write *w, int64_t id, struct json record, struct error *err);
enum status app_remove(struct system_write *w, int64_t id, struct error *err);

enum status role_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err);
enum status role_update(
    struct system_write *w, int64_t id, struct json record, struct error *err);
enum status role_remove(struct system_write *w, int64_t id, struct error *err);

#endif
