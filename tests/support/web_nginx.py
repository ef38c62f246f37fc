"""nginx as Debian sets it up, with our files, and weir started in many ways."""

import os
import signal
import subprocess

from support.fcgi import Client
from support.nginx import free_port
from support.process import Process, Stray, wait_until
from support.web_server import SOCKET, USER, WebServer
from support.weir import environment

MAIN = """\
daemon off;
pid {folder}/nginx.pid;
worker_processes 2;
events {{ worker_connections 768; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    fastcgi_temp_path {folder}/fastcgi;
    proxy_temp_path {folder}/proxy;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include weir.conf;
}}
"""


class Nginx(WebServer):
    """By a unix socket."""

    def configure(self):
        self.write("nginx.conf", MAIN.format(folder=self.folder))
        self.copy("nginx/weir.conf", self.changes())
        self.copy("nginx/weir_fastcgi.conf")

    def changes(self):
        return {
            "unix:" + SOCKET: "unix:" + self.path("weir.sock"),
            "listen 80;": f"listen 127.0.0.1:{self.port};",
            "listen [::]:80;": ""}

    def argv(self):
        return ["/usr/sbin/nginx", "-c", self.path("nginx.conf"),
                "-e", self.path("error.log")]


class NginxTcp(Nginx):
    def start_weirs(self):
        self.behind = getattr(self, "behind", None) or free_port()
        return [self.host.weir(("127.0.0.1", self.behind))]

    def changes(self):
        return super().changes() | {
            "unix:" + SOCKET: f"127.0.0.1:{self.behind}"}


class NginxTwo(Nginx):
    """Two of weir, the second by TCP, as the file proposes."""

    def start_weirs(self):
        self.behind = getattr(self, "behind", None) or free_port()
        return super().start_weirs() + [
            self.host.weir(("127.0.0.1", self.behind))]

    def changes(self):
        return super().changes() | {
            "# server 10.0.0.2:9000": f"server 127.0.0.1:{self.behind}"}


class SpawnFcgi(Nginx):
    """A script of ours starts weir, as root when the tests are root."""

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


class SpawnOne(SpawnFcgi):
    """spawn-fcgi becomes weir."""

    script = "spawn-fcgi/run"

    def start_weirs(self):
        weir = Process([self.prepare()], self.path("spawn.out"),
                       stdin=subprocess.DEVNULL, env=environment())
        wait_until(lambda: self.is_served() or not weir.alive)
        assert self.is_served(), weir.output
        return [weir]


class SpawnFour(SpawnFcgi):
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
