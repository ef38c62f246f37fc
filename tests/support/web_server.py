"""Web servers run from the files that we ship, each with a weir behind it.

All run as one user, who may go into the folder: www-data for root, since Apache
refuses to be root, and the tests' own user otherwise.
"""

import os
import pwd
import shutil
import signal
import socket
import tempfile

from support.nginx import free_port
from support.process import Process, wait_until
from support.weir import PROGRAM, ROOT, Installation, Server, environment

USER = "www-data"
SOCKET = "/run/weir/weir.sock"  # in all of the files


def account():
    """Process arguments for the servers' user."""
    if os.geteuid() != 0:
        return {}
    return {"user": USER, "group": USER, "extra_groups": []}


class Host:
    """A machine of an administrator's: a folder, a program, an installation.

    Everything in it is the servers' user's.
    """

    def __init__(self, **settings):
        self.folder = tempfile.mkdtemp(prefix="weir-web-")
        os.chmod(self.folder, 0o755)
        self.program = self.path("weir")
        shutil.copy(PROGRAM, self.program)
        os.mkdir(self.path("site"))
        self.site = Installation(self.path("site"), **settings)

    def path(self, name):
        return os.path.join(self.folder, name)

    def give_away(self):
        """All that was made so far."""
        if os.geteuid() != 0:
            return
        owner = pwd.getpwnam(USER)
        for folder, _, files in os.walk(self.folder):
            for path in (folder, *(os.path.join(folder, name)
                                   for name in files)):
                os.chown(path, owner.pw_uid, owner.pw_gid,
                         follow_symlinks=False)

    def make_folder(self, name):
        os.mkdir(self.path(name))
        self.give_away()
        return self.path(name)

    def weir(self, listen, **settings):
        """A running weir; listen: a path, or a (host, port) pair."""
        where = ("unix:" + listen if isinstance(listen, str)
                 else "%s:%d" % listen)
        return Server(
            [self.program, "serve", "--env", self.site.env_file],
            self.path("weir.out"), listen, **account(),
            env=environment(LISTEN=where, **settings)).wait_ready()

    def remove(self):
        shutil.rmtree(self.folder)


class WebServer:
    """One server with its weirs. A class says what is its own."""

    buffers = True  # takes the whole body before it calls weir
    tells = False  # closes the connection when its client has left

    def __init__(self, host, name):
        self.host = host
        self.folder = host.make_folder(name)
        self.port = free_port()
        self.weirs = self.start_weirs()
        self.configure()
        self.start()

    def path(self, name):
        return os.path.join(self.folder, name)

    def start_weirs(self):
        """Those that the server does not start itself."""
        return [self.host.weir(self.path("weir.sock"))]

    def changes(self):
        """What an administrator changes in the file: new text by old."""
        return {SOCKET: self.path("weir.sock")}

    def configure(self):
        """Writes what the server reads."""
        raise NotImplementedError

    def argv(self):
        raise NotImplementedError

    def start(self):
        self.process = Process(self.argv(), self.path("out"), **account(),
                               env=environment(), cwd=self.folder)
        wait_until(lambda: self.answers() or not self.process.alive)
        assert self.answers(), self.complaints

    def answers(self):
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def complaints(self):
        """What it said on its output and in its log."""
        said = self.process.output
        if os.path.exists(self.path("error.log")):
            with open(self.path("error.log"), encoding="utf-8",
                      errors="replace") as log:
                said += log.read()
        return said

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)
        return self.path(name)

    def copy(self, shipped, changes=None):
        """A file of deploy/ with its changes, each of which is in it."""
        with open(os.path.join(ROOT, "deploy", shipped),
                  encoding="utf-8") as file:
            text = file.read()
        for old, new in (changes or {}).items():
            assert old in text, (shipped, old)
            text = text.replace(old, new)
        return self.write(os.path.basename(shipped), text)

    def end_weirs(self):
        """All at a time: each waits a moment for the connections it has."""
        for weir in self.weirs:
            if weir.alive:
                weir.signal(signal.SIGTERM)
        for weir in self.weirs:
            weir.stop()

    def end(self):
        self.process.stop()

    def stop(self):
        self.end()
        self.end_weirs()
