#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Prometheus scrapes pingtrail-exporter while an outage happens by script; what PromQL then says of it
is held against the script. Skipped (77) where there is no prometheus.

usage: prometheus_test.py [unittest options]"""
import json
import os
import shutil
import subprocess
import sys
import time
import unittest
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../exporter"))
from exporter_case import ExporterCase, free_port, wait_for  # noqa: E402

CONFIG = """global:
  scrape_interval: 1s
  evaluation_interval: 1s
scrape_configs:
  - job_name: pingtrail
    static_configs:
      - targets: ["127.0.0.1:{exporter}"]
"""
# One check a second; what the script says of each.
SCRIPT = ["up"] * 12 + ["down"] * 20 + ["up"] * 12


class Prometheus(ExporterCase):
    def prometheus(self, *options):
        self.prometheus_port = free_port()
        config = self.path("prometheus.yml", CONFIG.format(exporter=self.port))
        log = open(os.path.join(self.base, "prometheus.log"), "w", encoding="utf-8")
        self.addCleanup(log.close)
        process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.directory('tsdb')}",
             f"--web.listen-address=127.0.0.1:{self.prometheus_port}", *options], stdout=log, stderr=log)

        def end():
            process.terminate()
            process.wait(30)
        self.addCleanup(end)
        wait_for(lambda: self.query("up") == [1.0], 60, "the first scrape")

    def api(self, path, **query):
        url = f"http://127.0.0.1:{self.prometheus_port}/api/v1/{path}?" + urllib.parse.urlencode(query)
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return json.load(answer)["data"]
        except OSError:
            return None

    def query(self, text, at=None):
        """The values of an instant query."""
        data = self.api("query", query=text, **({"time": at} if at else {}))
        return [float(row["value"][1]) for row in data["result"]] if data else []

    def play(self):
        """Records the script in real time; instants of its first failed check and of the first good one
        after it."""
        moments = []
        for state in SCRIPT:
            at = int(time.time() * 1000)
            self.record("flaky", [state], begin=at)
            self.record("steady", ["up"], begin=at)
            moments.append(at)
            time.sleep(max(0, 1 - (time.time() * 1000 - at) / 1000))
        return moments[SCRIPT.index("down")] / 1000, moments[SCRIPT.index("down") + SCRIPT.count("down")] / 1000

    def test_promql_gives_the_truth_of_a_scripted_outage(self):
        self.record("flaky", ["up"])
        self.record("steady", ["up"])
        self.start()
        self.prometheus()
        begin = time.time()
        start, end = self.play()
        truth = end - start
        # Until a scrape has seen the last check.
        total = 'pingtrail_downtime_seconds_total{host="flaky",planned="false"}'
        wait_for(lambda: abs((self.query(total) or [0])[0] - truth) < 0.01, 30, "the whole outage in the counter")
        time.sleep(2)
        now = time.time()
        window = int(now - begin) + 4
        print(f"truth {truth:.3f} s, counter {self.query(total, now)[0]:.3f} s, "
              f"increase {self.query(f'increase({total}[{window}s])', now)[0]:.3f} s", flush=True)
        # increase() stretches what it saw to the ends of the window, by a scrape interval at most.
        self.assertLess(abs(self.query(f"increase({total}[{window}s])", now)[0] - truth), 0.06 * truth + 1)
        self.assertEqual(self.query(f'increase(pingtrail_downtime_seconds_total{{host="steady",planned="false"}}[{window}s])', now),
                         [0.0])
        self.assertEqual(self.query('pingtrail_outages_total{host="flaky"}', now), [1.0])
        self.assertEqual(self.query('max_over_time(pingtrail_up{host="flaky"}[1s])', now), [1.0])
        # In the middle of it: down, and since when.
        middle = (start + end) / 2
        self.assertEqual(self.query('pingtrail_up{host="flaky"}', middle), [0.0])
        self.assertAlmostEqual(self.query('pingtrail_outage_start_timestamp_seconds{host="flaky"}', middle)[0], start, 2)
        self.assertLess(abs(self.query('pingtrail_outage_duration_seconds{host="flaky"}', middle)[0] - (middle - start)), 3)

    def test_openmetrics_is_accepted(self):
        self.record("h", ["up", "down", "up"])
        self.start()
        # This Prometheus asks for OpenMetrics first; the exporter's answer says which it gave.
        self.prometheus()
        wait_for(lambda: self.query("up") == [1.0])
        # The types of OpenMetrics carry units, which are only known when that format was parsed.
        metadata = wait_for(lambda: self.api("metadata", metric="pingtrail_downtime_seconds_total")
                            or self.api("metadata", metric="pingtrail_downtime_seconds"))
        entry = next(iter(metadata.values()))[0]
        self.assertEqual((entry["type"], entry["unit"]), ("counter", "seconds"))
        self.assertEqual(self.query('pingtrail_outages_total{host="h"}'), [1.0])


if __name__ == "__main__":
    if not shutil.which("prometheus"):
        print("skip prometheus: prometheus is not installed")
        sys.exit(77)
    unittest.main()
