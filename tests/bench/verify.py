"""Was that really measured? Hits are hits, and both programs of a comparison
give the same rows."""

import http.client
import json


def fetch(port, line, key):
    """The answer to a line of load.lua: its Cache-Status, and its JSON, or
    its bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    method, path, body = (line + " ").split(" ", 2)
    try:
        connection.request(method, path, body.strip() or None,
                           {"X-DreamFactory-API-Key": key,
                            "Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{line}: status {answer.status}: {body!r}")
        said = answer.getheader("Cache-Status", "")
        if answer.getheader("Content-Type") != "application/json":
            return said, body
        return said, json.loads(body)
    finally:
        connection.close()


def all_hits(port, lines, key):
    for line in lines:
        said = fetch(port, line, key)[0]
        if "hit" not in said:
            raise RuntimeError(f"{line}: not a hit: {said or 'no word'}")


def all_keys(port, lines, key):
    """Every line reads the key that its path ends with."""
    for line in lines:
        name = line.rpartition("/")[2]
        if fetch(port, line, key)[1].get("key") != name:
            raise RuntimeError(f"{line}: not that key")


def same_rows(port, other_port, line, key):
    rows = fetch(port, line, key)[1]
    other = fetch(other_port, line, key)[1]
    if rows != other:
        raise RuntimeError(f"{line}: different rows:\n{rows}\n{other}")


def all_new(port, line, key, count):
    """The line makes so many records."""
    ids = {row["id"] for row in fetch(port, line, key)[1]["resource"]}
    if len(ids) != count:
        raise RuntimeError(f"{line[:60]}: {len(ids)} records")
