"""The one nginx of the benchmark: one worker, a port for each target."""

import os

from proc import Proc, children, wait_until

HEAD = """\
{user}
worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log warn;
daemon off;
events {{
    worker_connections 4096;
}}
http {{
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path {dir}/body;
    fastcgi_temp_path {dir}/fastcgi;
    proxy_temp_path {dir}/proxy;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    fastcgi_cache_path {dir}/cached keys_zone=cached:10m inactive=1d;
"""

UPSTREAM = """
    upstream {name} {{
        server unix:{socket};
        keepalive {kept};
        keepalive_requests 100000000;
    }}
"""

SERVER = """
    server {{
        listen 127.0.0.1:{port} backlog=1023;
        location / {{
            include {include};
            fastcgi_pass {upstream};
            {extra}
        }}
    }}
"""

PROXY_UPSTREAM = """
    upstream {name} {{
        server 127.0.0.1:{port};
        keepalive {kept};
        keepalive_requests 100000000;
    }}
"""

PROXY_SERVER = """
    server {{
        listen 127.0.0.1:{port} backlog=1023;
        location / {{
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://{upstream};
        }}
    }}
"""

STATIC_SERVER = """
    server {{
        listen 127.0.0.1:{port} backlog=1023;
        location / {{ root {root}; }}
    }}
"""

CACHED = """\
fastcgi_cache cached;
            fastcgi_cache_key $request_uri;
            fastcgi_cache_valid 200 1d;"""


class Nginx:
    """Targets are added first, then start() runs it."""

    def __init__(self, folder, include):
        self.folder = folder
        self.include = include
        self.blocks = []
        self.proc = None

    def upstream(self, name, socket, kept):
        """kept: idle connections; a program with a blocking thread for each
        must not be given more than it has threads."""
        self.blocks.append(UPSTREAM.format(name=name, socket=socket,
                                           kept=kept))

    def server(self, port, upstream, cached=False):
        self.blocks.append(SERVER.format(
            port=port, upstream=upstream, include=self.include,
            extra=CACHED if cached else ""))

    def proxy(self, port, name, to_port, kept):
        """A server of HTTP instead of FastCGI."""
        self.blocks.append(PROXY_UPSTREAM.format(name=name, port=to_port,
                                                 kept=kept))
        self.blocks.append(PROXY_SERVER.format(port=port, upstream=name))

    def static(self, port, root):
        """Sends the files of a folder itself."""
        self.blocks.append(STATIC_SERVER.format(port=port, root=root))

    def start(self):
        conf = os.path.join(self.folder, "nginx.conf")
        user = "user root;" if os.getuid() == 0 else ""
        with open(conf, "w", encoding="utf-8") as file:
            file.write(HEAD.format(dir=self.folder, user=user))
            file.write("".join(self.blocks))
            file.write("}\n")
        self.proc = Proc(["nginx", "-p", self.folder, "-c", conf],
                         os.path.join(self.folder, "nginx.out"))
        wait_until(lambda: self.proc.check() or children(self.proc.pid),
                   10, "nginx")

    @property
    def worker(self):
        return children(self.proc.pid)[0]

    def stop(self):
        if self.proc:
            self.proc.stop()
