"""File services behind nginx and Apache: files, folders, HTTP."""

import base64
import hashlib
import os
import socket
from email.utils import formatdate, parsedate_to_datetime

import pytest

from support.answer import check_error
from support.apache import ProxyFcgi
from support.file_host import API, SMALL, FileHost, Room, caller, parts
from support.file_web import SendingNginx
from support.memory import staying_below

MIB = 1 << 20
GIB = 1 << 30
LONGEST = "client_max_body_size 3g;"
RESIDENT = 16 * 1024  # KiB


@pytest.fixture(scope="module", name="host")
def a_host():
    host = FileHost(MAX_BODY=str(2 * MIB))
    yield host
    host.remove()


class FileNginx(SendingNginx):
    """Bodies as long as the service takes them."""

    def copy(self, shipped, changes=None):
        if shipped.endswith("weir_fastcgi.conf"):
            changes = {"client_max_body_size 11m;": LONGEST}
        return super().copy(shipped, changes)


@pytest.fixture(scope="module", params=[FileNginx, ProxyFcgi], name="server",
                ids=["nginx", "apache"])
def a_server(request, host):
    server = request.param(host, request.param.__name__)
    yield server
    server.stop()


@pytest.fixture(name="web")
def a_caller(server, host):
    with caller(server, host.key) as web:
        yield web


@pytest.fixture(name="room")
def a_room(host, web):
    return Room(host, web)


# Files.

def test_a_file_is_made_read_and_replaced(room):
    made = room.call("PUT", "a.txt", b"one")
    assert made.status == 201
    assert made.json == {"name": "a.txt", "path": f"{room.name}/a.txt",
                         "type": "file"}
    assert room.get("a.txt").body == b"one"
    assert room.call("PUT", "a.txt", b"two").status == 200
    assert room.get("a.txt").body == b"two"
    assert room.call("POST", "a.txt", b"three").status == 201
    assert room.read("a.txt") == b"three"
    assert room.names() == ["a.txt"]


def test_a_head_has_no_body(room):
    room.put("a.bin", b"12345")
    full, head = room.get("a.bin"), room.call("HEAD", "a.bin")
    assert (head.status, head.body) == (200, b"")
    assert head.headers.get("Content-Length", "5") == "5"  # not by Apache
    assert head.headers["ETag"] == full.headers["ETag"]
    assert room.call("HEAD", "none").status == 404


def test_an_empty_file_is_one(room):
    room.put("empty", b"")
    answer = room.get("empty")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_patch_appends(room):
    assert room.call("PATCH", "log", b"one\n").status == 201
    assert room.call("PATCH", "log", b"two\n").status == 200
    assert room.get("log").body == b"one\ntwo\n"
    assert room.names() == ["log"]


def test_a_file_is_deleted(room):
    room.put("a")
    assert room.call("DELETE", "a").json["path"] == f"{room.name}/a"
    check_error(room.get("a"), 404, "does not exist")
    check_error(room.call("DELETE", "a"), 404)
    assert room.call("DELETE", "a?no_check=true").status == 200
    assert room.names() == []


def test_properties_of_a_file(room):
    room.put("a.json", b"{}")
    known = room.get("a.json?include_properties=true").json
    modified = os.stat(room.path("a.json")).st_mtime
    assert known == {
        "name": "a.json", "path": f"{room.name}/a.json", "type": "file",
        "content_type": "application/json", "content_length": 2,
        "last_modified": formatdate(modified, usegmt=True)}
    inside = room.get("a.json?include_properties=true&content=true").json
    assert base64.b64decode(inside["content"]) == b"{}"
    inside = room.get("a.json?include_properties=true&content=true"
                      "&is_base64=false").json
    assert inside["content"] == "{}"


def test_a_content_in_json_is_short_and_text(room):
    inside = "?include_properties=true&content=true"
    room.put("a", b"\xff\xfe")
    assert base64.b64decode(room.get("a" + inside).json["content"]) == (
        b"\xff\xfe")
    check_error(room.get(f"a{inside}&is_base64=false"), 400, "is_base64")
    for content in (b"\xc3\xa4\x00\x01<\"\\", bytes(MIB)):
        room.put("b", content)
        answer = room.get(f"b{inside}&is_base64=false")
        assert answer.json["content"].encode() == content
    room.put("b", bytes(MIB + 1))
    check_error(room.get("b" + inside), 400, str(MIB))


