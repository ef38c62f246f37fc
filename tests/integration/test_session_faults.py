"""Sessions while their store dies, hangs, comes back empty or older.

What counts is the system database: nothing that a store loses logs anybody
out, and nothing that it brings back lets anybody in again.
"""

import os
import subprocess
import time

import pytest

from support import accounts
from support.accounts import Person, enter
from support.process import wait_until
from support.redis import Redis
from support.store import SERVED
from support.weir import PROGRAM, Installation, environment

STORES = SERVED
SETTINGS = accounts.SETTINGS | {"STORE_TIMEOUT": "200ms"}
ORDERS = "shop/_table/orders?limit=1"
BUSY = 4  # seconds that a busy machine may add to a call
AWAY = "The session store cannot be reached."


@pytest.fixture(scope="module")
def servers(site):
    """Two processes of one installation, and one that takes the token's
    word for it."""
    accounts.add(site, "joe@x.org")
    accounts.add(site, "ann@x.org")
    names = {"strict": {}, "other": {},
             "lenient": {"SESSION_ON_ERROR": "jwt"}}
    servers = {name: site.serve(name, **more)
               for name, more in names.items()}
    yield servers
    for server in servers.values():
        server.stop()


@pytest.fixture
def client(servers):
    with servers["strict"].connect() as client:
        yield client


@pytest.fixture
def lenient(servers):
    with servers["lenient"].connect() as client:
        yield client


@pytest.fixture
def joe(client, reader):
    return enter(client, "joe@x.org", key=reader)


def works(person, client=None):
    client = client or person.client
    return Person(client, person.token, person.key).get(ORDERS).status == 200


@pytest.fixture(autouse=True)
def well(store, client, lenient, reader):
    """However a test begins or ends, the store is there."""
    def is_well():
        answer = accounts.login(client, "ann@x.org", key=reader)
        if answer.status != 200:
            return False
        ann = Person(client, answer.json["session_token"], reader)
        return (works(ann) and works(ann, lenient) and
                ann.call("DELETE", "user/session").status == 200)
    assert wait_until(is_well, 10)
    yield
    if store.server.process.alive:
        store.server.resume()
    else:
        store.server.start()
    assert wait_until(is_well, 10)


def check_away(answer):
    assert answer.status == 503, answer
    assert answer.error["message"] == AWAY
    assert answer.headers["Retry-After"] == "1"


def test_without_the_store_tokens_wait_and_keys_do_not(
        store, client, reader, joe):
    assert works(joe)
    store.server.kill()
    check_away(joe.get(ORDERS))
    check_away(joe.get("user/session"))
    assert Person(client, key=reader).get(ORDERS).status == 200
    store.server.start()
    assert wait_until(lambda: works(joe), 10)


def test_a_store_that_came_back_empty_logs_nobody_out(store, servers, joe):
    assert works(joe)
    gone = enter(joe.client, "joe@x.org", key=joe.key)
    assert works(gone)
    assert gone.call("DELETE", "user/session").status == 200
    store.server.kill()
    store.server.start()
    assert wait_until(lambda: works(joe), 10)
    with servers["other"].connect() as other:
        assert wait_until(lambda: works(joe, other), 10)
        assert not Person(other, gone.token).is_in
    assert not gone.is_in


def test_nothing_is_changed_that_the_store_is_not_told_of(
        site, store, joe, lenient):
    assert works(joe)
    store.server.kill()
    person = Person(lenient, joe.token, joe.key)
    for method, path, body in (
            ("DELETE", "user/session", None),
            ("PUT", "user/session", None),
            ("PATCH", "user/profile", {"phone": "1"})):
        answer = person.call(method, path, body)
        assert answer.status == 503, answer
        assert "nothing was changed" in answer.error["message"]
    store.server.start()
    assert wait_until(lambda: works(joe), 10)
    assert joe.get("user/profile").json["phone"] is None
    del site


def test_nor_by_an_administrator(site, store, joe, lenient):
    accounts.add(site, "boss@x.org", "admin")
    boss = enter(lenient, "boss@x.org", path="system/admin/session")
    [row] = boss.get("system/user?filter=email='joe@x.org'&fields=id").rows
    path = f"system/user/{row['id']}"
    store.server.kill()
    answer = boss.call("PATCH", path, {"phone": "1"})
    assert answer.status == 503, answer
    assert answer.error["message"].startswith(AWAY[:-1])
    assert "nothing was changed" in answer.error["message"]
    assert answer.headers["Retry-After"] == "1"
    store.server.start()
    assert wait_until(lambda: works(joe), 10)
    assert boss.get(path).json["phone"] is None


