/* What the service of a request says of its body, before it is read. */
#ifndef WEIR_BODY_LIMIT_H
#define WEIR_BODY_LIMIT_H

struct request;

/* Sets body_limit and body_streams of a request that has been routed, in its
 * front: MAX_BODY and false where its service, if it is open, does not say
 * otherwise. */
void body_limit_set(struct request *req);

#endif