def test_a_download_has_its_name(room):
    room.put("%C3%A4%22b.txt", b"x")
    answer = room.get("%C3%A4%22b.txt?download=true")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"__\\\"b.txt\"; "
        "filename*=UTF-8''%C3%A4%22b.txt")
    assert "Content-Disposition" not in room.get("%C3%A4%22b.txt").headers


def test_a_file_is_saved_under_its_own_name(room):
    """What is saved in a format has that of 'file'."""
    room.put("a.json", b"{}")
    for query in ("?file=b.json", "?file=b.xls&download=true"):
        for _ in range(2):  # from the folder, and from the cache
            named = room.get("a.json" + query).headers.get(
                "Content-Disposition", "")
            assert named.count("filename=") == ("download" in query), named
            assert "b." not in named
    listed = room.get("?file=list.json").headers
    assert "list.json" in listed["Content-Disposition"]


def test_a_file_may_have_to_be_new(room):
    room.put("a", b"one")
    check_error(room.call("POST", "a?check_exist=true", b"two"), 400,
                "already exists")
    assert room.call("POST", "b?check_exist=true", b"two").status == 201
    assert room.read("a") == b"one"


def test_a_folder_must_be_there(room):
    check_error(room.call("PUT", "none/a", b"x"), 404,
                f"Folder '{room.name}/none/' does not exist")
    os.mkdir(room.path("d"))
    check_error(room.call("PUT", "d", b"x"), 400, "is a folder")
    check_error(room.get("d"), 404, "is a folder")
    os.mkfifo(room.path("pipe"))
    for method in ("PUT", "PATCH"):
        check_error(room.call(method, "pipe", b"x"), 400, "is no file")
    check_error(room.get("a/"), 404)


def test_a_file_may_be_too_large(host, web, room):
    small = Room(host, web, "small")
    assert small.call("PUT", "a", b"x" * SMALL).status == 201
    check_error(small.call("PUT", "a", b"x" * (SMALL + 1)), 413,
                "max_file_size")
    check_error(small.call("PATCH", "a", b"x"), 413, "max_file_size")
    assert small.read("a") == b"x" * SMALL
    assert small.names() == ["a"]


