"""All that runs during the benchmark, and the rows that are measured."""

import json
import os
import sqlite3
import subprocess

import crowd
import mariadb
import stores
from load import Load
from measure import Row
from nginx import Nginx
from proc import Proc, resident_kib, wait_until
from stores import free_port
from verify import all_hits, all_keys, all_new, same_rows
from weir import Weir

TOP = os.path.normpath(os.path.join(os.path.dirname(__file__), "../.."))
CLIENTS = 32
MANY_CLIENTS = 256
KEPT = 512
THREADS = CLIENTS
URLS = 256
CHUNK_SECONDS = 5
BUSY_MS = 500


def orders(service, limit, step):
    """Different pages of the orders table."""
    return [f"GET /api/v2/{service}/_table/orders?limit={limit}"
            f"&offset={i * step}" for i in range(URLS)]


def single_orders(service):
    """Different rows of the orders table."""
    return [f"GET /api/v2/{service}/_table/orders/{i * 7 + 1}"
            for i in range(URLS)]


def related_orders(service):
    """Different pages with the country of each order beside it."""
    return [line + "&related=country_by_country_code"
            for line in orders(service, 25, 1)]


def entries(service, count):
    """New records, so many a request."""
    record = {"name": "Ada Lovelace", "amount": 12.50,
              "note": "a note of some length"}
    body = json.dumps({"resource": [record] * count}, separators=(",", ":"))
    return [f"POST /api/v2/{service}/_table/entries {body}"]


def file_gets(service):
    return [f"GET /api/v2/{service}/docs/{i}.txt" for i in range(URLS)]


def kv_gets():
    return [f"GET /api/v2/kv/user:{i}:profile" for i in range(URLS)]


def kv_posts():
    """Values of about 1 KB, stored one by one."""
    value = {"name": "Ada Lovelace", "note": "x" * 960}
    return [f"POST /api/v2/kv " + json.dumps(
        {"key": f"user:{i}:profile", "value": value, "ttl": 3600},
        separators=(",", ":")) for i in range(URLS)]


def webdis_gets():
    return [f"GET /GET/profile{i}" for i in range(URLS)]


def webdis_sets():
    return [f"PUT /SET/profile{i} " + "x" * 1000 for i in range(URLS)]


def mixed():
    """Seven cached pages, two uncached ones and a write in turn."""
    pages = orders("db", 5, 5)
    rows = orders("raw", 25, 1)
    lines = []
    for i in range(URLS):
        lines += pages[i:i + 7] + rows[i:i + 2]
        lines.append(f"PATCH /api/v2/db/_table/country/NO "
                     f'{{"official_name":"Kingdom of Norway {i}"}}')
    return lines


