#include "middleware/meters.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/log.h"
#include "app/base/settings.h"
#include "drivers/cache/cache_folder.h"
#include "middleware/meters_file.h"

#define FILE_NAME "metrics-4" /* 4: of this layout */

#define PLACES_AT 1128
#define ROUTES_AT (PLACES_AT + 24 * METER_PLACES)

/* Of a host; each is a thread of a process that runs. */
#define SHEETS_MAX 1024u

/* Where this or the code of a place changes, processes of two versions must not
 * share a file: change FILE_NAME, too. */
_Static_assert(offsetof(struct meter, places) == PLACES_AT, "a new layout");
_Static_assert(offsetof(struct meter, routes) == ROUTES_AT, "a new layout");
_Static_assert(sizeof(struct meter) <= SHEET_BYTES, "a sheet holds a meter");

static int
file_in(const char *path, struct error *err)
{
	struct cache_folder folder;
	int fd;

	if (cache_folder_open(&folder, path, err) != ST_OK)
		return -1;
	fd = openat(folder.fd, FILE_NAME,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		(void)error_set(err, ST_UNAVAILABLE, "cannot open %s/%s: %s",
		    folder.path, FILE_NAME, strerror(errno));
	else
		cache_folder_adopt(&folder, FILE_NAME);
	cache_folder_close(&folder);
	return fd;
}

/* Alone, in memory. */
static int
file_apart(const struct error *why)
{
	log_line(LOG_WARNING, STR_NULL,
	    "metrics: %s; this process counts for itself", why->text);
	return memfd_create(FILE_NAME, MFD_CLOEXEC);
}

/* A lock of the open file: it is this process's, whatever thread took it. */
static bool
sheet_lock(const struct meters *m, size_t i)
{
	struct flock lock = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = (off_t)(i * SHEET_BYTES),
		.l_len = 1 };

	return fcntl(m->fd, F_OFD_SETLK, &lock) == 0;
}

/* NULL: there is no room for it. */
static struct meter *
sheet_map(const struct meters *m, size_t i)
{
	off_t at = (off_t)(i * SHEET_BYTES);
	void *p;

	if (posix_fallocate(m->fd, at, (off_t)SHEET_BYTES) != 0)
		return NULL;
	p = mmap(
	    NULL, SHEET_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, at);
	return p == MAP_FAILED ? NULL : p;
}

/* The first that nobody has, behind those this process has taken. */
static struct meter *
sheet_take(struct meters *m)
{
	struct meter *sheet;

	while (m->next < SHEETS_MAX && !sheet_lock(m, m->next))
		m->next++;
	if (m->next == SHEETS_MAX)
		return NULL;
	sheet = sheet_map(m, m->next);
	if (sheet == NULL)
		return NULL;
	m->mine[m->next++] = sheet;
	for (int g = 0; g < METER_GAUGES; g++)
		atomic_store(&sheet->gauge[g], 0);
	return sheet;
}

enum status
meters_open(const char *folder, struct meters **out, struct error *err)
{
	struct error why = { 0 };
	struct meters *m = calloc(1, sizeof(*m));

	if (m == NULL)
		abort();
	m->mine = calloc(SHEETS_MAX, sizeof(struct meter *));
	if (m->mine == NULL)
		abort();
	(void)pthread_mutex_init(&m->lock, NULL);
	m->fd = file_in(folder, &why);
	if (m->fd < 0)
		m->fd = file_apart(&why);
	m->first = m->fd < 0 ? NULL : sheet_take(m);
	if (m->first == NULL) {
		meters_close(m);
		return error_set(err, ST_UNAVAILABLE,
		    "METRICS: no room to count in %s: free some, or set "
		    "METRICS=off",
		    folder);
	}
	*out = m;
	return ST_OK;
}

bool
meters_wanted(const struct settings *settings)
{
	return strcmp(settings->metrics, "off") != 0 ||
	       settings->metrics_key[0] != '\0';
}

enum status
meters_begin(
    const struct settings *settings, struct meters **out, struct error *err)
{
	bool wanted = meters_wanted(settings);
	enum status st;

	if (!wanted && !settings->console)
		return ST_OK;
	st = meters_open(settings->cache_path, out, err);
	if (st == ST_OK || wanted)
		return st;
	log_line(
	    LOG_WARNING, STR_NULL, "%s; the console has no charts", err->text);
	return ST_OK;
}

void
meters_close(struct meters *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->next; i++)
		if (m->mine[i] != NULL)
			(void)munmap(m->mine[i], SHEET_BYTES);
	if (m->fd >= 0)
		(void)close(m->fd);
	(void)pthread_mutex_destroy(&m->lock);
	free(m->mine);
	free(m);
}

struct meter *
meters_sheet(struct meters *m)
{
	struct meter *sheet;

	(void)pthread_mutex_lock(&m->lock);
	sheet = sheet_take(m);
	(void)pthread_mutex_unlock(&m->lock);
	return sheet == NULL ? m->first : sheet;
}

void
meters_dropped(struct meters *m, enum log_which which, uint64_t n)
{
	(void)atomic_fetch_add_explicit(
	    &m->first->dropped[which], n, memory_order_relaxed);
}

void
meters_gauge(struct meters *m, enum meter_gauge gauge, int64_t value)
{
	atomic_store_explicit(
	    &m->first->gauge[gauge], value, memory_order_relaxed);
}
