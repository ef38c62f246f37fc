"""Apache as Debian sets it up, with one of our sites."""

import os
import signal

from support.process import wait_until
from support.web_server import WebServer

MODULES = "/etc/apache2/mods-available"
MAIN = """\
ServerRoot {folder}
ServerName localhost
Mutex file:{folder} default
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
<Directory />
	Options FollowSymLinks
	AllowOverride None
	Require all denied
</Directory>
Listen 127.0.0.1:{port}
{modules}
Include {site}
"""


class Apache(WebServer):
    site = None
    enables = ()

    def configure(self):
        modules = ("mpm_event", "authz_core", "reqtimeout", "env",
                   *self.enables)
        self.write("apache2.conf", MAIN.format(
            folder=self.folder, port=self.port,
            site=self.copy(self.site, self.changes()),
            modules="\n".join(
                f"Include {MODULES}/{name}.load\n"
                f"IncludeOptional {MODULES}/{name}.conf"
                for name in modules)))

    def changes(self):
        return super().changes() | {
            "*:80>": f"127.0.0.1:{self.port}>"}

    def argv(self):
        return ["/usr/sbin/apache2", "-f", self.path("apache2.conf"),
                "-DFOREGROUND"]


class ProxyFcgi(Apache):
    """Each request has a connection to weir of its own."""

    buffers = False
    site = "apache/weir_proxy.conf"
    enables = ("proxy", "proxy_fcgi", "filter", "deflate")


class ProxyFcgiKept(ProxyFcgi):
    """Connections to weir are kept."""

    def changes(self):
        return super().changes() | {"enablereuse=off": "enablereuse=on"}


class Fcgid(Apache):
    """Apache starts the processes of weir, and ends them."""

    site = "apache/weir_fcgid.conf"
    enables = ("alias", "fcgid", "rewrite", "filter", "deflate")

    def start_weirs(self):
        return []

    def changes(self):
        return {"*:80>": f"127.0.0.1:{self.port}>",
                "/usr/bin/weir": self.host.program,
                "/etc/weir/weir.env": self.host.site.env_file}

    def end_weirs(self):
        """Each by its id, as an administrator might."""
        for id in self.processes:
            os.kill(id, signal.SIGTERM)
        assert wait_until(lambda: not self.processes)

    @property
    def processes(self):
        """The ids of those of weir that run."""
        return [int(line.split()[0]) for line in self.session()
                if "(weir) " in line and "(weir) Z" not in line]

    def session(self):
        """What the system says of each process that came from Apache."""
        for id in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{id}/stat", encoding="utf-8") as stat:
                    line = stat.read()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(line.rpartition(")")[2].split()[3]) == self.process.id:
                yield line
