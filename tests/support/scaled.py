"""The network of deploy/guides/scaling-out.md, of the files that stand there.

Only folders differ, APP_KEY is a real one, and passwords cost less.
"""

import os
import shutil
import subprocess
import tempfile

from support import accounts, shop
from support.engine import MySQL
from support.guide import Guide
from support.http import Caller
from support.mariadb import MariaDB
from support.network import Network
from support.process import Process, wait_until
from support.web_nginx import MAIN, Nginx
from support.web_server import Host
from support.weir import environment

GUIDE = Guide("scaling-out.md")
ADDRESSES = {"balancer": "10.0.0.2", "client": "10.0.0.9",
             "web1": "10.0.0.11", "web2": "10.0.0.12", "data": "10.0.0.21",
             "redis": "10.0.0.31", "redis2": "10.0.0.32"}
MASTER = "mymaster"
USERS = "user"  # a role, and the app of who logs in
CHEAP = {name: accounts.SETTINGS[name]
         for name in ("ARGON_MEMORY", "ARGON_TIME")}
TABLES = """
CREATE TABLE counts (id {key}, nth INTEGER, run INTEGER);
"""


def settings_of(text):
    """Those of the block of an environment file in which that stands."""
    lines = GUIDE.block(text).strip().split("\n")
    return dict(line.split("=", 1) for line in lines)


class Server:
    """Redis or a sentinel, on one of the hosts."""

    def __init__(self, host, folder, text, *words):
        self.host = host
        self.folder = folder
        self.words = words
        self.config = os.path.join(folder, "conf")
        with open(self.config, "w", encoding="ascii") as out:
            out.write(GUIDE.block(text))
        self.port = next(line.split()[1] for line in GUIDE.block(
            text).split("\n") if line.startswith("port "))
        self.start()

    def start(self):
        with self.host.inside():
            self.process = Process(
                ["redis-server", self.config, "--dir", self.folder,
                 *self.words], os.path.join(self.folder, "log"),
                stdin=subprocess.DEVNULL)
        assert wait_until(lambda: "PONG" in self.tell("PING")), \
            self.process.output

    def tell(self, *words):
        """From its own host; nothing while it is away."""
        login = () if self.words else ("-a", "REDIS-PASSWORD",
                                       "--no-auth-warning")
        with self.host.inside():
            return subprocess.run(
                ["redis-cli", "-h", self.host.address, "-p", self.port,
                 *login, *words], text=True, capture_output=True, timeout=30,
                check=False).stdout

    def is_master(self):
        return self.tell("ROLE").startswith("master")


class Here(Nginx):
    """nginx on a host: at port 80, as everybody's is."""

    def configure(self):
        self.port = 80
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", "w",
                  encoding="ascii") as first:
            first.write("0")
        super().configure()

    def changes(self):
        return {key: new for key, new in super().changes().items()
                if key != "listen 80;"}


class Balancer(Here):
    def start_weirs(self):
        return []

    def configure(self):
        super().configure()
        self.write("nginx.conf", MAIN.format(folder=self.folder))
        self.write("weir.conf", GUIDE.block("upstream weir_hosts"))


class WebHost:
    """A host with nginx and weir, and all that runs on it."""

    def __init__(self, host, **settings):
        self.host = host
        with host.inside():
            self.machine = Host(**settings)
            self.nginx = Here(self.machine, "web")
        self.site = self.machine.site
        self.sentinel = None

    def kill(self):
        """As good as at once: nginx first, or it would answer for weir."""
        for process in self.processes():
            process.kill()

    def processes(self):
        yield self.nginx.process
        yield from self.nginx.weirs
        if self.sentinel:
            yield self.sentinel.process

    def revive(self):
        with self.host.inside():
            self.nginx.weirs = self.nginx.start_weirs()
            self.nginx.start()
        if self.sentinel and not self.sentinel.process.alive:
            self.sentinel.start()

    def restart_weir(self):
        with self.host.inside():
            self.nginx.end_weirs()
            self.nginx.weirs = self.nginx.start_weirs()

    def weir(self, *words):
        with self.host.inside():
            return self.site.weir(*words)

    def remove(self):
        self.nginx.stop()
        self.machine.remove()


class Scaled:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="weir-scaled-")
        self.network = Network(**ADDRESSES)
        with self.network["data"].inside():
            self.mariadb = MariaDB("--bind-address=10.0.0.21", "--port=3306")
        self.mariadb.sql(GUIDE.block("CREATE USER"))
        self.redis = self.server("redis", "redis", "bind 10.0.0.31")
        self.web = [WebHost(self.network["web1"], **self.settings())]
        self.web.append(WebHost(self.network["web2"], **self.settings(
            APP_KEY=self.app_key())))
        with self.network["balancer"].inside():
            self.balancer = Balancer(self.web[0].machine, "balancer")
        self.sentinels = []
        self.fill()

    def server(self, host, name, text, *words):
        folder = os.path.join(self.folder, f"{host}-{name}")
        os.mkdir(folder)
        return Server(self.network[host], folder, text, *words)

    def settings(self, **more):
        found = settings_of("TRUSTED_PROXIES=")
        del found["APP_KEY"]
        return found | CHEAP | more

    def app_key(self):
        return next(line.split("=", 1)[1] for line in
                    self.web[0].site.read("weir.env").split("\n")
                    if line.startswith("APP_KEY="))

    def fill(self):
        """The shop, a service on it, who may use it."""
        self.engine = MySQL(self.mariadb)
        config = self.engine.create(
            "shop", shop.sql(self.engine) + TABLES.format(
                key=self.engine.key))
        self.mariadb.sql(f"GRANT ALL ON {config['database']}.* "
                         "TO 'weir'@'10.0.0.%'")
        with self.network["web1"].inside():
            site = self.web[0].site
            site.add_service(
                "shop", "mysql", cache_enabled=True, cache_ttl=60,
                host="10.0.0.21", database=config["database"],
                username="weir", password="DATABASE-PASSWORD")
            site.add_role("owner")
            site.grant("owner", "shop", "*", "all")
            self.key = site.add_key("owner", "owner")
            self.limited = site.add_key("limited", "owner")
            accounts.add(site, "joe@example.com")
            accounts.grant(site, "joe@example.com", "owner", "owner")

    def caller(self, n=None, key=None):
        """On web host n, or through the balancer; from where it is used."""
        host = ADDRESSES["balancer" if n is None else f"web{n + 1}"]
        return Caller(80, key or self.key, host=host)

    def add_sentinels(self):
        """And what they need: a replica, and settings that name them."""
        self.redis2 = self.server("redis2", "redis", "replicaof")
        assert wait_until(
            lambda: "master_link_status:up" in self.redis2.tell("INFO"))
        for name in ("web1", "web2", "redis2"):
            self.sentinels.append(self.server(
                name, "sentinel", "sentinel monitor", "--sentinel"))
        for web, sentinel in zip(self.web, self.sentinels):
            web.sentinel = sentinel
        assert wait_until(lambda: all(
            "slaves=1,sentinels=3" in sentinel.tell("INFO", "sentinel")
            for sentinel in self.sentinels))

    def use_sentinels(self, web):
        """On that host."""
        web.site.configure(
            REDIS_HOST=None, **settings_of("REDIS_SENTINEL_HOST="))
        web.restart_weir()

    def stop(self):
        self.balancer.stop()
        for web in self.web:
            web.remove()
        for server in self.sentinels + [self.redis]:
            server.process.kill()
        if self.sentinels:
            self.redis2.process.kill()
        self.mariadb.stop()
        self.network.close()
        shutil.rmtree(self.folder)
