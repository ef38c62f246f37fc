"""Installations of weir: settings, databases, keys, and running servers.

Everything is made with the program's own commands, as an operator would.
"""

import json
import os
import socket
import subprocess
import time

from support import fcgi
from support.engine import SQLite
from support.process import Process, wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
PROGRAM = os.path.abspath(
    os.environ.get("WEIR", os.path.join(ROOT, "build", "weir")))
PLATFORM = ("system", "user", "api_docs")  # services, and their types
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "ASAN_OPTIONS",
             "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS")


class Failed(Exception):
    """A command ended with another status than 0."""


def environment(**more):
    """The tests' own, without what weir would take for a setting."""
    kept = {name: os.environ[name] for name in PASSED_ON
            if name in os.environ}
    return {**kept, **more}


def run(*words, env=None, timeout=60):
    """Runs the program to its end: (status, stdout, stderr)."""
    done = subprocess.run(
        [PROGRAM, *words], env=env or environment(), timeout=timeout,
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False)
    return done.returncode, done.stdout, done.stderr


def listen_unix(path, backlog=1024):
    """A listening socket, as a web server's spawner would make it."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(backlog)
    return listener


class Server(Process):
    """A running `weir serve`."""

    def __init__(self, argv, log, address, **more):
        super().__init__(argv, log, **more)
        self.address = address

    def answers(self):
        """Does it answer anything at all? A refusal will do."""
        try:
            return fcgi.call(self.address, "/api/v2").status > 0
        except (OSError, fcgi.Closed):
            return False

    def wait_ready(self):
        """Fails, with what it said, when it does not come up."""
        wait_until(lambda: self.answers() or not self.alive)
        if not self.alive:
            raise Failed(f"weir ended: {self.output}")
        return self

    def connect(self, timeout=30):
        return fcgi.Client(self.address, timeout)


def server_settings(server, database):
    """The settings of a system database on a MariaDB."""
    return {"DB_CONNECTION": "mysql", "DB_DATABASE": database,
            "DB_HOST": "127.0.0.1", "DB_PORT": str(server.port),
            "DB_USERNAME": server.user,
            "DB_PASSWORD": f'"{server.password}"'}


class Installation:
    """A folder with an env file and all that the file names."""

    def __init__(self, folder, **settings):
        self.folder = str(folder)
        self.env_file = self.path("weir.env")
        self.engine = SQLite(folder)
        self.settings = {
            "DB_CONNECTION": "sqlite",
            "DB_DATABASE": self.path("system.sqlite"),
            "CACHE_DRIVER": "local",
            "CACHE_PATH": self.path("cache"),
            "CACHE_MEMORY": "64m",
            "WORKERS": "4",
            "AUTH_FAILURES": "1000000",  # all tests come from one address
            "ACCESS_LOG": self.path("access.log"),
            "LOG_FILE": self.path("weir.log"),
        }
        self.configure(**settings)
        self.weir("setup")

    def path(self, name):
        return os.path.join(self.folder, name)

    def configure(self, **settings):
        """Changes settings in the file; what setup wrote there stays.

        None takes a setting out.
        """
        self.settings.update(settings)
        kept = [line for line in self.read("weir.env").splitlines()
                if line.split("=")[0] not in self.settings]
        given = [f"{name}={value}" for name, value in self.settings.items()
                 if value is not None]
        with open(self.env_file, "w", encoding="utf-8") as out:
            out.write("\n".join(kept + given) + "\n")
        os.chmod(self.env_file, 0o600)

    def weir(self, *words):
        """Runs a command; what it prints, or an exception."""
        status, out, err = run(*words, "--env", self.env_file)
        if status != 0:
            raise Failed(f"weir {' '.join(words)}: {status}: {err}{out}")
        return out

    def listed(self, noun):
        """What `weir NOUN list --json` prints.

        Without the services that there are from the start.
        """
        return [row for row in json.loads(self.weir(noun, "list", "--json"))
                if noun != "service" or row["type"] not in PLATFORM]

    def add_service(self, name, type, **config):
        self.weir("service", "add", name, "--type", type,
                  "--config", json.dumps(config))

    def add_database(self, name, sql, **config):
        """A SQLite file made by `sql`, and a service on it."""
        config |= SQLite(self.folder).create(name, sql)
        self.add_service(name, "sqlite", **config)
        return config["database"]

    def add_role(self, name):
        self.weir("role", "add", name)

    def grant(self, role, service, component, verbs, filters=None,
              filter_op=None):
        """filters: a list, or None for what the row has already."""
        words = [] if filters is None else ["--filters", json.dumps(filters)]
        if filter_op is not None:
            words += ["--filter-op", filter_op]
        self.weir("role", "grant", role, "--service", service,
                  "--component", component, "--verbs", verbs, *words)

    def add_key(self, name, role):
        """The clear key, which only this one answer shows."""
        return json.loads(self.weir(
            "key", "add", name, "--role", role, "--json"))["api_key"]

    def add_limit(self, name, rate, period, **scope):
        """Scope: options of the command; True is one without a value."""
        words = [word for kind, what in scope.items()
                 for word in ("--" + kind, what) if word is not True]
        self.weir("limit", "add", name, "--rate", str(rate),
                  "--period", period, *words)

    def serve(self, name="weir", listener=None, ready=True, **settings):
        """A server on its own unix socket, or on the listener given."""
        address = self.path(name + ".sock")
        more = {"stdin": subprocess.DEVNULL}
        if listener:
            address = listener.getsockname()
            more["stdin"] = listener.fileno()
        else:
            settings.setdefault("LISTEN", "unix:" + address)
        server = Server(
            [PROGRAM, "serve", "--env", self.env_file],
            self.path(name + ".out"), address,
            env=environment(**settings), **more)
        return server.wait_ready() if ready else server

    def read(self, name):
        """All of a file of this installation; empty when there is none.
        A front may keep lines of its access log for 10 ms."""
        if name.endswith("access.log"):
            time.sleep(0.03)
        try:
            with open(self.path(name), encoding="utf-8",
                      errors="replace") as text:
                return text.read()
        except FileNotFoundError:
            return ""

    def ask(self, sql, *values):
        """One row of the shop's database, asked past weir."""
        return self.engine.ask(sql, *values)

    def access_lines(self):
        """Of the access log, but for one that is being written."""
        lines = self.read("access.log").split("\n")
        return [json.loads(line) for line in lines[:-1]]
