"""The whole life of an installation, by HTTP alone once it is set up.

Two processes behind one nginx, a service on MariaDB, caches, limits and
sessions in a Redis that writes all to its disk. The tests go on from each other
in the order in which they stand; the last looks for secrets in all that was
left behind.
"""

import glob
import os
import sqlite3

import pytest

from support import accounts, shop
from support.answer import check_error
from support.engine import MySQL
from support.http import Caller
from support.nginx import Nginx
from support.process import wait_until
from support.redis import Redis
from support.weir import Installation, server_settings

SYSTEMS = ("sqlite", "mysql")
AOF = ("--appendonly", "yes", "--appendfsync", "always")
BOSS, ANN = "boss@example.com", "ann@example.com"
RATE = 40
DEAL = "the secret of the deal"
ACCESS = "role_service_access_by_role_id"
ROLES = "user_to_app_to_role_by_user_id"
LOOKUPS = "lookup_by_user_id"
ORDERS = "shop/_table/orders"


class Life:
    """What an administrator has made so far, and who calls."""

    def __init__(self, folder, mariadb, system):
        self.redis = Redis(*AOF)
        self.mariadb = mariadb if system == "mysql" else None
        settings = {"CACHE_DRIVER": "redis", "REDIS_HOST": "127.0.0.1",
                    "REDIS_PORT": str(self.redis.port),
                    "LOG_LEVEL": "debug"} | accounts.SETTINGS
        if self.mariadb:
            mariadb.create_database("life")
            settings |= server_settings(mariadb, "life")
        self.site = Installation(folder, **settings)
        told = self.site.weir("setup", "--admin-email", BOSS)
        line, = [line for line in told.splitlines() if BOSS in line]
        self.password = line.split()[-1]
        engine = MySQL(mariadb)
        self.database = engine.create("shop", shop.sql(engine))
        self.servers = [self.site.serve(name) for name in ("one", "two")]
        self.nginx = Nginx(self.site.path("nginx"), [
            (server.address, 8) for server in self.servers])
        self.callers = [Caller(port) for port in self.nginx.ports]
        self.boss = self.key = self.ann = self.again = None
        self.ids = {}

    def stop(self):
        for caller in self.callers:
            caller.close()
        self.nginx.stop()
        for server in self.servers:
            server.stop()
        self.redis.stop()
        if self.mariadb:
            self.mariadb.sql("DROP DATABASE life")

    def call(self, method, path, body=None, process=0, token=None, key=None):
        return self.callers[process].call(
            method, "/api/v2/" + path, body, accounts.lines(token, key))

    def admin(self, method, path, body=None, process=0):
        """As the administrator; what the answer says."""
        answer = self.call(method, "system/" + path, body, process, self.boss)
        assert answer.status in (200, 201), answer
        return answer.json

    def make(self, resource, **record):
        made = self.admin("POST", resource, {"resource": [record]})
        self.ids[resource] = made["resource"][0]["id"]
        return made["resource"][0]

    def orders(self, process=0, token=None, key=None, more=""):
        return self.call("GET", f"{ORDERS}?limit=1{more}", None, process,
                         token, key or self.key)

    def settles(self, status, **who):
        """Does every process come to answer so, within a second?"""
        return all(wait_until(lambda: self.orders(n, **who).status == status,
                              1.5, 0.05) for n in (0, 1))


@pytest.fixture(name="life", scope="module", params=SYSTEMS)
def an_installation(request, mariadb, tmp_path_factory):
    life = Life(tmp_path_factory.mktemp("life"), mariadb, request.param)
    yield life
    life.stop()


def test_the_first_administrator_logs_in(life):
    wrong = life.call("POST", "system/admin/session",
                      {"email": BOSS, "password": "guess"})
    check_error(wrong, 401)
    answer = life.call("POST", "system/admin/session",
                       {"email": BOSS, "password": life.password})
    assert answer.status == 200, answer
    life.boss = answer.json["session_token"]
    assert life.call("GET", "system/service").status in (401, 403)


def test_makes_a_service_that_caches(life):
    life.make("service", name="shop", label="The shop", type="mysql",
              is_active=True,
              config=life.database | {"cache_enabled": True, "cache_ttl": 300})
    shown = life.admin("GET", f"service/{life.ids['service']}")
    assert shown["config"]["password"] == "**********"
    assert shown["config"]["cache_ttl"] == 300


def test_makes_a_role_an_app_and_a_user(life):
    life.make("role", name="seller", is_active=True, **{ACCESS: [{
        "service_id": life.ids["service"], "component": "_table/orders/*",
        "verb_mask": 1, "requestor_mask": 1}]})
    app = life.make("app", name="till", is_active=True,
                    role_id=life.ids["role"])
    life.key = app["api_key"]
    life.make("user", email=ANN, password=accounts.WORD, first_name="Ann",
              last_name="Lee", is_active=True,
              **{ROLES: [{"app_id": life.ids["app"],
                          "role_id": life.ids["role"]}],
                 LOOKUPS: [{"name": "deal", "value": DEAL, "private": True}]})
    life.make("limit", name="till a minute", type="instance.app",
              app_id=life.ids["app"], rate=RATE, period="minute")


