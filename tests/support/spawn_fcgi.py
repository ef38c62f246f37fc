"""weir started by spawn-fcgi, with our scripts, behind several web servers."""

import os
import signal
import subprocess

from support.apache import ProxyFcgi
from support.fcgi import Client
from support.lighttpd import Lighttpd
from support.process import Process, Stray, wait_until
from support.web_nginx import Nginx
from support.web_server import SOCKET, USER
from support.weir import environment


class Spawned:
    """What web servers have in common before weirs that a script starts.

    It runs as root when the tests are root.
    """

    script = None

    def prepare(self):
        """The script, with its paths and users changed."""
        path = self.copy(self.script, {
            SOCKET: self.path("weir.sock"),
            "-u weir -g weir": f"-u {USER} -g {USER}",
            "-U weir": f"-U {USER}",
            "/usr/bin/weir ": self.host.program + " ",
            "/etc/weir/weir.env": self.host.site.env_file} | self.paths())
        os.chmod(path, 0o755)
        return path

    def paths(self):
        return {}

    def is_served(self):
        try:
            Client(self.path("weir.sock")).close()
            return True
        except OSError:
            return False


class One(Spawned):
    """spawn-fcgi becomes weir."""

    script = "spawn-fcgi/run"

    def start_weirs(self):
        weir = Process([self.prepare()], self.path("spawn.out"),
                       stdin=subprocess.DEVNULL, env=environment())
        wait_until(lambda: self.is_served() or not weir.alive)
        assert self.is_served(), weir.output
        return [weir]


class Four(Spawned):
    """Four on one socket, which are nobody's children."""

    script = "spawn-fcgi/start"

    def paths(self):
        return {"/run/weir/weir.pids": self.path("weir.pids")}

    def start_weirs(self):
        started = subprocess.run(
            [self.prepare()], stdin=subprocess.DEVNULL, env=environment(),
            capture_output=True, text=True, check=False)
        assert started.returncode == 0, started.stderr
        with open(self.path("weir.pids"), encoding="ascii") as pids:
            weirs = [Stray(int(line)) for line in pids]
        assert len(weirs) == 4
        assert wait_until(lambda: all(
            weir.heeds(signal.SIGTERM) for weir in weirs))
        return weirs


class SpawnOne(One, Nginx):
    pass


class SpawnFour(Four, Nginx):
    pass


class ApacheFour(Four, ProxyFcgi):
    pass


class LighttpdFour(Four, Lighttpd):
    pass
