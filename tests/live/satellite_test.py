#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Icinga 2, a master and a satellite, each in a network namespace of its own: only the satellite reaches the
hosts. Checks run there and leave their history there; results and perfdata come to the master and its archives.

usage: satellite_test.py FAKENET PACKAGING CHECK_PINGTRAIL PINGTRAIL PINGTRAIL_RRD [unittest options]
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

FAKENET, *PROGRAMS = (os.path.abspath(p) for p in sys.argv[1:6])
del sys.argv[1:6]
PINGTRAIL = PROGRAMS[2]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import satellite_plan as plan  # noqa: E402
from perfdata_copies import archive_rows, lines_of  # noqa: E402
from processes import ICINGA, Icinga, lacking, leave_out, not_root, read, write  # noqa: E402
from truth import checks_of, outages_of, read_truth  # noqa: E402

NO_WAY_IN = 77


def certify(base):
    """The master's CA and the certificates of both, before the network's clock runs."""
    icingas = {name: Icinga(os.path.join(base, name, "icinga")) for name in ("master", "satellite")}
    master = icingas["master"]
    master.run("pki", "new-ca")
    for name, icinga in icingas.items():
        certs = icinga.path("data", "certs")
        os.makedirs(certs)
        master.sign(name, f"{certs}/{name}.key", f"{certs}/{name}.crt")
        shutil.copy(master.path("data", "ca", "ca.crt"), certs)


class SatelliteTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="pingtrail-satellite-")
        cls.addClassCleanup(shutil.rmtree, cls.base, ignore_errors=True)
        certify(cls.base)
        script = write(os.path.join(cls.base, "script.net"), plan.script())
        log = os.path.join(cls.base, "truth.log")
        done = subprocess.run([FAKENET, "--script", script, "--log", log, "--spin", "0s", "--timeout", "160s", "--",
                               sys.executable, "-B", os.path.join(HERE, "satellite_inside.py"), cls.base, *PROGRAMS],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=175, check=False)
        if done.returncode == NO_WAY_IN:
            cls.doClassCleanups()
            leave_out("live.satellite", done.stderr.strip())
        if done.returncode != 0:
            raise AssertionError(f"exit {done.returncode}\n{done.stdout}{done.stderr}")
        cls.seen = json.loads(read(os.path.join(cls.base, "seen.json")))
        probes, _, cls.start = read_truth(log)
        cls.checks = {name: [c for c in checks_of([p for p in probes if p.dst == address])
                             if c.at < cls.seen["ended"] - 3] for name, address, _, _ in plan.HOSTS}

    def pingtrail(self, command, core):
        done = subprocess.run([PINGTRAIL, command, "--json", "--state-dir", os.path.join(self.base, core, "state")],
                              capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    def test_the_satellite_ran_every_check(self):
        self.assertEqual(self.seen["sources"], {h[0]: "satellite" for h in plan.HOSTS})

    def test_the_history_is_the_satellites(self):
        self.assertEqual({h["host"] for h in self.pingtrail("status", "satellite")["hosts"]},
                         {h[0] for h in plan.HOSTS})
        self.assertEqual(self.pingtrail("status", "master")["hosts"], [])

    def test_outages(self):
        told = self.pingtrail("outages", "satellite")["outages"]
        for name, _, _, silences in plan.HOSTS:
            got = [o for o in told if o["host"] == name]
            want = outages_of(self.checks[name])
            print(f"{name}: {len(self.checks[name])} checks, {len(want)} outages expected, observed "
                  f"{[(o['downtime_s'], o['lower_bound_s'], o['upper_bound_s']) for o in got]}")
            self.assertEqual((len(got), len(want)), (len(silences), len(silences)), name)
        [outage] = [o for o in told if o["host"] == "site-fails"]
        [(begin, end)] = plan.HOSTS[3][3]
        self.assertLessEqual(outage["lower_bound_s"], end - begin + 0.05)
        self.assertGreaterEqual(outage["upper_bound_s"], end - begin - 1)

    def test_the_masters_archives_are_complete(self):
        lines = lines_of(os.path.join(self.base, "master", "copies"))
        rejected = os.listdir(os.path.join(self.base, "master", "taken", "rejected"))
        self.assertEqual(rejected, [])
        for name, _, _, _ in plan.HOSTS:
            samples = lines[name, None]
            self.assertGreater(len(samples), 5)
            self.assertGreaterEqual(len(samples), len(self.checks[name]) - 1)
            rows = archive_rows(os.path.join(self.base, "master", "rrd"), name, None, [s.at for s in samples])
            for sample in samples:
                self.assertEqual([g is None for g in rows[sample.at]], [w is None for w in sample.values], sample)
                self.assertTrue(all(w is None or abs(g - w) <= 1e-6 * abs(w) for g, w in
                                    zip(rows[sample.at], sample.values)), (sample, rows[sample.at]))


if __name__ == "__main__":
    leave_out("live.satellite", lacking(ICINGA, "/usr/bin/unshare", "/usr/bin/rrdtool") or not_root())
    unittest.main()