def test_is_used_with_the_key_and_by_the_user(life):
    assert life.settles(200)
    more = "&filter=id>1"
    first = life.orders(0, more=more)
    assert (first.status, first.hit) == (200, False)
    assert [life.orders(n, more=more).hit for n in (0, 1)] == [True, True]
    check_error(life.call("GET", "shop/_table/secrets", key=life.key), 401)
    answer = life.call("POST", "user/session",
                       {"email": ANN, "password": accounts.WORD}, key=life.key)
    assert answer.status == 200, answer
    life.ann = answer.json["session_token"]
    assert [life.orders(n, life.ann).status for n in (0, 1)] == [200, 200]
    for method, path in [("GET", "shop/_table/secrets"),
                         ("POST", ORDERS), ("GET", "system/user")]:
        check_error(life.call(method, path, {"resource": [{"item": "x"}]},
                              token=life.ann, key=life.key), 403)


def test_flushing_the_cache_makes_the_next_read_new(life):
    more = "&filter=id>2"
    life.orders(0, more=more)
    assert life.orders(1, more=more).hit
    life.admin("DELETE", "cache/shop", process=1)
    assert not life.orders(0, more=more).hit
    assert life.orders(1, more=more).hit


def test_caching_is_switched_off_and_on_again(life):
    path = f"service/{life.ids['service']}"
    life.admin("PATCH", path, {"config": {"cache_enabled": False}})
    assert not any(life.orders(0, more="&filter=id>3").hit for _ in range(2))
    life.admin("PATCH", path, {"config": {"cache_enabled": True}})
    life.orders(0, more="&filter=id>3")
    assert life.orders(0, more="&filter=id>3").hit


def test_the_limit_holds_for_both_processes_together(life):
    statuses = [life.orders(n % 2).status for n in range(RATE)]
    assert statuses[-1] == 429
    assert statuses == sorted(statuses)
    life.admin("DELETE", f"limit/{life.ids['limit']}")
    assert life.settles(200)


def test_sessions_survive_a_restart_of_the_store(life):
    again = life.call("PUT", "user/session", token=life.ann, key=life.key)
    assert again.status == 200, again
    life.ann = again.json["session_token"]
    life.redis.restart()
    assert wait_until(lambda: life.orders(0, life.ann).status == 200, 10)
    assert wait_until(lambda: life.orders(1, life.ann).status == 200, 10)


def test_what_is_switched_off_is_so_everywhere(life):
    life.admin("PATCH", f"user/{life.ids['user']}", {"is_active": False})
    for n in (0, 1):
        assert life.orders(n, life.ann).status in (401, 403)
    old = life.key
    life.key = life.admin("PATCH", f"app/{life.ids['app']}?regenerate=true",
                          {})["api_key"]
    assert life.settles(200)
    assert life.settles(401, key=old)
    life.admin("PATCH", f"app/{life.ids['app']}?revoke=true", {})
    assert life.settles(401)
    assert life.call("DELETE", "system/admin/session",
                     token=life.boss).status == 200
    assert life.call("GET", "system/service", token=life.boss).status == 401
    life.again = old


def test_the_audit_tells_who_did_what(life):
    answer = life.call("POST", "system/admin/session",
                       {"email": BOSS, "password": life.password})
    life.boss = answer.json["session_token"]
    rows = life.admin("GET", "audit?order=id&limit=1000")["resource"]
    done = [(row["resource"], row["action"]) for row in rows
            if row["actor"] == BOSS]
    for what in [("service", "create"), ("role", "create"), ("app", "create"),
                 ("user", "create"), ("limit", "create"),
                 ("service", "update"), ("limit", "delete"),
                 ("user", "update")]:
        assert what in done, (what, done)


def dump(life):
    """Everything that was left behind, as bytes by where it is."""
    found = {}
    folders = [life.site.folder, life.redis.folder]
    for path in (path for folder in folders for path in glob.glob(
            folder + "/**", recursive=True) if os.path.isfile(path)):
        if os.path.basename(path) not in ("weir.env", "password"):
            with open(path, "rb") as file:
                found[path] = file.read()
    if life.mariadb:
        tables = [name for name, in life.mariadb.sql("SHOW TABLES", "life")]
        for name in tables:
            found["table " + name] = str(life.mariadb.sql(
                f"SELECT * FROM `{name}`", "life")).encode()
    else:
        with sqlite3.connect(life.site.path("system.sqlite")) as db:
            found["system.sqlite"] = "\n".join(db.iterdump()).encode()
    return found


def test_no_secret_is_left_in_the_clear(life):
    secrets = {"the administrator's password": life.password,
               "the user's password": accounts.WORD,
               "the database's password": life.database["password"],
               "the key": life.key, "the old key": life.again,
               "a private lookup": DEAL,
               "the token's secret": accounts.SECRET,
               "a user's token": life.ann.split(".")[2],
               "the administrator's token": life.boss.split(".")[2]}
    left = dump(life)
    text = b"\n".join(left.values())
    assert ANN.encode() in text and b"till" in text
    shown = [(what, where) for what, secret in secrets.items()
             for where, data in left.items() if secret.encode() in data]
    assert shown == []
