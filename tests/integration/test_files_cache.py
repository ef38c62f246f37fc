"""What is cached of files, and who may read and write them, behind nginx and
Apache: two processes of weir over one store."""

import concurrent.futures
import fcntl
import json
import os
import shutil
import tempfile
import time

import pytest

from support import fcgi
from support.answer import check_error
from support.apache import ProxyFcgi
from support.file_host import (API, ORIGIN, RATE, TTL, FileHost, Room,
                               caller)
from support.process import wait_until
from support.web_nginx import Nginx
from support.weir import Failed, Installation

MANY = 12000  # long ways, which are not gone in a tenth of a second
SETTLED = 0.15  # seconds after which a file's state counts


@pytest.fixture(scope="module", name="host")
def a_host():
    host = FileHost()
    host.site.add_service("twin", "local_file", root=host.folder + "/root",
                          cache_enabled=True, cache_ttl=60)
    host.site.weir("role", "grant", "owner", "--service", "twin",
                   "--component", "*", "--verbs", "all")
    os.mkdir(host.root + "/within")
    os.chmod(host.root + "/within", 0o777)
    host.serve("inner", host.root + "/within")
    host.site.grant("owner", "inner", "*", "all")
    host.clerk = host.grant("clerk", {"files": {
        "open/*": "GET", "open/closed": "none", "mail/*": "GET,POST",
        "": "GET"}})
    host.mover = host.grant("mover", {"files": {
        "moves/*": "GET,POST,DELETE", "moves/dir/closed": "none"}})
    host.follower = host.grant("follower", {"files": {
        "linked/open/*": "all"}})
    host.counted = {kind: host.site.add_key("counted" + kind, "owner")
                    for kind in ("nginx", "apache")}
    for kind in host.counted:
        host.site.add_limit(kind, RATE, "day", app="counted" + kind)
    for name in ("open", "mail"):
        os.mkdir(os.path.join(host.root, name))
        os.chmod(os.path.join(host.root, name), 0o777)
    yield host
    host.remove()


@pytest.fixture(scope="module", name="servers")
def two_servers(host):
    servers = {"nginx": Nginx(host, "Nginx"),
               "apache": ProxyFcgi(host, "ProxyFcgi")}
    yield servers
    for server in servers.values():
        server.stop()


@pytest.fixture(params=["nginx", "apache"], name="kind")
def a_kind(request):
    return request.param


@pytest.fixture(name="server")
def a_server(servers, kind):
    return servers[kind]


@pytest.fixture(name="web")
def a_caller(server, host):
    with caller(server, host.key) as web:
        yield web


@pytest.fixture(name="other")
def a_caller_of_the_other(servers, host, kind):
    server = servers["apache" if kind == "nginx" else "nginx"]
    with caller(server, host.key) as web:
        yield web


@pytest.fixture(name="room")
def a_room(host, web):
    return Room(host, web)


def heat(room, *names):
    """Reads each until the cache answers."""
    for name in names:
        room.get(name)
        assert room.get(name).hit, name


def cold(room, *names):
    for name in names:
        assert not room.get(name).hit, name


def test_a_file_is_answered_from_the_cache(room):
    room.put("a.txt", b"one")
    first, second = room.get("a.txt"), room.get("a.txt")
    assert not first.hit and second.hit
    assert second.body == b"one"
    for name in ("ETag", "Last-Modified", "Content-Type", "Accept-Ranges",
                 "X-Content-Type-Options"):
        assert second.headers[name] == first.headers[name]
    heat(room, "a.txt?download=true")
    assert "Content-Disposition" in room.get("a.txt?download=true").headers
    part = room.get("a.txt", Range="bytes=1-")
    assert (part.status, part.body, part.hit) == (206, b"ne", True)
    again = room.get("a.txt", If_None_Match=first.headers["ETag"])
    assert (again.status, again.hit) == (304, True)