class Stack:
    """Files in `folder`; programs from the build folder."""

    def __init__(self, build, folder, workers, say=print):
        self.build = build
        self.say = say
        self.folder = folder
        self.database = self.path("demo.db")
        self.procs = {}
        self.server = None
        self.ports = {}
        self.nginx = Nginx(folder, os.path.join(
            TOP, "deploy/nginx/weir_fastcgi.conf"))
        self.servers = {}
        self.weirs = {}
        self.crowd = None
        self.workers = workers

    @property
    def weir(self):
        return self.weirs["local"]

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.build, "tests/bench", name)

    def responder(self, name, *args):
        """A responder of its own socket and port, behind nginx."""
        sock = self.path(f"{name}.sock")
        self.procs[name] = Proc([self.program(name), sock, *args],
                                self.path(f"{name}.log"))
        wait_until(lambda: os.path.exists(sock), 5, name)
        self.route(name, sock, THREADS)

    def route(self, name, sock, kept):
        self.ports[name] = free_port()
        self.nginx.upstream(name, sock, kept)
        self.nginx.server(self.ports[name], name)

    def start(self):
        sql = os.path.join(TOP, "deploy/demo-data.sql")
        with open(sql, encoding="utf-8") as script:
            subprocess.run(["sqlite3", self.database], stdin=script,
                           stdout=subprocess.DEVNULL, check=True,
                           cwd="/usr/share/iso-codes/json")
        with sqlite3.connect(self.database) as db:
            db.execute(mariadb.ENTRIES.format(key="INTEGER PRIMARY KEY"))
        self.responder("hello_threads", str(THREADS))
        self.responder("hello_epoll", "1")
        self.responder("sqlite_epoll", "4", self.database)
        self.start_server()
        self.ports["cached"] = free_port()
        self.nginx.server(self.ports["cached"], "hello_epoll", cached=True)
        self.start_stores()
        self.start_crowd()
        self.nginx.start()

    def make_files(self):
        """Of 1 KB each, where nginx finds them by the same paths."""
        root = self.path("static/api/v2/files")
        os.makedirs(os.path.join(root, "docs"))
        for i in range(URLS):
            with open(os.path.join(root, "docs", f"{i}.txt"), "w",
                      encoding="ascii") as file:
                file.write(f"{i:4} " + "x" * 1019)
        self.ports["static"] = free_port()
        self.nginx.static(self.ports["static"], self.path("static"))
        return root

    def start_weir(self, store):
        settings = stores.SETTINGS[store].format(
            **{name: server.port for name, server in self.servers.items()})
        weir = Weir(os.path.join(self.build, "weir"), self.path(store),
                    self.workers, settings)
        self.weirs[store] = weir
        weir.set_up(self.database)
        if store == "local":
            weir.add_uncached(self.database,
                              self.server and mariadb.config(self.server))
            weir.add_files(self.make_files())
        weir.start()
        self.route(f"weir_{store}", weir.socket, KEPT)

    def start_crowd(self):
        """The local store again, beside a large system database."""
        self.crowd = Weir(os.path.join(self.build, "weir"),
                          self.path("crowd"), self.workers,
                          stores.SETTINGS["local"])
        self.weirs["crowd"] = self.crowd
        self.crowd.set_up(self.database)
        crowd.fill(self.crowd.database)
        self.crowd.start()
        self.route("weir_crowd", self.crowd.socket, KEPT)

    def start_stores(self):
        """A weir for each store, and webdis, where there is what it takes."""
        for name, start in ("redis", stores.redis), ("memcached",
                                                     stores.memcached):
            why = stores.missing(name)
            if why:
                self.say(f"its rows are left out: {why}")
                continue
            self.servers[name] = start(self.folder)
        for store in stores.SETTINGS:
            if store in self.servers or store not in stores.PROGRAMS:
                self.start_weir(store)
        if "redis" in self.servers and not stores.missing("webdis"):
            webdis = stores.webdis(self.folder, self.servers["redis"].port)
            self.servers["webdis"] = webdis
            self.ports["webdis"] = free_port()
            self.nginx.proxy(self.ports["webdis"], "webdis", webdis.port,
                             KEPT)

    def start_server(self):
        """MariaDB and the responder in front of it, where there is one."""
        why = mariadb.missing(self.program("mariadb_epoll"))
        if why:
            self.say(f"MariaDB rows are left out: {why}")
            return
        self.server = mariadb.start(self.database)
        self.responder("mariadb_epoll", str(self.workers),
                       *mariadb.words(self.server))

    def stop(self):
        self.nginx.stop()
        for weir in self.weirs.values():
            weir.stop()
        for server in self.servers.values():
            server.stop()
        for proc in self.procs.values():
            proc.stop()
        if self.server:
            self.server.stop()

    def key_for(self, target):
        """The API key of a weir; the others read none."""
        weir = self.weirs.get(target.removeprefix("weir_"), self.weir)
        return weir.key

    def load(self, target, lines, clients=CLIENTS):
        """The lines become a file of requests."""
        name = self.path(f"requests.{abs(hash(tuple(lines)))}")
        with open(name, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return Load(self.ports[target], name, self.key_for(target), clients)

    def pair(self, name, label, responder, service, lines):
        """A row of the minimal responder, and one of weir's service."""
        return [
            Row(f"{name}_c", f"{label}, minimal C",
                self.procs[responder].pid,
                self.load(responder, lines(service))),
            Row(name, f"weir, {label}, uncached", self.weir.pid,
                self.load("weir_local", lines(service))),
        ]

    def engine_rows(self, name, label, responder, service):
        """What is measured of one engine."""
        kinds = (
            ("rows", "25 rows", lambda s: orders(s, 25, 1)),
            ("row", "by key", single_orders),
            ("related", "25 rows, related", related_orders),
            ("thousand", "1000 rows", lambda s: orders(s, 1000, 100)),
            ("insert", "insert", lambda s: entries(s, 1)),
            ("batch", "100 inserts", lambda s: entries(s, 100)),
        )
        return [row for kind, what, lines in kinds
                for row in self.pair(f"{name}{kind}", f"{label}, {what}",
                                     responder, service, lines)]

    def database_rows(self):
        rows = self.engine_rows("", "SQLite", "sqlite_epoll", "raw")
        if self.server:
            rows += self.engine_rows("maria_", "MariaDB", "mariadb_epoll",
                                     "maria")
        return rows

    def store_rows(self):
        """Hits and the Cache API on each store; those of local are first."""
        rows = []
        for store, weir in self.weirs.items():
            if weir is self.crowd:
                continue
            target = f"weir_{store}"
            if store != "local":
                rows.append(Row(f"hit_{store}", f"weir, cached hit, {store}",
                                weir.pid,
                                self.load(target, orders("db", 5, 5))))
            rows += [
                Row(f"post_{store}", f"weir, cache API POST, {store}",
                    weir.pid, self.load(target, kv_posts())),
                Row(f"get_{store}", f"weir, cache API GET, {store}",
                    weir.pid, self.load(target, kv_gets())),
            ]
        if "webdis" in self.servers:
            pid = self.servers["webdis"].pid
            rows += [
                Row("webdis_set", "webdis SET, behind nginx", pid,
                    self.load("webdis", webdis_sets())),
                Row("webdis_get", "webdis GET, behind nginx", pid,
                    self.load("webdis", webdis_gets())),
            ]
        return rows

    def file_rows(self):
        """And the same files as nginx sends them itself, the ceiling."""
        rows = [Row("static", "nginx, file of 1 KB, without weir",
                    self.nginx.worker,
                    self.load("static", file_gets("files")))]
        for service, label in (("files", ""), ("checked", ", mtime")):
            rows.append(Row(
                f"file_{service}", f"weir, cached file of 1 KB{label}",
                self.weir.pid, self.load("weir_local", file_gets(service))))
        return rows

    def rows(self):
        hello = self.procs["hello_threads"].pid
        epoll = self.procs["hello_epoll"].pid
        weir = self.weir.pid
        hits = orders("db", 5, 5)
        busy = ['PATCH /api/v2/slow/_table/item/1 {"n":2}']
        return [
            Row("hello", "hello, a thread per kept connection", hello,
                self.load("hello_threads", hits)),
            Row("hello_epoll", "hello, epoll dispatch", epoll,
                self.load("hello_epoll", hits)),
            Row("nginx_cache", "nginx fastcgi_cache hit", epoll,
                self.load("cached", hits)),
            Row("hit", "weir, cached hit, local store", weir,
                self.load("weir_local", hits)),
            Row("hit_crowd", "weir, cached hit, 10 000 apps",
                self.crowd.pid, self.load("weir_crowd", hits)),
            Row("hit256", "weir, cached hit, 256 clients", weir,
                self.load("weir_local", hits, MANY_CLIENTS)),
        ] + self.file_rows() + self.store_rows() + self.database_rows() + [
            # Last: its workers wait for a second longer than it lasts.
            Row("hit_busy", "weir, cached hit, all workers waiting", weir,
                self.load("weir_local", hits),
                beside=self.load("weir_local", busy, 2 * self.weir.workers)),
        ]

    def verify(self, rows):
        """RuntimeError when the rows are not what their labels say."""
        port = self.ports["weir_local"]
        for service in "files", "checked":
            all_hits(port, file_gets(service), self.weir.key)
        for store, weir in self.weirs.items():
            at = self.ports[f"weir_{store}"]
            all_hits(at, orders("db", 5, 5), weir.key)
            if weir is not self.crowd:
                all_keys(at, kv_gets(), weir.key)
        self.verify_engine("raw", "sqlite_epoll")
        if self.server:
            self.verify_engine("maria", "mariadb_epoll")
        for row in rows:
            waited = [r["beside"]["p50_ms"] for r in row.rounds
                      if "beside" in r]
            if waited and min(waited) < BUSY_MS:
                raise RuntimeError(f"{row.label}: the workers were not busy: "
                                   f"they waited {min(waited)} ms")

    def verify_engine(self, service, responder):
        port = self.ports["weir_local"]
        other = self.ports[responder]
        for lines in (orders(service, 25, 1), single_orders(service),
                      related_orders(service), orders(service, 1000, 100)):
            same_rows(port, other, lines[7], self.weir.key)
        for count in 1, 100:
            for at in port, other:
                all_new(at, entries(service, count)[0], self.weir.key, count)

    def reload_ms(self):
        """What the large system database costs when something changed."""
        return crowd.reload_ms(self.crowd.database, self.crowd.log)

    def memory_after(self, requests):
        """Resident MiB of weir after that many mixed requests."""
        load = self.load("weir_local", mixed())
        while requests > 0:
            requests -= load.run(CHUNK_SECONDS)["requests"]
        return resident_kib(self.weir.pid, self.weir.store) / 1024
