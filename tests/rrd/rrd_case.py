# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of pingtrail-rrd have in common: a spool, a directory of archives, the program."""
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else "pingtrail-rrd"
# Small archives, so that a thousand of them cost no minute.
SMALL_RRA = "RRA_STEP=60\nRRA:AVERAGE:0.5:1:60\nRRA:MAX:0.5:5:40\nRRA:MIN:0.5:30:20\n"


def service_line(at, host, service, perfdata, command="check_icmp!x"):
    return (f"DATATYPE::SERVICEPERFDATA\tTIMET::{at}\tHOSTNAME::{host}\tSERVICEDESC::{service}\t"
            f"SERVICEPERFDATA::{perfdata}\tSERVICECHECKCOMMAND::{command}\tHOSTSTATE::UP\t"
            f"HOSTSTATETYPE::HARD\tSERVICESTATE::OK\tSERVICESTATETYPE::HARD\n")


def host_line(at, host, perfdata, command="check-host-alive"):
    return (f"DATATYPE::HOSTPERFDATA\tTIMET::{at}\tHOSTNAME::{host}\tHOSTPERFDATA::{perfdata}\t"
            f"HOSTCHECKCOMMAND::{command}\tHOSTSTATE::UP\tHOSTSTATETYPE::HARD\n")


def ping(rng):
    return (f"rta={rng.random() * 50:.3f}ms;100.000;500.000;0; pl={rng.randrange(101)}%;20;60;; "
            f"rtmax={rng.random() * 90:.3f}ms;;;; rtmin={rng.random() * 10:.3f}ms;;;;")


def estate(services, intervals, end, seed=7, growing=False):
    """{file name: text} of a site, one file an interval; `growing`: a label more half-way."""
    rng = random.Random(seed)
    files = {}
    for i in range(intervals):
        at = end - (intervals - 1 - i) * 60
        lines = []
        for s in range(services):
            more = f" extra={i}" if growing and s % 5 == 0 and i >= intervals // 2 else ""
            lines.append(service_line(at + s % 7, f"host{s // 10}", f"svc {s % 10}", ping(rng) + more))
        files[f"service-perfdata.{at}"] = "".join(lines)
    return files


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def dump(path):
    done = run("rrdtool", "dump", path)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def tree(root):
    """Paths of all archives below root, relative."""
    found = []
    for directory, names, files in os.walk(root):
        names[:] = [n for n in names if n != ".pingtrail"]
        found += [os.path.relpath(os.path.join(directory, f), root) for f in files if f.endswith(".rrd")]
    return sorted(found)


class RrdCase(unittest.TestCase):
    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="pingtrail-rrd-")
        self.addCleanup(shutil.rmtree, self.base, ignore_errors=True)
        self.spool = self.directory("spool")
        self.rrd = self.directory("rrd")
        self.rra = os.path.join(self.base, "rra.cfg")
        self.now = int(time.time()) // 60 * 60 - 120
        self.write(self.rra, SMALL_RRA)

    def directory(self, name):
        path = os.path.join(self.base, name)
        os.makedirs(path, exist_ok=True)
        return path

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()

    def arrive(self, files, spool=None):
        """Files in their order, each a little younger than the one before."""
        spool = spool or self.spool
        begin = time.time() - 3600
        for number, (name, text) in enumerate(files.items()):
            path = os.path.join(spool, name)
            self.write(path, text)
            os.utime(path, (begin + number, begin + number))

    def command(self, *options, spool=None, rrd=None):
        return [PROGRAM, "--spool", spool or self.spool, "--rrd-dir", rrd or self.rrd, "--rra-cfg", self.rra, *options]

    def drain(self, *options, spool=None, rrd=None, code=0):
        done = run(*self.command("--once", *options, spool=spool, rrd=rrd))
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def path(self, *parts):
        return os.path.join(self.rrd, *parts)

    def rejected(self):
        directory = os.path.join(self.spool, "rejected")
        return "".join(self.read(os.path.join(directory, f)) for f in sorted(os.listdir(directory)))

    def waiting(self):
        return [f for f in os.listdir(self.spool) if f not in ("claimed", "rejected")]

    def lastupdate(self, *parts):
        """{label of the source's number: value} of the newest sample, and its time."""
        lines = run("rrdtool", "lastupdate", self.path(*parts)).stdout.split("\n")
        at, values = lines[2].split(":", 1)
        return int(at), values.split()

    def wait_for(self, condition, seconds=20):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, "waited in vain")
            time.sleep(0.02)

    def assert_spool_done(self):
        self.assertEqual(self.waiting(), [])
        self.assertEqual(os.listdir(os.path.join(self.spool, "claimed")), [])

    def assert_no_leftovers(self, rrd=None):
        own = os.listdir(os.path.join(rrd or self.rrd, ".pingtrail"))
        self.assertEqual([f for f in own if f.startswith("new.")], [])
        for directory, _, files in os.walk(rrd or self.rrd):
            for file in files:
                known = file.endswith((".rrd", ".xml")) or ".rrd.bad-" in file or directory.endswith(".pingtrail")
                self.assertTrue(known, os.path.join(directory, file))

    def assert_same_archives(self, want, got):
        self.assertEqual(tree(want), tree(got))
        self.assertGreater(len(tree(want)), 0)
        different = [p for p in tree(want) if dump(os.path.join(want, p)) != dump(os.path.join(got, p))]
        self.assertEqual(different, [])
