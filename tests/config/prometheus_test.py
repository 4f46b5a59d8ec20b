#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prometheus configuration, rules and Grafana dashboard that are shipped, checked by promtool, and their
metrics against the page of what the exporter gives.

usage: prometheus_test.py [unittest options]
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "../..")
PACKAGING = os.path.join(TOP, "packaging")
METRICS = os.environ.get("PINGTRAIL_METRICS_PAGE", os.path.join(TOP, "exporter/metrics/METRICS.md"))
PROMTOOL = shutil.which("promtool")


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def promtool(*words, cwd):
    done = subprocess.run([PROMTOOL, *words], capture_output=True, text=True, check=False, cwd=cwd)
    return done.returncode, done.stdout + done.stderr


def dashboard():
    return json.loads(read(PACKAGING, "grafana/pingtrail.json"))


def panels(board):
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", [])


def expressions():
    """Of the dashboard, with Grafana's variables replaced by what they may be."""
    found = [target["expr"] for panel in panels(dashboard()) for target in panel.get("targets", [])]
    return [expr.replace("[$rate]", "[15m]").replace("$window", "30d").replace("$detail", "h")
            .replace("$host", ".*").replace("$job", ".*") for expr in found]


def names(text):
    """Metrics named in expressions; recorded ones, with colons, apart."""
    return set(re.findall(r"\b(?<!:)pingtrail_\w+", text))


class Prometheus(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.base = place.name
        for path in ("packaging/prometheus/pingtrail-rules.yml", "packaging/prometheus/pingtrail-prometheus.yml",
                     "tests/config/prometheus_rules.yml"):
            shutil.copy(os.path.join(TOP, path), self.base)

    def test_configuration(self):
        code, text = promtool("check", "config", "pingtrail-prometheus.yml", cwd=self.base)
        self.assertEqual(code, 0, text)
        self.assertIn("rules found", text)

    def test_rules(self):
        code, text = promtool("test", "rules", "prometheus_rules.yml", cwd=self.base)
        self.assertEqual(code, 0, text)
        rules = set(re.findall(r"alert: (\w+)", read(PACKAGING, "prometheus/pingtrail-rules.yml")))
        tested = set(re.findall(r"alertname: (\w+)\n", read(HERE, "prometheus_rules.yml")))
        self.assertEqual(rules - tested, set(), "alerts that no test raises")

    def test_dashboard_expressions_parse(self):
        rules = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(expressions())]
        self.assertGreater(len(rules), 20)
        self.assertNotIn("$", "".join(rule["expr"] for rule in rules))
        with open(os.path.join(self.base, "board.json"), "w", encoding="utf-8") as file:
            json.dump({"groups": [{"name": "board", "rules": rules}]}, file)
        code, text = promtool("check", "rules", "board.json", cwd=self.base)
        self.assertEqual(code, 0, text)

    def test_dashboard_can_be_imported_anywhere(self):
        board = dashboard()
        self.assertNotIn("id", board)
        self.assertNotIn("uid", board)
        variables = {one["name"] for one in board["templating"]["list"]}
        numbers = [panel["id"] for panel in panels(board)]
        self.assertEqual(len(numbers), len(set(numbers)))
        used = set(re.findall(r"\$\{?(\w+)", json.dumps(board)))
        self.assertEqual(used - variables, set())
        self.assertEqual({one["uid"] for one in self.sources(board)}, {"${datasource}"})

    def sources(self, node):
        if isinstance(node, dict):
            if isinstance(node.get("datasource"), dict):
                yield node["datasource"]
            for value in node.values():
                yield from self.sources(value)
        elif isinstance(node, list):
            for value in node:
                yield from self.sources(value)

    def test_only_metrics_that_there_are(self):
        if not os.path.exists(METRICS):
            print("skip config.prometheus.test_only_metrics_that_there_are: exporter/metrics/METRICS.md is not there")
            self.skipTest("no METRICS.md")
        rows = re.findall(r"^\| `(pingtrail_\w+)` \| (\w+)", read(METRICS), re.M)
        there = {name + end for name, kind in rows
                 for end in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",))}
        rules = re.sub(r"(?m)^ *(#|- record:).*|pingtrail:[\w:]+", "", read(PACKAGING, "prometheus/pingtrail-rules.yml"))
        for text in (rules, read(HERE, "prometheus_rules.yml"), "\n".join(expressions()),
                     json.dumps(dashboard()["templating"])):
            self.assertTrue(names(text))
            self.assertEqual(names(text) - there - {"pingtrail_rules"}, set())


if __name__ == "__main__":
    if PROMTOOL is None:
        print("skip config.prometheus: promtool is not installed")
        sys.exit(77)
    unittest.main()
