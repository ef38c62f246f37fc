#include "app/round.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "app/base/log.h"
#include "app/base/settings.h"
#include "app/call.h"
#include "app/trip.h"
#include "middleware/lane.h"
#include "middleware/stores.h"

/* The way to one store. */
struct route {
	struct store *store; /* the lane holds it */
	struct lane *lane;
	/* of this turn, not sent yet: one for each time that calls give it */
	struct trip *gathering;
	struct route *next;
};

struct rounds {
	struct stores_shared *stores;
	int epoll_fd; /* of the lanes */
	struct route *routes;
	unsigned epoch; /* of the store table, when last tidied */
	uint32_t group; /* the last number given to a group of counters */
	struct call *ready;
	struct call **ready_tail;
	struct trip_pool idle;
};

enum status
rounds_open(
    struct stores_shared *stores, struct rounds **out, struct error *err)
{
	struct rounds *r = calloc(1, sizeof(*r));

	if (r == NULL)
		abort();
	r->stores = stores;
	r->epoch = store_table_epoch(stores->table);
	r->ready_tail = &r->ready;
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (r->epoll_fd < 0) {
		free(r);
		return error_set(err, ST_ERROR, "epoll: %s", strerror(errno));
	}
	*out = r;
	return ST_OK;
}

static void
route_close(struct route *route)
{
	lane_close(route->lane);
	trip_list_free(route->gathering);
	free(route);
}

void
rounds_close(struct rounds *r)
{
	if (r == NULL)
		return;
	while (r->routes != NULL) {
		struct route *route = r->routes;

		r->routes = route->next;
		route_close(route);
	}
	trip_pool_free(&r->idle);
	(void)close(r->epoll_fd);
	free(r);
}

int
rounds_fd(const struct rounds *r)
{
	return r->epoll_fd;
}

static bool
lane_watch(const struct rounds *r, struct lane *lane)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = lane };
	int fd = lane_fd(lane);

	return fd < 0 || epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static struct route *
route_new(struct rounds *r, struct store *store)
{
	struct route *route;
	struct lane *lane = NULL;
	struct error err = { 0 };

	if (lane_open(store, &lane, &err) != ST_OK) {
		log_line(LOG_ERROR, STR_NULL, "store %s: %s",
		    store->driver->name, err.text);
		return NULL;
	}
	if (!lane_watch(r, lane)) {
		log_line(LOG_ERROR, STR_NULL, "store %s: epoll: %s",
		    store->driver->name, strerror(errno));
		lane_close(lane);
		return NULL;
	}
	route = calloc(1, sizeof(*route));
	if (route == NULL)
		abort();
	route->store = store;
	route->lane = lane;
	route->next = r->routes;
	r->routes = route;
	return route;
}

/* NULL: there is no way now, as when descriptors are short. */
static struct route *
route_to(struct rounds *r, struct store *store)
{
	struct route *route = r->routes;

	while (route != NULL && route->store != store)
		route = route->next;
	return route == NULL ? route_new(r, store) : route;
}

static void
send_gathered(struct route *route)
{
	struct trip *trip = route->gathering;

	route->gathering = NULL;
	while (trip != NULL) {
		struct trip *next = trip->next;

		trip_send(trip, route->lane);
		trip = next;
	}
}

/* The trip that takes n more operations of a call that waits so long. */
static struct trip *
trip_for(struct rounds *r, struct route *route, size_t n, int64_t timeout_ms)
{
	struct trip **at = &route->gathering;
	struct trip *trip;

	while (*at != NULL && (*at)->timeout_ms != timeout_ms)
		at = &(*at)->next;
	trip = *at;
	if (trip != NULL && trip_has_room(trip, n))
		return trip;
	if (trip != NULL) {
		*at = trip->next;
		trip_send(trip, route->lane);
	}
	trip = trip_take(&r->idle, timeout_ms);
	trip->next = route->gathering;
	route->gathering = trip;
	return trip;
}

static void
batch_fail(struct batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		batch->ops[i].status = ST_UNAVAILABLE;
}

static int64_t
timeout_of(const struct request *req, enum store_use use)
{
	if (use == STORE_SERVICE && req->store_timeout != 0)
		return req->store_timeout;
	return req->settings->store_timeout;
}

static void
use_add(struct rounds *r, struct call *call, enum store_use use)
{
	struct request *req = &call->req;
	struct batch *batch = &req->batch[use];
	struct route *route;
	struct trip *trip;

	if (batch->n == 0)
		return;
	route = route_to(r, stores_of_request(req, use));
	if (route == NULL) {
		batch_fail(batch);
		return;
	}
	trip = trip_for(r, route, batch->n, timeout_of(req, use));
	trip_add(trip, call, batch, &r->group);
}

static void
ready_put(struct rounds *r, struct call *call)
{
	call->next = NULL;
	*r->ready_tail = call;
	r->ready_tail = &call->next;
}

/* The limits first: what they refuse is not asked for twice. */
void
rounds_add(struct rounds *r, struct call *call)
{
	static const enum store_use uses[] = { STORE_LIMIT, STORE_SESSION,
		STORE_CACHE, STORE_SERVICE };

	call->rounds = 0;
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		use_add(r, call, uses[i]);
	call->asked = call->rounds > 0;
	if (!call->asked)
		ready_put(r, call);
}

static void
trip_end(struct rounds *r, struct trip *trip)
{
	for (size_t i = 0; i < trip->n_calls; i++) {
		struct call *call = trip->calls[i];

		if (--call->rounds == 0)
			ready_put(r, call);
	}
	trip_give(&r->idle, trip);
}

static void
route_reap(struct rounds *r, struct route *route, int64_t now_ms)
{
	struct cache_batch *batch = lane_reap(route->lane, now_ms);

	while (batch != NULL) {
		struct cache_batch *next = batch->next;

		trip_end(r, batch->owner);
		batch = next;
	}
}

void
rounds_send(struct rounds *r)
{
	for (struct route *route = r->routes; route != NULL;
	     route = route->next) {
		send_gathered(route);
		if (lane_fd(route->lane) < 0)
			route_reap(r, route, 0);
	}
}

void
rounds_reap(struct rounds *r, int64_t now_ms)
{
	for (struct route *route = r->routes; route != NULL;
	     route = route->next)
		if (lane_fd(route->lane) >= 0)
			route_reap(r, route, now_ms);
}

struct call *
rounds_take(struct rounds *r)
{
	struct call *ready = r->ready;

	r->ready = NULL;
	r->ready_tail = &r->ready;
	return ready;
}

int64_t
rounds_deadline(const struct rounds *r)
{
	int64_t first = INT64_MAX;

	for (const struct route *route = r->routes; route != NULL;
	     route = route->next) {
		int64_t deadline = lane_deadline(route->lane);

		first = deadline < first ? deadline : first;
	}
	return first;
}

void
rounds_tidy(struct rounds *r)
{
	unsigned epoch = store_table_epoch(r->stores->table);
	struct route **at = &r->routes;
	bool busy = false;

	if (epoch == r->epoch)
		return;
	while (*at != NULL) {
		struct route *route = *at;
		bool retired = store_is_retired(route->store);

		busy |= retired && !lane_is_idle(route->lane);
		if (!retired || !lane_is_idle(route->lane)) {
			at = &route->next;
			continue;
		}
		*at = route->next;
		route_close(route);
	}
	if (!busy)
		r->epoch = epoch;
}
