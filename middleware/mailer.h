/*
 * Mails on their way to the program that SENDMAIL names, one after the other,
 * by a thread of their own: nobody waits for them, and nobody can tell by the
 * time that an answer takes whether one was sent.
 */
#ifndef WEIR_MAILER_H
#define WEIR_MAILER_H

#include "app/base/status.h"
#include "app/base/str.h"

struct mailer;

struct mailer *mailer_new(void);

/* Sends what is under way first. NULL is harmless. */
void mailer_free(struct mailer *m);

/*
 * Any thread: the mail, head and text, goes to the command's standard input.
 * The command is the path of a program and its words, with blanks between
 * them; there is no shell. What becomes of it is logged. Both are copied, and
 * the text is wiped in the end. ST_FULL: too many are under way.
 */
enum status mailer_send(
    struct mailer *m, const char *command, struct str mail, struct error *err);

#endif
