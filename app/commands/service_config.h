/* The config of a service from the options of `weir service add`. */
#ifndef WEIR_COMMANDS_SERVICE_CONFIG_H
#define WEIR_COMMANDS_SERVICE_CONFIG_H

#include <stdbool.h>

struct command_call;
struct service_record;

/*
 * Reads --config, --set, --secret, --cache-ttl and the members given as
 * operands, checks them against r->type: fills config, cache_enabled and
 * cache_ttl. False after it has said what is wrong.
 */
bool service_config_read(struct command_call *call, struct service_record *r);

#endif
