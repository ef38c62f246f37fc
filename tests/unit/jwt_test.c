#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/base64.h"
#include "app/base/buf.h"
#include "app/base/secret.h"
#include "middleware/jwt.h"

#define NOW 1700000000

/* RFC 7515 appendix A.1, which is the example of RFC 7519 section 3.1. */
#define RFC_KEY                                                                \
	"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4"  \
	"hcgUuTwjAzZr1Z9CAow"
#define RFC_TOKEN                                                              \
	"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."                            \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl" \
	"LmNvbS9pc19yb290Ijp0cnVlfQ."                                          \
	"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

/* RFC 7519 section 6.1: nobody has signed it. */
#define UNSIGNED_TOKEN                                                         \
	"eyJhbGciOiJub25lIn0."                                                 \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl" \
	"LmNvbS9pc19yb290Ijp0cnVlfQ."

static const struct jwt claims = {
	.issuer = { "weir", 4 },
	.id = { "0123456789abcdef", 16 },
	.subject = { "s", 1 },
	.issued = NOW,
	.expires = NOW + 60,
	.not_before = NOW,
	.user_id = 7,
	.forever = true,
};

struct fixture {
	struct arena arena;
	struct secret_mac key;
};

static int
setup(void **state)
{
	static struct fixture fix;

	if (!secret_init())
		return -1;
	arena_init(&fix.arena, 4096);
	secret_mac_key(&fix.key, STR("a key of any length"));
	*state = &fix;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fix = *state;

	arena_close(&fix->arena);
	return 0;
}

static enum status
verify(struct fixture *fix, struct str token, struct jwt *out)
{
	return jwt_read(&fix->arena, &fix->key, 1, token, NOW, out, NULL);
}

/* A token of any text, well signed. */
static struct str
token_of(struct fixture *fix, const char *header, const char *text)
{
	struct buf b = buf_in(&fix->arena);
	uint8_t mac[SECRET_MAC_BYTES];

	base64url_put(&b, str_of(header));
	buf_put_char(&b, '.');
	base64url_put(&b, str_of(text));
	secret_mac(&fix->key, buf_str(&b), mac);
	buf_put_char(&b, '.');
	base64url_put(&b, str_make((const char *)mac, sizeof(mac)));
	return buf_str(&b);
}

static void
what_is_signed_is_read_again(void **state)
{
	struct fixture *fix = *state;
	struct jwt out;

	assert_int_equal(
	    verify(fix, jwt_sign(&fix->arena, &fix->key, &claims), &out),
	    ST_OK);
	assert_true(str_eq(out.issuer, claims.issuer));
	assert_true(str_eq(out.id, claims.id));
	assert_true(str_eq(out.subject, claims.subject));
	assert_int_equal(out.issued, claims.issued);
	assert_int_equal(out.expires, claims.expires);
	assert_int_equal(out.not_before, claims.not_before);
	assert_int_equal(out.user_id, claims.user_id);
	assert_true(out.forever);
}

static void
the_example_of_the_standard_holds(void **state)
{
	struct fixture *fix = *state;
	struct secret_mac key;
	struct json got;
	struct str bytes;
	int64_t expires = 0;

	assert_true(base64url_decode(&fix->arena, STR(RFC_KEY), &bytes));
	assert_int_equal(bytes.n, 64);
	secret_mac_key(&key, bytes);
	assert_int_equal(
	    jwt_open(&fix->arena, &key, 1, STR(RFC_TOKEN), &got, NULL), ST_OK);
	assert_true(
	    json_to_i64(json_get(&fix->arena, got, STR("exp")), &expires));
	assert_int_equal(expires, 1300819380);
	assert_int_equal(
	    jwt_open(&fix->arena, &fix->key, 1, STR(RFC_TOKEN), &got, NULL),
	    ST_INVALID);
}

