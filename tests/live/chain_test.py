#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole chain with the real programs: in a fake network of 50 hosts, some of which fail on schedule, Icinga 2
and Nagios 4 run check_pingtrail by the packaged configuration, pingtrail-rrd archives the perfdata of both, and a
Prometheus scrapes pingtrail-exporter. Then all of them are held against the script and the network's own log.

usage: chain_test.py FAKENET PACKAGING CHECK_PINGTRAIL PINGTRAIL PINGTRAIL_RRD PINGTRAIL_EXPORTER [unittest options]
"""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

FAKENET, *PROGRAMS = (os.path.abspath(p) for p in sys.argv[1:7])
del sys.argv[1:7]
PINGTRAIL = PROGRAMS[2]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import chain_plan  # noqa: E402
from perfdata_copies import archive_rows, lines_of  # noqa: E402
from processes import ICINGA, NAGIOS, lacking, leave_out, not_root, read, write  # noqa: E402
from truth import checks_of, outages_of, read_truth  # noqa: E402

CORES = ("icinga", "nagios")
# A check takes 0.32 s from its first probe to its last, and may be held up between reading the clock and sending.
NEAR_S = 1.0
NO_WAY_IN = 77


def instant(text):
    return time.mktime(time.strptime(text[:19] + " UTC", "%Y-%m-%dT%H:%M:%S %Z")) - time.timezone + float(text[19:-1])


def run_chain(base):
    """None, or why the system allows no such network."""
    script = write(os.path.join(base, "script.net"), chain_plan.script())
    command = [FAKENET, "--script", script, "--log", os.path.join(base, "truth.log"), "--spin", "0s", "--timeout", "285s",
               "--", "unshare", "--pid", "--fork", "--kill-child", sys.executable, "-B",
               os.path.join(HERE, "chain_inside.py"), base, *PROGRAMS]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode == NO_WAY_IN:
        return done.stderr.strip()
    if done.returncode != 0:
        raise AssertionError(f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    return None


class Expected:
    """What one core's checks of one host saw, by the network's log."""

    def __init__(self, host, core, probes, start, ended):
        self.host, self.core = host, core
        checks = checks_of([p for p in probes if p.dst == host.address and p.bytes == chain_plan.SIZES[core]])
        # What was under way when the core was ended may have been recorded or not.
        self.checks = [c for c in checks if c.at < ended - 3]
        self.outages = outages_of(self.checks)
        self.start = start

    def scheduled(self, outage):
        """The silences that the outage overlaps."""
        end = None if outage.end is None else outage.end - self.start
        return [s for s in self.host.silences if s.overlaps(outage.start - self.start, end)]


class ChainTest(unittest.TestCase):
    maxDiff = None
    counts = collections.Counter()

    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="pingtrail-chain-")
        cls.addClassCleanup(shutil.rmtree, cls.base, ignore_errors=True)
        reason = run_chain(cls.base)
        if reason:
            cls.doClassCleanups()
            leave_out("live.chain", reason)
        cls.told = json.loads(read(os.path.join(cls.base, "seen.json")))
        cls.seen = cls.told["seen"]
        cls.hosts = chain_plan.hosts()
        probes, _, start = read_truth(os.path.join(cls.base, "truth.log"))
        cls.expected = {(core, h.name): Expected(h, core, probes, start / 1e9, cls.told["ended"])
                        for core in CORES for h in cls.hosts}
        cls.observed = collections.defaultdict(list)
        for core in CORES:
            for outage in cls.pingtrail("outages", core)["outages"]:
                if not outage.get("series"):
                    cls.observed[core, outage["host"]].append(outage)

    @classmethod
    def pingtrail(cls, command, core, *words):
        state = os.path.join(cls.base, core, "state")
        done = subprocess.run([PINGTRAIL, command, "--json", "--asof", cls.seen["asof"], "--state-dir", state, *words],
                              capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    def each(self, judge):
        for (core, name), expected in sorted(self.expected.items()):
            with self.subTest(core=core, host=name):
                judge((core, name), expected, self.observed[core, name])

    def mono(self, text):
        return instant(text) - self.told["wall_minus_mono"]

    def test_1_every_host_was_checked_all_the_time(self):
        self.each(lambda _, expected, __: self.assertGreater(len(expected.checks), 12, "too few for a judgement"))

    def same_outage(self, want, got):
        self.assertAlmostEqual(self.mono(got["start"]), want.start, delta=NEAR_S)
        self.assertEqual(got["ongoing"], want.end is None)
        if want.end is not None:
            self.assertAlmostEqual(self.mono(got["end"]), want.end, delta=NEAR_S)
            self.assertEqual(got["upper_bound_s"] is None, want.possible is None)
        if want.possible is not None:
            self.assertAlmostEqual(got["upper_bound_s"], want.possible, delta=2 * NEAR_S)

    def test_2_outages_are_those_that_the_checks_met(self):
        def judge(_, expected, observed):
            self.assertEqual(len(observed), len(expected.outages), observed)
            for want, got in zip(expected.outages, observed):
                self.same_outage(want, got)

        self.each(judge)

    def test_3_the_true_silence_lies_within_the_bounds(self):
        def judge(_, expected, observed):
            for want, got in zip(expected.outages, observed):
                silences = expected.scheduled(want)
                self.assertEqual(len(silences), 1, f"a false outage: {got}")
                self.assertLessEqual(got["lower_bound_s"], got["downtime_s"])
                if silences[0].end is None:
                    continue
                true = silences[0].end - silences[0].begin
                self.assertLessEqual(got["lower_bound_s"], true + 0.05, got)
                self.assertLessEqual(got["downtime_s"], got["upper_bound_s"])
                self.assertGreaterEqual(got["upper_bound_s"], true - NEAR_S, got)

        self.each(judge)

    def test_4_no_long_silence_was_missed(self):
        def judge(_, expected, observed):
            for silence in expected.host.silences:
                if silence.end is None or silence.end - silence.begin >= 4 * chain_plan.INTERVAL:
                    met = [o for o in expected.outages if silence in expected.scheduled(o)]
                    self.assertEqual(len(met), 1, silence)
            if not expected.host.silences:
                self.assertEqual(observed, [])

        self.each(judge)

    def test_5_metrics(self):
        values = {kind: {(core, host): value for core, host, value in self.seen[kind]}
                  for kind in ("increase", "outages_total", "up", "firing")}

        def judge(key, expected, observed):
            self.assertEqual(values["outages_total"][key], len(observed))
            self.assertEqual(values["up"][key], 0.0 if observed and observed[-1]["ongoing"] else 1.0)
            if not observed:
                self.assertEqual(values["increase"][key], 0.0)
                self.assertNotIn(key, values["firing"])
            elif expected.host.never:
                self.assertIn(key, values["firing"])
            else:
                # increase() goes on to the window's ends, at most a scrape on either side.
                low = sum(o["lower_bound_s"] for o in observed) * 0.95 - 3
                high = sum(o["upper_bound_s"] for o in observed) * 1.05 + 3
                self.assertTrue(low <= values["increase"][key] <= high, (low, values["increase"][key], high))

        self.each(judge)

    def test_6_pages_and_json_tell_the_same(self):
        for core in CORES:
            told = self.seen[core]
            self.assertEqual(told["outages"], self.pingtrail("outages", core))
            self.assertEqual(told["hosts"], self.pingtrail("status", core))
            for host in self.hosts:
                self.assertIn(f'href="/host/{host.name}"', told["page"])
            self.assertIn("0 days 00:00:", told["host_page"])
            self.assertEqual(told["graph"], "89504e470d0a1a0a")
            names = {h["host"] for h in self.pingtrail("report", core, "--window", "1h")["hosts"]}
            self.assertLessEqual({h.name for h in self.hosts}, names)

    def test_7_no_line_of_perfdata_is_lost(self):
        for core in CORES:
            with self.subTest(core=core):
                lines = lines_of(os.path.join(self.base, core, "copies"))
                checked = {(h.name, None): len(self.expected[core, h.name].checks) for h in self.hosts}
                for key, count in checked.items():
                    # The core writes a line a check; the last ones may have been under way.
                    self.assertGreaterEqual(len(lines[key]), count - 1, key)
                rejected = self.rejects(core)
                for (host, service), samples in lines.items():
                    self.check_archive(core, host, service, samples, rejected)

                    self.counts[core] += len(samples)
                print(f"{core}: {self.counts[core]} lines of perfdata, {len(rejected)} rejected, the others archived")

    def rejects(self, core):
        """Lines "file:number" of rejected/. Only a second sample of one second may be among them."""
        folder, found = os.path.join(self.base, core, "taken", "rejected"), set()
        for name in os.listdir(folder):
            for line in read(os.path.join(folder, name)).splitlines():
                place, reason = re.fullmatch(r"(.*:\d+): (.*)", line).groups()
                self.assertEqual(reason, "a second sample of the same second", line)
                found.add(place)
        return found

    def check_archive(self, core, host, service, samples, rejected):
        rows = archive_rows(os.path.join(self.base, core, "rrd"), host, service, [s.at for s in samples])
        for sample in samples:
            if sample.place in rejected:
                continue
            row = rows.get(sample.at)
            self.assertIsNotNone(row, f"{core}: {host} {service}: no row at {sample.at}")
            for want, got in zip(sample.values, row):
                if want is None:
                    self.assertIsNone(got, sample)
                else:
                    self.assertAlmostEqual(got, want, delta=1e-6 * abs(want) + 1e-9, msg=f"{core}: {host}: {sample}")

    def test_8_health_is_ok_and_the_cores_complain_of_nothing(self):
        for core in CORES:
            code, line = self.told["health"][core]
            self.assertEqual(code, 0, line)
            self.assertIn("0 spool files waiting", line)
            complaints = [l for l in self.told["log"][core].splitlines()
                          if re.search(r"perfdata|critical/|Error:|not found|timed out", l, re.I)]
            self.assertEqual(complaints, [])

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "observed"):
            print(cls.table())

    @classmethod
    def table(cls):
        def seconds(outages):
            return " ".join(f"{o['downtime_s']:.0f}({o['lower_bound_s']:.0f}.."
                            f"{'-' if o['upper_bound_s'] is None else format(o['upper_bound_s'], '.0f')})" for o in outages)

        rows = [("host", "core", "checks", "silent for", "expected", "observed", "downtime(L..U)")]
        quiet = 0
        for (core, name), e in sorted(cls.expected.items(), key=lambda i: (i[0][1], i[0][0])):
            got = cls.observed[core, name]
            if not e.host.silences and not got and not e.outages:
                quiet += 1
                continue
            silent = " ".join("on" if s.end is None else f"{s.end - s.begin}" for s in e.host.silences)
            rows.append((name, core, str(len(e.checks)), silent, str(len(e.outages)), str(len(got)), seconds(got)))
        widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        return "\n".join(lines + [f"{quiet} other pairs of host and core: no outage expected, none observed"])


if __name__ == "__main__":
    leave_out("live.chain", lacking(ICINGA, NAGIOS, "/usr/bin/prometheus", "/usr/bin/unshare", "/usr/bin/rrdtool") or not_root())
    unittest.main()
