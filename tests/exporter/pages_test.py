#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pingtrail-exporter as its readers see it: every path, the same figures everywhere, and what happens when
directories are missing, damaged or being written. usage: pages_test.py [unittest options]"""
import gzip
import os
import signal
import socket
import subprocess
import threading
import unittest
import urllib.parse

from exporter_case import EXPORTER, MINUTE, ExporterCase, free_port, run_writer, wait_for


class Pages(ExporterCase):
    def setUp(self):
        super().setUp()
        self.record("core-sw", ["up"] * 50 + ["down"] * 10, group="core")
        self.record("web 01/a", ["up"] * 60, group="web")
        self.record("web 01/a", ["up"] * 30 + ["down"] * 3 + ["up"] * 27, series="ipv6", group="web")

    def test_every_path_has_its_answer_and_type(self):
        self.start()
        month = subprocess.run(["date", "-u", "+%Y-%m"], capture_output=True, text=True, check=True).stdout.strip()
        types = {"/": "text/html; charset=utf-8", "/host/core-sw": "text/html; charset=utf-8",
                 "/api/v1/hosts": "application/json; charset=utf-8", "/api/v1/hosts/core-sw": "application/json; charset=utf-8",
                 "/api/v1/outages": "application/json; charset=utf-8",
                 "/api/v1/report?window=24h": "application/json; charset=utf-8", "/sd": "application/json; charset=utf-8",
                 f"/report/{month}.html": "text/html; charset=utf-8"}
        for path, kind in types.items():
            answer = self.get(path)
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, kind), path)
            self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
            head = self.get(path, method="HEAD")
            self.assertEqual((head.status, head.bytes), (200, b""), path)
        self.assertTrue(self.get("/metrics").headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        self.assertEqual(self.get("/-/healthy").status, 200)
        self.assertEqual(self.get("/-/ready").status, 200)

    def test_what_is_not_there_is_said(self):
        self.start()
        for path, status in {"/nothing": 404, "/host/nobody": 404, "/api/v1/hosts/nobody": 404, "/graph/core-sw.png": 404,
                             "/report/2026-13.html": 400, "/report/x": 404, "/api/v1/report": 400,
                             "/api/v1/outages?colour=red": 400, "/api/v1/outages?from=tomorrow": 400,
                             "/api/v1/hosts?tz=Mars": 400, "/api/v1/outages?host=nobody": 404}.items():
            answer = self.get(path)
            self.assertEqual(answer.status, status, path + ": " + answer.text)
        answer = self.get("/api/v1/outages?colour=red")
        self.assertEqual(answer.json(), {"error": "colour: no such parameter"})
        answer = self.get("/", method="POST")
        self.assertEqual(answer.status, 405)
        self.assertIn("GET", answer.headers["Allow"])
        self.assertEqual(self.get("/-/reload").status, 405)

    def test_the_api_says_what_the_command_says(self):
        self.start()
        asof = "2026-11-01T00:00:00Z"
        for path, words in {f"/api/v1/hosts?asof={asof}": ["status", "--json", "--asof", asof, "--tz", "UTC"],
                            f"/api/v1/outages?asof={asof}": ["outages", "--json", "--asof", asof, "--tz", "UTC"]}.items():
            self.assertEqual(self.get(path).text, self.ask(*words), path)
        at = self.now + 1000
        query = {"window": "1h", "asof": str(at), "target": "99.9", "group": "core"}
        self.assertEqual(self.get("/api/v1/report", **query).text,
                         self.ask("report", "--window", "1h", "--asof", str(at), "--target", "99.9", "--group", "core",
                                  "--json", "--tz", "UTC"))

    def test_hosts_with_awkward_names_have_their_pages(self):
        self.start()
        name = urllib.parse.quote("web 01/a", safe="")
        page = self.get(f"/host/{name}").text
        self.assertIn("<h1>web 01/a</h1>", page)
        self.assertIn("Series ipv6", page)
        rows = self.get(f"/api/v1/hosts/{name}").json()["hosts"]
        self.assertEqual([(r["host"], r["series"], r["state"]) for r in rows],
                         [("web 01/a", None, "up"), ("web 01/a", "ipv6", "up")])
        self.assertIn(f'href="/host/{name}"', self.get("/").text)

    def test_metrics_tell_the_outage_that_goes_on(self):
        self.start()
        text = self.get("/metrics").text
        self.assertEqual(self.metric("pingtrail_up", text, host="core-sw"), 0)
        self.assertEqual(self.metric("pingtrail_up", text, host="web 01/a", series=None), 1)
        self.assertEqual(self.metric("pingtrail_outages_total", text, host="core-sw"), 1)
        # Nine minutes between the first and the last failed check.
        self.assertEqual(self.metric("pingtrail_downtime_seconds_total", text, host="core-sw", planned="false"), 540)
        self.assertEqual(self.metric("pingtrail_outage_start_timestamp_seconds", text, host="core-sw"),
                         (self.now - 9 * MINUTE) / 1000)
        self.assertGreaterEqual(self.metric("pingtrail_outage_duration_seconds", text, host="core-sw"), 540)
        self.assertEqual(self.metric("pingtrail_journal_verified", text), 1)

    def test_metrics_are_filtered_negotiated_and_compressed(self):
        self.start()
        one = self.get("/metrics", host="core-*").text
        self.assertIn('host="core-sw"', one)
        self.assertNotIn("web 01", one)
        self.assertNotIn("core-sw", self.get("/metrics", group="web").text)
        packed = self.get("/metrics", headers={"Accept-Encoding": "gzip"})
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertIn('host="core-sw"', gzip.decompress(packed.bytes).decode())
        accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
        modern = self.get("/metrics", headers={"Accept": accept})
        self.assertTrue(modern.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0"))
        self.assertTrue(modern.text.endswith("# EOF\n"))

    def test_changes_show_at_the_next_request(self):
        self.start()
        self.assertEqual(self.metric("pingtrail_up", host="core-sw"), 0)
        self.record("core-sw", ["up"], group="core", begin=self.now + 1000)
        self.assertEqual(self.metric("pingtrail_up", host="core-sw"), 1)
        self.record("new-host", ["up"], begin=self.now)
        self.assertEqual(self.metric("pingtrail_up", host="new-host"), 1)

    def test_aliases_lead_to_the_recorded_name(self):
        objects = self.path("objects.cache", "define host {\n\thost_name\tcs1\n\talias\tCore <1>\n\taddress\tcore-sw\n\t}\n")
        self.start("--aliases", objects)
        page = self.get("/host/cs1")
        self.assertEqual(page.status, 200)
        self.assertIn("<h1>core-sw</h1>", page.text)
        self.assertIn("Core &lt;1&gt;", self.get("/").text)
        self.path("objects.cache", "define host {\n\thost_name\tcs2\n\taddress\tcore-sw\n\t}\n")
        self.assertEqual(self.get("/-/reload", method="POST").status, 200)
        self.assertEqual(self.get("/host/cs2").status, 200)
        self.assertEqual(self.get("/host/cs1").status, 404)

    def test_sighup_reads_again_and_sigterm_ends_cleanly(self):
        config = self.path("exporter.conf", "aliases =\n")
        self.start("--config", config)
        self.assertEqual(self.get("/host/cs1").status, 404)
        self.path("names", "cs1 core-sw\n")
        self.path("exporter.conf", f"aliases = {self.base}/names\n")
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.get("/host/cs1").status == 200)
        self.path("exporter.conf", "colour = red\n")
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "colour" in self.logged())
        self.assertEqual(self.get("/host/cs1").status, 200)
        self.assertEqual(self.get("/-/reload", method="POST").status, 500)
        self.assertEqual(self.stop(), 0)

    def test_service_discovery_lists_every_host(self):
        self.start()
        groups = self.get("/sd").json()
        self.assertEqual([(g["targets"], g["labels"]["__meta_pingtrail_host"], g["labels"]["__meta_pingtrail_state"])
                          for g in groups],
                         [(["192.0.2.7"], "core-sw", "down"), (["192.0.2.7"], "web 01/a", "up"),
                          (["192.0.2.7"], "web 01/a", "up")])
        self.assertEqual(len(self.get("/sd", group="core").json()), 1)


class Listening(ExporterCase):
    def test_every_address_given_is_served(self):
        other = free_port()
        self.start("--listen", f"127.0.0.1:{other}")
        self.port = other
        self.assertEqual(self.get("/-/healthy").status, 200)

    def test_a_socket_of_the_service_manager_is_served(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            self.port = listener.getsockname()[1]
            self.log = os.path.join(self.base, "exporter.log")
            # As systemd does: the first socket is descriptor 3, and the variables name the process itself.
            command = f'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@" 3<&{listener.fileno()}'
            with open(self.log, "w", encoding="utf-8") as log:
                self.process = subprocess.Popen(
                    ["sh", "-c", command, EXPORTER, "--state-dir", self.dir, "--listen", "127.0.0.1:1"],
                    stdout=log, stderr=log, pass_fds=[listener.fileno()])
            self.addCleanup(self.stop)
            wait_for(self.answers, what=self.logged())
        self.assertIn(f"127.0.0.1:{self.port}", self.logged())

    def test_an_address_in_use_is_refused_by_name(self):
        self.start()
        done = subprocess.run([EXPORTER, "--state-dir", self.dir, "--listen", f"127.0.0.1:{self.port}"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr),
                         (1, f"pingtrail-exporter: --listen: 127.0.0.1:{self.port}: Address already in use\n"))


class Archives(ExporterCase):
    def setUp(self):
        super().setUp()
        self.rrd = self.directory("rrd")
        self.record("core-sw", ["up"] * 60)
        run_writer(self, self.rrd, "old-host")

    def archive(self, name):
        return os.path.join(self.rrd, "old-host", "_HOST_." + name)

    def test_a_host_that_has_only_an_archive_is_reconstructed_and_says_so(self):
        self.start("--rrd-dir", self.rrd)
        rows = {row["host"]: row for row in self.get("/api/v1/hosts").json()["hosts"]}
        self.assertEqual({host: row["source"] for host, row in rows.items()},
                         {"core-sw": "journal", "old-host": "reconstructed"})
        outages = self.get("/api/v1/outages", host="old-host").json()["outages"]
        self.assertEqual([(o["source"], o["ongoing"]) for o in outages], [("reconstructed", True)])
        # Its last ten minutes, within a row at either end.
        self.assertLess(abs(outages[0]["downtime_s"] - 600), 121)
        self.assertIn("reconstructed from its archive", self.get("/host/old-host").text)
        self.assertIn("reconstructed from its archive", self.get("/").text)
        text = self.get("/metrics").text
        self.assertEqual(self.metric("pingtrail_host_info", text, host="old-host", source="reconstructed"), 1)
        self.assertIsNone(self.metric("pingtrail_outages_total", text, host="old-host"))
        self.assertEqual(self.metric("pingtrail_rrd_writer_archives_created_total", text), 1)

    def test_a_journal_goes_before_the_archive(self):
        self.record("old-host", ["up"] * 5)
        self.start("--rrd-dir", self.rrd)
        rows = self.get("/api/v1/hosts/old-host").json()["hosts"]
        self.assertEqual([(row["source"], row["state"]) for row in rows], [("journal", "up")])

    def test_graphs_are_found_by_every_name(self):
        names = self.path("names", "box old-host alias=The box\n")
        self.start("--rrd-dir", self.rrd, "--aliases", names)
        for name in ("old-host", "box"):
            answer = self.get(f"/graph/{name}.png", range="4h", w=300, h=100)
            self.assertEqual((answer.status, answer.bytes[:4]), (200, b"\x89PNG"), name)
        self.assertEqual(self.get("/graph/core-sw.png").status, 404)
        self.assertEqual(self.get("/graph/old-host.png", service="nothing").status, 404)

    def test_a_damaged_archive_costs_its_own_graph_and_is_named(self):
        self.start("--rrd-dir", self.rrd)
        with open(self.archive("rrd"), "r+b") as file:
            file.truncate(100)
        answer = self.get("/graph/old-host.png")
        self.assertGreaterEqual(answer.status, 400, answer.text)
        self.assertIn("old-host/_HOST_.rrd", answer.text)
        self.assertIn("old-host/_HOST_.rrd", self.get("/").text)
        self.assertEqual(self.metric("pingtrail_up", host="core-sw"), 1)
        self.assertEqual(self.get("/host/core-sw").status, 200)

    def test_nothing_outside_the_archives_is_read(self):
        outside = self.path("secret.rrd", "secret")
        os.remove(self.archive("rrd"))
        os.symlink(outside, self.archive("rrd"))
        self.start("--rrd-dir", self.rrd)
        answer = self.get("/graph/old-host.png")
        self.assertGreaterEqual(answer.status, 400)
        self.assertNotIn("secret", answer.text)
        for path in ("/graph/..%2F..%2Fsecret.png", "/graph/%2e%2e.png", "/graph/old-host%2F_HOST_.png"):
            self.assertIn(self.get(path).status, (400, 404), path)


class Faults(ExporterCase):
    def test_a_missing_directory_is_not_ready_and_recovers(self):
        os.rmdir(self.dir)
        self.start()
        self.assertEqual(self.get("/-/healthy").status, 200)
        self.assertEqual(self.get("/-/ready").status, 503)
        self.assertIn("state dir", self.get("/").text)
        self.assertEqual(self.get("/metrics").status, 200)
        os.mkdir(self.dir)
        self.record("h", ["up"])
        self.assertEqual(self.get("/-/ready").status, 200)
        self.assertEqual(self.metric("pingtrail_up", host="h"), 1)

    def test_one_of_two_directories_is_enough(self):
        self.record("h", ["up"])
        self.start("--state-dir", os.path.join(self.base, "nowhere"))
        self.assertEqual(self.get("/-/ready").status, 200)
        self.assertEqual(self.metric("pingtrail_up", host="h"), 1)
        self.assertIn("nowhere", self.get("/").text)

    def test_one_damaged_file_costs_one_host(self):
        for name in ("a", "b", "c"):
            self.record(name, ["up"] * 3)
        self.start()
        self.assertEqual(self.metric("pingtrail_exporter_state_files_unreadable"), 0)
        with open(os.path.join(self.dir, "state", "b"), "r+b") as file:
            file.write(b"\xff" * 4096)
        text = self.get("/metrics").text
        self.assertEqual(self.metric("pingtrail_exporter_state_files_unreadable", text), 1)
        self.assertEqual(self.metric("pingtrail_up", text, host="a"), 1)
        self.assertEqual(self.metric("pingtrail_up", text, host="c"), 1)
        self.assertIsNone(self.metric("pingtrail_up", text, host="b"))
        page = self.get("/").text
        self.assertIn("state/b", page)
        self.assertIn(">a</a>", page)

    def test_a_broken_journal_is_counted_and_named(self):
        self.record("h", ["up", "down", "up", "down"])
        self.start()
        self.assertEqual(self.metric("pingtrail_journal_verified"), 1)
        path = os.path.join(self.dir, "journal", "chain")
        with open(path, "r+b") as file:
            file.seek(256 + 40)
            file.write(b"\xff\xff")
        os.utime(path)
        self.stop()
        self.start()
        self.assertEqual(self.metric("pingtrail_journal_verified"), 0)
        self.assertIn("chain is broken", self.get("/").text)
        self.assertEqual(self.metric("pingtrail_up", host="h"), 0)

    def test_answers_stay_whole_while_checks_are_recorded(self):
        begin = self.now - 600000
        self.record("h0", ["up"], begin=begin - 1000)
        self.start()
        done = threading.Event()
        faults = []

        def write():
            try:
                for i in range(60):
                    self.record(f"h{i % 7}", ["down", "up"], begin=begin + i * 1000, step=300)
            except subprocess.CalledProcessError as error:
                faults.append(error)
            finally:
                done.set()

        writer = threading.Thread(target=write)
        writer.start()
        before = 0
        while not done.is_set():
            text = self.get("/metrics").text
            self.assertEqual(self.metric("pingtrail_journal_verified", text), 1)
            self.assertEqual(self.metric("pingtrail_exporter_state_files_unreadable", text), 0)
            outages = sum(self.metric("pingtrail_outages_total", text, host=f"h{i}") or 0 for i in range(7))
            self.assertGreaterEqual(outages, before)
            before = outages
            self.assertEqual(self.get("/api/v1/outages").json()["notes"], [])
        writer.join()
        self.assertEqual(faults, [])
        self.assertEqual(len(self.get("/api/v1/outages").json()["outages"]), 60)

    def test_counters_survive_a_restart(self):
        self.record("h", ["up", "down", "down", "up"])
        self.start()
        first = self.get("/metrics").text
        self.stop()
        self.start()
        second = self.get("/metrics").text
        for name in ("pingtrail_outages_total", "pingtrail_packets_sent_total", "pingtrail_packets_received_total"):
            self.assertEqual(self.metric(name, first, host="h"), self.metric(name, second, host="h"))
            self.assertIsNotNone(self.metric(name, first, host="h"))

    def test_bad_options_are_refused_in_one_line(self):
        for words, want in {("--listen", "127.0.0.1:99999"): "--listen: 127.0.0.1:99999: ",
                            ("--aliases", "/nonexistent"): "--aliases: /nonexistent: ",
                            ("--web.config.file", "/nonexistent"): "/nonexistent: "}.items():
            done = subprocess.run([EXPORTER, "--state-dir", self.dir, "--listen", "127.0.0.1:0", *words],
                                  capture_output=True, text=True, timeout=60)
            self.assertNotEqual(done.returncode, 0, words)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertIn(want, done.stderr)


if __name__ == "__main__":
    unittest.main()
