/*
 * hello_epoll SOCKET THREADS: a constant answer behind the epoll dispatch of
 * responder.c; what libfcgi can do when connections belong to no thread.
 */
#include <err.h>
#include <stdlib.h>

#include "tests/bench/responder.h"

static void
hello_answer(void *state, FCGX_Request *r)
{
	(void)state;
	(void)FCGX_PutS("Content-Type: application/json\r\n\r\n", r->out);
	(void)FCGX_PutS(responder_hello, r->out);
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		errx(2, "usage: hello_epoll SOCKET THREADS");
	responder_run(&(struct responder){ .path = argv[1],
	    .threads = atoi(argv[2]),
	    .answer = hello_answer });
	return 0;
}
