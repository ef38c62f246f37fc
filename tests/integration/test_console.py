"""/console: what browsers are given, and that the console does its work."""

import json
import os
import re
import shutil
import subprocess

import pytest

from support import accounts, shop
from support.answer import check_error
from support.engine import MySQL
from support.nginx import Nginx
from support.offices import BOSS
from support.weir import ROOT, Installation

SOURCES = os.path.join(ROOT, "app", "console")
WALK = os.path.join(ROOT, "tests", "console")
PACKAGES = ["playwright-core@1.65.1", "axe-core@4.14.1"]
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; "
          "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; "
          "base-uri 'none'; form-action 'none'")
TYPES = {".html": "text/html; charset=utf-8", ".svg": "image/svg+xml",
         ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8"}
FIRST_PAGE_MAX = 100 * 1024
COLUMNS = 80
IMPORT = re.compile(r'^(?:import|export)\b[^;]*?"(\.{1,2}/[^"]+)";', re.M)
PARSE = """for (const name of process.argv.slice(1))
    new (require("vm").SourceTextModule)(
        require("fs").readFileSync(name, "utf8"), { identifier: name });"""
# What would run text as a program, or take text for elements.
RISKY = re.compile(r"\beval\(|new Function|innerHTML|outerHTML|document\.write"
                   r"|insertAdjacentHTML|srcdoc|javascript:")


def names():
    """Of all sources, as in paths behind /console/."""
    return sorted(os.path.relpath(os.path.join(folder, name), SOURCES)
                  for folder, _, files in os.walk(SOURCES) for name in files
                  if not name.endswith(".sh"))


def source(name):
    with open(os.path.join(SOURCES, name), encoding="utf-8") as text:
        return text.read()


def modules():
    return [name for name in names() if name.endswith(".js")]


@pytest.fixture(scope="module", name="site")
def a_site(tmp_path_factory):
    site = Installation(tmp_path_factory.mktemp("site"), **accounts.SETTINGS)
    accounts.add(site, BOSS, "admin")
    accounts.add(site, "joe@x.org")
    return site


@pytest.fixture(scope="module", name="client")
def a_client(site):
    server = site.serve()
    with server.connect() as client:
        yield client
    server.stop()


def test_it_is_answered_without_key_or_token(client):
    for path in ("/console", "/console/", "/console/index.html"):
        answer = client.call(path)
        assert answer.status == 200
        assert answer.body.decode() == source("index.html")


@pytest.mark.parametrize("name", names())
def test_every_file_is_served_as_what_it_is(client, name):
    answer = client.call("/console/" + name)
    assert answer.status == 200
    assert answer.body.decode() == source(name)
    assert answer.headers["Content-Type"] == TYPES[os.path.splitext(name)[1]]
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-cache"
    head = client.call("/console/" + name, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["ETag"] == answer.headers["ETag"]


def test_who_has_a_file_is_not_sent_it_again(client):
    tags = {client.call("/console/" + name).headers["ETag"]
            for name in names()}
    assert len(tags) == len(names())
    tag = client.call("/console/main.js").headers["ETag"]
    for listed in (tag, '"x", W/' + tag):
        again = client.call("/console/main.js", "GET",
                            {"If-None-Match": listed})
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == tag
        assert again.headers["Content-Security-Policy"] == POLICY
    assert client.call("/console/main.js", "GET",
                       {"If-None-Match": '"x"'}).status == 200


@pytest.mark.parametrize("path", [
    "/console/no.js", "/console/pages", "/console/../weir.env",
    "/console/%2e%2e/weir.env", "/console//etc/passwd", "/consolex",
    "/console/embed.sh", "/Console"])
def test_what_is_none_of_its_files_is_404(client, path):
    assert client.call(path).status == 404


def test_other_methods_are_405(client):
    for method in ("POST", "PUT", "DELETE"):
        answer = client.call("/console", method)
        check_error(answer, 405, "not supported")
        assert answer.headers["Allow"] == "GET, HEAD"


def test_console_false_removes_it(site):
    server = site.serve("without", CONSOLE="false")
    with server.connect() as client:
        for path in ("/console", "/console/", "/console/main.js"):
            check_error(client.call(path), 404, "CONSOLE")
    server.stop()


def reached(name, found):
    """What a module imports before anything is shown, with itself."""
    if name not in found:
        found.add(name)
        for path in IMPORT.findall(source(name)):
            reached(os.path.normpath(os.path.join(os.path.dirname(name),
                                                  path)), found)
    return found


def test_the_first_page_is_small():
    first = {"index.html", "console.css", "icon.svg"}
    for name in ("main.js", "pages/overview.js"):
        reached(name, first)
    assert sum(len(source(name).encode()) for name in first) < FIRST_PAGE_MAX


def test_what_a_module_imports_is_there():
    for name in modules():
        for path in IMPORT.findall(source(name)):
            there = os.path.normpath(os.path.join(os.path.dirname(name),
                                                  path))
            assert there in names(), f"{name} imports {path}"
    pages = re.findall(r'^ *\["[^"]*", "(\w+)"', source("router.js"), re.M)
    assert pages
    for page in pages:
        assert f"pages/{page}.js" in names()


def test_the_page_holds_no_script_or_style_of_its_own():
    text = source("index.html")
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=",
                         text)
    assert not re.search(r"(src|href)=\"(?!/console/|#)", text)


def test_no_module_runs_text_or_keeps_a_secret():
    for name in modules():
        text = source(name)
        assert not RISKY.search(text), name
        assert "sessionStorage" not in text and "cookie" not in text, name
        assert "localStorage" not in text or name == "theme.js", name


def test_lines_are_short():
    for name in names():
        for line in source(name).splitlines():
            assert len(line) <= COLUMNS, f"{name}: {line}"


@pytest.mark.skipif(not shutil.which("node"), reason="there is no node here")
def test_every_module_can_be_read():
    done = subprocess.run(
        ["node", "--experimental-vm-modules", "--no-warnings", "-e", PARSE,
         *(os.path.join(SOURCES, name) for name in modules())],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


# With a browser.

@pytest.fixture(scope="module", name="packages")
def npm_packages(tmp_path_factory):
    """Installed once; no server to install them from is a failure."""
    folder = tmp_path_factory.mktemp("npm")
    assert shutil.which("npm"), "npm is not installed"
    done = subprocess.run(
        ["npm", "install", "--no-save", "--no-audit", "--no-fund",
         "--ignore-scripts", "--cache", folder / "cache", "--prefix", folder,
         *PACKAGES], cwd=folder, capture_output=True, text=True, timeout=300,
        check=False)
    assert done.returncode == 0, (
        f"npm could not install {PACKAGES}: {done.stderr[-2000:]}")
    return folder


@pytest.mark.full
def test_an_administrator_walks_through_it(tmp_path, packages, mariadb):
    """See walk.mjs. PICTURES is a folder in which its pictures are kept."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is not installed"
    site = Installation(tmp_path, **accounts.SETTINGS)
    accounts.add(site, BOSS, "admin")
    engine = MySQL(mariadb)
    pictures = os.environ.get("PICTURES") or str(tmp_path)
    server = site.serve()
    server.wait_ready()
    nginx = Nginx(site.path("nginx"), [(server.address, 8)])
    with open(site.path("words.json"), "w", encoding="utf-8") as out:
        json.dump({"url": f"http://127.0.0.1:{nginx.ports[0]}",
                   "email": BOSS, "password": accounts.WORD,
                   "database": engine.create("shop", shop.sql(engine)),
                   "modules": str(packages), "chromium": chromium,
                   "pictures": pictures}, out)
    done = subprocess.run(
        ["node", os.path.join(WALK, "walk.mjs"), site.path("words.json")],
        capture_output=True, text=True, timeout=900, check=False)
    nginx.stop()
    server.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["pictures"] > 100
    assert told["errors"] == told["violations"] == []
