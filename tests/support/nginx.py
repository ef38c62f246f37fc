"""A real nginx in front of weir, set up as the shipped files set it up."""

import os
import secrets
import socket
import subprocess

from support.process import Process, wait_until

SHIPPED = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "..", "..", "deploy", "nginx")
PORTS = range(12000, 32000)
CONFIG = """\
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    fastcgi_temp_path {folder}/fastcgi;
    proxy_temp_path {folder}/proxy;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000;
    include {shipped}/weir_fastcgi.conf;
{sites}
}}
"""

UPSTREAM = """\
    upstream weir{n} {{ server {server}; {keepalive} }}
    server {{
        listen 127.0.0.1:{port} backlog=2048;
        fastcgi_keep_conn {keep_conn};
        location / {{ fastcgi_pass weir{n}; }}
    }}
"""


def free_port():
    """Not one that bind() finds: those are what the system gives to clients.

    One whose server is away could be given the server's, and keep it.
    """
    while True:
        port = PORTS.start + secrets.randbelow(len(PORTS))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass  # somebody's


def site(n, address, port, kept):
    """A port that leads to one FastCGI address."""
    server = (f"unix:{address}" if isinstance(address, str)
              else "%s:%d" % address)
    return UPSTREAM.format(
        n=n, server=server, port=port,
        keepalive=f"keepalive {kept};" if kept else "",
        keep_conn="on" if kept else "off")


class Nginx:
    """`sites` is a list of (address, number of kept connections)."""

    def __init__(self, folder, sites):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.ports = [free_port() for _ in sites]
        config = os.path.join(folder, "nginx.conf")
        with open(config, "w", encoding="ascii") as out:
            out.write(self.config(sites))
        self.process = Process(
            ["nginx", "-c", config, "-e", os.path.join(folder, "error.log")],
            os.path.join(folder, "nginx.log"))
        assert wait_until(self.answers), self.process.output

    def config(self, sites):
        blocks = [site(n, address, port, kept) for n, ((address, kept), port)
                  in enumerate(zip(sites, self.ports))]
        user = "user root;" if os.geteuid() == 0 else ""
        return CONFIG.format(
            folder=self.folder, user=user, shipped=SHIPPED,
            sites="".join(blocks))

    def answers(self):
        try:
            for port in self.ports:
                socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    def stop(self):
        self.process.stop(5)


def wrk(port, path, key, connections, seconds, timeout=120):
    """Runs wrk and returns what it prints."""
    return subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-H",
         f"X-DreamFactory-API-Key: {key}",
         f"http://127.0.0.1:{port}{path}"],
        capture_output=True, text=True, timeout=timeout, check=True).stdout
