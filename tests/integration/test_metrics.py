"""/metrics: of every process of the host, exactly what the access log says."""

import collections
import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import accounts, shop
from support.answer import check_error
from support.process import wait_until
from support.prometheus import Malformed, Metrics
from support.store import Store
from support.weir import Installation

METRICS = "/metrics"
HERE = "127.0.0.1,::1"
TYPE = "text/plain; version=0.0.4; charset=utf-8"
SHEET = 65536
BACK = 10  # seconds, at most
TABLE = "/api/v2/shop/_table/"


class House:
    """Processes of one installation that count together."""

    def __init__(self, folder, processes=2, **settings):
        self.site = Installation(
            folder, **accounts.SETTINGS | {"METRICS": HERE} | settings)
        self.site.add_service("shop", "sqlite", cache_enabled="true",
                              cache_ttl=300, **self.site.engine.create(
                                  "shop", shop.sql(self.site.engine)))
        self.site.add_role("all")
        self.site.grant("all", "shop", "*", "GET,POST,PATCH,DELETE")
        self.key = self.site.add_key("all", "all")
        self.narrow = self.site.add_key("narrow", "all")
        self.site.add_limit("narrow", 10, "hour", app="narrow")
        self.servers = [self.site.serve(f"weir{n}")
                        for n in range(processes)]

    def call(self, path, method="GET", process=0, **headers):
        client = self.servers[process].connect()
        try:
            return client.call(path, method, {
                "X-DreamFactory-API-Key": self.key, **headers})
        finally:
            client.close()

    def metrics(self, process=0):
        answer = self.call(METRICS, process=process)
        assert answer.status == 200, answer
        return Metrics(answer.body.decode())

    def stop(self):
        for server in self.servers:
            server.stop()


