"""Fixtures: an installation a file, two servers, and nginx in front.

A test file may define SETTINGS, the settings its installation differs in;
ENGINES: each of its tests then runs on each of them ("sqlite", "mysql");
STORES: the same with each store (support/store.py); and SYSTEMS: the same with
each engine for the system database, for what goes by `office`.
"""

import os
import signal
import time

import pytest

from support import desk as desks, fcgi, library as libraries
from support import making as makings, offices, routines, shop
from support.engine import MySQL, SQLite
from support.mariadb import MariaDB
from support.pair import Pair, Web
from support.process import kill_all
from support.store import Store
from support.weir import Installation, server_settings

QUICK = 0.2  # seconds for the best of 20 calls
OWN = {}  # files: are they this run's?


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true",
                     help="run the long tests too")
    parser.addoption("--shared", metavar="FOLDER",
                     help="leave each file to the run that comes to it first,"
                     " of several at once with this folder")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--full"):
        return
    long = [item for item in items if item.get_closest_marker("full")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


def pytest_runtest_protocol(item):
    """True, which ends it, for a test that another run has taken."""
    folder = item.config.getoption("--shared")
    if folder and item.path not in OWN:
        OWN[item.path] = taken(os.path.join(folder, item.path.name))
    return None if OWN.get(item.path, True) else True


def taken(name):
    try:
        with open(name, "x", encoding="ascii"):
            return True
    except FileExistsError:
        return False


def pytest_configure(config):
    """A SIGTERM ends the run as Ctrl-C does: with all fixtures closed.

    And so does Ctrl-C itself, which who is started in the background ignores.
    """
    del config
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish():
    """When all fixtures are closed."""
    kill_all()


@pytest.fixture(scope="session")
def mariadb():
    """The MariaDB of the run, started for the first who asks.

    Who stops or kills it makes sure that it runs again afterwards.
    """
    server = MariaDB()
    yield server
    server.stop()


def pytest_generate_tests(metafunc):
    """Tests of a file with ENGINES or STORES run on each, one at a time."""
    for fixture, name in (("engine", "ENGINES"), ("store", "STORES"),
                          ("office", "SYSTEMS")):
        words = getattr(metafunc.module, name, None)
        if words and fixture in metafunc.fixturenames:
            metafunc.parametrize(fixture, words, indirect=True,
                                 scope="module")


@pytest.fixture(scope="module")
def engine(request, tmp_path_factory):
    """Where the shop's database is."""
    if getattr(request, "param", "sqlite") == "mysql":
        return MySQL(request.getfixturevalue("mariadb"))
    return SQLite(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="module")
def store(request):
    """The store of the installation's cached answers and limits."""
    store = Store(getattr(request, "param", "local"))
    yield store
    store.stop()


@pytest.fixture(params=["sqlite", "mysql"])
def system(request, tmp_path):
    """The settings of an empty system database, on each engine."""
    if request.param == "sqlite":
        yield {"DB_DATABASE": str(tmp_path / "system.sqlite")}
        return
    server = request.getfixturevalue("mariadb")
    server.create_database("system")
    yield server_settings(server, "system")
    server.sql("DROP DATABASE IF EXISTS system")


@pytest.fixture(scope="module")
def office(request, tmp_path_factory):
    """Two processes that an administrator drives: see support/offices.py."""
    settings = getattr(request.module, "SETTINGS", {})
    if getattr(request, "param", "sqlite") == "mysql":
        server = request.getfixturevalue("mariadb")
        server.create_database("office")
        settings = server_settings(server, "office") | settings
    office = offices.Office(tmp_path_factory.mktemp("office"), settings)
    yield office
    office.stop()
    if "DB_HOST" in settings:
        server.sql("DROP DATABASE IF EXISTS office")


@pytest.fixture(scope="module")
def site(request, engine, store, tmp_path_factory):
    """An installation with the shop, and two roles with a key each."""
    settings = store.settings | getattr(request.module, "SETTINGS", {})
    site = Installation(tmp_path_factory.mktemp("site"), **settings)
    site.engine = engine
    site.add_service("shop", engine.type, cache_enabled=True, cache_ttl=60,
                     **engine.create("shop", shop.sql(engine)))
    site.add_role("owner")
    site.grant("owner", "shop", "*", "all")
    site.add_role("reader")
    site.grant("reader", "shop", "_table/orders/*", "GET")
    site.keys = {role: site.add_key(role, role)
                 for role in ("owner", "reader")}
    return site


@pytest.fixture(scope="module")
def owner(site):
    """The key of a role that may do everything with the shop."""
    return site.keys["owner"]


@pytest.fixture(scope="module")
def reader(site):
    """The key of a role that may only read the orders."""
    return site.keys["reader"]


@pytest.fixture(scope="module")
def pair(site):
    pair = Pair(site)
    yield pair
    pair.stop()


@pytest.fixture(scope="module", params=["kept", "fresh"])
def web(pair, request):
    """Callers through nginx, with kept connections and without."""
    web = Web(getattr(pair, request.param), request.param)
    yield web
    web.close()


@pytest.fixture
def call(web, owner):
    """Calls as the owner; a body that is text goes as it is."""
    def call(method, path, body=None, **headers):
        lines = {name.replace("_", "-"): value
                 for name, value in headers.items()}
        body = body.encode() if isinstance(body, str) else body
        return web.call(method, path, body, lines, owner)
    return call


@pytest.fixture
def get(call):
    return lambda path, **headers: call("GET", path, **headers)


@pytest.fixture(scope="module")
def server(site):
    """One process without a web server, for raw FastCGI clients."""
    server = site.serve("alone")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def key(owner):
    """The owner's key as header lines."""
    return {"X-DreamFactory-API-Key": owner}


@pytest.fixture(scope="module")
def good(key):
    """The bytes of a call that is answered with 200, by a hit."""
    return fcgi.request("/api/v2/shop/_table/orders/1", headers=key)


@pytest.fixture(scope="module")
def check_quick(server, good):
    """Fails unless the process lives and serves a new client at once."""
    def seconds():
        with server.connect(timeout=10) as client:
            began = time.monotonic()
            client.send(good)
            assert client.read_answer().status == 200
            return time.monotonic() - began

    def check_quick():
        assert server.alive, server.output
        assert any(seconds() < QUICK for _ in range(20))

    return check_quick


@pytest.fixture
def stays_quick(check_quick):
    """After the test: nobody else has to wait."""
    yield
    check_quick()


@pytest.fixture(scope="module")
def desks_client(site, engine):
    """A server with three services on the desk: see support/desk.py."""
    config = engine.create("desk", desks.sql(engine)) | {
        "cache_enabled": True, "cache_ttl": 60}
    for name, more in (("desk", {}), (desks.UPSERT, {"allow_upsert": True}),
                       (desks.SMALL, {"max_records": desks.SMALL_MAX})):
        site.add_service(name, engine.type, **config | more)
        site.grant("owner", name, "*", "all")
    server = site.serve("desk")
    with server.connect() as client:
        yield client
    server.stop()


@pytest.fixture
def desk(desks_client, key):
    """The desk with all of its rows."""
    desk = desks.Desk(desks_client, key)
    desk.fill()
    return desk


@pytest.fixture(scope="module")
def library_client(site, engine):
    """A server with the library, and the same with small lists."""
    config = engine.create("library", libraries.sql(engine)) | {
        "cache_enabled": True, "cache_ttl": 60}
    for name, more in ((libraries.SERVICE, {}), (
            libraries.SMALL, {"max_records": libraries.SMALL_MAX})):
        site.add_service(name, engine.type, **config | more)
        site.grant("owner", name, "*", "all")
    site.add_role("visitor")
    for component, verbs in libraries.VISITOR.items():
        site.grant("visitor", libraries.SERVICE, component, verbs)
    site.add_role("local")
    site.grant("local", libraries.SERVICE, "*", "all")
    for table, filters in libraries.LOCAL.items():
        site.grant("local", libraries.SERVICE, f"_table/{table}/*", "all",
                   filters)
    for role in ("visitor", "local"):
        site.keys[role] = site.add_key(role, role)
    server = site.serve("library")
    with server.connect() as client:
        yield client
    server.stop()


@pytest.fixture
def library(library_client, key):
    """The library with all of its rows."""
    library = libraries.Library(library_client, key)
    library.fill()
    return library


@pytest.fixture(scope="module")
def routine_servers(site, engine):
    """Two processes with services on the routines: see support/routines.py."""
    config = engine.create("calls", routines.sql()) | {
        "cache_enabled": True, "cache_ttl": 60}
    for name, more in routines.SERVICES.items():
        site.add_service(name, "mysql", **config | more)
        site.grant("owner", name, "*", "all")
    servers = [site.serve("calls"), site.serve("calls_too")]
    yield servers
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def proc(routine_servers, key):
    """Calls of routines, as the owner."""
    with routine_servers[0].connect() as client:
        yield routines.Routines(client, key)


@pytest.fixture(scope="module")
def proc_other(routine_servers, key):
    """The same in the other process."""
    with routine_servers[1].connect() as client:
        yield routines.Routines(client, key)


@pytest.fixture(scope="module")
def making_keys(site):
    """Keys of the roles of support/making.py, with their grants."""
    keys = {"owner": site.keys["owner"]}
    for role in makings.ROLES:
        if role not in site.keys:
            site.add_role(role)
            keys[role] = site.add_key(role, role)
    keys["reader"] = site.keys["reader"]
    return keys


@pytest.fixture(scope="module")
def making_clients(site):
    servers = [site.serve("one"), site.serve("two")]
    with servers[0].connect() as one, servers[1].connect() as two:
        yield one, two
    for server in servers:
        server.stop()


@pytest.fixture
def making(site, engine, making_clients, making_keys):
    """A database for one test, to be changed: see support/making.py."""
    making = makings.make(site, engine, making_clients, making_keys)
    yield making
    site.weir("service", "remove", making.name)


@pytest.fixture(scope="module")
def steady(site, engine, making_clients, making_keys):
    """One for all tests that leave it as it was."""
    return makings.make(site, engine, making_clients, making_keys)