def test_what_makes_no_other_answer_makes_no_other_entry(host, room):
    room.put("a", b"one")
    first = room.get("a")
    for query, headers in (
            ("?content=true", {}), ("?is_base64=false", {}), ("?limit=3", {}),
            ("?accept=csv", {}), ("", {"Accept": "application/xml"}),
            ("", {"Accept": "text/csv"}), ("", {"Accept": "image/png"})):
        again = room.get("a" + query, **headers)
        assert again.hit and again.body == b"one", (query, headers)
        for name in ("ETag", "Content-Type"):
            assert again.headers[name] == first.headers[name]
    assert told(host, room.base + "a?accept=csv")["key"]["format"] is None
    heat(room, "a?include_properties=true", "?include_properties=true")
    for query in ("&is_base64=false", "&download=true"):
        assert room.get("a?include_properties=true" + query).hit
    assert room.get("?include_properties=true&content=true").hit


def test_what_makes_another_answer_makes_another_entry(room):
    room.put("a", b"one")
    room.get("a")
    shown = "a?include_properties=true"
    cold(room, "a?download=true", shown, shown + "&content=true",
         shown + "&content=true&is_base64=false", shown + "&accept=csv", "",
         "?accept=csv", "?include_properties=true")
    for word, headers in (("xml", {"Accept": "application/xml"}),
                          ("json", {"Accept": "application/json"}),
                          ("csv", {"Accept": "text/csv"})):
        answer = room.get("none", **headers)
        assert answer.status == 404
        assert answer.hit == (word != "xml")
        assert word in answer.headers["Content-Type"]


WRITES = {
    "replace": ("PUT", "d/a", b"two"), "append": ("PATCH", "d/a", b"two"),
    "make": ("PUT", "d/b", b"two"), "delete": ("DELETE", "d/a", None),
    "many": ("POST", "d/", {"resource": [
        {"type": "file", "name": "c", "content": "x"}]}),
    "folder": ("POST", "d/e/", None)}
SEEN = ("d/a", "d/?limit=9", "d/?as_list=true", "?full_tree=true", "",
        "d/?include_properties=true")


@pytest.mark.parametrize("write", WRITES)
def test_a_write_outdates_the_file_and_the_lists_above(
        host, room, other, write):
    """In every process, and through another service of the tree."""
    for folder in ("d", "far"):
        os.mkdir(room.path(folder))
        os.chmod(room.path(folder), 0o777)
    room.put("d/a", b"one")
    room.put("far/a", b"one")
    heat(room, *SEEN, "far/a", "far/?limit=9")
    method, name, body = WRITES[write]
    path = f"{API}twin/{room.name}/{name}"
    lines = {"Content-Type": "text/plain"} if isinstance(body, bytes) else {}
    assert other.call(method, path, body, headers=lines).status < 300
    cold(room, *SEEN)
    assert room.get("far/a").hit
    assert room.get("far/?limit=9").hit


def test_a_tree_within_a_tree_shares_its_files(web, kind):
    """Whichever of the two services writes, both know."""
    outer, inner = API + "files/within/", API + "inner/"
    name = "long-" * 40 + kind  # of tags that are told by their digest, too
    folder = f"{name}/{name}/{name}/"
    assert web.post(inner + folder, None).status == 201

    def hot(path):
        web.get(path)
        return web.get(path).hit

    for writer, reader in ((inner, outer), (outer, inner)):
        for path in ("a", folder + "a"):
            seen = reader + path, reader + "?full_tree=true&as_list=true"
            assert web.call("PUT", writer + path, b"x").status in (200, 201)
            assert all(map(hot, seen))
            assert web.call("PUT", writer + path, b"y").status == 200
            assert not any(web.get(path).hit for path in seen)
    assert hot(API + "files/?full_tree=true&as_list=true")
    assert web.delete(inner + name + "/?force=true").status == 200
    assert web.get(outer + folder + "a").status == 404
    listed = web.get(API + "files/?full_tree=true&as_list=true")
    assert not listed.hit
    assert not [path for path in listed.rows if name in path]


