/* The config of a file service, from the JSON of its record. */
#ifndef WEIR_SERVICES_FILE_CONFIG_H
#define WEIR_SERVICES_FILE_CONFIG_H

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/service.h"

struct file_service;

extern const struct config_field file_config_fields[];

/* check of struct service_type: the fields against each other. */
enum status file_config_check(
    const struct service_type *type, struct str config, struct error *err);

/*
 * Sets all but the tree and what it is called. ST_INVALID names the member. A
 * root that holds what weir itself keeps is refused.
 */
enum status file_config_open(struct file_service *service,
    const struct service *record, const struct service_host *host,
    struct error *err);

#endif
