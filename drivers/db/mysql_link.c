#include "drivers/db/mysql_link.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/cond.h"
#include "drivers/db/mysql_error.h"
#include "drivers/db/mysql_helper.h"

#define OPEN_MAX_MS      3000
#define KILL_S           1u
#define PACKET_MAX_BYTES (64UL * 1024 * 1024)

/* A connect in a thread of its own; the last of both frees it. */
struct opening {
	struct mysql_place *place;
	unsigned seconds;
	pthread_mutex_t lock;
	pthread_cond_t finished;
	bool done;
	bool abandoned; /* nobody waits for it */
	MYSQL *link;
	enum status st;
	struct error why;
};

int
mysql_link_fd(MYSQL *link)
{
#ifdef MARIADB_BASE_VERSION
	return (int)mysql_get_socket(link);
#else
	return (int)link->net.fd;
#endif
}

/* LOCAL INFILE off: else a server may read the files of this host. */
static void
options_set(MYSQL *link, const struct db_config *config, unsigned seconds)
{
	unsigned protocol =
	    config->host == NULL ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
	unsigned no_files = 0;
	unsigned long packet = PACKET_MAX_BYTES;
	my_bool report = 1;

	(void)mysql_options(link, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
	(void)mysql_options(link, MYSQL_OPT_PROTOCOL, &protocol);
	(void)mysql_options(link, MYSQL_OPT_LOCAL_INFILE, &no_files);
	(void)mysql_options(link, MYSQL_SET_CHARSET_NAME, MYSQL_TEXTS_IN);
	(void)mysql_options(link, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
	(void)mysql_options(link, MYSQL_REPORT_DATA_TRUNCATION, &report);
}

/* What cannot be told by the number alone: whom and what it was about. */
static enum status
link_fail(MYSQL *link, const struct db_config *config, struct error *err)
{
	struct error why = { .text = "" };
	enum status st = mysql_error_connect(
	    mysql_errno(link), mysql_error(link), config, &why);

	return error_set(err, st, "%s", why.text);
}

static enum status
link_connect(MYSQL *link, const struct db_config *config, unsigned seconds,
    struct error *err)
{
	enum status st = mysql_tls_options(link, config, err);

	if (st != ST_OK)
		return st;
	options_set(link, config, seconds);
	if (mysql_real_connect(link, config->host, config->username,
		config->password, config->database, (unsigned)config->port,
		config->socket, CLIENT_FOUND_ROWS) == NULL)
		return link_fail(link, config, err);
	return mysql_tls_check(link, config, err);
}

/* Blocks as long as the library does. */
static enum status
link_make(const struct db_config *config, unsigned seconds, bool short_lived,
    MYSQL **out, struct error *err)
{
	MYSQL *link = mysql_init(NULL);
	enum status st;

	*out = NULL;
	if (link == NULL)
		abort();
	if (short_lived) {
		(void)mysql_options(link, MYSQL_OPT_READ_TIMEOUT, &seconds);
		(void)mysql_options(link, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
	}
	st = link_connect(link, config, seconds, err);
	if (st == ST_OK)
		*out = link;
	else
		mysql_close(link);
	return st;
}

static void
opening_free(struct opening *o)
{
	if (o->link != NULL)
		mysql_close(o->link);
	(void)pthread_cond_destroy(&o->finished);
	(void)pthread_mutex_destroy(&o->lock);
	mysql_place_leave(o->place);
	free(o);
}

static struct opening *
opening_make(struct mysql_place *place, int64_t left_ms)
{
	struct opening *o = calloc(1, sizeof(*o));

	if (o == NULL)
		abort();
	o->place = mysql_place_share(place);
	o->seconds = (unsigned)((left_ms + 999) / 1000);
	(void)pthread_mutex_init(&o->lock, NULL);
	cond_open(&o->finished);
	return o;
}

static void
opening_run(void *arg)
{
	struct opening *o = arg;
	bool abandoned;

	o->st =
	    link_make(&o->place->config, o->seconds, false, &o->link, &o->why);
	(void)pthread_mutex_lock(&o->lock);
	abandoned = o->abandoned;
	o->done = true;
	(void)pthread_cond_signal(&o->finished);
	(void)pthread_mutex_unlock(&o->lock);
	if (abandoned)
		opening_free(o);
}

/* False when the time is over: then the thread frees it. */
static bool
opening_wait(struct opening *o, int64_t left_ms)
{
	struct timespec until = cond_after(left_ms);
	bool waits = true;
	bool done;

	(void)pthread_mutex_lock(&o->lock);
	while (!o->done && waits)
		waits = cond_wait_until(&o->finished, &o->lock, &until);
	done = o->done;
	o->abandoned = !done;
	(void)pthread_mutex_unlock(&o->lock);
	return done;
}

enum status
mysql_link_open(struct mysql_place *place, int64_t deadline_ms, MYSQL **out,
    struct error *err)
{
	int64_t left = deadline_ms - clock_boot_ms();
	struct opening *o;
	enum status st;

	*out = NULL;
	if (left <= 0)
		return error_set(
		    err, ST_UNAVAILABLE, "no time is left to connect");
	if (left > OPEN_MAX_MS)
		left = OPEN_MAX_MS;
	o = opening_make(place, left);
	if (!mysql_helper_start(opening_run, o)) {
		opening_free(o);
		return error_set(err, ST_UNAVAILABLE,
		    "too many connects to the database hang");
	}
	if (!opening_wait(o, left))
		return error_set(
		    err, ST_UNAVAILABLE, "the database does not answer");
	st = o->st == ST_OK ? ST_OK : error_set(err, o->st, "%s", o->why.text);
	*out = o->link;
	o->link = NULL;
	opening_free(o);
	return st;
}

struct killing {
	struct mysql_place *place;
	unsigned long number;
};

static void
killing_run(void *arg)
{
	struct killing *k = arg;
	char sql[32];
	MYSQL *link;
	int n;

	if (link_make(&k->place->config, KILL_S, true, &link, NULL) == ST_OK) {
		n = snprintf(sql, sizeof(sql), "KILL %lu", k->number);
		(void)mysql_real_query(link, sql, (unsigned long)n);
		mysql_close(link);
	}
	mysql_place_leave(k->place);
	free(k);
}

void
mysql_link_kill(struct mysql_place *place, unsigned long number)
{
	struct killing *k = malloc(sizeof(*k));

	if (k == NULL)
		abort();
	*k = (struct killing){ mysql_place_share(place), number };
	if (mysql_helper_start(killing_run, k))
		return;
	mysql_place_leave(k->place);
	free(k);
}