@pytest.fixture(name="house", scope="module")
def two_processes(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house.stop()


def test_it_is_off_unless_it_is_set(tmp_path):
    """And without the console, nothing is counted."""
    site = Installation(tmp_path, CONSOLE="false")
    server = site.serve()
    client = server.connect()
    try:
        check_error(client.call(METRICS), 404, "METRICS")
        assert not [name for name in os.listdir(site.path("cache"))
                    if name.startswith("metrics")]
    finally:
        client.close()
        server.stop()


def test_a_strict_reader_takes_it(house):
    answer = house.call(METRICS)
    assert answer.headers["Content-Type"] == TYPE
    assert "no-store" in answer.headers["Cache-Control"]
    told = Metrics(answer.body.decode())
    assert told.value("weir_processes") == 2
    assert told.value("weir_workers") == 8
    assert told.value("weir_queue_requests") == 0
    assert told.value("weir_queue_limit") > 0
    assert told.value("weir_ready") == 1
    assert told.value("weir_up", kind="store", name="local") == 1
    assert told.value("weir_up", kind="service", name="shop") == 1
    assert told.value("weir_up", kind="database", name="system") == 1
    assert 0 <= told.value("weir_snapshot_age_seconds") < BACK
    ((labels, one),) = told.samples("weir_build_info").items()
    assert one == 1 and dict(labels)["version"]


@pytest.mark.parametrize("text", [
    "", "a 1\n", "# HELP a b\na 1\n", "# HELP a b\n# TYPE a gauge\na 1",
    "# HELP a b\n# TYPE a gauge\na 1\na 2\n",
    "# HELP a b\n# TYPE a gauge\na{b=\"c} 1\n",
    "# HELP a b\n# TYPE a gauge\na{b=\"c\",} 1\n",
    "# HELP a b\n# TYPE a gauge\na{b=\"\\x\"} 1\n",
    "# HELP a b\n# TYPE a counter\na 1\n",
    "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 2\n"
    "a_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
    "# HELP a b\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\n"
    "a_count 2\n"])
def test_the_reader_refuses_what_is_malformed(text):
    with pytest.raises(Malformed):
        Metrics(text)


def test_others_may_not_read_it(house):
    answer = house.call(METRICS, REMOTE_ADDR="192.0.2.1")
    check_error(answer, 403, "METRICS")
    assert b"weir_" not in answer.body


def test_an_administrator_may_from_anywhere(house):
    accounts.add(house.site, "boss@x.org", "admin")
    client = house.servers[0].connect()
    boss = accounts.enter(client, "boss@x.org", path="system/admin/session")
    answer = client.call(METRICS, "GET", {
        "X-DreamFactory-Session-Token": boss.token,
        "REMOTE_ADDR": "192.0.2.1"})
    client.close()
    assert answer.status == 200


def test_a_key_opens_it_and_nothing_else(tmp_path):
    """METRICS stays off: no address may."""
    key, house = "k" * 40, None
    try:
        house = House(tmp_path, METRICS="off", METRICS_KEY=key)

        def ask(token, path=METRICS):
            return house.call(path, Authorization=f"Bearer {token}",
                              REMOTE_ADDR="192.0.2.1")
        assert Metrics(ask(key).body.decode()).value("weir_processes") == 2
        check_error(house.call(METRICS), 403, "METRICS_KEY")
        for wrong in (key[:-1], key + "k", key[:-1] + "j", ""):
            assert b"weir_" not in ask(wrong).body
            assert ask(wrong).status in (401, 403)
        check_error(ask(key, TABLE + "orders"), 401, "Invalid token")
        check_error(ask(key, "/health/ready"), 401, "Invalid token")
        house.site.configure(METRICS_KEY="n" * 32)
        house.servers[0].signal(signal.SIGHUP)
        assert wait_until(lambda: ask("n" * 32).status == 200, BACK)
        assert ask(key).status == 401
        for name in ("weir.log", "access.log"):
            assert key not in house.site.read(name)
    finally:
        if house:
            house.stop()


def test_a_key_given_while_nothing_counts_waits_for_a_start(tmp_path):
    site = Installation(tmp_path)
    site.configure(CONSOLE="false")
    server = site.serve()
    client = server.connect()
    try:
        site.configure(METRICS_KEY="n" * 32)
        server.signal(signal.SIGHUP)

        def ask():
            return client.call(METRICS, "GET", {
                "Authorization": "Bearer " + "n" * 32})
        assert wait_until(lambda: "was off" in ask().body.decode(), BACK)
        check_error(ask(), 404, "start it anew")
    finally:
        client.close()
        server.stop()


def test_how_full_the_store_is(house):
    told = house.metrics()
    assert told.value("weir_store_bytes_limit", name="local") == 64 << 20
    house.call(TABLE + f"orders?filter=id>{random.randrange(1 << 30)}")
    assert wait_until(lambda: house.metrics().value(
        "weir_store_entries", name="local") > 0, BACK)
    told = house.metrics(1)
    assert 0 < told.value("weir_store_bytes", name="local") <= 64 << 20
    assert told.value("weir_store_evictions_total", name="local") == 0


@pytest.fixture(name="crowded")
def three_stores(tmp_path):
    redis, memcached = Store("redis"), Store("memcached")
    house = House(tmp_path, processes=1, **redis.settings | memcached.settings
                  | {"CACHE_DRIVER": "memcached", "STORE_TIMEOUT": "1s",
                     "LIMIT_CACHE_DRIVER": "redis", "SESSION_DRIVER": "file"})
    yield house, redis, memcached
    house.stop()
    redis.stop()
    memcached.stop()


def test_each_store_tells_what_it_knows(crowded):
    house, redis, _ = crowded
    house.call(TABLE + "orders/1")
    told = house.metrics()
    assert told.value("weir_processes") == 1
    for name in ("redis", "memcached", "file"):
        assert told.value("weir_store_entries", name=name) >= 0
        assert told.value("weir_store_evictions_total", name=name) == 0
    assert told.value("weir_store_bytes", name="redis") > 0
    assert told.value("weir_store_bytes_limit", name="memcached") > 0
    redis.server.pause()
    try:
        assert wait_until(lambda: house.metrics().value(
            "weir_up", kind="store", name="redis") == 0, BACK)
        told = house.metrics()
        names = {dict(labels)["name"]
                 for labels in told.samples("weir_store_entries")}
        assert names == {"memcached", "file"}
    finally:
        redis.server.resume()


def test_lines_that_a_log_does_not_take_are_counted(tmp_path):
    house = House(tmp_path, processes=1,
                  ACCESS_LOG=f"syslog:{tmp_path}/nobody")
    try:
        for _ in range(20):
            house.call("/health/live")
        assert wait_until(lambda: house.metrics().value(
            "weir_log_dropped_total", log="access") >= 20, BACK)
        assert house.metrics().value("weir_log_dropped_total", log="log") == 0
    finally:
        house.stop()


def test_an_accept_of_prometheus_is_answered(house):
    answer = house.call(
        METRICS, Accept="application/openmetrics-text;version=1.0.0;"
        "q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1")
    assert answer.headers["Content-Type"] == TYPE


def grown(house, name, call, **labels):
    before = house.metrics(1).value(name, **labels)
    call()
    return house.metrics(1).value(name, **labels) - before


def test_what_one_process_did_the_other_tells(house):
    assert grown(
        house, "weir_requests_total",
        lambda: house.call(TABLE + "nothing"),
        service="shop", verb="GET", status="404") == 1


def test_what_names_no_service_is_told_as_of_none(house):
    assert grown(
        house, "weir_requests_total",
        lambda: house.call("/api/v2/nothing-there"),
        service="", verb="GET", status="401") == 1


def test_stages_are_timed_where_a_request_was(house):
    for stage in ("store", "queue", "upstream"):
        assert grown(
            house, "weir_stage_duration_seconds_count",
            lambda: house.call(TABLE + "orders?filter=id>%d" %
                               random.randrange(1 << 30)),
            stage=stage) >= 1


def test_a_password_takes_a_worker(house):
    accounts.add(house.site, "ann@x.org")
    assert grown(
        house, "weir_stage_duration_seconds_count",
        lambda: house.call(TABLE + "orders/1", **accounts.basic("ann@x.org")),
        stage="enter") == 1


def test_who_waits_for_the_same_query_is_timed(house):
    def all_at_once():
        path = TABLE + f"orders?filter=id>{random.randrange(1 << 30)}"
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _: house.call(path), range(16)))
    assert wait_until(lambda: grown(
        house, "weir_stage_duration_seconds_count", all_at_once,
        stage="wait") > 0, BACK)