def test_a_tree_mounted_in_a_tree_shares_its_files(tmp_path):
    """Though that is another file system."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as mounted:
        if os.stat("/dev").st_dev == os.stat(mounted).st_dev:
            pytest.skip("/dev/shm is no mount here")
        site = Installation(tmp_path)
        site.add_role("owner")
        for name, root in (("outer", "/dev"), ("inner", mounted)):
            site.add_service(name, "local_file", root=root,
                             cache_enabled=True, cache_ttl=TTL)
            site.grant("owner", name, "*", "all")
        key = site.add_key("owner", "owner")
        server = site.serve()

        def call(method, path, body=b""):
            return fcgi.call(server.address, API + path, method=method,
                             body=body, headers={"X-API-Key": key})

        inner = "inner/a"
        outer = "outer/" + os.path.relpath(mounted, "/dev") + "/a"
        for writer, reader in ((inner, outer), (outer, inner)):
            for text in (b"one", b"two"):
                assert call("PUT", writer, text).status in (200, 201)
                assert call("GET", reader).body == text
                assert wait_until(lambda: call("GET", reader).hit, 5)
        server.stop()


def test_a_read_after_a_write_has_what_was_written(room, other):
    for number in range(30):
        room.put("a", b"%d" % number)
        answer = other.get(room.base + "a")
        assert answer.body == b"%d" % number
        assert room.get("a").body == b"%d" % number


def test_no_append_is_lost(host, servers, room):
    """Of many at a time, through both."""
    lines = [f"line {number}\n" for number in range(60)]

    def append(number):
        server = list(servers.values())[number % 2]
        with caller(server, host.key) as web:
            return web.patch(room.base + "log", lines[number].encode()).status

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(append, range(len(lines))))
    assert sorted(statuses) == [200] * (len(lines) - 1) + [201]
    found = room.read("log").decode().splitlines(keepends=True)
    assert sorted(found) == sorted(lines)
    assert room.get("log").body == room.read("log")
    assert room.names() == ["log"]


def test_what_goes_with_its_folder_is_outdated(room):
    room.call("POST", "d/e/f/")
    room.put("d/e/f/a", b"one")
    heat(room, "d/e/f/a", "d/e/f/", "d/e/")
    assert room.call("DELETE", "d/?force=true").status == 200
    for name in ("d/e/f/a", "d/e/f/", "d/e/", "d/"):
        assert room.get(name).status == 404


def test_what_moves_with_its_folder_is_outdated(room):
    room.call("POST", "d/e/")
    room.put("d/e/a", b"one")
    heat(room, "d/e/a")
    assert room.get("new/e/a").status == 404
    assert room.get("new/e/a").hit
    assert room.call("POST", "", {"resource": [
        {"type": "folder", "name": "new", "source_path": f"{room.name}/d/",
         "delete_source": True}]}).status == 201
    assert room.get("new/e/a").body == b"one"
    assert room.get("d/e/a").status == 404


def test_a_missing_file_is_remembered_until_it_is_made(room):
    assert room.get("a").status == 404
    answer = room.get("a")
    assert answer.status == 404 and answer.hit
    assert room.get("d/").status == 404
    assert room.get("d/").hit
    room.put("a", b"one")
    assert room.get("a").body == b"one"
    room.call("POST", "d/")
    assert room.get("d/").rows == []


def test_changes_of_others_are_seen_in_time(room):
    """Without cache_check by the time alone."""
    room.write("a", "one")
    heat(room, "a")
    room.write("a", "other")
    assert room.get("a").body == b"one"
    assert room.get("a", Cache_Control="no-cache").body == b"other"
    assert room.get("a").body == b"other"


def test_changes_of_others_are_seen_at_once(host, web):
    room = Room(host, web, "watched", host.watched)
    for number in range(5):
        room.write("a", f"{number}")  # of one length
        time.sleep(SETTLED)
        heat(room, "a", "a?include_properties=true")
        assert room.get("a").body == b"%d" % number
    os.replace(room.path("a"), room.path("b"))
    assert room.get("a").status == 404
    room.write("a", "back")
    assert room.get("a").body == b"back"


def test_lists_are_seen_at_once(host, web):
    room = Room(host, web, "watched", host.watched)
    room.write("a", "1")
    time.sleep(SETTLED)
    heat(room, "?as_list=true")
    assert room.listed() == ["a"]
    room.write("b", "2")
    assert room.listed() == ["a", "b"]
    sizes = [row["content_length"] for row in room.get("").rows]
    room.write("a", "111")
    assert [row["content_length"] for row in room.get("").rows] == [3, 1]
    assert sizes == [1, 1]


def test_a_file_that_is_written_now_is_not_cached(host, web):
    """Its state may be that of what is written next."""
    room = Room(host, web, "watched", host.watched)
    for number in range(20):
        room.write("a", f"{number:02}")
        assert room.get("a").body == b"%02d" % number


def test_a_flush_drops_files(host, room):
    room.put("a", b"one")
    heat(room, "a", "")
    host.site.weir("cache", "flush", "files")
    cold(room, "a", "")


def explained(host, path):
    return " ".join(host.site.weir(
        "cache", "explain", "--key", host.key, "GET", path).split())


def told(host, path):
    return json.loads(host.site.weir(
        "cache", "explain", "--key", host.key, "GET", path, "--json"))


def test_it_is_explained(host, room):
    room.put("a", b"one")
    heat(room, "a")
    assert "hit" in explained(host, room.base + "a")
    room.put("a", b"two")
    said = explained(host, room.base + "a")
    assert "what lies in the folder" in said
    assert "table" not in said


def status_of(answer):
    assert answer.status in (200, 404), answer
    return answer.headers["Cache-Status"]


def test_what_is_not_kept_is_said(host, room):
    """What a link leads to may change past what outdates the link."""
    room.put("a")
    os.symlink("a", room.path("link"))
    for name in ("link", "link?include_properties=true", "",
                 "?full_tree=true&as_list=true"):
        for _ in range(2):
            assert (status_of(room.get(name)) ==
                    "weir; fwd=miss; detail=not-kept")
        said = told(host, room.base + name)
        assert said["verdict"] == "miss"
        assert "symbolic link" in said["reason"]
    assert status_of(room.get("a")) == "weir; fwd=miss; stored"


def test_what_is_never_looked_for_is_said(host, web):
    room = Room(host, web, "watched", host.watched)
    time.sleep(SETTLED)
    for name, word in (("", "sizes"), ("none", "not there"),
                       ("?full_tree=true&as_list=true", "below")):
        for _ in range(2):
            assert status_of(room.get(name)) == "weir; fwd=bypass"
        said = told(host, room.base + name)
        assert said["verdict"] == "uncacheable"
        assert word in said["reason"] and "cache_check" in said["reason"]

    def changed_just_now():
        room.write("a", "text")
        return status_of(room.get("a")) == "weir; fwd=bypass"
    assert wait_until(changed_just_now, 10)
    assert wait_until(lambda: room.get("a").hit, 10)


@pytest.mark.parametrize("path, status, word", [
    ("files/a%5cb", 400, "backslash"), ("files/?limit=x", 400, "'limit'"),
    ("files/?offset=-1", 400, "'offset'"),
    ("watched/?limit=x", 400, "'limit'"), ("files/?zip=true", 501, "packed")])
def test_a_refusal_is_explained(host, web, path, status, word):
    check_error(web.get(API + path), status, word)
    said = told(host, API + path)
    assert word in said["refusal"]
    if said["verdict"] == "uncacheable":
        assert "refuse" in said["reason"]


def test_what_is_not_refused_is_explained(host, room):
    for name in ("", "?limit=1", "?include_properties=true&limit=x", "a",
                 "a?limit=x"):
        assert told(host, room.base + name)["refusal"] is None


def test_another_root_is_seen(tmp_path):
    """With nothing of what was cached of the one before."""
    site = Installation(tmp_path)
    os.mkdir(site.path("root"))
    site.add_service("files", "local_file", root=site.path("root"),
                     cache_enabled=True, cache_ttl=TTL)
    site.add_role("owner")
    site.grant("owner", "files", "*", "all")
    key = site.add_key("owner", "owner")
    server = site.serve()

    def get():
        return fcgi.call(server.address, API + "files/a",
                         headers={"X-API-Key": key})

    for text in ("old", "new"):
        os.makedirs(site.path(text))
        with open(site.path(text + "/a"), "w", encoding="ascii") as out:
            out.write(text)
    os.rename(site.path("root"), site.path("empty"))
    for text in ("old", "new"):
        os.rename(site.path(text), site.path("root"))
        assert wait_until(lambda: get().body == text.encode(), 10), get()
        assert wait_until(lambda: get().hit, 10)
        os.rename(site.path("root"), site.path("was-" + text))
    assert wait_until(lambda: get().status == 503, 10)
    server.stop()


# Who may.

def test_a_role_is_asked_about_the_path(server, host, room):
    open_place = os.path.join(host.root, "open")
    for name in ("a", "closed"):
        with open(os.path.join(open_place, name), "w",
                  encoding="ascii") as out:
            out.write("text")
    with caller(server, host.clerk) as clerk:
        assert clerk.get(API + "files/open/a").body == b"text"
        for path in ("open/closed", "open//closed", "open/./closed",
                     "open/x/../closed", "open%2Fclosed", "open/%63losed",
                     "open/closed/", "Open/closed"):
            answer = clerk.get(API + "files/" + path)
            assert answer.status in (400, 401, 404), path
            assert answer.body != b"text"
        assert clerk.get(API + f"files/{room.name}/a").status == 401
        assert clerk.call("PUT", API + "files/open/a", b"x").status == 401
        assert clerk.call("PUT", API + "files/mail/a", b"x").status == 401
        assert clerk.post(API + "files/mail/a", b"x").status == 201
        assert clerk.delete(API + "files/mail/a").status == 401
        assert clerk.get(API + "files/open/").status == 200


def test_a_list_shows_no_folder_that_is_closed(server, host, room):
    room.put("a")
    with caller(server, host.clerk) as clerk:
        paths = clerk.get(API + "files/?full_tree=true&as_list=true").rows
    assert f"{room.name}/" in paths
    assert f"{room.name}/a" not in paths


def test_nothing_goes_that_the_role_may_not_delete(server, host, web):
    place = os.path.join(host.root, f"kept-{type(server).__name__}")
    name = os.path.basename(place)
    os.mkdir(place)
    os.chmod(place, 0o777)
    with open(os.path.join(place, "deed"), "w", encoding="ascii") as out:
        out.write("text")
    key = host.grant(name.lower(), {"files": {
        name + "/*": "all", name + "/deed": "GET"}})
    with caller(server, key) as keeper:
        time.sleep(1)  # until the process knows the key
        path = f"{API}files/{name}/"
        assert keeper.delete(path + "?force=true").status == 403
        answer = keeper.call("POST", path, {"resource": [
            {"type": "file", "name": "x", "source_path": name + "/deed",
             "delete_source": True},
            {"type": "file", "name": "deed", "content": "new"}]})
        assert all("error" in row for row in answer.rows)
    with open(os.path.join(place, "deed"), encoding="ascii") as file:
        assert file.read() == "text"


def plant(place, folders, files):
    """Folders in which anybody may write, and files that hold a word."""
    for name in folders:
        os.makedirs(os.path.join(place, name))
    for folder, _, _ in os.walk(place):
        os.chmod(folder, 0o777)
    for name in files:
        with open(os.path.join(place, name), "w", encoding="ascii") as out:
            out.write("text")
    return place


@pytest.fixture(name="moves")
def a_folder_of_the_mover(host):
    """What moves or copies things in it, and its path in the system."""
    place = plant(os.path.join(host.root, "moves"), ("dir/sub", "data"),
                  ("dir/closed", "dir/sub/a"))
    yield place
    shutil.rmtree(place)


def brought(mover, kind, source, name, moves=True):
    return mover.post(API + "files/moves/", {"resource": [
        {"type": kind, "name": name, "source_path": "moves/" + source,
         "delete_source": moves}]})


def test_a_folder_is_not_moved_as_a_file(server, host, moves):
    with caller(server, host.mover) as mover:
        for kind, moving, status in (("folder", True, 403),
                                     ("file", True, 404),
                                     ("folder", False, 403),
                                     ("file", False, 404)):
            answer = brought(mover, kind, "dir", "new-" + kind, moving)
            check_error(answer, status)
            path = API + f"files/moves/new-{kind}/closed"
            assert mover.get(path).status == 404
        assert mover.get(API + "files/moves/dir/closed").status == 401
    assert os.path.exists(os.path.join(moves, "dir/closed"))


def test_no_link_is_moved(server, host, moves):
    """From its new place it might show what the role may not see."""
    os.symlink("../../data", os.path.join(moves, "dir/sub/link"))
    with caller(server, host.mover) as mover:
        for kind, source in (("file", "dir/sub/link"),
                             ("folder", "dir/sub/link"),
                             ("folder", "dir/sub")):
            check_error(brought(mover, kind, source, "new"), 403, "is a link")
    assert not os.path.lexists(os.path.join(moves, "new"))


@pytest.fixture(name="linked")
def links_into_a_closed_folder(host):
    """Beside one that stays where the role may be."""
    place = plant(os.path.join(host.root, "linked"),
                  ("open/own", "closed/sub"),
                  ("open/own/a", "closed/x", "closed/sub/y"))
    for name, to in (("file", "../closed/x"), ("folder", "../closed"),
                     ("broken", "../closed/none"), ("up", "../.."),
                     ("own-file", "own/a"), ("own-folder", "own")):
        os.symlink(to, os.path.join(place, "open", name))
    yield API + "files/linked/open/"
    shutil.rmtree(place)


THROUGH = ["file", "file?include_properties=true", "folder/", "folder/x",
           "folder/?include_properties=true", "folder/?as_list=true",
           "folder/?full_tree=true", "folder/sub/", "folder/sub/y",
           "folder/none", "folder/none/", "broken", "up/closed/x", "up/",
           "up/linked/closed/"]


def test_a_role_is_asked_where_a_link_leads(server, host, linked):
    with (caller(server, host.follower) as follower,
          caller(server, host.key) as owner):
        for path in THROUGH:
            check_error(follower.get(linked + path), 403, "a link")
            for _ in range(2):
                answer = owner.get(linked + path)
                assert answer.status == (
                    404 if path in ("folder/none", "folder/none/", "broken",
                                    "up/closed/x") else 200), path
                assert not answer.hit
        assert follower.get(linked + "own-file").body == b"text"
        assert follower.get(linked + "own-folder/a").body == b"text"
        assert follower.get(linked + "own-folder/").status == 200
        for query in ("", "?as_list=true", "?full_tree=true",
                      "?fields=name"):
            shown = follower.get(linked + query).rows
            names = {row.rstrip("/").rpartition("/")[2]
                     if isinstance(row, str) else row["name"]
                     for row in shown}
            assert names - {"own/a"} == {"own", "own-file", "own-folder"}


@pytest.mark.parametrize("kind_of, source, written", [
    ("file", "file", None), ("file", "folder/x", None),
    ("folder", "folder", None), ("folder", "folder/sub", None),
    ("folder", "up", None), ("file", "own-file", []),
    ("folder", "own-folder", ["a"])])
def test_a_copy_asks_where_a_link_leads(server, host, linked, kind_of, source,
                                        written):
    resource = {"resource": [{"type": kind_of, "name": "copy",
                              "source_path": "linked/open/" + source}]}
    copy = os.path.join(host.root, "linked/open/copy")
    with caller(server, host.follower) as follower:
        answer = follower.post(linked, resource)
    if written is None:
        check_error(answer, 403, "a link")
        assert not os.path.lexists(copy)
        with caller(server, host.key) as owner:
            answer = owner.post(linked, resource)
    assert answer.status == 201
    if kind_of == "folder":
        assert sorted(os.listdir(copy)) == (
            {"folder": ["sub", "x"], "folder/sub": ["y"]}.get(source, written)
            or sorted(os.listdir(host.root)))


def test_writes_tell_nothing_of_what_a_link_leads_to(server, host, linked):
    def told(name):
        path = f"{linked}folder/{name}"
        answers = [follower.call("POST", path + "/new/"),
                   follower.delete(path + "/?force=true"),
                   follower.delete(path), follower.call("PUT", path, b"")]
        answers += [follower.post(linked, {"resource": [
            {"type": kind_of, "name": "new", "delete_source": moves,
             "source_path": "linked/open/folder/" + name}]})
            for kind_of in ("file", "folder") for moves in (False, True)]
        return [(answer.status, answer.error["message"].replace(name, "NAME"))
                for answer in answers]

    with caller(server, host.follower) as follower:
        assert told("sub") == told("xyz")


def test_calls_are_counted(server, host, kind, room):
    room.put("a")
    with caller(server, host.counted[kind]) as counted:
        statuses = [counted.get(room.base + "a").status
                    for _ in range(RATE + 1)]
    assert statuses == [200] * RATE + [429]


def test_pages_of_other_origins_may_upload(server):
    with caller(server, None) as stranger:
        answer = stranger.call("OPTIONS", API + "files/a", headers={
            "Origin": ORIGIN, "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "x-file-name"})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]


def test_a_key_must_be_shown(server, room):
    room.put("a")
    with caller(server, None) as stranger:
        check_error(stranger.get(room.base + "a"), 401)


# How long.

@pytest.fixture(name="in_memory")
def a_folder_in_memory():
    """Where links are made fast."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield folder