def test_files_of_one_body_may_be_too_large_together(host, web):
    small = Room(host, web, "small")
    half = b"x" * (SMALL // 2)
    two, kind = parts(("files[]", "a", half), ("files[]", "b", half))
    check_error(small.call("POST", "", two, Content_Type=kind), 413,
                "max_file_size")
    assert small.names() == []
    one, kind = parts(("files[]", "a", half))
    assert small.call("POST", "", one, Content_Type=kind).status == 201


def test_a_file_longer_than_max_body(room):
    body = os.urandom(5 * MIB)
    room.put("long", body)
    answer = room.get("long")
    assert hashlib.sha256(answer.body).digest() == (
        hashlib.sha256(body).digest())
    assert answer.headers.get("Content-Length", str(5 * MIB)) == str(5 * MIB)
    part = room.get("long", Range="bytes=3000000-3000009")
    assert (part.status, part.body) == (206, body[3000000:3000010])
    assert room.call("HEAD", "long").body == b""
    assert room.get("long", If_None_Match=answer.headers["ETag"]).status == 304


def test_a_long_file_leaves_on_a_connection_of_its_own(room, server, host):
    """Which ends with it, as a web server may want."""
    body = os.urandom(5 * MIB)
    room.put("long", body)
    for kept in (False, True):
        with server.weirs[0].connect() as client:
            answer = client.call(room.base + "long", keep=kept,
                                 headers={"X-API-Key": host.key})
            assert answer.body == body


class Zeros:
    """A body of so many bytes that takes no memory."""

    def __init__(self, bytes):
        self.left = bytes

    def read(self, most):
        n = min(most, self.left)
        self.left -= n
        return bytes(n)


@pytest.mark.full
def test_two_gibibytes_take_little_memory(server, host, room):
    """Up, and down again."""
    with (caller(server, host.key) as web,
          staying_below(server.weirs[0], RESIDENT)):
        web.connection.timeout = 300
        web.connection.request("PUT", room.base.replace("files", "large") +
                               "zeros", Zeros(2 * GIB), {
            "X-API-Key": host.key, "Content-Length": str(2 * GIB)})
        answer = web.connection.getresponse()
        assert answer.status == 201, answer.read()
        answer.read()
        assert os.stat(room.path("zeros")).st_size == 2 * GIB
        web.connection.request("GET", room.base + "zeros", None,
                               {"X-API-Key": host.key})
        answer = web.connection.getresponse()
        bytes = 0
        while piece := answer.read(MIB):
            bytes += len(piece)
        assert bytes == 2 * GIB


def test_what_is_not_offered_is_said(room):
    check_error(room.call("POST", "?url=http://127.0.0.1/x"), 400, "url")
    check_error(room.call("POST", "a?url=http://127.0.0.1/x", b""), 400, "url")
    check_error(room.call("POST", "", {"resource": [
        {"type": "file", "name": "a", "url": "http://127.0.0.1/x"}]}), 400,
        "url")
    check_error(room.call("POST", "a.zip?extract=true", b""), 501)
    check_error(room.get("?zip=true"), 501)
    assert room.names() == []


# Several at a time.

def test_multipart(room):
    body, kind = parts(("files[]", "a.txt", b"one"), ("note", None, b"-"),
                       ("files[]", "b.bin", b"\r\n--\0"))
    answer = room.call("POST", "", body, Content_Type=kind)
    assert answer.status == 201, answer
    assert [row["name"] for row in answer.rows] == ["a.txt", "b.bin"]
    assert room.read("a.txt") == b"one"
    assert room.read("b.bin") == b"\r\n--\0"


def test_multipart_to_a_name(room):
    one, kind = parts(("files", "x.txt", b"one"))
    assert room.call("POST", "a.txt", one, Content_Type=kind).status == 201
    assert room.read("a.txt") == b"one"
    two, kind = parts(("files", "x", b"2"), ("files", "y", b"3"))
    check_error(room.call("POST", "a.txt", two, Content_Type=kind), 400,
                "several")
    none, kind = parts(("note", None, b"2"))
    check_error(room.call("POST", "a.txt", none, Content_Type=kind), 400,
                "no file")
    check_error(room.call("POST", "a.txt", one[:-10], Content_Type=kind), 400)
    assert room.read("a.txt") == b"one"
    assert room.names() == ["a.txt"]


def test_multipart_names_stay_in_the_folder(room):
    body, kind = parts(("files[]", "../../evil.txt", b"x"))
    answer = room.call("POST", "", body, Content_Type=kind)
    assert answer.status in (201, 400)
    assert room.names() in ([], ["evil.txt"])
    assert not os.path.exists(room.path("../evil.txt"))


def test_names_in_headers(room):
    answer = room.call("POST", "", b"one", X_File_Name="a.txt")
    assert (answer.status, room.read("a.txt")) == (201, b"one")
    assert room.call("POST", "", X_Folder_Name="d").status == 201
    assert os.path.isdir(room.path("d"))
    for name in ("../a", "a/b", "..", ".weir-x"):
        check_error(room.call("POST", "", b"x", X_File_Name=name), 400,
                    "The name")
        check_error(room.call("POST", "", X_Folder_Name=name), 400)
    assert room.names() == ["a.txt", "d"]


def test_resources_in_json(room):
    answer = room.call("POST", "", {"resource": [
        {"type": "folder", "name": "d"},
        {"type": "file", "name": "a", "content": "é"},
        {"type": "file", "name": "b", "content": "AAE=", "is_base64": True},
        {"type": "file", "name": "../c", "content": "x"},
        {"type": "folder", "name": "d"}]})
    assert answer.status == 201
    assert [row.get("error", {}).get("code") for row in answer.rows] == [
        None, None, None, 400, 400]
    assert room.read("a") == "é".encode()
    assert room.read("b") == b"\0\1"
    assert room.names() == ["a", "b", "d"]


def test_files_are_copied_and_folders_moved(room):
    room.put("a", b"one")
    os.mkdir(room.path("d"))
    os.chmod(room.path("d"), 0o777)
    room.put("d/b", b"two")
    answer = room.call("POST", "", {"resource": [
        {"type": "file", "name": "copy", "source_path": f"{room.name}/a"},
        {"type": "file", "name": "moved", "source_path": f"{room.name}/d/b",
         "delete_source": True},
        {"type": "folder", "name": "e", "source_path": f"{room.name}/d",
         "delete_source": True},
        {"type": "file", "name": "a", "source_path": f"{room.name}/copy"}]})
    assert ["error" in row for row in answer.rows] == [
        False, False, False, True]
    assert room.names() == ["a", "copy", "e", "moved"]
    assert (room.read("copy"), room.read("moved")) == (b"one", b"two")


def test_folders_are_copied(tree):
    def copy(source, name):
        answer = tree.call("POST", "", {"resource": [
            {"type": "folder", "name": name,
             "source_path": f"{tree.name}/{source}"}]})
        return answer

    os.symlink("x", tree.path("b/link"))
    assert copy("b/", "copy").status == 201
    assert tree.listed("", "&full_tree=true&search=y") == [
        "b/c/y.png", "copy/", "copy/c/y.png"]
    assert tree.read("copy/c/y.png") == b"b/c/y.png"
    assert sorted(os.listdir(tree.path("copy"))) == ["c", "x"]
    check_error(copy("b", "d"), 400, "already exists")
    check_error(copy("none", "e"), 404)
    check_error(copy("../", "e"), 400)
    inner = tree.call("POST", "b/", {"resource": [
        {"type": "folder", "name": "in", "source_path": f"{tree.name}/b"}]})
    assert inner.status == 201
    assert sorted(os.listdir(tree.path("b/in"))) == ["c", "x"]


# Folders.

@pytest.fixture(name="tree")
def a_tree(room):
    for folder in ("b", "b/c", "d"):
        os.mkdir(room.path(folder))
        os.chmod(room.path(folder), 0o777)
    for name in ("a.txt", "b/x", "b/c/y.png", "z"):
        room.write(name, name)
    return room


def test_a_list_has_what_is_known(tree):
    rows = {row["name"]: row for row in tree.get("").rows}
    assert list(rows) == ["a.txt", "b", "d", "z"]
    assert rows["b"].keys() == {"path", "type", "name", "last_modified"}
    assert rows["b"]["path"] == f"{tree.name}/b/"
    file = rows["a.txt"]
    assert (file["type"], file["content_length"]) == ("file", 5)
    assert file["content_type"] == "text/plain"
    assert parsedate_to_datetime(file["last_modified"])


@pytest.mark.parametrize("query, names", [
    ("", "a.txt b/ d/ z"),
    ("&include_files=false", "b/ d/"),
    ("&include_folders=false", "a.txt z"),
    ("&full_tree=true", "a.txt b/ b/c/ b/c/y.png b/x d/ z"),
    ("&full_tree=true&include_folders=false", "a.txt b/c/y.png b/x z"),
    ("&limit=2", "a.txt b/"),
    ("&limit=2&offset=2", "d/ z"),
    ("&offset=9", ""),
    ("&search=TX", "a.txt"),
    ("&full_tree=true&search=y", "b/c/y.png"),
])
def test_a_list_is_as_asked(tree, query, names):
    assert tree.listed("", query) == names.split()


def test_pages_lead_on(tree):
    first = tree.get("?limit=3&include_count=true").json
    assert first["meta"] == {"count": 4, "next": 3}
    assert "meta" not in tree.get("?limit=3&offset=3").json
    assert tree.get("?offset=9223372036854775807").json == {"resource": []}
    check_error(tree.get("?limit=0"), 400, "limit")
    check_error(tree.get("?offset=-1"), 400, "offset")


def test_fields_are_chosen(tree):
    rows = tree.get("?fields=name,content_length&include_folders=false").rows
    assert rows == [{"name": "a.txt", "content_length": 5},
                    {"name": "z", "content_length": 1}]


def test_a_list_in_other_formats(tree):
    csv = tree.get("?fields=name,type", Accept="text/csv")
    assert csv.body.splitlines()[:2] == [b"type,name", b"file,a.txt"]
    assert tree.get("a.txt", Accept="image/png").body == b"a.txt"


def test_what_a_role_may_name(host, web, tree):
    paths = web.get(API + "files/?as_access_list=true").rows
    assert paths[:2] == ["", "*"]
    assert {f"{tree.name}/b/c/", f"{tree.name}/b/c/*"} <= set(paths)


def test_folders_are_made_and_deleted(room):
    made = room.call("POST", "d/e/f/")
    assert (made.status, made.json["path"]) == (201, f"{room.name}/d/e/f/")
    check_error(room.call("POST", "d/"), 400, "already exists")
    known = room.get("d/?include_properties=true").json
    assert known["path"] == f"{room.name}/d/"
    assert parsedate_to_datetime(known["last_modified"])
    check_error(room.call("DELETE", "d/"), 400, "not empty", "force")
    assert room.call("DELETE", "d/?force=true").status == 200
    check_error(room.get("d/"), 404)
    check_error(room.call("DELETE", "d/"), 404)
    assert room.names() == []


def test_resources_are_deleted_by_name(tree):
    answer = tree.call("DELETE", "?force=true", {"resource": [
        {"type": "file", "name": "a.txt"},
        {"type": "folder", "path": f"{tree.name}/b/"},
        {"type": "file", "name": "none"}]})
    assert [row.get("error", {}).get("code") for row in answer.rows] == [
        None, None, 404]
    assert tree.names() == ["d", "z"]


def test_the_root_stays(web):
    check_error(web.delete(API + "files/"), 400, "root")
    check_error(web.delete(API + "files/?force=true"), 400, "root")
    check_error(web.call("PATCH", API + "files/", {}), 405)


def test_a_service_may_only_read(host, web):
    room = Room(host, web, "fixed")
    room.write("a", "one")
    assert room.get("a").body == b"one"
    for method in ("PUT", "POST", "PATCH", "DELETE"):
        answer = room.call(method, "a", b"two")
        check_error(answer, 405, "read-only")
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    for name in ("a", ""):
        answer = room.call("OPTIONS", name)
        assert answer.status == 200
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert room.read("a") == b"one"


# HTTP.

@pytest.mark.parametrize("name, kind", [
    ("a.html", "text/html"), ("a.JPG", "image/jpeg"),
    ("a.tar.gz", "application/gzip"), ("a", "application/octet-stream"),
    (".txt", "text/plain"), ("a.unknown", "application/octet-stream")])
def test_the_type_goes_by_the_name(room, name, kind):
    room.put(name)
    answer = room.get(name)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("Content-Security-Policy" in answer.headers) == (
        kind not in ("image/jpeg", "text/plain"))


def is_tame(answer, sandbox=True):
    """May a browser show it on the console's origin?"""
    policy = answer.headers["Content-Security-Policy"].split("; ")
    return ("default-src 'none'" in policy and
            ("sandbox" in policy) == sandbox and
            not [part for part in policy if "script" in part] and
            answer.headers["X-Content-Type-Options"] == "nosniff")


@pytest.mark.parametrize("service", ["files", "handed"])
@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.xhtml", "a.xml", "a"])
def test_no_file_runs_where_the_console_is(host, web, name, service):
    room = Room(host, web, service)
    room.put(name, b"<script>alert(1)</script>")
    for _ in range(2):  # from the folder, and from the cache
        answers = [room.get(name), room.get(name + "?download=true"),
                   room.get(name, Range="bytes=2-4"),
                   room.call("HEAD", name)]
        assert all(map(is_tame, answers))
    assert answers[0].hit == (service == "files")


def test_a_browser_shows_pdf(room):
    """Which it does not in a sandbox."""
    room.put("a.pdf", b"%PDF-1.4")
    assert is_tame(room.get("a.pdf"), sandbox=False)


def test_conditions_of_reads(room):
    room.put("a", b"0123456789")
    full = room.get("a")
    tag, date = full.headers["ETag"], full.headers["Last-Modified"]
    assert date == formatdate(os.stat(room.path("a")).st_mtime, usegmt=True)
    for lines in ({"If_None_Match": tag}, {"If_Modified_Since": date}):
        answer = room.get("a", **lines)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["ETag"] == tag
    assert room.get("a", If_None_Match='"x"').status == 200
    assert room.get("a", If_Match='"x"').status == 412
    room.put("a", b"9876543210")
    assert room.get("a", If_None_Match=tag).status == 200


@pytest.mark.parametrize("wanted, body", [
    ("bytes=2-4", b"234"), ("bytes=8-", b"89"), ("bytes=-3", b"789"),
    ("bytes=0-99", b"0123456789")])
def test_ranges(room, wanted, body):
    room.put("a", b"0123456789")
    for _ in range(2):  # from the folder, and from the cache
        answer = room.get("a", Range=wanted)
        assert (answer.status, answer.body) == (206, body)
        assert answer.headers["Content-Range"].endswith("/10")


def test_ranges_that_are_none(room):
    room.put("a", b"0123456789")
    tag = room.get("a").headers["ETag"]
    outside = room.get("a", Range="bytes=10-")
    check_error(outside, 416)
    assert outside.headers["Content-Range"] == "bytes */10"
    assert room.get("a", Range="bytes=2-4", If_Range=tag).status == 206
    assert room.get("a", Range="bytes=2-4", If_Range='"x"').status == 200
    assert room.get("?as_list=true", Range="bytes=2-4").status == 200


def test_conditions_of_writes(room):
    made = room.call("PUT", "a", b"one", If_None_Match="*")
    assert made.status == 201
    check_error(room.call("PUT", "a", b"two", If_None_Match="*"), 412)
    tag = room.get("a").headers["ETag"]
    assert room.call("PUT", "a", b"two", If_Match=tag).status == 200
    check_error(room.call("PUT", "a", b"three", If_Match=tag), 412)
    check_error(room.call("PATCH", "a", b"three", If_Match=tag), 412)
    check_error(room.call("DELETE", "a", If_Match=tag), 412)
    assert room.read("a") == b"two"
    tag = room.get("a").headers["ETag"]
    assert room.call("DELETE", "a", If_Match=tag).status == 200


CONDITIONS = [{"If_None_Match": "*"}, {"If_Match": '"no"'},
              {"If_Unmodified_Since": "Thu, 01 Jan 1970 00:00:10 GMT"}]
IN_FOLDER = "of one file's own path"


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_conditions_of_a_name_in_a_header(room, method, condition):
    room.put("x", b"one")
    check_error(room.call(method, "", b"two", X_File_Name="x", **condition),
                412, "x")
    assert room.read("x") == b"one"
    tag = room.get("x").headers["ETag"]
    assert room.call(method, "", b"two", X_File_Name="x",
                     If_Match=tag).status in (200, 201)
    assert room.call(method, "", b"three", X_File_Name="y",
                     If_None_Match="*").status == 201
    assert room.read("y") == b"three"


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions_where_there_may_be_several(room, condition):
    os.mkdir(room.path("d"))
    os.chmod(room.path("d"), 0o777)
    room.write("d/x", "one")
    one = {"resource": [{"type": "file", "name": "x", "content": "two"}]}
    copied = {"resource": [{"type": "file", "name": "y",
                            "source_path": f"{room.name}/d/x",
                            "delete_source": True}]}
    several, kind = parts(("files[]", "x", b"two"))

    def refused(*args, **lines):
        check_error(room.call(*args, **lines, **condition), 400, IN_FOLDER)

    for method in ("POST", "PUT"):
        refused(method, "d/", one)
        refused(method, "d/", copied)
        refused(method, "d/", several, Content_Type=kind)
        refused(method, "d/", several, Content_Type=kind, X_File_Name="x")
    refused("POST", "e/")
    refused("POST", "", X_Folder_Name="e")
    refused("DELETE", "d/", one)
    refused("DELETE", "d/?force=true")
    refused("DELETE", "d/", X_File_Name="x")
    assert room.read("d/x") == b"one"
    assert (room.names(), os.listdir(room.path("d"))) == (["d"], ["x"])


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_lies_in_a_folder_may_have_to_be_new(room, method):
    def call(name, content, *, query="?check_exist=true"):
        several, kind = parts(("files[]", name, content))
        one = {"resource": [{"type": "file", "name": name,
                             "content": content.decode()}]}
        return [room.call(method, query, content, X_File_Name=name),
                room.call(method, query, one),
                room.call(method, query, several, Content_Type=kind)]

    room.put("a", b"one")
    for answer in call("a", b"two"):
        check_error(answer, 400, "already exists")
    assert room.read("a") == b"one"
    assert [answer.status for answer in call("b", b"two")] == [201, 400, 400]
    for answer in call("a", b"two", query=""):
        assert answer.status in (200, 201)
    assert room.read("a") == b"two"


def test_options_are_told(room):
    answer = room.call("OPTIONS", "a")
    assert answer.status == 200
    assert "PATCH" in answer.headers["Allow"]


def test_the_web_server_may_send_a_file(server, host, web):
    """It is asked by weir alone, and weir judges."""
    room = Room(host, web, "handed")
    name = "%C3%A4%20b.txt"
    room.put(name, b"0123456789")
    if not isinstance(server, FileNginx):
        answer = room.get(name)  # Apache knows no such header
        assert answer.headers["X-Accel-Redirect"] == (
            f"/weir-files/{room.name}/{name}")
        return
    for _ in range(3):  # from the folder, and from the cache
        answer = room.get(name)
        assert (answer.status, answer.body) == (200, b"0123456789")
        assert answer.headers["Content-Type"].startswith("text/plain")
        part = room.get(name, Range="bytes=2-4")
        assert (part.status, part.body) == (206, b"234")
        same = room.get(name, If_None_Match=answer.headers["ETag"])
        assert same.status == 304
    assert web.get(f"/weir-files/{room.name}/{name}").status == 404
    with caller(server, None) as stranger:
        check_error(stranger.get(room.base + name), 401)
    room.put(name, b"new")
    assert room.get(name).body == b"new"
    assert room.call("HEAD", name).headers["Content-Length"] == "3"


# What leads out of the root.

OUT = "etc/passwd"
CLIMBING = [
    "../" + OUT, "..%2f" + OUT, "%2e%2e/" + OUT, "%2e%2e%2f" + OUT,
    "%252e%252e/" + OUT, "..%252f" + OUT, "%252e%252e%252f" + OUT,
    "%25252e%25252e/" + OUT, "a/../../" + OUT, "..%5c" + OUT, "..\\" + OUT,
    "..%c0%af" + OUT, "%c0%ae%c0%ae/" + OUT, "%e0%80%ae%e0%80%ae/" + OUT,
    "%ef%bc%8e%ef%bc%8e/" + OUT, "..%ef%bc%8f" + OUT, "%e2%80%a5/" + OUT,
    "/" + OUT, "%2f" + OUT, "//" + OUT, "./a", "a//b", "a/./b", "%2e",
    "a%00", "a%00/../..", "a%0ab", "a%7f", "a%e2%80%ae", "file%3a%2f%2f/x",
    "a%5cb", ".weir-1", "a" * 256, "/".join("a" * 33), "a/" * 600,
    "out/" + OUT, "far/x", "absolute/x", "proc/" + OUT]
LINKS = ["far", "absolute", "loop", "out", "out/"]


@pytest.fixture(name="outside")
def links_that_lead_out(host, room):
    """Beside them one that does not."""
    links = {"out": "..", "far": "../../../../../../etc/passwd",
             "absolute": "/etc/passwd", "proc": "/proc/self/root",
             "loop": "loop", "in": room.name}
    for name, to in links.items():
        os.symlink(to, os.path.join(host.root, name))
    room.write("f", "inside")
    yield
    for name in links:
        os.unlink(os.path.join(host.root, name))


def raw_status(server, host, method, path):
    """Of a path that goes out as it is."""
    with socket.create_connection(("127.0.0.1", server.port), 20) as client:
        client.sendall(f"{method} {path} HTTP/1.1\r\nHost: weir\r\n"
                       f"X-API-Key: {host.key}\r\nConnection: close\r\n"
                       "Content-Length: 1\r\n\r\nx".encode())
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    assert b"root:" not in answer
    return int(answer.split(b" ", 2)[1])


@pytest.mark.usefixtures("outside")
def test_nothing_outside_is_reached(server, host):
    before = sorted(os.listdir(host.folder))
    for path in CLIMBING:
        for method in ("GET", "PUT", "DELETE"):
            status = raw_status(server, host, method, f"{API}files/{path}")
            assert status in (400, 403, 404, 414), (method, path, status)
    for path in LINKS:  # to delete one deletes nothing else
        for method in ("GET", "PUT"):
            assert raw_status(server, host, method, f"{API}files/{path}") in (
                400, 403, 404, 415), (method, path)
    assert sorted(os.listdir(host.folder)) == before
    assert os.path.exists("/etc/passwd")


@pytest.mark.usefixtures("outside")
def test_a_link_that_stays_inside_is_only_read(web, room):
    base = API + "files/"
    for _ in range(3):
        answer = web.get(base + "in/f")
        assert answer.body == b"inside"
        assert not answer.hit  # no write would know of it
    check_error(web.call("PUT", base + "in/f", b"x"), 403, "link")
    check_error(web.get(base + "out/x"), 403, "link")
    listed = web.get(base + "?as_list=true").rows
    assert "in/" in listed
    assert not {"out/", "far", "absolute", "loop"} & set(listed)
    assert room.read("f") == b"inside"


def test_names_may_be_odd(room):
    for name in ("a%20b", "50%25", "%C3%A4", "a%2Bb", "a+b", "%3F%23", "...",
                 "%E6%BC%A2"):
        room.put(name, name.encode())
        assert room.get(name).body == name.encode()
    assert len(room.names()) == 7
