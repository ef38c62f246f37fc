"""A real MariaDB server on a folder of its own, as small as it gets.

`root` has no password and comes only through the socket here; `weir` has
one and may do everything, through the socket and through TCP.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile

from support.nginx import free_port
from support.process import Process, wait_until

USER = "weir"
PASSWORD = "s3cret pass"
AS_ROOT = ["--user=root"] if os.geteuid() == 0 else []
SMALL = ["--innodb-log-file-size=8M", "--innodb-buffer-pool-size=32M",
         "--skip-name-resolve"]
QUICK = ["--innodb-flush-log-at-trx-commit=2", "--innodb-fast-shutdown=2",
         "--performance-schema=OFF", "--skip-log-bin",
         "--character-set-server=utf8mb4", "--bind-address=127.0.0.1"]
USERS = f"""\
CREATE USER IF NOT EXISTS {USER}@'%' IDENTIFIED BY '{PASSWORD}';
GRANT ALL ON *.* TO {USER}@'%' WITH GRANT OPTION;
"""
ESCAPED = {"\\n": "\n", "\\t": "\t", "\\0": "\0", "\\\\": "\\"}


class Failed(Exception):
    """A statement that the server refused."""


def unescape(cell):
    """What a cell was before the client wrote it on a line; NULL: None."""
    if cell == "NULL":
        return None
    return re.sub(r"\\[nt0\\]", lambda found: ESCAPED[found[0]], cell)


class MariaDB:
    """`options` are more words for mariadbd's command line."""

    user = USER
    password = PASSWORD

    def __init__(self, *options):
        self.folder = tempfile.mkdtemp(prefix="weir-mariadb-")
        self.socket = self.path("sock")
        self.port = free_port()
        self.options = options
        self.process = None
        self.install()
        self.start()

    def path(self, name):
        return os.path.join(self.folder, name)

    def install(self):
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", *AS_ROOT, *SMALL,
             "--datadir=" + self.path("data"),
             "--tmpdir=" + self.path("."), "--skip-test-db",
             "--auth-root-authentication-method=normal"],
            check=True, capture_output=True, timeout=120)
        with open(self.path("users.sql"), "w", encoding="ascii") as out:
            out.write(USERS)

    def start(self):
        """On the same folder, socket and port as before."""
        self.process = Process(
            ["mariadbd", "--no-defaults", *AS_ROOT, *SMALL, *QUICK,
             "--datadir=" + self.path("data"),
             "--tmpdir=" + self.path("."), "--socket=" + self.socket,
             f"--port={self.port}", "--pid-file=" + self.path("pid"),
             "--init-file=" + self.path("users.sql"), *self.options],
            self.path("log"), stdin=subprocess.DEVNULL)
        wait_until(lambda: self.answers() or not self.process.alive)
        assert self.answers(), self.process.output

    def answers(self):
        """Is a connection taken? (A paused server's system takes it too.)

        It listens on its port first, and on its socket last.
        """
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(self.socket) == 0

    def sql(self, text, database="", timeout=60):
        """Runs statements as root, past weir: the rows as tuples of text.

        A text that reads NULL cannot be told from NULL: it is None.
        """
        done = subprocess.run(
            ["mariadb", "--no-defaults", "--user=root", "--batch",
             "--socket=" + self.socket, "--skip-column-names",
             "--default-character-set=utf8mb4", "--database=" + database],
            input=text, capture_output=True, encoding="utf-8",
            errors="backslashreplace", timeout=timeout,
            check=False)
        if done.returncode != 0:
            raise Failed(done.stderr)
        return [tuple(unescape(cell) for cell in line.split("\t"))
                for line in done.stdout.split("\n")[:-1]]

    def create_database(self, name, sql=""):
        """An empty one, also when there was one; its texts compare bytes."""
        self.sql(f"DROP DATABASE IF EXISTS `{name}`;"
                 f"CREATE DATABASE `{name}` COLLATE utf8mb4_bin;"
                 f"USE `{name}`; {sql}")

    def kill(self):
        """SIGKILL, as a machine would lose it."""
        self.process.kill()

    def pause(self):
        """It keeps its connections and says nothing.

        The signal is only sent: all threads stand still a moment later.
        """
        self.process.signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.id, os.WSTOPPED)

    def resume(self):
        self.process.signal(signal.SIGCONT)

    def end(self):
        """As an operator would, unless it has ended before."""
        if self.process.alive:
            self.resume()
        self.process.stop()

    def restart(self):
        self.end()
        self.start()

    def stop(self):
        """Ends it and removes its folder."""
        self.end()
        shutil.rmtree(self.folder)

    def said_while(self, call):
        """All it was asked while a call ran: (kind, text) each, in order."""
        self.sql("SET GLOBAL log_output = 'TABLE'; "
                 "SET GLOBAL general_log = ON;")
        try:
            self.sql("TRUNCATE mysql.general_log;")
            call()
            return self.sql(
                "SELECT command_type, CONVERT(argument USING utf8mb4) "
                "FROM mysql.general_log ORDER BY event_time;")
        finally:
            self.sql("SET GLOBAL general_log = OFF;")

    def executed_while(self, call):
        """The statements on tables among them."""
        return [text for kind, text in self.said_while(call)
                if kind == "Execute" and text.count("`") >= 2]
