/*
 * What Laravel's Crypt has encrypted under an APP_KEY: base64 of a JSON object
 * of iv, value and mac, each base64 but the last; AES in CBC mode, and an
 * HMAC-SHA256 over the texts of iv and value. What was encrypted is the text,
 * or what PHP's serialize() made of it.
 */
#ifndef WEIR_IMPORT_LARAVEL_H
#define WEIR_IMPORT_LARAVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

#define LARAVEL_KEY_MAX  32
#define LARAVEL_TEXT_MAX 1048576 /* bytes of one */

struct laravel {
	uint8_t key[LARAVEL_KEY_MAX];
	size_t key_n; /* 0: there is none */
	struct secret_mac mac;
	size_t opened;  /* so many texts */
	size_t refused; /* so many were of another key, or damaged */
};

/*
 * The key as APP_KEY has it: "base64:" and base64, or the bytes themselves, 16
 * or 32 of them; "APP_KEY=" in front and quotes around do not matter.
 * ST_INVALID when it is none. The caller wipes.
 */
enum status laravel_key_read(
    struct laravel *out, struct str text, struct error *err);

void laravel_wipe(struct laravel *l);

enum laravel_text {
	LARAVEL_CLEAR,  /* it was not encrypted, or is no text */
	LARAVEL_OPENED, /* *clear is what it said, in the arena */
	LARAVEL_REFUSED
};

/* *clear is the text itself unless it was opened; STR_NULL for PHP's null. */
enum laravel_text laravel_open(
    struct laravel *l, struct arena *arena, struct str text, struct str *clear);

#endif
