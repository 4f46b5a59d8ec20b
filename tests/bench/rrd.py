#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pingtrail-rrd beside a plain loop of one librrd call a sample: CPU, parse rate, memory.

usage: rrd.py BUILD_DIRECTORY [--quick]
Prints one line a figure; ratios travel between machines, times do not. --quick: small, to see that it works.
"""
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(sys.argv[1])
QUICK = "--quick" in sys.argv
WRITER = os.path.join(BUILD, "perfdata/pingtrail-rrd")
PLAIN = os.path.join(BUILD, "tests/bench/rrd_plain")
SERVICES = 50 if QUICK else 1000
INTERVALS = 10
ROUNDS = 1 if QUICK else 5


def lines_of(at, rng):
    for s in range(SERVICES):
        values = (rng.random() * 50, rng.randrange(101), rng.random() * 90, rng.random() * 10)
        yield s, at + s % 7, values


def spool_line(s, at, values):
    rta, loss, high, low = values
    return (f"DATATYPE::SERVICEPERFDATA\tTIMET::{at}\tHOSTNAME::host{s // 10}\tSERVICEDESC::svc {s % 10}\tSERVICEPERFDATA::"
            f"rta={rta:.3f}ms;100.000;500.000;0; pl={loss}%;20;60;; rtmax={high:.3f}ms;;;; rtmin={low:.3f}ms;;;;\t"
            f"SERVICECHECKCOMMAND::check_icmp!a\tHOSTSTATE::UP\tHOSTSTATETYPE::HARD\tSERVICESTATE::OK\tSERVICESTATETYPE::HARD\n")


def cpu_of(command, stdin=None):
    """CPU seconds, user and system, of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdin=stdin, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Bench:
    def __init__(self, base):
        self.base, self.spool, self.rrd = base, f"{base}/spool", f"{base}/rrd"
        self.kept_spool, self.kept_rrd, self.list = f"{base}/spool.kept", f"{base}/rrd.kept", f"{base}/list"
        for path in (self.spool, self.rrd, self.kept_spool):
            os.makedirs(path)
        self.now = int(time.time()) // 60 * 60 - 120

    def prepare(self):
        """Archives with one sample, in PNP's layout, and a spool of ten intervals."""
        rng = random.Random(7)
        with open(f"{self.spool}/first", "w", encoding="utf-8") as file:
            file.writelines(spool_line(*line) for line in lines_of(self.now - 60 * INTERVALS, rng))
        self.drain()
        with open(self.list, "w", encoding="utf-8") as updates:
            for i in range(INTERVALS):
                at = self.now - (INTERVALS - 1 - i) * 60
                lines = list(lines_of(at, rng))
                with open(f"{self.kept_spool}/service-perfdata.{at}", "w", encoding="utf-8") as file:
                    file.writelines(spool_line(*line) for line in lines)
                for s, time_s, v in lines:
                    updates.write(f"{self.rrd}/host{s // 10}/svc_{s % 10}.rrd {time_s}:{v[0]:.3f}:{v[1]}:{v[2]:.3f}:{v[3]:.3f}\n")
        os.rename(self.rrd, self.kept_rrd)

    def restore(self, pages_due):
        """Everything as prepare() left it; XML pages from just now, or long due."""
        for kept, path in ((self.kept_rrd, self.rrd), (self.kept_spool, self.spool)):
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(kept, path)
        stamp = time.time() - (3600 if pages_due else 0)
        for directory, _, files in os.walk(self.rrd):
            for file in files:
                if file.endswith(".xml"):
                    os.utime(f"{directory}/{file}", (stamp, stamp))
        os.sync()
        if not QUICK:
            time.sleep(6)  # ext4 gives deleted inodes away again after 5 s, and looks at each before

    def drain(self, *options):
        return cpu_of([WRITER, "--spool", self.spool, "--rrd-dir", self.rrd, "--once", *options])

    def plain(self):
        with open(self.list, encoding="utf-8") as updates:
            return cpu_of([PLAIN, "update"], updates)

    def compare(self):
        plain, ours, pages = [], [], []
        for _ in range(ROUNDS):
            self.restore(False)
            plain.append(self.plain())
            self.restore(False)
            ours.append(self.drain("--threads", "1"))
            self.restore(True)
            pages.append(self.drain("--threads", "1"))
        samples = SERVICES * INTERVALS
        for name, times in (("plain loop of librrd", plain), ("pingtrail-rrd", ours),
                            ("pingtrail-rrd, every XML page due as well", pages)):
            best = sorted(times)[len(times) // 2]
            print(f"update: {name}: {best * 1e6 / samples:.1f} us CPU a sample, ratio {sorted(plain)[len(plain) // 2] / best:.2f}")

    def parse_rate(self):
        name = sorted(os.listdir(self.kept_spool))[0]
        done = subprocess.run([PLAIN, "parse", f"{self.kept_spool}/{name}", "20" if QUICK else "500"],
                              capture_output=True, text=True, check=True)
        print(f"parse: {float(done.stdout.split()[0]) / 1e6:.2f} million lines a second")

    def memory(self):
        """One huge file and the same in many small ones, both into archives that are there."""
        target = 4 << 20 if QUICK else 1 << 30
        for files in (1, 100):
            self.restore(False)
            shutil.rmtree(self.spool)
            os.makedirs(self.spool)
            rng = random.Random(1)
            block = "".join(spool_line(*line) for line in lines_of(self.now, rng))
            copies = max(1, target // len(block) // files)
            for number in range(files):
                with open(f"{self.spool}/f{number:03}", "w", encoding="utf-8") as file:
                    for copy in range(copies):
                        at = self.now - 60 * (INTERVALS - 1) + (number * copies + copy) // 4
                        file.write(re.sub(r"TIMET::\d+", f"TIMET::{at}", block))
            done = subprocess.run(["/usr/bin/env", "python3", "-c", "import resource,subprocess,sys\n"
                                   "subprocess.run(sys.argv[1:], check=True)\n"
                                   "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)",
                                   WRITER, "--spool", self.spool, "--rrd-dir", self.rrd, "--once"],
                                  capture_output=True, text=True, check=True)
            size = files * copies * len(block) >> 20
            print(f"memory: spool of {size} MiB in {files} files: {int(done.stdout) >> 10} MiB at most", flush=True)


def main():
    base = tempfile.mkdtemp(prefix="pingtrail-bench-")
    try:
        bench = Bench(base)
        bench.prepare()
        bench.compare()
        bench.parse_rate()
        bench.memory()
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
