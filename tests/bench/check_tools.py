# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands in network namespaces of their own and reads what they cost and said."""

import dataclasses
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROUND_TRIP = re.compile(r"rta[= ]([0-9.]+)ms")
LOSS = re.compile(r"[^\s|']*pl=([0-9.]+)%")
# fping -C -q: name, colon, one time or - a probe; on standard error, where other lines come too.
FPING_HOST = re.compile(r"^(\S+)\s*: ((?:[0-9.]+|-)(?: (?:[0-9.]+|-))*)$", re.M)


@dataclasses.dataclass
class Run:
    exit: int
    cpu: float  # microseconds
    rss: float  # MiB at most
    begin: int  # CLOCK_MONOTONIC, ns
    end: int
    said: str

    def losses(self):
        """Percent of each host, in the order in which a check names them."""
        return [float(percent) for percent in LOSS.findall(self.said.partition("|")[2])]

    def round_trip(self):
        """Microseconds; None when the check gave none."""
        found = ROUND_TRIP.search(self.said)
        return 1000 * float(found.group(1)) if found else None

    def fping_losses(self):
        hosts = (times.split() for _, times in FPING_HOST.findall(self.said))
        return [100 * times.count("-") / len(times) for times in hosts]


def parse(answer):
    runs, at = [], 0
    while at < len(answer):
        stop = answer.index(b"\n", at)
        words = dict(word.split("=") for word in answer[at:stop].decode("ascii").split())
        at = stop + 1 + int(words["bytes"])
        said = answer[stop + 1:at].decode("utf-8", "replace")
        runs.append(Run(int(words["exit"]), float(words["cpu_us"]), float(words["rss_kib"]) / 1024,
                        int(words["begin_ns"]), int(words["end_ns"]), said))
        at += 1  # the newline behind what was said
    return runs


class Unavailable(Exception):
    """The system allows no network namespace."""


class Loopback:
    """127.0.0.0/8 in a namespace of its own, so that nobody else's packets are there."""

    def __init__(self, ping_sockets):
        groups = "0 2147483647" if ping_sockets else "1 0"
        self.prefix = ["unshare", "--net", "sh", "-c",
                       f"ip link set lo up && echo {groups} >/proc/sys/net/ipv4/ping_group_range"
                       ' && exec "$@"', "sh"]


class Fake:
    """Hosts by a script of the fake network (tests/net/README.md)."""

    def __init__(self, build, script, log=None, ping_sockets=True):
        # Only where instants are compared does it pay to stamp arrivals and to spin until an answer
        # is due; elsewhere that would be load beside what is measured.
        costs = ["--log", log] if log else ["--stamps", "off", "--spin", "0s"]
        self.prefix = [os.path.join(build, "tests/net/fakenet"), "--script", script,
                       "--ping-sockets", "open" if ping_sockets else "closed", "--timeout", "300s",
                       *costs, "--"]


def run_commands(build, place, commands, at_once=1):
    """Runs the commands (lists of words) in `place`, at most `at_once` at a time."""
    with tempfile.NamedTemporaryFile("w", prefix="bench.", encoding="ascii") as file:
        file.writelines(" ".join(command) + "\n" for command in commands)
        file.flush()
        cost = [os.path.join(build, "tests/bench/check_cost"), "--at-once", str(at_once), file.name]
        done = subprocess.run(place.prefix + cost, stdin=subprocess.DEVNULL, capture_output=True,
                              check=False)
    if done.returncode == 77 or b"Operation not permitted" in done.stderr:
        raise Unavailable(done.stderr.decode("utf-8", "replace").strip())
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode("utf-8", "replace").strip() or "no answer")
    return parse(done.stdout)


def alternate(*commands, times):
    """A B A B ...; absent commands are left out."""
    return [command for _ in range(times) for command in commands if command]


def read_truth(path):
    """(arrival, round trip in us) of each answered probe in the fake network's log."""
    probes = []
    with open(path, encoding="ascii") as log:
        for line in log:
            if not line.startswith("probe "):
                continue
            words = dict(word.split("=", 1) for word in line.split()[2:])
            answered = int(words["answers"].partition("@")[2] or 0)
            if answered:
                probes.append((int(words["t"]), (answered - int(words["t"])) / 1000))
    return probes


class BusyCores:
    """Keeps every core busy at normal priority while the block runs, for ten minutes at most."""

    LOOP = "import time\nend = time.monotonic() + 600\nwhile time.monotonic() < end: pass"

    def __enter__(self):
        self.loops = [subprocess.Popen([sys.executable, "-c", self.LOOP])
                      for _ in range(os.cpu_count() or 1)]
        time.sleep(0.3)  # until they loop

    def __exit__(self, *_):
        for loop in self.loops:
            loop.kill()
            loop.wait()


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None
