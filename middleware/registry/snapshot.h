/*
 * What the platform knows at one moment: services, apps with their keys,
 * roles, limits. Immutable and reference-counted; a request pins one and sees
 * nothing of later changes.
 */
#ifndef WEIR_SNAPSHOT_H
#define WEIR_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/limit_words.h"
#include "middleware/registry/lookups.h"

struct app_keys;
struct cors_rules;
struct declared;
struct limit_index;
struct networks;
struct row_filters;
struct service_type;
struct settings;
struct snapshot;

struct service {
	int64_t id;
	struct str name; /* lower case */
	struct str label;
	struct str description;
	struct str type_name;
	struct str config; /* JSON text of an object; see config_seal.h */
	/* Of its name and config: two services of equal ones are the same. */
	uint8_t fingerprint[DIGEST_BYTES];
	bool active;
	bool cache_enabled;
	bool filtered;                   /* a role has row filters for it */
	int64_t cache_ttl;               /* seconds, never 0 when enabled */
	struct lookups lookups;          /* that its config names */
	const struct service_type *type; /* NULL: this weir has no such type */
	void *instance;                  /* NULL when it could not be opened: */
	const char *open_error;          /* why */
};

/* A row of role_service_access. */
struct access {
	int64_t service_id;   /* 0: all services */
	struct str component; /* lower case, without "/" at its ends */
	unsigned verb_mask;   /* enum method */
	unsigned requestor_mask;
	const struct row_filters *filters; /* NULL: of every row */
};

struct role {
	int64_t id;
	struct str name;
	bool active;
	const struct access *rows;
	size_t n_rows;
	struct lookups lookups; /* of its own, none of them private */
	/* What its row filters look up, each of it once: what stands between
	 * braces. Two callers may share cached answers only when it has the
	 * same values for both. */
	const struct str *looked_up;
	size_t n_looked_up;
	/* Of everything in the role that can change an answer: two roles with
	 * equal fingerprints may share cached answers. */
	uint8_t fingerprint[DIGEST_BYTES];
};

struct app {
	int64_t id;
	struct str name;
	bool active;
	const struct role *role; /* default role, NULL: none */
	struct lookups lookups;  /* of its own, none of them private */
};

/* An API key: which app it names. */
struct app_key {
	uint8_t hash[SECRET_HASH_BYTES];
	const struct app *app;
	int64_t expires_ms; /* Unix time, 0: never */
};

struct limit {
	int64_t id;
	struct str name;
	struct str description;
	enum limit_type type;
	int64_t app_id, user_id, role_id, service_id; /* 0: does not matter */
	struct str endpoint; /* without "*" and what follows, if it is_prefix */
	bool is_prefix;
	unsigned verb_mask; /* 0: every verb */
	uint32_t rate;      /* 1 to CACHE_COUNT_MAX */
	uint32_t period;    /* seconds */
	enum cache_algorithm algorithm;
	uint32_t burst; /* of CACHE_GCRA: 1 to rate */
	bool own_burst; /* else it is the rate */
	bool lockout;
	bool dry_run;
	struct str key;      /* of its counter */
	struct str key_text; /* as people read it */
};

/* NULL when there is none. The service's name must be lower case. */
const struct service *snapshot_service(
    const struct snapshot *s, struct str name);

/*
 * What a key as a client sends it names, or NULL. It is looked up by its keyed
 * hash, under APP_KEY and then under each of APP_PREVIOUS_KEYS, and compared in
 * constant time. An expired key is found too: see expires_ms.
 */
const struct app_key *snapshot_key(const struct snapshot *s, struct str key);

/* NULL when there is none of that id. */
const struct role *snapshot_role(const struct snapshot *s, int64_t id);

/* The same for apps; one that is not active is found too. */
const struct app *snapshot_app(const struct snapshot *s, int64_t id);

/* What tokens are signed with: the first of *n signs, each verifies. */
const struct secret_mac *snapshot_token_keys(
    const struct snapshot *s, size_t *n);

/* What the env file declares. */
const struct declared *snapshot_declared(const struct snapshot *s);

/* The keys of APP_KEY. */
const struct app_keys *snapshot_app_keys(const struct snapshot *s);

/* All services, sorted by name. */
const struct service *snapshot_services(const struct snapshot *s, size_t *n);

/* All active limits, by those they may apply to. */
const struct limit_index *snapshot_limits(const struct snapshot *s);

/* The lookups of the system, private ones too. */
const struct lookups *snapshot_lookups(const struct snapshot *s);

/* What pages of other origins may. */
const struct cors_rules *snapshot_cors(const struct snapshot *s);

/* The settings this snapshot was made under; they live as long as it. */
const struct settings *snapshot_settings(const struct snapshot *s);

/* Their TRUSTED_PROXIES. */
const struct networks *snapshot_proxies(const struct snapshot *s);

/* Any thread: one more, one less holder. The last one frees it. */
struct snapshot *snapshot_ref(struct snapshot *s);
void snapshot_unref(struct snapshot *s);

#endif
