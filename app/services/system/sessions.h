/*
 * The sessions of all users, for those who administer: GET lists those of
 * ?user_id=, or the youngest of all; DELETE ends one, or with ?user_id= all of
 * a user. Worker only.
 */
#ifndef WEIR_SERVICES_SYSTEM_SESSIONS_H
#define WEIR_SERVICES_SYSTEM_SESSIONS_H

struct account_call;

void sessions_handle(struct account_call *c);

#endif