def test_a_hit_takes_no_worker(house):
    house.call(TABLE + "orders/1")
    before = house.metrics()
    for _ in range(5):
        assert house.call(TABLE + "orders/1").hit
    told = house.metrics()
    name = "weir_stage_duration_seconds_count"
    # What the metrics themselves take is no part of it.
    assert told.value(name, stage="upstream") - before.value(
        name, stage="upstream") == 1
    assert told.value(name, stage="store") - before.value(
        name, stage="store") >= 5


def logged(site):
    """What the access log has of each kind, but for the last page read."""
    requests, cache, limit = (collections.Counter() for _ in range(3))
    size = 0
    for line in site.access_lines():
        requests[line["service"], line["method"], str(line["status"])] += 1
        cache[line["service"], line["cache"]] += 1
        limit[line["limit"]] += 1
        size += line["bytes"]
    return requests, cache, limit, size


def told_of(metrics):
    requests = collections.Counter()
    for labels, value in metrics.samples("weir_requests_total").items():
        labels = dict(labels)
        requests[labels["service"], labels["verb"], labels["status"]] = value
    limits = collections.Counter({
        dict(labels)["verdict"]: value for labels, value in
        metrics.samples("weir_limit_verdicts_total").items() if value})
    return (requests, verdicts(metrics), limits,
            metrics.value("weir_response_bytes_total"))


