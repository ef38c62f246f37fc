"""nginx as Debian sets it up, with our files."""

from support.nginx import free_port
from support.web_server import SOCKET, WebServer

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

    tells = True

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