static void
any_of_the_keys_will_do(void **state)
{
	struct fixture *fix = *state;
	struct secret_mac keys[2];
	struct jwt out;
	struct str token = jwt_sign(&fix->arena, &fix->key, &claims);

	secret_mac_key(&keys[0], STR("a newer one"));
	keys[1] = fix->key;
	assert_int_equal(
	    jwt_read(&fix->arena, keys, 2, token, NOW, &out, NULL), ST_OK);
	assert_int_equal(
	    jwt_read(&fix->arena, keys, 1, token, NOW, &out, NULL), ST_INVALID);
	assert_int_equal(
	    jwt_read(&fix->arena, keys, 0, token, NOW, &out, NULL), ST_INVALID);
}

static void
each_byte_counts(void **state)
{
	struct fixture *fix = *state;
	struct str token = jwt_sign(&fix->arena, &fix->key, &claims);

	for (size_t i = 0; i < token.n; i++) {
		struct str other = arena_dup(&fix->arena, token);
		char *p = (char *)(uintptr_t)other.p;
		struct jwt out;

		p[i] = p[i] == 'A' ? 'B' : 'A';
		assert_int_equal(verify(fix, other, &out), ST_INVALID);
		assert_int_equal(
		    verify(fix, str_make(token.p, i), &out), ST_INVALID);
	}
}

static void
no_other_algorithm_is_taken(void **state)
{
	static const char *const headers[] = {
		"{\"alg\":\"none\"}",
		"{\"alg\":\"None\"}",
		"{\"alg\":\"\"}",
		"{\"alg\":\"hs256\"}",
		"{\"alg\":\"HS512\"}",
		"{\"alg\":\"RS256\"}",
		"{\"alg\":[\"HS256\"]}",
		"{\"alg\":null}",
		"{\"typ\":\"JWT\"}",
		"{\"alg\":\"HS256\",\"alg\":\"none\"}",
		"{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
		"\"HS256\"",
		"",
	};
	struct fixture *fix = *state;
	struct json out;

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		assert_int_equal(
		    jwt_open(&fix->arena, &fix->key, 1,
			token_of(fix, headers[i], "{}"), &out, NULL),
		    ST_INVALID);
	assert_int_equal(
	    jwt_open(&fix->arena, &fix->key, 1,
		token_of(fix, "{\"alg\":\"HS256\",\"kid\":\"1\"}", "{}"), &out,
		NULL),
	    ST_OK);
	assert_int_equal(jwt_open(&fix->arena, &fix->key, 1,
			     STR(UNSIGNED_TOKEN), &out, NULL),
	    ST_INVALID);
}

static void
what_is_no_token_is_refused(void **state)
{
	static const char *const texts[] = { "", ".", "..", "...", "a.b.c",
		"a.b", "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9",
		"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9..",
		"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.e30.",
		"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.e30.====" };
	struct fixture *fix = *state;
	struct str token = jwt_sign(&fix->arena, &fix->key, &claims);
	char *longer = arena_alloc(&fix->arena, JWT_BYTES_MAX + 1);
	struct jwt out;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(
		    verify(fix, str_of(texts[i]), &out), ST_INVALID);
	memset(longer, 'A', JWT_BYTES_MAX + 1);
	memcpy(longer, token.p, token.n);
	assert_int_equal(
	    verify(fix, str_make(longer, JWT_BYTES_MAX + 1), &out), ST_INVALID);
}