def test_the_shell_changes_it_and_says_what_is_left_to_do(site, store, joe):
    assert works(joe)
    store.server.pause()
    done = subprocess.run(
        [PROGRAM, "user", "set", "joe@x.org", "--phone", "2", "--env",
         site.env_file], capture_output=True, text=True, timeout=60,
        env=environment(), stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 1
    assert "weir session end" in done.stderr
    assert "the session store cannot be told" in done.stderr
    store.server.resume()
    assert wait_until(lambda: works(joe), 10)
    site.weir("session", "end", "joe@x.org")
    assert not joe.is_in
    site.weir("user", "set", "joe@x.org", "--phone", "")


def test_a_token_may_be_enough(store, lenient, site, reader, joe):
    ann = enter(lenient, "ann@x.org", key=reader)
    assert works(joe, lenient) and works(ann)
    store.server.kill()
    for _ in range(3):
        assert works(joe, lenient)
        assert works(ann)
    past = Person(lenient, accounts.past(joe.token), reader)
    assert past.get(ORDERS).status == 401
    forged = accounts.sign(accounts.claims_of(joe.token), "z" * 40)
    assert Person(lenient, forged, reader).get(ORDERS).status == 401
    store.server.start()
    assert wait_until(lambda: works(joe), 10)
    del site


def test_a_store_that_hangs_costs_each_token_one_deadline(
        store, client, reader, joe):
    assert works(joe)
    store.server.pause()
    began = time.monotonic()
    check_away(joe.get(ORDERS))
    assert time.monotonic() - began < BUSY
    began = time.monotonic()
    for _ in range(60):
        assert Person(client, key=reader).get(ORDERS).status == 200
    assert time.monotonic() - began < BUSY + 1
    store.server.resume()
    assert wait_until(lambda: works(joe), 10)


def test_the_system_database_may_be_away_for_who_is_known(
        site, servers, client, joe, reader):
    path = site.path("system.sqlite")
    stranger = enter(client, "joe@x.org", key=reader)
    assert works(joe)
    os.rename(path, path + ".away")
    try:
        assert works(joe)
        with servers["other"].connect() as other:
            assert works(joe, other)  # the store knows
        answer = stranger.get(ORDERS)
        assert answer.status == 503
        assert "system database" in answer.error["message"]
        assert accounts.login(client, "joe@x.org").status == 503
        assert joe.call("DELETE", "user/session").status == 503
    finally:
        os.rename(path + ".away", path)
    assert wait_until(lambda: works(stranger), 10)
    assert works(joe)


# -- a Redis that keeps what it has ------------------------------------------

@pytest.fixture(name="kept")
def make_installation_on_a_redis_that_keeps(tmp_path, request):
    redis = Redis(*request.param)
    site = Installation(
        tmp_path, CACHE_DRIVER="redis", REDIS_HOST="127.0.0.1",
        REDIS_PORT=str(redis.port), **SETTINGS)
    site.store = redis
    accounts.add(site, "joe@x.org")
    server = site.serve()
    with server.connect() as client:
        yield site, client
    server.stop()
    redis.stop()


AOF = ("--appendonly", "yes", "--appendfsync", "always")


@pytest.mark.parametrize("kept", [AOF], indirect=True)
def test_a_session_survives_a_restart_of_redis(kept):
    site, client = kept
    joe, gone = (enter(client, "joe@x.org") for _ in range(2))
    assert joe.is_in and gone.is_in
    gone.call("DELETE", "user/session")
    keys = sorted(site.store.cli("--scan").split())
    site.store.restart()
    assert keys and sorted(site.store.cli("--scan").split()) == keys
    assert wait_until(lambda: joe.get("user/session").status == 200, 10)
    assert joe.is_in
    assert not gone.is_in


@pytest.mark.parametrize("kept", [()], indirect=True)
def test_an_old_dump_lets_nobody_in_again(kept):
    site, client = kept
    joe, gone = (enter(client, "joe@x.org") for _ in range(2))
    assert joe.is_in and gone.is_in
    assert site.store.cli("SAVE") == "OK"
    saved = sorted(site.store.cli("--scan").split())
    gone.call("DELETE", "user/session")
    assert not gone.is_in
    site.store.kill()
    site.store.start()
    assert sorted(site.store.cli("--scan").split()) == saved
    assert wait_until(lambda: joe.get("user/session").status == 200, 10)
    assert not gone.is_in
    server = site.serve("fresh")
    with server.connect() as fresh:
        assert not Person(fresh, gone.token).is_in
        assert Person(fresh, joe.token).is_in
    server.stop()
