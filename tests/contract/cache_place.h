/*
 * The place where the real store of a test runs: a folder of its own, and the
 * servers that were started for it. What is done to a store depends on the
 * kind of its place; each test program has the kinds of one place_*.c.
 *
 * The questions are asked of each kind by name ("redis-tls: question"). Other
 * processes find the store by the kind's name and the folder: whatever they
 * must know is saved in there.
 */
#ifndef WEIR_TESTS_CACHE_PLACE_H
#define WEIR_TESTS_CACHE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "drivers/db/db.h"
#include "tests/support/daemon.h"
#include "tests/support/folder.h"

struct cache_config;

#define PLACE_SERVERS    8
#define PLACE_TEXT_BYTES 4096

struct place {
	const struct place_kind *kind;
	char folder[FOLDER_PATH_BYTES];
	struct daemon servers[PLACE_SERVERS]; /* of whoever started them */
	size_t n_servers;
	struct db_config db; /* what config->db may point to */
	char text[PLACE_TEXT_BYTES];
	size_t text_used;
};

/* What a store does when it holds place_kind.memory bytes. */
enum place_bound {
	PLACE_GROWS,        /* it is not bounded by itself */
	PLACE_REFUSES,      /* ST_FULL */
	PLACE_EVICTS,       /* it takes all that comes, and drops others */
	PLACE_EVICTS_UNUSED /* and keeps what is read now and then */
};

/*
 * NULL functions: there is nothing to do. Those from kill() on are for stores
 * that have servers, all four or none: place_servers_*() do what they say to
 * each of place->servers.
 */
struct place_kind {
	const char *name;
	const char *driver;
	/* Batches are run by submit() and reap() instead of exec(). */
	bool loop;
	bool cannot_list;
	/* The incarnation never tells anything: see the driver's header. */
	bool constant_incarnation;
	/* cache_config.prefix keeps two stores apart in one place. */
	bool prefixed;
	enum place_bound bound;
	size_t memory; /* bytes that it may hold about; 0: FIXTURE_MEMORY */
	/* Starts an empty store in place->folder. */
	void (*start)(struct place *place);
	void (*stop)(struct place *place);
	/* Empties it while nobody uses it: its life ends. */
	void (*wipe)(struct place *place);
	/* Fills in what leads to the store, from the folder only. The texts
	 * live as long as the place. */
	void (*config)(struct place *place, struct cache_config *out);
	/* The same with a password that is wrong; NULL: it has none. */
	void (*wrong_password)(struct place *place, struct cache_config *out);
	/* Spoils what the store has kept, while nobody uses it, in one way or
	 * another: false when there is no such way. */
	bool (*damage)(struct place *place, unsigned how);
	void (*kill)(struct place *place);
	void (*restart)(struct place *place);
	void (*pause)(struct place *place);
	void (*resume)(struct place *place);
};

/* The kinds of this program; NULL ends the list. Defined by its place_*.c. */
extern const struct place_kind *const place_kinds[];

/* NULL when this program has none of that name. */
const struct place_kind *place_kind_find(const char *name);

/* Makes the folder and starts an empty store; asserts that it can. */
void place_start(struct place *place, const struct place_kind *kind);

/* Ends it, whatever state it is in, and removes the folder. */
void place_stop(struct place *place);

/* As another process, which starts and stops nothing. */
void place_join(
    struct place *place, const struct place_kind *kind, const char *folder);

/* Starts one more of place->servers; its log is in the folder. */
struct daemon *place_serve(
    struct place *place, const char *const *argv, int port, const char *socket);

void place_servers_stop(struct place *place);
void place_servers_kill(struct place *place);
void place_servers_restart(struct place *place);
void place_servers_pause(struct place *place);
void place_servers_resume(struct place *place);

/* A text that lives as long as the place. */
const char *place_text(struct place *place, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A word that other processes will load, in a file of the folder. */
void place_save(struct place *place, const char *name, const char *word);
const char *place_load(struct place *place, const char *name);

#endif
