/* What APP_KEY and APP_PREVIOUS_KEYS lead to: a key for each purpose. */
#ifndef WEIR_APP_KEYS_H
#define WEIR_APP_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "app/base/status.h"

struct settings;

#define PREVIOUS_KEYS_MAX 8

/* APP_KEY's come first: what is written is written under them. Those of the
 * earlier keys still read. */
struct app_keys {
	size_t n;
	/* hash API keys */
	uint8_t pepper[1 + PREVIOUS_KEYS_MAX][SECRET_KEY_BYTES];
	/* seal the secrets of services */
	uint8_t credentials[1 + PREVIOUS_KEYS_MAX][SECRET_KEY_BYTES];
	/* hash the codes by which passwords are set */
	uint8_t codes[1 + PREVIOUS_KEYS_MAX][SECRET_KEY_BYTES];
	/* sign tokens; with JWT_SECRET there is one, made of that */
	struct secret_mac tokens[1 + PREVIOUS_KEYS_MAX];
	size_t n_tokens;
};

/*
 * ST_INVALID when APP_KEY is missing or wrong, an earlier one is wrong, or
 * there are more than PREVIOUS_KEYS_MAX of them. The caller wipes.
 */
enum status app_keys_read(
    const struct settings *settings, struct app_keys *out, struct error *err);

void app_keys_wipe(struct app_keys *keys);

#endif