def verdicts(metrics):
    """What the cache said, by service and in words."""
    return collections.Counter({
        (dict(labels)["service"], dict(labels)["verdict"]): value
        for labels, value in
        metrics.samples("weir_cache_verdicts_total").items()})


def a_call(house, client, n):
    """One of many kinds of call."""
    paths = [TABLE + "orders/1", TABLE + f"orders/{n % 50 + 1}",
             TABLE + "orders?limit=3", TABLE + "nothing", "/health/live",
             TABLE + f"orders?filter=id>{n}"]
    path, method = paths[n % len(paths)], "GET"
    if n % 11 == 0:
        method = ("HEAD", "DELETE", "OPTIONS")[n % 3]
        path = TABLE + "orders/999999"
    key = house.narrow if n % 7 == 0 else house.key
    client.call(path, method, {"X-DreamFactory-API-Key": key})


def crowd(house, calls, callers=8):
    def run(caller):
        client = house.servers[caller % len(house.servers)].connect()
        for n in range(caller, calls, callers):
            a_call(house, client, n)
        client.close()
    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(run, range(callers)))


def settled(house, process=0):
    """What is told and what is logged, once the two agree: a process writes
    the lines of its answers at the end of its turn."""
    found = []

    def look():
        lines = logged(house.site)
        found[:] = house.metrics(process), lines
        return told_of(found[0]) == lines
    assert wait_until(look, BACK), (told_of(found[0]), found[1])
    return found


def check_sums(house, calls):
    crowd(house, calls)
    told, lines = settled(house)
    assert sum(lines[0].values()) >= calls
    assert lines[1]["shop", "hit"] and lines[1]["shop", "miss"]
    assert lines[1]["", "none"] and lines[2]["refused"]
    assert sum(lines[0].values()) == told.value(
        "weir_request_duration_seconds_count")
    assert told.value("weir_requests_other_total") == 0


def test_the_sums_are_those_of_the_access_log(tmp_path):
    house = House(tmp_path)
    try:
        check_sums(house, 4000)
    finally:
        house.stop()


@pytest.mark.full
def test_the_sums_of_a_long_run_over_four(tmp_path):
    house = House(tmp_path, processes=4, FRONTS="2")
    try:
        check_sums(house, 50000)
    finally:
        house.stop()


def test_counts_outlive_processes(tmp_path):
    """Also those of one that is killed: another goes on with its sheets,
    and only who runs is a process."""
    house = House(tmp_path)
    try:
        crowd(house, 400)
        _, before = settled(house)
        house.servers[1].kill()
        house.servers[1].stop()
        told, lines = settled(house)
        assert sum(lines[0].values()) > sum(before[0].values()) > 400
        assert told.value("weir_processes") == 1
        house.servers[1] = house.site.serve("again")
        crowd(house, 400)
        told, lines = settled(house, process=1)
        assert sum(lines[0].values()) > 800
        assert told.value("weir_processes") == 2
        # Sheets of its five threads, and one of the process itself.
        assert os.path.getsize(
            house.site.path("cache/metrics-4")) <= 2 * 6 * SHEET
    finally:
        house.stop()


def test_a_folder_that_cannot_be_used_is_told_of(tmp_path):
    """Redis needs no folder: the process counts for itself."""
    site = Installation(tmp_path, METRICS=HERE)
    os.mkdir(site.path("cache"))
    os.chmod(site.path("cache"), 0o777)
    site.configure(CACHE_DRIVER="redis", REDIS_HOST="127.0.0.1",
                   REDIS_PORT="1")
    server = site.serve()
    client = server.connect()
    try:
        told = Metrics(client.call(METRICS).body.decode())
        assert told.value("weir_processes") == 1
        assert told.value("weir_up", kind="store", name="redis") == 0
        assert told.value("weir_ready") == 0
        assert "this process counts for itself" in site.read("weir.log")
    finally:
        client.close()
        server.stop()
