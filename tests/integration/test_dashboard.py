"""The dashboard and the alerts ask for what /metrics tells."""

import json
import os
import re

import pytest
import yaml

from support.prometheus import Metrics
from support.weir import Installation

DEPLOY = os.path.join(os.path.dirname(__file__), "..", "..", "deploy")
BOARD = os.path.join(DEPLOY, "grafana", "weir.json")
RULES = os.path.join(DEPLOY, "prometheus", "weir.rules.yml")
MANUAL = os.path.join(DEPLOY, "..", "app", "weir-api.7")
# What Prometheus adds: to each sample, and of itself.
SCRAPED = {"job", "instance"}
OWN = {"up": SCRAPED}
WORDS = {"by", "and", "sum", "min", "max", "count", "rate", "histogram_quantile"}
TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|\[(?:\$__rate_interval|\d+[smhd])\]|[a-zA-Z_]\w*'
    r'|\d+(?:\.\d+)?|=~|!~|!=|==|>=|<=|[-+*/(){},=<>]|\s+')
BY = re.compile(r"by \(([a-z_, ]+)\)")
SELECTOR = re.compile(r"\b([a-z_]+)\{([^}]*)\}")


@pytest.fixture(name="told", scope="module")
def what_is_told(tmp_path_factory):
    """Label names by the name of each sample."""
    site = Installation(tmp_path_factory.mktemp("site"), METRICS="127.0.0.1")
    server = site.serve()
    client = server.connect()
    client.call("/api/v2")
    metrics = Metrics(client.call("/metrics").body.decode())
    client.close()
    server.stop()
    return {name: {label for labels in metrics.samples(name)
                   for label, _ in labels} | SCRAPED
            for name in metrics.names()} | OWN


def board():
    with open(BOARD, encoding="utf-8") as file:
        return json.load(file)


def rules():
    with open(RULES, encoding="utf-8") as file:
        (group,) = yaml.safe_load(file)["groups"]
    return group["rules"]


def expressions():
    return [target["expr"] for panel in board()["panels"]
            for target in panel["targets"]] + [
                rule["expr"] for rule in rules()]


def check(expression, told):
    """Is it made of names that exist? Returns the metrics in it."""
    tokens = TOKEN.findall(expression)
    assert "".join(tokens) == expression, expression
    for opening, closing in ("()", "{}"):
        assert tokens.count(opening) == tokens.count(closing), expression
    metrics = {token for token in tokens if token in told}
    labels = {label.strip() for list in BY.findall(expression)
              for label in list.split(",")}
    for name, matchers in SELECTOR.findall(expression):
        own = set(re.findall(r"([a-z]+)(?:=|!)", matchers))
        assert own <= told[name], (name, own - told[name])
        labels |= own
    names = {token for token in tokens if token[0].isalpha()}
    assert names <= metrics | labels | WORDS, names
    assert metrics, expression
    assert labels <= set().union(*(told[name] for name in metrics))
    return metrics


@pytest.mark.parametrize("expression", expressions())
def test_it_asks_for_what_there_is(told, expression):
    check(expression, told)


@pytest.mark.parametrize("expression", [
    "sum(weir_nothing)", "sum by (colour) (weir_ready)", "sum(weir_ready",
    'weir_ready{colour="red"}', "total(weir_ready)", "weir_ready ; 1", "1"])
def test_what_there_is_not_is_found(told, expression):
    with pytest.raises((AssertionError, KeyError)):
        check(expression, told)


def test_the_board_shows_all_that_is_told(told):
    shown = set().union(*(check(e, told) for e in expressions()))
    hidden = {re.sub("_(bucket|sum|count)$", "", name) for name in told} - {
        re.sub("_(bucket|sum|count)$", "", name) for name in shown}
    assert hidden <= {"weir_requests_other_total"}


def test_the_manual_names_all_that_is_told(told):
    with open(MANUAL, encoding="utf-8") as file:
        text = file.read()
    for name in set(told) - set(OWN):
        assert re.sub("_(bucket|sum|count)$", "", name) in text, name


def test_the_panels_have_places_of_their_own():
    places = set()
    for panel in board()["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                 for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & places and at["x"] + at["w"] <= 24
        places |= cells
    ids = [panel["id"] for panel in board()["panels"]]
    assert len(set(ids)) == len(ids)


def test_a_variable_is_set_before_it_is_used():
    names = [one["name"] for one in board()["templating"]["list"]]
    used = set(re.findall(r"\$\{?([a-z]+)", json.dumps(board())))
    assert used <= set(names)


def test_an_alert_says_what_to_do():
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    for rule in rules():
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert set(rule["annotations"]) == {"summary", "description"}
        used = set(re.findall(r"\$labels\.(\w+)",
                              json.dumps(rule["annotations"])))
        kept = BY.findall(rule["expr"])
        assert used <= {label.strip() for list in kept
                        for label in list.split(",")} | SCRAPED
