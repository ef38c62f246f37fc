"""weir as the benchmark runs it: API key, rate limit, access log to a file."""

import json
import os
import sqlite3
import subprocess

from proc import Proc, wait_until

SETTINGS = """\
DB_CONNECTION=sqlite
DB_DATABASE={dir}/system.sqlite
CACHE_PATH={dir}/cache
LISTEN=unix:{dir}/weir.sock
LOG_FILE={dir}/weir.log
ACCESS_LOG={dir}/access.log
WORKERS={workers}
STATEMENT_TIMEOUT=1s
{store}"""


class Weir:
    """Two services: "db" caches, and "kv" is a cache service on the same
    store. add_uncached() adds "raw", the same database as "db", which does not
    cache, and "slow", of which a write waits until STATEMENT_TIMEOUT for a
    lock; with a server there is "maria", which does not cache either."""

    def __init__(self, program, folder, workers, store):
        self.program = program
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.folder = folder
        self.settings = store
        self.workers = workers
        self.env = os.path.join(folder, "weir.env")
        self.socket = os.path.join(folder, "weir.sock")
        self.store = os.path.join(folder, "cache")
        self.database = os.path.join(folder, "system.sqlite")
        self.log = os.path.join(folder, "weir.log")
        self.key = ""
        self.lock = None
        self.proc = None

    @property
    def pid(self):
        return self.proc.pid

    def command(self, *words):
        done = subprocess.run(
            [self.program, *words, "--env", self.env], text=True,
            stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"weir {' '.join(words)}: {done.stderr}")
        return done.stdout

    def service(self, name, config, type_name="sqlite"):
        self.command("service", "add", name, "--type", type_name,
                     "--config", json.dumps(config))
        self.command("role", "grant", "bench", "--service", name,
                     "--component", "*", "--verbs", "all")

    def locked_database(self):
        """A database that nobody else can write to until stop()."""
        path = os.path.join(self.folder, "slow.sqlite")
        self.lock = sqlite3.connect(path, isolation_level=None)
        self.lock.executescript(
            "PRAGMA journal_mode = WAL;"
            "CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER);"
            "INSERT INTO item VALUES (1, 1);")
        self.lock.execute("BEGIN IMMEDIATE")
        return path

    def add_uncached(self, database, server=None):
        """server: how the service "maria" reaches its database."""
        self.service("raw", {"database": database})
        self.service("slow", {"database": self.locked_database()})
        if server:
            self.service("maria", server, "mysql")

    def add_files(self, root):
        """Two services on one folder, which cache; "checked" looks at a file
        before each hit."""
        config = {"root": root, "cache_enabled": True, "cache_ttl": 3600}
        self.service("files", config, "local_file")
        self.service("checked", config | {"cache_check": "mtime"},
                     "local_file")

    def set_up(self, database):
        with open(self.env, "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(dir=self.folder, workers=self.workers,
                                       store=self.settings))
        os.chmod(self.env, 0o600)
        self.command("setup")
        self.command("role", "add", "bench")
        self.service("db", {"database": database, "cache_enabled": True,
                            "cache_ttl": 3600})
        self.service("kv", {"store": "default"}, "cache_local")
        self.command("limit", "add", "bench", "--type", "app",
                     "--rate", "16000000", "--period", "minute")
        self.key = json.loads(self.command(
            "key", "add", "bench", "--role", "bench", "--json"))["api_key"]

    def start(self):
        self.proc = Proc([self.program, "serve", "--env", self.env],
                         os.path.join(self.folder, "weir.out"))
        wait_until(lambda: self.proc.check() or os.path.exists(self.socket),
                   10, "weir")

    def stop(self):
        if self.proc:
            self.proc.stop()
        if self.lock:
            self.lock.close()
