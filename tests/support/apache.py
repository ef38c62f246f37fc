"""Apache as Debian sets it up, with one of our sites."""

from support.web_server import WebServer

MODULES = "/etc/apache2/mods-available"
MAIN = """\
ServerRoot {folder}
ServerName localhost
Mutex file:{folder} default
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
DocumentRoot {folder}/www
Listen 127.0.0.1:{port}
{modules}
Include {site}
"""


class Apache(WebServer):
    site = None
    enables = ()

    def configure(self):
        modules = ("mpm_event", "authz_core", "reqtimeout", *self.enables)
        self.host.make_folder(self.path("www"))
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
    """Connections to weir are kept."""

    buffers = False
    site = "apache/weir_proxy.conf"
    enables = ("proxy", "proxy_fcgi", "filter", "deflate")


class ProxyFcgiFresh(ProxyFcgi):
    """Each request has a connection of its own."""

    def changes(self):
        return super().changes() | {"enablereuse=on": "enablereuse=off"}
