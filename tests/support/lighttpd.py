"""lighttpd as Debian sets it up, with our file."""

import signal

from support.web_server import WebServer

MAIN = """\
server.modules = ( "mod_indexfile", "mod_access", "mod_alias", "mod_redirect" )
server.document-root = "{folder}/www"
server.upload-dirs = ( "{folder}" )
url.access-deny = ( "~", ".inc" )
index-file.names = ( "index.php", "index.html" )
static-file.exclude-extensions = ( ".php", ".pl", ".fcgi" )
server.errorlog = "{folder}/error.log"
server.bind = "127.0.0.1"
server.port = {port}
server.http-parseopts = (
  "header-strict"           => "enable",
  "host-strict"             => "enable",
  "host-normalize"          => "enable",
  "url-normalize-unreserved"=> "enable",
  "url-normalize-required"  => "enable",
  "url-ctrls-reject"        => "enable",
  "url-path-2f-decode"      => "disable",
  "url-path-dotseg-remove"  => "enable",
)
include "{site}"
server.modules += ( "mod_dirlisting", "mod_staticfile" )
"""


class Lighttpd(WebServer):
    def configure(self):
        self.host.make_folder(self.path("www"))
        self.write("lighttpd.conf", MAIN.format(
            folder=self.folder, port=self.port,
            site=self.copy("lighttpd/20-weir.conf", self.changes())))

    def argv(self):
        return ["/usr/sbin/lighttpd", "-D", "-f", self.path("lighttpd.conf")]

    def end(self):
        """It says 1 when clients were connected."""
        self.process.signal(signal.SIGTERM)
        assert self.process.wait() in (0, 1), self.complaints
