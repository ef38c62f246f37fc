#include "app/logs.h"

#include <string.h>
#include <unistd.h>

#include "app/base/log.h"
#include "app/base/log_datagram.h"
#include "app/base/log_place.h"
#include "app/base/settings.h"

static enum status
open_with(
    const struct settings *settings, const char *access_log, struct error *err)
{
	const struct log_style style = {
		.log = (enum log_format)settings->log_format,
		.access = (enum log_format)settings->access_format,
		.facility = log_facility((size_t)settings->syslog_facility),
	};

	log_style(&style);
	return log_open(settings->log_file, access_log,
	    (enum log_level)settings->log_level, err);
}

enum status
logs_open(const struct settings *settings, struct error *err)
{
	return open_with(settings, settings->access_log, err);
}

enum status
logs_probe(const char *setting, const char **path, struct error *err)
{
	const struct log_place place = log_place_read(setting);
	struct log_datagram datagram;
	enum status st;

	*path = NULL;
	if (place.kind != LOG_SYSLOG && place.kind != LOG_JOURNAL)
		return ST_OK;
	*path = place.path;
	st = log_datagram_open(&datagram, &place, err);
	if (st == ST_OK)
		st = log_datagram_probe(&datagram, err);
	log_datagram_close(&datagram);
	return st;
}

bool
logs_join(const struct settings *settings)
{
	const struct log_place place = log_place_read(settings->log_file);

	if (place.kind == LOG_STDERR || place.kind == LOG_NOWHERE ||
	    access(place.path, W_OK) != 0)
		return false;
	return open_with(settings, "off", NULL) == ST_OK;
}
