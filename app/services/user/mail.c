#include "app/services/user/mail.h"

#include "app/base/buf.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "middleware/mailer.h"
#include "middleware/people.h"
#include "middleware/request.h"

bool
mail_is_on(const struct settings *settings)
{
	return settings->sendmail[0] != '\0';
}

/* No line can be smuggled in, and no option of the program. */
static bool
is_address(struct str email)
{
	for (size_t i = 0; i < email.n; i++) {
		unsigned char c = (unsigned char)email.p[i];

		if (c <= ' ' || c == 0x7F)
			return false;
	}
	return email.n > 0 && email.p[0] != '-';
}

static void
code_put(struct buf *b, const struct settings *settings, struct str email,
    const char *code)
{
	if (settings->mail_from[0] != '\0')
		buf_printf(b, "From: %s\n", settings->mail_from);
	buf_printf(b,
	    "To: %.*s\n"
	    "Subject: Your password\n"
	    "Content-Type: text/plain; charset=utf-8\n"
	    "Auto-Submitted: auto-generated\n"
	    "\n"
	    "Somebody, most likely you, asked for a new password. This code "
	    "sets it:\n"
	    "\n"
	    "%s\n"
	    "\n"
	    "If it was not you, nothing need be done: the code ends by "
	    "itself.\n",
	    STR_ARG(email), code);
}

enum status
mail_code(
    struct request *req, struct str email, const char *code, struct error *err)
{
	struct buf text = buf_in(req->arena);
	enum status st;

	if (!is_address(email))
		return error_set(
		    err, ST_INVALID, "a user has an e-mail that cannot be");
	code_put(&text, req->settings, email, code);
	st = mailer_send(
	    req->people->mailer, req->settings->sendmail, buf_str(&text), err);
	secret_wipe(text.p, text.n);
	return st;
}