static void
no_claim_of_a_session_may_be_absent_or_wrong(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"1",
		"{\"iat\":1,\"exp\":2,\"sub\":\"s\",\"user_id\":3,"
		"\"forever\":false}",
		"{\"jti\":\"i\",\"exp\":2,\"sub\":\"s\",\"user_id\":3,"
		"\"forever\":false}",
		"{\"jti\":\"i\",\"iat\":1,\"sub\":\"s\",\"user_id\":3,"
		"\"forever\":false}",
		"{\"jti\":\"i\",\"iat\":1,\"exp\":2,\"user_id\":3,"
		"\"forever\":false}",
		"{\"jti\":\"i\",\"iat\":1,\"exp\":2,\"sub\":\"s\","
		"\"forever\":false}",
		"{\"jti\":\"i\",\"iat\":1,\"exp\":2,\"sub\":\"s\","
		"\"user_id\":3}",
		"{\"jti\":\"i\",\"iat\":1,\"exp\":2,\"sub\":\"s\","
		"\"user_id\":\"3\",\"forever\":false}",
		"{\"jti\":\"i\",\"iat\":1,\"exp\":1e9,\"sub\":\"s\","
		"\"user_id\":3,\"forever\":false}",
		"{\"jti\":\"a b\",\"iat\":1,\"exp\":2,\"sub\":\"s\","
		"\"user_id\":3,\"forever\":false}",
		"{\"jti\":\"\",\"iat\":1,\"exp\":2,\"sub\":\"s\","
		"\"user_id\":3,\"forever\":false}",
		"{\"jti\":\"i\",\"iat\":1,\"exp\":2,\"sub\":null,"
		"\"user_id\":3,\"forever\":false}",
		"{\"jti\":\"i\",\"iat\":1,\"exp\":2,\"sub\":\"s\","
		"\"user_id\":3,\"forever\":1}",
		"{\"jti\":\"i\",\"iat\":1,\"exp\":2,\"sub\":\"s\","
		"\"user_id\":3,\"forever\":false,\"nbf\":\"0\"}",
	};
	static const char good[] =
	    "{\"jti\":\"i\",\"iat\":1,\"exp\":2,\"sub\":\"s\",\"user_id\":3,"
	    "\"forever\":false,\"more\":{}}";
	struct fixture *fix = *state;
	struct jwt out;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(
		    verify(fix, token_of(fix, "{\"alg\":\"HS256\"}", texts[i]),
			&out),
		    ST_INVALID);
	assert_int_equal(
	    verify(fix, token_of(fix, "{\"alg\":\"HS256\"}", good), &out),
	    ST_OK);
	assert_true(str_is_null(out.issuer));
	assert_int_equal(out.not_before, 0);
}

static void
a_token_of_tomorrow_is_not_valid_today(void **state)
{
	struct fixture *fix = *state;
	struct jwt later = claims, out;

	later.not_before = NOW + JWT_LEEWAY_SECONDS;
	assert_int_equal(
	    verify(fix, jwt_sign(&fix->arena, &fix->key, &later), &out), ST_OK);
	later.not_before++;
	assert_int_equal(
	    verify(fix, jwt_sign(&fix->arena, &fix->key, &later), &out),
	    ST_INVALID);
	later = claims;
	later.issued = NOW + JWT_LEEWAY_SECONDS + 1;
	assert_int_equal(
	    verify(fix, jwt_sign(&fix->arena, &fix->key, &later), &out),
	    ST_INVALID);
}

static void
an_expired_one_is_still_read(void **state)
{
	struct fixture *fix = *state;
	struct jwt past = claims, out;

	past.issued = past.not_before = 1;
	past.expires = 2;
	assert_int_equal(
	    verify(fix, jwt_sign(&fix->arena, &fix->key, &past), &out), ST_OK);
	assert_int_equal(out.expires, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_signed_is_read_again),
		cmocka_unit_test(the_example_of_the_standard_holds),
		cmocka_unit_test(any_of_the_keys_will_do),
		cmocka_unit_test(each_byte_counts),
		cmocka_unit_test(no_other_algorithm_is_taken),
		cmocka_unit_test(what_is_no_token_is_refused),
		cmocka_unit_test(no_claim_of_a_session_may_be_absent_or_wrong),
		cmocka_unit_test(a_token_of_tomorrow_is_not_valid_today),
		cmocka_unit_test(an_expired_one_is_still_read),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
