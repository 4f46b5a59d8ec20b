#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""usage: tests/bench/metrics.py BUILD [--quick] [--url URL --pid PID --state-dir DIR]

What a scrape of 10,000 hosts costs beside a bare loop that prints as many series: CPU after
warm-up at most 4 times the loop's, gzipped (zlib level 1) at most 8 times the plain loop's; resident
memory at most 80 MB; state files are read again only where they changed. Measures the library, and
with --url a running exporter too, over HTTP: CPU of process PID, twenty scrapes at once. Its state
directory is one that `metrics_cost make DIR HOSTS` made. --quick takes few hosts and judges nothing.
Exits 1 when a bound is missed.
"""
import argparse
import concurrent.futures
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

HOSTS = 10000
PLAIN_BOUND, GZIP_BOUND, RESIDENT_BOUND_MB = 4, 8, 80
AT_ONCE = 20
missed = []


def run(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        sys.exit(f"metrics.py: {' '.join(map(str, words))}: {done.stderr.strip() or done.returncode}")
    return done.stdout.split(), done.stderr.strip()


def told(what, value, unit, bound=None):
    """One line; a bound that is passed is remembered."""
    text = f"{what:58} {value:9.2f} {unit}"
    if bound is not None:
        good = value <= bound
        text += f"   bound {bound}: {'met' if good else 'MISSED'}"
        if not good:
            missed.append(what)
    print(text, flush=True)


def bare(program, hosts, series):
    words, _ = run(program, "bare", hosts, series)
    return float(words[0])


def library(program, state, hosts):
    words, note = run(program, "ours", state, 0)
    series = round(int(words[2]) / hosts)
    loop = bare(program, hosts, series)
    ours, megabytes = float(words[0]), float(words[3])
    print(f"{hosts} hosts, {series} lines each, {int(words[1]) / 1e6:.1f} MB of text; bare loop: to_chars into one "
          f"buffer, one write(2)")
    told("bare loop, CPU", loop, "ms")
    told("bare loop, 15 series a host, CPU", bare(program, hosts, 15), "ms")
    told("library, nothing changed, CPU", ours, "ms")
    print(f"  {note}")
    told("  ratio to the loop", ours / loop, "x", PLAIN_BOUND)
    told("  resident", megabytes, "MB", RESIDENT_BOUND_MB)
    words, note = run(program, "ours", state, hosts // 4)
    told("library, a quarter of the hosts checked since, CPU", float(words[0]), "ms")
    print(f"  {note}")
    told("  ratio to the loop", float(words[0]) / loop, "x")
    told("  resident", float(words[3]), "MB", RESIDENT_BOUND_MB)
    words, _ = run(program, "ours", state, 0, "gzip")
    told("library, gzip level 1, CPU", float(words[0]), "ms")
    told("  ratio to the plain loop", float(words[0]) / loop, "x", GZIP_BOUND)
    return loop


class Exporter:
    """A running exporter, looked at from outside."""

    def __init__(self, url, pid):
        self.url = url
        self.pid = pid

    def scrape(self, packed=False):
        headers = {"Accept-Encoding": "gzip" if packed else "identity"}
        with urllib.request.urlopen(urllib.request.Request(self.url, headers=headers), timeout=60) as answer:
            body = answer.read()
            if packed and answer.headers.get("Content-Encoding") != "gzip":
                sys.exit(f"metrics.py: {self.url}: the answer is not gzipped")
        return body

    def cpu_ms(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            field = file.read().rpartition(")")[2].split()
        return (int(field[11]) + int(field[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def resident_mb(self, key):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith(key + ":"):
                    return int(line.split()[1]) * 1024 / 1e6
        return 0

    def cost(self, packed, rounds=20):
        for _ in range(3):
            self.scrape(packed)
        begin = self.cpu_ms()
        for _ in range(rounds):
            # A shared answer of a moment ago would be cheaper than what is measured here.
            time.sleep(1.1)
            self.scrape(packed)
        return (self.cpu_ms() - begin) / rounds


def value_of(text, name):
    for line in text.splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    return None


def over_http(exporter, program, state, loop):
    told("exporter, CPU a scrape", cost := exporter.cost(False), "ms")
    told("  ratio to the loop", cost / loop, "x", PLAIN_BOUND)
    told("exporter, gzip, CPU a scrape", cost := exporter.cost(True), "ms")
    told("  ratio to the plain loop", cost / loop, "x", GZIP_BOUND)
    if len(gzip.decompress(exporter.scrape(True))) < 1000:
        missed.append("gzip")
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        bodies = list(pool.map(lambda _: exporter.scrape(), range(AT_ONCE)))
    sizes = {len(body) // 1000 for body in bodies}
    told(f"exporter, answers to {AT_ONCE} scrapes at once", sum(1 for body in bodies if len(body) > 1000), "")
    if min(sizes) < 1:
        missed.append("scrapes at once")
    told("exporter, largest resident", exporter.resident_mb("VmHWM"), "MB", RESIDENT_BOUND_MB)
    name = "pingtrail_exporter_state_files_read"
    time.sleep(3)
    exporter.scrape()
    time.sleep(1.1)
    told("exporter, state files read, nothing changed", value_of(exporter.scrape().decode(), name), "", 0)
    run(program, "check", state, 100)
    time.sleep(1.1)
    told("exporter, state files read, 100 changed", value_of(exporter.scrape().decode(), name), "", 100)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("build")
    options.add_argument("--quick", action="store_true")
    options.add_argument("--url")
    options.add_argument("--pid", type=int)
    options.add_argument("--state-dir")
    wanted = options.parse_args()
    program = os.path.join(wanted.build, "tests/bench/metrics_cost")
    hosts = 200 if wanted.quick else HOSTS
    scratch = tempfile.mkdtemp(prefix="pingtrail-metrics-")
    try:
        state = os.path.join(scratch, "state-dir")
        run(program, "make", state, hosts)
        loop = library(program, state, hosts)
        if wanted.url:
            over_http(Exporter(wanted.url, wanted.pid), program, wanted.state_dir, loop)
    finally:
        shutil.rmtree(scratch)
    if missed and not wanted.quick:
        print("missed: " + ", ".join(missed))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
