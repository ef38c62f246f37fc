/* Keys, tokens, logins and mail: rows of option.h's table. */
#include "app/base/option_rows.h"

#include "app/base/lookup_modifier.h"
#include "app/base/option_check.h"
#include "app/base/settings.h"

#define DAY_SECONDS  INT64_C(86400)
#define YEAR_MINUTES INT64_C(525600)

/* clang-format off */
const struct option options_people[] = {
	{ .name = "APP_KEY", .type = OPTION_SECRET,
	  .offset = MEMBER(app_key), .fallback = "", .reload = true,
	  .valid = option_is_key, .expected = "base64 of 32 bytes, as `weir setup` "
	      "writes it",
	  .help = "The installation's master key, from which the keys for API "
	      "key hashes, tokens and stored credentials are derived. "
	      "`weir setup` writes one when it is missing." },
	{ .name = "APP_PREVIOUS_KEYS", .type = OPTION_SECRET,
	  .offset = MEMBER(app_previous_keys), .fallback = "", .reload = true,
	  .valid = option_is_key_list, .expected = "keys like APP_KEY with commas "
	      "between them",
	  .help = "Earlier values of APP_KEY, which still verify and decrypt "
	      "after a rotation." },
	{ .name = "ARGON_TIME", .type = OPTION_NUMBER,
	  .offset = MEMBER(argon_time), .fallback = "2",
	  .min = 1, .max = 16, .reload = true,
	  .help = "How often argon2id passes over its memory when it hashes "
	      "a password. Hashes that were made with other numbers verify, "
	      "and are made anew at the next login." },
	{ .name = "ARGON_MEMORY", .type = OPTION_NUMBER,
	  .offset = MEMBER(argon_memory), .fallback = "65536",
	  .min = 8192, .max = 1048576, .reload = true,
	  .help = "How many KiB of memory it takes for each. At most half of "
	      "the WORKERS hash at the same time." },
	{ .name = "DF_LOOKUP_MODIFIERS", .type = OPTION_TEXT,
	  .offset = MEMBER(lookup_modifiers),
	  .fallback = "strtoupper,strtolower,ucfirst,lcfirst,ucwords,"
	      "urlencode,urldecode,rawurlencode,rawurldecode,base64_encode,"
	      "base64_decode,trim",
	  .reload = true,
	  .valid = lookup_modifiers_check, .expected = "names of the default "
	      "value with commas between them",
	  .help = "The functions that lookups may use, as in "
	      "{strtolower(user.email)}." },
	{ .name = "JWT_SECRET", .type = OPTION_SECRET,
	  .offset = MEMBER(jwt_secret), .fallback = "", .reload = true,
	  .valid = option_is_long_secret, .expected = "at least 32 bytes",
	  .help = "What the tokens of sessions are signed with (HS256); empty "
	      "means a key derived from APP_KEY, which is better unless "
	      "another program must verify the tokens." },
	{ .name = "DF_JWT_TTL", .type = OPTION_NUMBER,
	  .offset = MEMBER(jwt_ttl), .fallback = "1440",
	  .min = 1, .max = YEAR_MINUTES, .reload = true,
	  .help = "For how many minutes a token is valid." },
	{ .name = "DF_JWT_REFRESH_TTL", .type = OPTION_NUMBER,
	  .offset = MEMBER(jwt_refresh_ttl), .fallback = "20160",
	  .min = 1, .max = 10 * YEAR_MINUTES, .reload = true,
	  .help = "For how many minutes after the log-in a session can be "
	      "given new tokens; then it ends." },
	{ .name = "DF_ALLOW_FOREVER_SESSIONS", .type = OPTION_BOOLEAN,
	  .offset = MEMBER(allow_forever_sessions), .fallback = "false",
	  .reload = true,
	  .help = "Whether a log-in with remember_me begins a session for "
	      "which DF_JWT_REFRESH_TTL counts anew with each new token." },
	{ .name = "DF_LOGIN_ATTRIBUTE", .type = OPTION_CHOICE,
	  .offset = MEMBER(login_attribute), .fallback = "email",
	  .choices = "email|username", .reload = true,
	  .help = "By what a user is known at the log-in." },
	{ .name = "LOGIN_FAILURES", .type = OPTION_NUMBER,
	  .offset = MEMBER(login_failures), .fallback = "10",
	  .min = 1, .max = 1000000, .reload = true,
	  .help = "How many log-ins of one account may fail within "
	      "LOGIN_FAILURES_TIME; further ones are answered 429, whatever "
	      "their password. Every host counts for itself." },
	{ .name = "LOGIN_FAILURES_HOST", .type = OPTION_NUMBER,
	  .offset = MEMBER(login_failures_host), .fallback = "100",
	  .min = 1, .max = 1000000, .reload = true,
	  .help = "How many from one address of a client, where who registers "
	      "counts, too; an IPv6 address counts with its /64 network." },
	{ .name = "LOGIN_FAILURES_TIME", .type = OPTION_SECONDS,
	  .offset = MEMBER(login_failures_time), .fallback = "15m",
	  .min = 1, .max = 7 * DAY_SECONDS, .reload = true,
	  .help = "The time in which they are counted, from the first "
	      "failure on." },
	{ .name = "AUTH_FAILURES", .type = OPTION_NUMBER,
	  .offset = MEMBER(auth_failures), .fallback = "100",
	  .min = 0, .max = 1000000, .reload = true,
	  .help = "How many wrong credentials of any kind, keys, tokens and "
	      "passwords, may come from one address of a client within "
	      "AUTH_FAILURES_TIME; further ones are answered 429, and right "
	      "ones as ever. A wrong key counts wherever it is sent, also "
	      "where none is needed, but not beside an administrator's token. "
	      "An IPv6 address counts with its /64 network, and every host "
	      "counts for itself. 0 counts nothing." },
	{ .name = "AUTH_FAILURES_TIME", .type = OPTION_SECONDS,
	  .offset = MEMBER(auth_failures_time), .fallback = "15m",
	  .min = 1, .max = 7 * DAY_SECONDS, .reload = true,
	  .help = "The time in which they are counted, from the first "
	      "failure on." },
	{ .name = "SENDMAIL", .type = OPTION_TEXT,
	  .offset = MEMBER(sendmail), .fallback = "", .reload = true,
	  .valid = option_is_command, .expected = "the path of a program and its "
	      "words",
	  .help = "What sends a mail that it is given, as in "
	      "\"/usr/sbin/sendmail -t -i\": codes by which users set a "
	      "password that they have forgotten. Empty means that "
	      "administrators set it." },
	{ .name = "MAIL_FROM_ADDRESS", .type = OPTION_TEXT,
	  .offset = MEMBER(mail_from), .fallback = "", .reload = true,
	  .valid = option_is_one_line, .expected = "an e-mail address",
	  .help = "Whom these mails are from; empty leaves it to the "
	      "program." },
	{ .name = "DF_CONFIRM_CODE_TTL", .type = OPTION_SECONDS,
	  .offset = MEMBER(confirm_code_ttl), .fallback = "24h",
	  .min = 60, .max = 30 * DAY_SECONDS, .reload = true,
	  .help = "How long such a code is good." },
};
/* clang-format on */

const size_t options_people_n =
    sizeof(options_people) / sizeof(options_people[0]);
