/* People who register themselves, where the service allows it. */
#ifndef WEIR_SERVICES_USER_REGISTER_H
#define WEIR_SERVICES_USER_REGISTER_H

struct account_call;

void account_register(struct account_call *c);

#endif
