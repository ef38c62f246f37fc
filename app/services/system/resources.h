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

/* Users, or administrators: which of them, the resource says. */
void *user_prepare(struct account_call *c, struct json record);
enum status user_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err);
enum status user_update(
    struct system_write *w, int64_t id, struct json record, struct error *err);
enum status user_remove(struct system_write *w, int64_t id, struct error *err);

enum status cors_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err);
enum status cors_update(
    struct system_write *w, int64_t id, struct json record, struct error *err);
enum status cors_remove(struct system_write *w, int64_t id, struct error *err);

enum status lookup_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err);
enum status lookup_update(
    struct system_write *w, int64_t id, struct json record, struct error *err);
enum status lookup_remove(
    struct system_write *w, int64_t id, struct error *err);

enum status limit_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err);
enum status limit_update(
    struct system_write *w, int64_t id, struct json record, struct error *err);
enum status limit_remove(struct system_write *w, int64_t id, struct error *err);

#endif