def test_a_call_ends_with_its_time(tmp_path, in_memory):
    """At the next name of a list, and the next of several resources."""
    site = Installation(tmp_path)
    site.configure(REQUEST_TIMEOUT="100")
    root = in_memory
    os.mkdir(root + "/links")
    for i in range(MANY):
        os.symlink("../links/" * 440 + "none", f"{root}/links/{i}")
    site.add_service("files", "local_file", root=root)
    site.add_role("owner")
    site.grant("owner", "files", "*", "all")
    lines = {"X-API-Key": site.add_key("owner", "owner")}
    server = site.serve()
    items = [{"type": "file", "name": name, "content": ""} for name in "ab"]
    folder = os.open(root, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        made = pool.submit(fcgi.call, server.address, API + "files/",
                           method="POST", headers=lines,
                           body=json.dumps({"resource": items}).encode())
        time.sleep(0.5)
        os.close(folder)
        assert [row.get("error", {}).get("code")
                for row in made.result().rows] == [None, 504]
    assert sorted(os.listdir(root)) == ["a", "links"]
    check_error(fcgi.call(server.address, API + "files/links/",
                          headers=lines), 504, "REQUEST_TIMEOUT")
    server.stop()


def test_a_forced_deletion_ends_with_its_time(tmp_path):
    """Which does not stop amid a file, and says how far it came."""
    site = Installation(tmp_path)
    site.configure(REQUEST_TIMEOUT="100")
    os.makedirs(site.path("root/full"))
    for name in "abc":
        open(site.path("root/full/" + name), "x", encoding="ascii").close()
    site.add_service("files", "local_file", root=site.path("root"))
    site.add_role("owner")
    site.grant("owner", "files", "*", "all")
    call = {"method": "DELETE",
            "headers": {"X-API-Key": site.add_key("owner", "owner")}}
    server = site.serve()
    folder = os.open(site.path("root/full"), os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        gone = pool.submit(fcgi.call, server.address,
                           API + "files/full/?force=true", **call)
        time.sleep(0.5)
        os.close(folder)
        check_error(gone.result(), 504, "REQUEST_TIMEOUT", "1 of 3 below")
    assert len(os.listdir(site.path("root/full"))) == 2
    assert fcgi.call(server.address, API + "files/full/?force=true",
                     **call).status == 200
    assert not os.path.exists(site.path("root/full"))
    server.stop()


# How it is set up.

def test_it_may_be_declared(tmp_path):
    """A whole service in the environment file, with who reads it."""
    site = Installation(tmp_path)
    key, value = site.weir("key", "hash", "web").splitlines()
    site.configure(SERVICE_DOCS_TYPE="local_file",
                   SERVICE_DOCS_ROOT=site.path("root"),
                   SERVICE_DOCS_READ_ONLY="true",
                   ROLE_READER_ACCESS='"docs:open/*:GET"',
                   KEY_WEB_HASH=value.split("=")[1], KEY_WEB_ROLE="reader")
    os.makedirs(site.path("root/open"))
    for name in ("a", "open/a"):
        with open(site.path("root/" + name), "w", encoding="ascii") as out:
            out.write(name)
    assert "ok    service docs (local_file)" in site.weir("check")
    server = site.serve()
    lines = {"X-API-Key": key}
    answer = fcgi.call(server.address, API + "docs/open/a", headers=lines)
    assert answer.body == b"open/a"
    assert fcgi.call(server.address, API + "docs/a",
                     headers=lines).status == 401
    server.stop()


@pytest.mark.parametrize("config, words", [
    ({}, "root"), ({"root": "docs"}, "absolute"),
    ({"root": "/tmp", "max_file_size": 0}, "max_file_size"),
    ({"root": "/tmp", "cache_check": "size"}, "cache_check"),
    ({"root": "/tmp", "sendfile": "x-sendfile"}, "sendfile_prefix"),
])
def test_a_config_that_cannot_be_is_refused(host, config, words):
    with pytest.raises(Failed, match=words):
        host.site.weir("service", "add", "bad", "--type", "local_file",
                       "--config", json.dumps(config))


def test_a_root_does_not_lie_in_the_cache(tmp_path):
    site = Installation(tmp_path)
    site.weir("setup")
    os.makedirs(site.path("cache/sub"))
    site.add_service("all", "local_file", root=site.path("cache/sub"))
    with pytest.raises(Failed, match="must not lie in.*CACHE_PATH"):
        site.weir("check")


@pytest.mark.parametrize("kept, root", [
    ("CACHE_PATH", "cache"), ("CACHE_PATH", "."),
    ("DB_DATABASE", "data"), ("environment file", "etc")])
def test_a_root_does_not_hold_what_weir_keeps(tmp_path, kept, root):
    for folder in ("data", "etc"):
        os.mkdir(tmp_path / folder)
    site = Installation(tmp_path)
    site.configure(DB_DATABASE=site.path("data/system.sqlite"))
    site.weir("setup")
    os.rename(site.env_file, site.path("etc/weir.env"))
    site.env_file = site.path("etc/weir.env")
    os.symlink(site.path(root), site.path("link"))
    site.add_service("all", "local_file", root=site.path("link"))
    with pytest.raises(Failed, match=f"must not hold.*{kept}"):
        site.weir("check")
